#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "storage/read_models/read_models.hpp"

namespace caravan {

namespace read_models {
/// A projection that sees a part being created (an offer, a QR code, a geofence, …) records whose it is.
void add_part(sqlite::Connection& database, const Uuid& part, const Address& owner);
const Projection& locator_projection();
}  // namespace read_models

/// The entity that owns a part, by the part's id; nothing where no entity has created such a part.
std::optional<Address> locate(const ReadModels& models, const Uuid& part);
/// The read models have not come as far as the feed: whether there is such a part cannot be told yet.
class ReadModelsBehind : public std::runtime_error {
 public:
  ReadModelsBehind() : std::runtime_error("the read models are catching up with the journal") {}
};
/// The same; a miss first waits until the read models have reached the feed's `head`, at most `limit`, and throws
/// ReadModelsBehind where they did not.
std::optional<Address> locate(const ReadModels& models, const Uuid& part, const std::function<std::uint64_t()>& head,
                              std::chrono::milliseconds limit);

/// Parts that this node has just made or shown, which the read models may not know yet: who asks for one of them next
/// need not wait for these. A part never changes its owner. Bounded; thread-safe.
class RecentParts {
 public:
  void remember(const Uuid& part, const Address& owner);
  std::optional<Address> find(const Uuid& part) const;

 private:
  using Owners = std::unordered_map<Uuid, Address>;
  mutable std::mutex mutex_;
  Owners newest_, older_;  // older_ goes when newest_ is full and takes its place
};

}  // namespace caravan
