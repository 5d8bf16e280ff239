#include "tests/bench/raw_append.hpp"

#include <chrono>
#include <random>

#include "storage/sqlite/connection.hpp"

namespace caravan::bench {

namespace {
constexpr std::size_t body_bytes = 200;
constexpr std::uint64_t entities = 1'000;
}  // namespace

double raw_append_rate(const std::string& folder, int rows_a_commit, double seconds) {
  sqlite::Connection database(folder + "/raw_append.sqlite", sqlite::Access::create);
  database.run(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "DROP TABLE IF EXISTS entry;"
      "CREATE TABLE entry(position INTEGER PRIMARY KEY, id BLOB NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT "
      "NULL);"
      "CREATE UNIQUE INDEX entry_of_entity ON entry(id, sequence)");
  std::mt19937_64 random(1);
  std::string body(body_bytes, 'x');
  Uuid id;
  std::uint64_t rows = 0;
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    sqlite::Transaction transaction(database);
    for (int i = 0; i < rows_a_commit; ++i) {
      const std::uint64_t entity = random() % entities;
      id.bytes[0] = static_cast<std::uint8_t>(entity);
      id.bytes[1] = static_cast<std::uint8_t>(entity >> 8);
      body[rows % body_bytes] = static_cast<char>('a' + rows % 26);
      database.query("INSERT INTO entry(id, sequence, body) VALUES(?, ?, ?)")
          .bind(id, ++rows, sqlite::Blob{body})
          .run();
    }
    transaction.commit();
  }
  return static_cast<double>(rows) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace caravan::bench
