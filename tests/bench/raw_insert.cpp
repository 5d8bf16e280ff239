#include "tests/bench/raw_insert.hpp"

#include <chrono>
#include <random>

#include "storage/postgres/connection.hpp"

namespace caravan::bench {

namespace {
constexpr std::size_t body_bytes = 200;
constexpr std::uint64_t entities = 1'000;
}  // namespace

double raw_insert_rate(const std::string& url, int rows_a_commit, double seconds) {
  using Of = postgres::Column::Of;
  postgres::Connection connection(url, std::chrono::seconds(30));
  connection.run({{"DROP TABLE IF EXISTS raw_insert"},
                  {"CREATE TABLE raw_insert(position bigint PRIMARY KEY, id uuid NOT NULL, sequence bigint NOT NULL,"
                   " body bytea NOT NULL)"},
                  {"CREATE UNIQUE INDEX raw_insert_of_entity ON raw_insert(id, sequence)"}});
  std::mt19937_64 random(1);
  std::string body(body_bytes, 'x');
  Uuid uuid;
  std::uint64_t rows = 0;
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    postgres::Column position(Of::number), id(Of::uuid), sequence(Of::number), bodies(Of::bytes);
    for (int i = 0; i < rows_a_commit; ++i) {
      const std::uint64_t entity = random() % entities;
      uuid.bytes[0] = static_cast<std::uint8_t>(entity);
      uuid.bytes[1] = static_cast<std::uint8_t>(entity >> 8);
      body[rows % body_bytes] = static_cast<char>('a' + rows % 26);
      position.add(++rows);
      id.add(uuid);
      sequence.add(rows);
      bodies.add(std::string_view(body));
    }
    connection.run(postgres::Statement{
        "INSERT INTO raw_insert SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bytea[])",
        {position.parameter(), id.parameter(), sequence.parameter(), bodies.parameter()}});
  }
  return static_cast<double>(rows) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace caravan::bench
