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

TEST_CASE("sqlite: a file that several hosts share keeps no write-ahead log, and loses nothing by the change") {
  const testkit::TemporaryFolder folder;
  const std::string path = folder.path + "/payments.sqlite";
  const auto log = [&] {
    sqlite::Connection file(path, sqlite::Access::read);
    auto mode = file.query("PRAGMA journal_mode");
    CHECK(mode.step());
    return mode.text(0);
  };
  const auto entry = [](std::uint8_t number) {
    PaymentBook::Entry made;
    made.operation_id.bytes.fill(number);
    return made;
  };
  {
    PaymentBook former(path);
    former.record(entry(1));
    CHECK(log() == "wal");
    PaymentBook newer(path, sqlite::Sharing::many_hosts);  // while a former build has it open
    newer.record(entry(2));
    CHECK(log() == "wal");
    CHECK(former.find(entry(2).operation_id));
  }
  PaymentBook book(path, sqlite::Sharing::many_hosts);
  book.record(entry(3));
  CHECK(log() == "delete");
  PaymentBook other(path, sqlite::Sharing::many_hosts);
  other.record(entry(4));
  for (std::uint8_t number = 1; number <= 4; ++number) CHECK(book.find(entry(number).operation_id));
}

}  // namespace sqlite_connection_test
