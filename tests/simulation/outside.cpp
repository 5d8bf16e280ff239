#include "tests/simulation/outside.hpp"

#include "actors/delivery/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"

namespace caravan::simulation {

void Mail::handle(const EffectKey&, const AnyRecord& request, Done done) {
  const auto& message = *request.get_if<SendMessage>();
  if (!chance_.percent(faults_.mail_fails)) {
    arrives_(message);
    return done(AnyRecord(MessageSent{message.notification_id, message.channel, "mail", chance_.percent(50)}));
  }
  switch (chance_.below(4)) {
    case 0:
      return;  // never answers; asked again
    case 1:
      return done(
          AnyRecord(MessageDeferred{message.notification_id, message.channel, message.at + std::chrono::hours{8}}));
    default:
      if (!chance_.percent(20)) return done(ProviderReply::failed("no connection"));
      return done(AnyRecord(MessageFailed{message.notification_id, message.channel, "mail", "no such address", true}));
  }
}

OpenWorkFound open_work_of(const Chronicle& chronicle, UserId user) {
  OpenWorkFound found;
  chronicle.each<Request>([&](const Uuid& id, const RequestState& request) {
    const bool open = request.status == RequestStatus::open || request.status == RequestStatus::accepting;
    if (open && request.customer_id == user) found.requests.push_back({id});
  });
  chronicle.each<Trip>([&](const Uuid& id, const TripState& trip) {
    const bool open = trip.status == TripStatus::upcoming || trip.status == TripStatus::under_way;
    if (open && trip.traveler_id == user) found.trips.push_back({id});
  });
  chronicle.each<Delivery>([&](const Uuid& id, const DeliveryState& delivery) {
    if (delivery.is_party(user) && delivery.is_open()) found.deliveries.push_back({id});
  });
  return found;
}

}  // namespace caravan::simulation
