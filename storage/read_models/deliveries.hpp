#pragma once

#include "actors/delivery/resources.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

struct DeliveryFilter {
  std::optional<UserId> party;  // in either role
  std::optional<UserId> customer;
  std::optional<UserId> traveler;
  std::optional<TripId> trip;
  std::optional<DeliveryStatus> status;
  std::optional<Time> created_from, created_until;
  std::optional<std::string> number;  // "DEL-000123"
  std::optional<bool> late;
  std::optional<bool> open;  // accepted and not over
};

/// Deliveries, newest first; the viewer sees those that it may see.
Page<DeliveryResource> deliveries(const ReadModels& models, const Viewer& viewer, const DeliveryFilter& filter,
                                  const Paging& paging);

/// A delivery whose parcel has left its sender and is neither there nor back, of which the user is a side; nothing
/// where there is none.
std::optional<DeliveryId> parcel_under_way(const ReadModels& models, UserId party);

/// A delivery that is not over, of which the two are the sides; nothing where there is none.
std::optional<DeliveryId> open_delivery_between(const ReadModels& models, UserId one, UserId other);

/// The customer's deliveries that are not over.
std::vector<DeliveryId> open_deliveries_of(const ReadModels& models, UserId customer);

namespace read_models {
const Projection& deliveries_projection();
const Projection& geofences_projection();
}  // namespace read_models

}  // namespace caravan
