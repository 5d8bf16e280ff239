#pragma once

#include "actors/delivery/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Deliveries at the stages of their life, for the rules' tests.
namespace caravan::delivery_stages {

using namespace testkit;

inline const UserId sender = test_id<UserId>(1), carrier = test_id<UserId>(2), stranger = test_id<UserId>(3);
inline const Address parcel{EntityKind::delivery, test_id<DeliveryId>(10).value};
inline const Address escrow{EntityKind::escrow, test_id<EscrowId>(11).value};
inline const Address trip{EntityKind::trip, test_id<TripId>(12).value};
inline const Address tracker{EntityKind::tracker, parcel.id};
inline constexpr Coordinates pickup_place{40.7484, -73.9857}, dropoff_place{42.3584, -71.0598};

BeginAcceptance terms(std::optional<Time> deliver_by = test_start + std::chrono::hours{72});

/// The saga's steps up to a stage.
Given<Delivery> began();
Given<Delivery> paid();
Given<Delivery> reserved();
Given<Delivery> accepted();
/// Accepted on these terms, by a trip with this plan.
Given<Delivery> accepted_for(const BeginAcceptance& begin, const CapacityReserved& plan = {TripId{trip.id}});
Given<Delivery> picked_up();
Given<Delivery> in_transit();
Given<Delivery> delivered();
Given<Delivery> returning();
Given<Delivery> returned();
Given<Delivery> cancelled();
Given<Delivery> failed();

/// The newest code for a handover, and a scan of it at the right place.
const QrCode& code_for(const Given<Delivery>& delivery, Handover type);
ScanCode scan_of(const Given<Delivery>& delivery, Handover type);
/// The label of the last scan's refusal, or "accepted".
std::string scan_outcome(const Given<Delivery>& delivery);

/// What the tracker tells of the traveler and a place, with the time that the phone gave.
GeofenceHit hit(Handover type, GeofenceEventType what, Time at);
/// The traveler is seen at a place now.
void arrive(Given<Delivery>& delivery, Handover at);
/// The tracker tells that points there have arrived since then, until now.
void seen(Given<Delivery>& delivery, Handover at, Time since);
/// The traveler waits there from now on, and so time passes; the last caller is the tracker.
void wait_at(Given<Delivery>& delivery, Handover at, Duration time);
/// Both sides say that the handover is there; what became of the second one's word.
std::string agree(Given<Delivery>& delivery, PinType type, Coordinates at);
/// Whose failure the last decision says that the end was: by a judge, or by the rules.
std::vector<Address> found_at_fault(const Given<Delivery>& delivery);
/// For whom the last decision withdraws the dispute.
std::vector<UserId> leavers(const Given<Delivery>& delivery);
/// The time for objections is over, and both accounts say that their owners could have objected; what came of it.
std::string hold_is_over(Given<Delivery>& delivery);
/// When the last decision has that timer fire; nothing where it did not set it.
std::optional<Time> due(const Given<Delivery>& delivery, std::string_view name);

}  // namespace caravan::delivery_stages
