#include "actors/inbox/commands.hpp"
#include "actors/request/closing.hpp"
#include "actors/trip/commands.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace request_reopened_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

/// Ben's offer is accepted, Cem's has lost.
Given<Request> agreed() {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  request.as(user(ann)).when(accept(offer_id));
  complete(request, offer_id);
  return request;
}

std::string reopen(Given<Request>& request) {
  const DeliveryId delivery = request.state.find(offer_id)->attempt.value_or(DeliveryId{});
  return request.as(entity({EntityKind::delivery, delivery.value})).when(ReopenRequest{offer_id});
}

/// Whether the end of an accepted delivery, by that caller, opens its request again.
bool reopens(const Caller& by, CancelDelivery command, void (*before)(Given<Delivery>&) = nullptr) {
  auto delivery = delivery_stages::accepted();
  if (before) before(delivery);
  CHECK(delivery.as(by).when(command).starts_with("delivery.cancelled"));
  return delivery.sent<ReopenRequest>() != nullptr;
}

}  // namespace

TEST_CASE("request: whose traveler has left is open again, and whoever lost is asked once more") {
  auto request = agreed();
  request.now += hours{1};
  CHECK(reopen(request) == "request.reopened");
  CHECK(effects(request.last) == std::vector<std::string>{"inbox notify", "inbox notify"});
  CHECK(request.last.effects[0].to == inbox_of(ann));
  CHECK(request.sent<Notify>()->template_id == "request_reopened");
  CHECK(request.last.effects[1].to == inbox_of(cem));
  const auto* wanted = request.last.effects[1].command.get_if<Notify>();
  CHECK(wanted->template_id == "offer_wanted_again");
  CHECK(wanted->variables.at("amount") == "35.00 USD");
  CHECK(request.last.timers.at(0).due == request.state.expires_at);
  CHECK(request.state.status == RequestStatus::open);

  const auto shown = *request.as(user(ann)).ask(ViewRequest{}).resource.get_if<RequestResource>();
  CHECK_FALSE(shown.accepted_offer_id);
  CHECK_FALSE(shown.delivery_id);
  const auto over = *request.ask(ViewOffer{offer_id}).resource.get_if<OfferResource>();
  CHECK(over.status == OfferStatus::withdrawn);
  CHECK(over.close_reason == "delivery_cancelled");
  CHECK(over.delivery_id);
  CHECK(request.when(accept(offer_id)) == "! offer_not_open");
  CHECK(request.when(accept(other_offer)) == "! offer_not_open");  // nobody's word any more
  CHECK(reopen(request) == "(nothing)");

  const OfferId anew = test_id<OfferId>(40);
  CHECK(request.as(user(cem)).when(submit(anew, cem)) == "offer.submitted");
  CHECK(request.as(user(ann)).when(accept(anew)) == "offer.acceptance_started");
  CHECK(complete(request, anew) == "offer.accepted");
  CHECK(request.as(user(ann)).ask(ViewRequest{}).resource.get_if<RequestResource>()->accepted_offer_id == anew);
}

TEST_CASE("request: only the delivery of the accepted offer opens it again") {
  auto request = agreed();
  CHECK(request.as(user(ben)).when(ReopenRequest{offer_id}) == "! not_allowed");
  CHECK(request.as(entity({EntityKind::delivery, test_id<DeliveryId>(77).value})).when(ReopenRequest{offer_id}) ==
        "(nothing)");
  CHECK(request.when(ReopenRequest{other_offer}) == "(nothing)");
  CHECK(request.state.status == RequestStatus::accepted);
}

TEST_CASE("request: past its time, or where its customer has gone, it is not open again") {
  auto request = agreed();
  request.now = request.state.expires_at;
  CHECK(reopen(request) == "request.reopened, request.expired");
  CHECK(request.sent<Notify>()->template_id == "request_expired");
  request = agreed();
  request.as(entity({EntityKind::account, ann.value}));
  CHECK(request.when(CancelRequest{"user_deleted"}) == "request.cancel_deferred");
  CHECK(request.state.status == RequestStatus::accepted);
  CHECK(reopen(request) == "request.reopened, request.cancelled");
  CHECK(request.state.cancel_reason == "user_deleted");
}

TEST_CASE("request: whoever lost to an earlier acceptance is not asked twice") {
  auto request = agreed();
  request.now += hours{1};
  reopen(request);
  request.now += hours{1};
  const OfferId again = test_id<OfferId>(41);
  request.as(user(ben)).when(submit(again, ben));
  request.as(user(ann)).when(accept(again));
  complete(request, again);
  const DeliveryId delivery = *request.state.find(again)->attempt;
  CHECK(request.as(entity({EntityKind::delivery, delivery.value})).when(ReopenRequest{again}) == "request.reopened");
  CHECK(effects(request.last) == std::vector<std::string>{"inbox notify"});
}

TEST_CASE("delivery: the traveler's side opens the request again, before the pickup; the customer's does not") {
  using namespace delivery_stages;
  const auto account = [](UserId of) { return entity({EntityKind::account, of.value}); };
  CHECK(reopens(user(carrier), CancelDelivery{"ill"}));
  CHECK(reopens(entity(trip), CancelDelivery{"trip_cancelled", carrier}));
  CHECK(reopens(entity(trip), CancelDelivery{"trip_cancelled", stranger}));  // an administrator
  CHECK(reopens(entity(trip), CancelDelivery{"trip_completed", carrier}));
  CHECK(reopens(account(carrier), CancelDelivery{"user_deleted"}));
  CHECK_FALSE(reopens(user(sender), CancelDelivery{"not needed"}));
  CHECK_FALSE(reopens(account(sender), CancelDelivery{"user_deleted"}));
  CHECK_FALSE(reopens(entity(trip), CancelDelivery{"trip_cancelled", sender}));  // who is an administrator as well
  CHECK_FALSE(
      reopens(user(carrier), CancelDelivery{"ill"}, [](Given<Delivery>& d) { d.state.customer_closed = true; }));
  // Whoever waited for the customer in vain leaves no parcel behind.
  CHECK_FALSE(reopens(user(carrier), CancelDelivery{"no_show"},
                      [](Given<Delivery>& d) { wait_at(d, Handover::pickup, std::chrono::minutes{16}); }));
  auto refused = accepted();
  CHECK(refused.as(entity(trip)).when(CapacityRefused{"capacity_exceeded"}).starts_with("delivery.cancelled"));
  CHECK(refused.sent<ReopenRequest>());
  auto carried = picked_up();
  carried.as(entity(trip)).when(CancelDelivery{"trip_cancelled", carrier});
  CHECK_FALSE(carried.sent<ReopenRequest>());
}

}  // namespace request_reopened_test
