#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/request/entity.hpp"
#include "tests/testkit/entity.hpp"

/// A request of Ann's to begin a test with, and offers of Ben's and Cem's.
namespace caravan::testkit::request {

using std::chrono::hours;

inline const UserId ann = test_id<UserId>(1), ben = test_id<UserId>(2), cem = test_id<UserId>(3);
inline const Address self{EntityKind::request, test_id<RequestId>(9).value};
inline const TripId trip_id = test_id<TripId>(20);
inline const OfferId offer_id = test_id<OfferId>(31), other_offer = test_id<OfferId>(32);

/// Up to 60 USD for 2.5 kg from New York to Boston.
inline PostRequest post() {
  PostRequest command;
  command.title = "A camera";
  command.pickup = {"New York, NY", 40.7128, -74.006, "Ann", "+12125550100", {}, 0};
  command.dropoff = {"Boston, MA", 42.3601, -71.0589, "Eva", "+16175550100", {}, 0};
  command.item = {"Camera", "electronics", {2'500}, {3'000}, 1, Price{3'000'000}, {}};
  command.max_price = Price{600'000};
  return command;
}

/// 35 USD, with all facts in the traveler's favour.
inline SubmitOffer submit(OfferId id, UserId traveler) {
  SubmitOffer command;
  command.trip_id = trip_id;
  command.price = Price{350'000};
  command.offer_id = id;
  command.trip_owner = traveler;
  command.trip_open = true;
  command.free_room = {{5'000}, {10'000}, 3};
  return command;
}

inline AcceptOffer accept(OfferId id) {
  AcceptOffer command;
  command.offer_id = id;
  command.payment_token = "tok_ok";
  command.provider = "sandbox";
  return command;
}

inline Given<Request> posted() {
  Given<Request> request(self);
  request.as(user(ann)).when(post());
  return request;
}

/// With Ben's offer.
inline Given<Request> offered() {
  auto request = posted();
  request.as(user(ben)).when(submit(offer_id, ben));
  return request;
}

/// The delivery that accepts the offer reports success.
inline std::string complete(Given<Request>& request, OfferId id) {
  const DeliveryId delivery = request.state.find(id)->attempt.value_or(DeliveryId{});
  AcceptanceCompleted command;
  command.offer_id = id;
  command.delivery_id = delivery;
  command.delivery_number = "DEL-000001";
  return request.as(entity({EntityKind::delivery, delivery.value})).when(command);
}

/// The delivery that accepts the offer reports failure.
inline std::string fail(Given<Request>& request, OfferId id, const std::string& code) {
  const DeliveryId delivery = request.state.find(id)->attempt.value_or(DeliveryId{});
  return request.as(entity({EntityKind::delivery, delivery.value})).when(AcceptanceFailed{id, code, "because"});
}

}  // namespace caravan::testkit::request
