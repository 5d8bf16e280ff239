#include <doctest/doctest.h>

#include <map>
#include <regex>

#include "actors/delivery/consequences.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/messages/requests.hpp"
#include "actors/request/closing.hpp"
#include "actors/tracker/entity.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/prepared_message.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// What the rules tell people, as it reaches them.
namespace notices_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

using Notices = std::map<std::string, Notify>;  // by template

template <class Entity>
void collect(Notices& notices, const Given<Entity>& given) {
  for (const Effect& effect : given.last.effects)
    if (const auto* notify = effect.command.template get_if<Notify>())
      notices.insert_or_assign(notify->template_id, *notify);
}

/// Of a deal, from the offer to each of its ends.
Notices told_of_deals() {
  using namespace delivery_stages;
  Notices all;
  for (auto* stage : {accepted, picked_up, in_transit, delivered, returning, returned, cancelled})
    collect(all, stage());
  Given<Delivery> chat = accepted();
  chat.as(user(carrier)).when(PostMessage{"I am downstairs"});
  collect(all, chat);
  Given<Delivery> late = accepted();
  late.as(timer()).at(*late.state.terms.deliver_by).when(TimerFired{std::string(delivery::late_timer)});
  collect(all, late);
  Given<Delivery> delayed = accepted();
  delayed.state.pickup_until = test_start + std::chrono::hours{30};
  delayed.state.planned_arrival = test_start + std::chrono::hours{40};
  delayed.as(entity(trip)).when(TripDelayed{7'200, 7'200});
  collect(all, delayed);
  return all;
}

/// Of a deal by those who know of the parcel only what the delivery called it.
Notices told_by_others() {
  using namespace delivery_stages;
  Notices all;
  const Given<Delivery> begun = began();
  REQUIRE(begun.sent<CreateEscrow>());
  Given<Escrow> money(escrow);
  money.as(entity(parcel)).when(*begun.sent<CreateEscrow>());
  PaymentAnswer done{PaymentOperation::authorize, money.state.tasks.front().operation_id, PaymentOutcome::done};
  money.as(provider()).when(done);
  collect(all, money);
  money.as(user(sender)).when(ProposeSplit{1'000, ""});
  money.as(user(carrier)).when(AcceptSplit{1'000});
  collect(all, money);
  Given<Delivery> numbered = paid();
  numbered.as(entity(escrow)).when(AssignNumber{123});
  numbered.as(entity(trip)).when(CapacityReserved{TripId{trip.id}});
  REQUIRE(numbered.sent<DefineGeofences>());
  Given<Tracker> followed(tracker);
  followed.as(entity(parcel)).when(*numbered.sent<DefineGeofences>());
  followed.as(user(carrier)).when(StartTracking{});
  collect(all, followed);
  OpenDispute claim;
  claim.delivery_id = DeliveryId{parcel.id};
  claim.reason = "damaged";
  claim.description = "The lens is broken";
  claim.customer = claim.opener = sender;
  claim.traveler = carrier;
  claim.amount = terms().price;
  claim.parcel_name = delivery::name_of(terms(), "DEL-000123");
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(40).value});
  dispute.as(user(sender)).when(claim);
  collect(all, dispute);
  return all;
}

/// Of a request that no deal came of.
Notices told_of_requests() {
  using namespace testkit::request;
  Notices all;
  Given<Request> request = offered();
  collect(all, request);
  Given<Request> edited = request;
  EditRequest edit;
  edit.title = "Two cameras";
  edited.as(user(ann)).when(edit);
  collect(all, edited);
  Given<Request> moved = posted();
  EditRequest away;
  away.dropoff = post().dropoff;
  away.dropoff->lat = *away.dropoff->lat + 0.2;
  moved.as(user(ann)).when(away);
  collect(all, moved);
  Given<Request> invites = posted();
  InviteTraveler invite;
  invite.trip_id = trip_id;
  invite.invitation_id = test_id<InvitationId>(50);
  invite.facts = submit({}, ben);
  invites.as(user(ann)).when(invite);
  REQUIRE(invites.sent<CountInvitation>());
  all.insert_or_assign("invitation_received", invites.sent<CountInvitation>()->sent.notice);
  invites.as(entity(user_address(ben))).when(RefuseInvitation{invite.invitation_id, InvitationLimit::traveler});
  collect(all, invites);
  Given<Request> cancelled = request;
  cancelled.as(user(ann)).when(CancelRequest{"sold"});
  collect(all, cancelled);
  request.as(timer()).at(request.state.expires_at).when(TimerFired{std::string(expiry_timer)});
  collect(all, request);
  return all;
}

std::string body_of(const Notify& notify, const char* language, Channel channel = Channel::email) {
  SendMessage message;
  message.channel = channel;
  message.to = {"ann@example.com"};
  message.template_id = notify.template_id;
  message.language = language;
  message.variables = notify.variables;
  message.subject = notify.subject;
  message.at = test_start;
  message.time_zone = "America/New_York";
  const auto ready = prepare(message, message_templates(), "https://caravan.example", "test");
  REQUIRE(std::holds_alternative<PreparedMessage>(ready));
  return std::get<PreparedMessage>(ready).body;
}

const std::regex link("https://caravan\\.example/open\\?[a-z]+=[0-9a-f-]{36}");
const std::regex raw("[0-9a-f]{8}-[0-9a-f]{4}-|[a-z]+_[a-z]+|\\{\\{|[0-9]T[0-9]{2}:");

}  // namespace

TEST_CASE("notices: each is in words of its reader, with a link to what it speaks of, and no ids or codes") {
  Notices all = told_of_deals();
  all.merge(told_of_requests());
  all.merge(told_by_others());
  for (const char* expected :
       {"delivery_created",   "offer_accepted",        "picked_up",         "in_transit",          "delivered",
        "delivery_cancelled", "return_started",        "delivery_returned", "message_received",    "delivery_late",
        "trip_delayed",       "offer_received",        "request_changed",   "request_cancelled",   "request_expired",
        "payment_held",       "tracking_started",      "dispute_opened",    "invitation_received", "invitation_refused",
        "split_accepted",     "request_places_changed"})
    CHECK_MESSAGE(all.contains(expected), expected);
  for (const auto& entry : all)
    for (const char* language : {"en", "de"}) {
      const std::string body = body_of(entry.second, language);
      CHECK_MESSAGE(std::regex_search(body, link), body);
      const std::string words = std::regex_replace(body, link, "");
      CHECK_MESSAGE(!std::regex_search(words, raw), words);
      CHECK(!std::regex_search(body_of(entry.second, language, Channel::push), link));  // the app opens it
    }
}

TEST_CASE("notices: a deal's say what, where and how much, and when where that is known") {
  using namespace delivery_stages;
  Notices all = told_of_deals();
  for (const char* language : {"en", "de"}) {
    for (const char* id : {"delivery_created", "offer_accepted"})
      for (const char* fact : {"DEL-000123", "A camera", "New York, NY", "Boston, MA", "35"})
        CHECK_MESSAGE(body_of(all.at(id), language).find(fact) != std::string::npos, id, " ", fact);
    Notify planned = all.at("picked_up");
    planned.variables["arrivalAt"] = "2027-01-16T20:00:00.000Z";
    CHECK_MESSAGE(body_of(planned, language).find("15:00 (New York)") != std::string::npos, language);
  }
}

TEST_CASE("notices: a deal's say whom the reader deals with, whoever sends them, and which parcel it is about") {
  Notices all = told_of_deals();
  all.merge(told_by_others());
  for (const char* language : {"en", "de"}) {
    for (const char* id : {"delivery_created", "picked_up", "payment_held", "tracking_started"})
      CHECK_MESSAGE(body_of(all.at(id), language).find("Carl") != std::string::npos, id, " ", language);
    for (const char* id : {"offer_accepted", "dispute_opened"})
      CHECK_MESSAGE(body_of(all.at(id), language).find("Sonia") != std::string::npos, id, " ", language);
    for (const char* id : {"payment_held", "tracking_started", "dispute_opened"})
      for (const char* fact : {"A camera", "New York, NY", "Boston, MA"})
        CHECK_MESSAGE(body_of(all.at(id), language).find(fact) != std::string::npos, id, " ", fact);
    for (const char* id : {"tracking_started", "dispute_opened"})
      CHECK_MESSAGE(body_of(all.at(id), language).find("DEL-000123") != std::string::npos, id);
  }
}

TEST_CASE("notices: whoever has left is not named, nor is anybody where the name is not known") {
  using namespace delivery_stages;
  Given<Delivery> alone = accepted();
  alone.as(entity(user_address(carrier))).when(SideClosed{carrier});
  REQUIRE(alone.state.traveler_closed);
  alone.as(user(sender)).when(CancelDelivery{"changed my mind"});
  int told = 0;
  for (const Effect& effect : alone.last.effects)
    if (const auto* notify = effect.command.get_if<Notify>()) {
      ++told;
      CHECK(notify->variables.contains("other") == (effect.to == inbox_of(carrier)));
    }
  CHECK(told == 2);
  Notify nameless{"message_received", {{"text", "Hi"}, {"deliveryNumber", "DEL-000123"}}};
  nameless.subject = parcel.id;
  CHECK(body_of(nameless, "en").starts_with("The other side writes: \"Hi\""));
  nameless.variables["other"] = "Carl";
  CHECK(body_of(nameless, "en").starts_with("Carl writes: \"Hi\""));
}

TEST_CASE("notices: every template has a link of its own, or one to open, unless nothing is left to be opened") {
  for (const TemplateRule& rule : template_rules()) {
    if (rule.id == "account_deleted" || rule.id == "phone_code_template") continue;
    Notify notify{std::string(rule.id), {}};
    notify.subject = test_id<DeliveryId>(10).value;
    for (const char* language : {"en", "de"})
      CHECK_MESSAGE(body_of(notify, language).find("https://caravan.example/") != std::string::npos, rule.id);
  }
}

}  // namespace notices_test
