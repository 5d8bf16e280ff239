#include "storage/read_models/locator.hpp"

#include <utility>

namespace caravan {

namespace read_models {

const Projection& locator_projection() {
  static constexpr Projection projection{
      .name = "locator",
      .schema = "CREATE TABLE part(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, owner BLOB NOT NULL) WITHOUT ROWID;"};
  return projection;
}

void add_part(sqlite::Connection& database, const Uuid& part, const Address& owner) {
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

std::optional<Address> locate(const ReadModels& models, const Uuid& part, const std::function<std::uint64_t()>& head,
                              std::chrono::milliseconds limit) {
  const std::uint64_t position = models.position();
  auto found = locate(models, part);
  if (found) return found;
  const std::uint64_t newest = head();
  if (position >= newest) return found;
  if (!models.wait_for(newest, limit)) throw ReadModelsBehind();
  return locate(models, part);
}

void RecentParts::remember(const Uuid& part, const Address& owner) {
  constexpr std::size_t most = 50'000;  // of either
  const std::lock_guard lock(mutex_);
  if (newest_.size() == most) older_ = std::exchange(newest_, {});
  newest_.insert_or_assign(part, owner);
}

std::optional<Address> RecentParts::find(const Uuid& part) const {
  const std::lock_guard lock(mutex_);
  for (const Owners* owners : {&newest_, &older_})
    if (const auto found = owners->find(part); found != owners->end()) return found->second;
  return std::nullopt;
}

}  // namespace caravan
