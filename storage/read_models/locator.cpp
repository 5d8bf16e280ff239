#include "storage/read_models/locator.hpp"

namespace caravan {

namespace read_models {

const Projection& locator_projection() {
  static constexpr Projection projection{
      .name = "locator",
      .schema = "CREATE TABLE part(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, owner BLOB NOT NULL) WITHOUT ROWID;"};
  return projection;
}

void add_part(sqlite::Database& database, const Uuid& part, const Address& owner) {
  database.query("INSERT OR REPLACE INTO part(id, kind, owner) VALUES(?, ?, ?)").bind(part, owner.kind, owner.id).run();
}

}  // namespace read_models

std::optional<Address> locate(const ReadModels& models, const Uuid& part) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query("SELECT kind, owner FROM part WHERE id = ?");
  query.bind(part);
  if (!query.step()) return std::nullopt;
  return Address{static_cast<EntityKind>(query.integer(0)), query.uuid(1)};
}

std::optional<Address> locate(const ReadModels& models, const Uuid& part, std::uint64_t head,
                              std::chrono::milliseconds limit) {
  const bool was_there = models.position() >= head;
  auto found = locate(models, part);
  if (found || was_there || !models.wait_for(head, limit)) return found;
  return locate(models, part);
}

}  // namespace caravan
