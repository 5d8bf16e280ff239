#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// What a service does on behalf of people, and what it and administrators read of their words.
namespace by_service_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

Caller acting(UserId who, std::uint8_t service) {
  Caller caller = user(who);
  caller.service = test_id<UserId>(service).value;
  return caller;
}

std::optional<Uuid> named(std::uint8_t service) { return test_id<UserId>(service).value; }

Caller with_private(Caller caller) {
  caller.permissions |= static_cast<std::uint32_t>(Permission::private_data);
  return caller;
}

}  // namespace

TEST_CASE("by service: one that proposes a pin for one side agrees to it for nobody") {
  namespace d = delivery_stages;
  Given<Delivery> delivery = d::accepted();
  const Coordinates beside{d::pickup_place.lat + 0.0005, d::pickup_place.lng};
  const SetPin pin{PinType::pickup, beside};
  CHECK(delivery.as(acting(d::carrier, 90)).when(pin) == "delivery.pin_proposed");
  CHECK(delivery.as(acting(d::sender, 90)).when(pin) == "! forbidden");
  Given<Delivery> by_other = delivery, by_hand = delivery;
  CHECK(by_other.as(acting(d::sender, 91)).when(pin) == "delivery.pin_agreed");
  CHECK(by_hand.as(user(d::sender)).when(pin) == "delivery.pin_agreed");
  // Who agreed stands there, and through whom.
  CHECK(by_other.state.timeline.back().by == "customer");
  CHECK(by_other.state.timeline.back().service_id == named(91));
  CHECK_FALSE(by_hand.state.timeline.back().service_id);
  Given<Delivery> owner_first = d::accepted();
  owner_first.as(user(d::carrier)).when(pin);
  CHECK(owner_first.as(acting(d::sender, 90)).when(pin) == "delivery.pin_agreed");
}

TEST_CASE("by service: the timeline names the service beside the side for which it acts") {
  namespace d = delivery_stages;
  Given<Delivery> cancelled = d::accepted();
  cancelled.as(acting(d::sender, 90)).when(CancelDelivery{"changed my mind"});
  REQUIRE(cancelled.emitted<DeliveryCancelled>());
  const auto last = [](const Given<Delivery>& delivery, std::string_view type) {
    const auto found = std::ranges::find(delivery.state.timeline, type, &TimelineItem::type);
    REQUIRE(found != delivery.state.timeline.end());
    return *found;
  };
  CHECK(last(cancelled, "cancelled").by == "customer");
  CHECK(last(cancelled, "cancelled").service_id == named(90));
  Given<Delivery> present = d::accepted();
  present.as(acting(d::sender, 90)).when(SayPresent{});
  CHECK(last(present, "presence_said").service_id == named(90));
  Given<Delivery> confirmed = d::delivered();
  confirmed.as(acting(d::sender, 90)).when(ConfirmReceipt{});
  CHECK(last(confirmed, "confirmed").service_id == named(90));
  Given<Delivery> back = d::in_transit();
  back.as(acting(d::carrier, 90)).when(StartReturn{.reason = "refused"});
  CHECK(last(back, "returning").by == "traveler");
  CHECK(last(back, "returning").service_id == named(90));
}

TEST_CASE("by service: one that names a price for one side accepts it for nobody") {
  namespace r = testkit::request;
  auto request = r::posted();
  request.as(acting(r::ben, 90)).when(r::submit(r::offer_id, r::ben));
  CHECK(request.as(acting(r::ann, 90)).when(r::accept(r::offer_id)) == "! own_proposal");
  auto by_hand = request, countered = request;
  CHECK(by_hand.as(user(r::ann)).when(r::accept(r::offer_id)) == "offer.acceptance_started");
  CHECK_FALSE(by_hand.sent<BeginAcceptance>()->service);
  CHECK(countered.as(acting(r::ann, 90)).when(CounterOffer{r::offer_id, Price{300'000}, {}}) == "offer.countered");
  CHECK(countered.as(acting(r::ben, 90)).when(r::accept(r::offer_id)) == "! own_proposal");
  CHECK(countered.as(acting(r::ben, 91)).when(r::accept(r::offer_id)) == "offer.acceptance_started");
  CHECK(countered.sent<BeginAcceptance>()->service == named(91));
  auto answered = request;  // the owner's own price in between
  answered.as(user(r::ann)).when(CounterOffer{r::offer_id, Price{300'000}, {}});
  CHECK(answered.as(acting(r::ben, 90)).when(r::accept(r::offer_id)) == "offer.acceptance_started");
}

TEST_CASE("by service: what the sides of an offer write to each other is read by others with `private` alone") {
  namespace r = testkit::request;
  auto request = r::posted();
  SubmitOffer offer = r::submit(r::offer_id, r::ben);
  offer.message = "Call me";
  request.as(user(r::ben)).when(offer);
  const auto reads = [&](const Caller& caller) {
    request.as(caller);
    const Answer one = request.ask(ViewOffer{r::offer_id}), all = request.ask(ViewOffers{}),
                 progress = request.ask(ViewAcceptance{r::offer_id});
    const bool reads_one = one.resource.get_if<OfferResource>()->message.has_value();
    CHECK(all.resource.get_if<OfferList>()->items.front().message.has_value() == reads_one);
    CHECK(progress.resource.get_if<AcceptanceProgress>()->offer.message.has_value() == reads_one);
    return reads_one;
  };
  CHECK(reads(user(r::ann)));
  CHECK(reads(user(r::ben)));
  CHECK_FALSE(reads(admin(r::cem, Permission::read)));
  CHECK_FALSE(reads(admin(r::cem, Permission::users)));
  CHECK_FALSE(reads(service()));
  CHECK(reads(with_private(admin(r::cem, Permission::read))));
  CHECK(reads(with_private(service())));
}

TEST_CASE("by service: a service without `private` is not told what a dispute is about in the sides' words") {
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(7).value});
  const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2);
  REQUIRE(dispute.as(user(ana)).when(OpenDispute{test_id<DeliveryId>(5),
                                                 "damaged",
                                                 "He lives at 5 Elm Street",
                                                 {},
                                                 test_id<EscrowId>(6),
                                                 ana,
                                                 ben,
                                                 ana,
                                                 Money{3500, {}}}) == "dispute.opened");
  const auto described = [&](const Caller& caller) {
    const Answer answer = dispute.as(caller).ask(ViewDispute{});
    return answer.resource.get_if<DisputeResource>()->description;
  };
  CHECK(described(service()).empty());
  CHECK(described(with_private(service())) == "He lives at 5 Elm Street");
  CHECK(described(user(ben)) == "He lives at 5 Elm Street");
}

}  // namespace by_service_test
