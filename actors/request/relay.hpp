#pragma once

#include "actors/request/entity.hpp"

/// Which offers make up one way, and what becomes of it once a leg has fallen out.
namespace caravan {

inline constexpr double same_meeting_meters = 250;          // two travelers who name one place point so near each other
inline constexpr std::chrono::minutes transfer_margin{30};  // between one traveler's arrival and the next one's pickup
inline constexpr std::chrono::hours longest_meeting_wait{48};  // between the two at most, by the first one's own offer

/// The point says no other place than the request's: so near its area that whoever does not know the door means it.
bool is_at(const MeetingPoint& point, const Stop& stop);
/// The refusal of an offer for a part of the way whose ends cannot be; nothing where they can.
std::optional<Decision> refuse_part(const RequestState& state, const SubmitOffer& command);

/// The refusal of offers that do not lead from the pickup to the delivery, each on from where the one before ends, with
/// time to meet, yet not to keep the parcel, within the request's maxPrice and time; nothing where they do. Whoever has
/// the parcel of a broken relay comes before the first.
std::optional<Decision> broken_chain(const RequestState& state, const std::vector<const Offer*>& offers);
/// The offer of whoever has the parcel; nullptr where its sender has it.
const Offer* held_offer(const RequestState& state);
/// Until when somebody is sought: where a traveler has the parcel, no longer than a meeting with them may be.
Time sought_until(const RequestState& state, Time expires_at);
/// Where the traveler of an offer hands the parcel on to the next one. Whom to call there is whom to call at the
/// pickup.
Stop meeting_place(const RequestState& state, const MeetingPoint& point);

/// The leg that this caller is the delivery of; nullptr where it is none.
const RelayLeg* leg_of(const RequestState& state, OfferId offer, const Caller& caller);
/// The acceptance of a leg failed: so does that of the others.
Decision fail_leg(const RequestState& state, const Context& context, const AcceptanceFailed& command);

}  // namespace caravan
