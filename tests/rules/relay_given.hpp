#pragma once

#include "tests/rules/request_given.hpp"

/// A request of Ann's from New York to Boston: Ben would carry the parcel to New Haven, Cem from there on.
namespace caravan::testkit::relay {

using namespace caravan::testkit::request;

inline const UserId dan = test_id<UserId>(4);
inline const OfferId third_offer = test_id<OfferId>(33);
inline const MeetingPoint new_haven{"Union Station, New Haven, CT", 41.2982, -72.9292, 0};

/// 25 USD for a part of the way, with a trip of its own.
inline SubmitOffer part(OfferId id, UserId traveler, std::optional<MeetingPoint> from, std::optional<MeetingPoint> to,
                        hours pickup, hours arrival) {
  SubmitOffer command = submit(id, traveler);
  command.price = Price{250'000};
  command.trip_id = test_id<TripId>(static_cast<std::uint8_t>(60 + id.value.bytes[15]));
  command.from = std::move(from);
  command.to = std::move(to);
  command.passing = Passing{0, 0, test_start + pickup, test_start + arrival};
  return command;
}
inline SubmitOffer to_new_haven() { return part(offer_id, ben, {}, new_haven, hours{24}, hours{26}); }
inline SubmitOffer from_new_haven() { return part(other_offer, cem, new_haven, {}, hours{27}, hours{30}); }

inline AcceptRelay take(std::vector<OfferId> offers) {
  AcceptRelay command;
  for (const OfferId& id : offers) command.facts.push_back(accept(id));
  command.offer_ids = std::move(offers);
  return command;
}

/// With both offers.
inline Given<Request> chained() {
  auto request = posted();
  request.as(user(ben)).when(to_new_haven());
  request.as(user(cem)).when(from_new_haven());
  return request;
}

/// The caller is the delivery of that leg.
inline Caller leg(const Given<Request>& request, OfferId offer) {
  return entity({EntityKind::delivery, request.state.find(offer)->attempt.value_or(DeliveryId{}).value});
}

}  // namespace caravan::testkit::relay
