#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "storage/read_models/read_models.hpp"

namespace caravan {

namespace read_models {
/// Records which entity owns a part. To be called by a projection that sees a part (an offer, a QR code, a geofence, …)
/// being created.
void add_part(sqlite::Connection& database, const Uuid& part, const Address& owner);
const Projection& locator_projection();
}  // namespace read_models

/// The entity that owns a part, by the part's id; nothing where no entity has created such a part.
std::optional<Address> locate(const ReadModels& models, const Uuid& part);
/// The read models are behind the feed, so it cannot be told yet whether there is such a part.
class ReadModelsBehind : public std::runtime_error {
 public:
  ReadModelsBehind() : std::runtime_error("the read models are catching up with the journal") {}
};
/// The same, but when the part is not found it waits until the read models have reached the feed's `head`, and looks
/// again. Throws ReadModelsBehind when they did not get there within `limit`.
std::optional<Address> locate(const ReadModels& models, const Uuid& part, const std::function<std::uint64_t()>& head,
                              std::chrono::milliseconds limit);

/// Parts that this node has just made or shown, which the read models may not know yet. A request for one of them need
/// not wait until the read models do. A part never changes its owner, so nothing here goes stale. Bounded; thread-safe.
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
