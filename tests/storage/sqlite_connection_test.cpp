#include <doctest/doctest.h>

#include <barrier>
#include <thread>

#include "storage/sandbox/payment_book.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace sqlite_connection_test {

using namespace caravan;

TEST_CASE("sqlite: nodes that make a shared file at the same moment wait for each other") {
  const testkit::TemporaryFolder folder;
  constexpr int nodes = 4, files = 40;
  std::barrier together(nodes);
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int node = 0; node < nodes; ++node)
    threads.emplace_back([&] {
      for (int file = 0; file < files; ++file) {
        together.arrive_and_wait();
        try {
          PaymentBook(folder.path + "/payments-" + std::to_string(file) + ".sqlite");
        } catch (const StorageError&) {
          ++failed;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
}

}  // namespace sqlite_connection_test
