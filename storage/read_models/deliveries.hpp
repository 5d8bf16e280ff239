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

/// A delivery of which the two are the sides, and which is open or ended after that time; nothing where there is none.
std::optional<DeliveryId> delivery_between(const ReadModels& models, UserId one, UserId other, Time ended_after);

/// The other side of a delivery or dispute.
struct Counterpart {
  UserId user;
  DeliveryId delivery;
};
inline constexpr int most_counterparts = 1'000;

/// With whom that person shares a delivery that is open or ended after that time, or a dispute that is not decided:
/// each once, at most most_counterparts.
std::vector<Counterpart> counterparts_of(const ReadModels& models, UserId side, Time ended_after);

/// The deliveries of which the user is a side, and which are not over; with `ended_after`, also those that ended after
/// that time, behind the others.
std::vector<DeliveryId> open_deliveries_of(const ReadModels& models, UserId side, std::optional<Time> ended_after = {});

namespace read_models {
const Projection& deliveries_projection();
const Projection& geofences_projection();
}  // namespace read_models

}  // namespace caravan
