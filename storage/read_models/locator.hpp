#pragma once

#include <chrono>

#include "storage/read_models/read_models.hpp"

namespace caravan {

namespace read_models {
/// A projection that sees a part being created (an offer, a QR code, a geofence, …) records whose it is.
void add_part(sqlite::Database& database, const Uuid& part, const Address& owner);
const Projection& locator_projection();
}  // namespace read_models

/// The entity that owns a part, by the part's id; nothing where no entity has created such a part.
std::optional<Address> locate(const ReadModels& models, const Uuid& part);
/// The same; a miss first waits until the read models have reached the feed's `head`, at most `limit`.
std::optional<Address> locate(const ReadModels& models, const Uuid& part, std::uint64_t head,
                              std::chrono::milliseconds limit);

}  // namespace caravan
