#include <doctest/doctest.h>

#include <thread>

#include "storage/journal/sqlite_reads.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace readers_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("readers: a connection goes to who waits longest, not to who gave it back and comes again") {
  const TemporaryFolder folder;
  const std::string path = folder.path + "/file.sqlite";
  sqlite::Connection(path, sqlite::Access::create).run("CREATE TABLE t(a)");
  journal_file::Readers readers(path, "", 1, 1);
  std::vector<int> turns;  // guarded by the one connection
  std::vector<std::thread> threads;
  {
    const auto mine = readers.take();
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] {
        const auto lease = readers.take();
        turns.push_back(i);
      });
      while (readers.waiting() <= static_cast<std::size_t>(i)) std::this_thread::yield();
    }
  }
  {
    const auto again = readers.take();
    turns.push_back(3);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(turns == std::vector<int>{0, 1, 2, 3});
}

}  // namespace readers_test
