#include <set>

#include "actors/inbox/commands.hpp"
#include "actors/request/closing.hpp"
#include "actors/trip/commands.hpp"
#include "tests/rules/request_given.hpp"

namespace request_invitations_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

const InvitationId invitation_id = test_id<InvitationId>(50);

InviteTraveler invite(UserId traveler, std::uint8_t id = 50) {
  InviteTraveler command;
  command.trip_id = trip_id;
  command.price = Price{400'000};
  command.invitation_id = test_id<InvitationId>(id);
  command.facts = submit({}, traveler);
  return command;
}

/// Ann has asked Ben.
Given<Request> invited() {
  auto request = posted();
  request.as(user(ann)).when(invite(ben));
  return request;
}

std::optional<InvitationStatus> seen(Given<Request>& request, UserId who) {
  const Answer answer = request.as(user(who)).ask(ViewInvitation{invitation_id});
  const auto* shown = answer.resource.get_if<InvitationResource>();
  return shown ? std::optional(shown->status) : std::nullopt;
}

}  // namespace

TEST_CASE("request: a customer asks a traveler, who hears the price, the way and what is theirs of it") {
  auto request = posted();
  CHECK(request.as(user(ann)).when(invite(ben)) == "invitation.sent");
  CHECK(request.last.reply.get_if<InvitationResource>()->status == InvitationStatus::sent);
  CHECK(request.last.effects.at(0).to == user_address(ann));  // who counts what she sends
  const SentInvitation sent = request.sent<CountInvitation>()->sent;
  CHECK(sent.invitation_id == invitation_id);
  CHECK(sent.request_id == RequestId{self.id});
  CHECK(sent.customer_id == ann);
  CHECK(sent.traveler_id == ben);
  const auto& told = sent.notice.variables;
  CHECK(sent.notice.template_id == "invitation_received");
  CHECK(told.at("amount") == "40.00 USD");
  CHECK(told.at("takeHome") == "36.00 USD");
  for (const char* end : {"pickup", "delivery"}) CHECK_FALSE(told.at(end).empty());
  for (const auto& variable : told) CHECK_MESSAGE(variable.second.find("+1") == std::string::npos, variable.first);
  CHECK(request.when(invite(ben)) == "(nothing)");  // the same again
  CHECK(seen(request, ann) == InvitationStatus::sent);
  CHECK(seen(request, ben) == InvitationStatus::sent);
  CHECK_FALSE(seen(request, cem));
  CHECK(request.as(user(cem)).ask(ViewInvitations{}).rejection->code == "not_found");
  InviteTraveler at_most = invite(cem, 51);
  at_most.price.reset();
  CHECK(request.as(user(ann)).when(at_most) == "invitation.sent");
  CHECK(request.sent<CountInvitation>()->sent.notice.variables.at("amount") == "60.00 USD");
  CHECK(request.ask(ViewInvitations{}).resource.get_if<InvitationList>()->items.size() == 2);
  CHECK(request.as(user(cem)).ask(ViewInvitations{}).resource.get_if<InvitationList>()->items.size() == 1);
}

TEST_CASE("request: an invitation is refused where an offer would be") {
  const auto refused = [](auto change) {
    auto request = posted();
    InviteTraveler command = invite(ben);
    change(command);
    return request.as(user(ann)).when(command);
  };
  CHECK(refused([](InviteTraveler& c) { c.facts.trip_owner = {}; }) == "! not_found");
  CHECK(refused([](InviteTraveler& c) { c.facts.trip_owner = ann; }) == "! own_request");
  CHECK(refused([](InviteTraveler& c) { c.facts.blocked = true; }) == "! blocked");
  CHECK(refused([](InviteTraveler& c) { c.facts.trip_open = false; }) == "! trip_not_open");
  CHECK(refused([](InviteTraveler& c) { c.facts.other_inactive = true; }) == "! trip_not_open");
  CHECK(refused([](InviteTraveler& c) { c.facts.free_room.weight = {2'499}; }) == "! capacity_exceeded");
  CHECK(refused([](InviteTraveler& c) { c.price = Price{600'100}; }) == "! invalid_amount");
  CHECK(refused([](InviteTraveler& c) { c.min_price = Money{4'001, {}}; }) == "! invalid_amount");
  CHECK(refused([](InviteTraveler& c) { c.min_price = Money{9'900, *Currency::parse("EUR")}; }) == "! invalid_amount");
  CHECK(refused([](InviteTraveler& c) { c.min_price = Money{4'000, {}}; }) == "invitation.sent");
  CHECK(refused([](InviteTraveler& c) { c.invited_today = max_invited_a_day; }) == "! too_many");
  CHECK(refused([](InviteTraveler& c) { c.asked_today = max_asked_a_day; }) == "! too_many");
  CHECK(refused([](InviteTraveler& c) { c.invited_by_customer_today = max_invited_by_one_a_day; }) == "! too_many");
  CHECK(refused([](InviteTraveler& c) { c.invited_by_newcomers_today = max_invited_by_newcomers_a_day; }) ==
        "! too_many");
  CHECK(refused([](InviteTraveler& c) { c.invited_by_newcomers_today = max_invited_by_newcomers_a_day - 1; }) ==
        "invitation.sent");
  auto request = posted();
  CHECK(request.as(user(ben)).when(invite(cem)) == "! not_owner");
  request = offered();
  CHECK(request.as(user(ann)).when(invite(ben)) == "! already_offered");
}

TEST_CASE("request: five invitations are open at a time, and twenty are sent in all") {
  auto request = posted();
  for (std::uint8_t i = 0; i < max_open_invitations; ++i) {
    const UserId traveler = test_id<UserId>(static_cast<std::uint8_t>(60 + i));
    CHECK(request.as(user(ann)).when(invite(traveler, static_cast<std::uint8_t>(60 + i))) == "invitation.sent");
  }
  CHECK(request.when(invite(ben)) == "! too_many");
  for (std::uint8_t i = 60; request.state.invitations.size() < max_invitations; ++i) {
    CHECK(request.as(user(test_id<UserId>(i))).when(DeclineInvitation{test_id<InvitationId>(i)}) ==
          "invitation.declined");
    const auto next = static_cast<std::uint8_t>(i + max_open_invitations);
    CHECK(request.as(user(ann)).when(invite(test_id<UserId>(next), next)) == "invitation.sent");
  }
  request.as(user(test_id<UserId>(79))).when(DeclineInvitation{test_id<InvitationId>(79)});
  CHECK(request.as(user(ann)).when(invite(ben)) == "! too_many");
}

TEST_CASE("request: an offer answers the invitation, at its price or another") {
  auto request = invited();
  SubmitOffer offer = submit(offer_id, cem);
  offer.invitation_id = invitation_id;
  CHECK(request.as(user(cem)).when(offer) == "! invitation_not_open");  // it is Ben's
  offer = submit(offer_id, ben);
  offer.price = Price{400'000};
  offer.invitation_id = test_id<InvitationId>(99);
  CHECK(request.as(user(ben)).when(offer) == "! invitation_not_open");
  offer.invitation_id.reset();  // whoever was asked and offers has answered
  CHECK(request.when(offer) == "offer.submitted");
  CHECK(request.emitted<OfferSubmitted>()->invitation_id == invitation_id);
  CHECK(seen(request, ann) == InvitationStatus::answered);
  CHECK(request.state.find(invitation_id)->offer_id == offer_id);
  CHECK(request.as(user(ben)).when(DeclineInvitation{invitation_id}) == "! invitation_not_open");
}

TEST_CASE("request: who declines is asked no more, and nobody declines for another") {
  auto request = invited();
  CHECK(request.when(invite(ben, 51)) == "! already_invited");
  CHECK(request.when(DeclineInvitation{invitation_id}) == "! not_owner");
  CHECK(request.as(user(cem)).when(DeclineInvitation{invitation_id}) == "! not_found");
  CHECK(request.as(user(ben)).when(DeclineInvitation{invitation_id}) == "invitation.declined");
  CHECK(request.sent<Notify>()->template_id == "invitation_declined");
  CHECK(request.last.effects.at(0).to == inbox_of(ann));
  CHECK(request.when(DeclineInvitation{invitation_id}) == "(nothing)");
  CHECK(seen(request, ann) == InvitationStatus::declined);
  CHECK(request.as(user(ann)).when(invite(ben, 51)) == "! already_invited");
  CHECK(request.as(user(ben)).when(submit(offer_id, ben)) == "offer.submitted");  // or thinks better of it
}

TEST_CASE("request: whose invitation is refused reads by which rule") {
  std::set<std::string> rules;
  for (const InvitationLimit limit :
       {InvitationLimit::customer, InvitationLimit::traveler, InvitationLimit::pair, InvitationLimit::newcomers}) {
    auto request = invited();
    request.as(entity(user_address(ben))).when(RefuseInvitation{invitation_id, limit});
    for (const char* rule : {"yours", "theirs", "ofYours", "ofNewcomers"})
      if (request.sent<Notify>()->variables.contains(rule)) rules.insert(rule);
  }
  CHECK(rules.size() == 4);
}

TEST_CASE("request: an invitation that is one too many after all is refused, and its traveler never sees it") {
  auto request = invited();
  CHECK(request.as(user(ben)).when(RefuseInvitation{invitation_id}) == "! not_allowed");
  request.as(entity(user_address(ben)));
  CHECK(request.when(RefuseInvitation{test_id<InvitationId>(99)}) == "(nothing)");
  CHECK(request.when(RefuseInvitation{invitation_id, InvitationLimit::traveler}) == "invitation.refused");
  CHECK(request.last.effects.at(0).to == inbox_of(ann));
  CHECK(request.sent<Notify>()->template_id == "invitation_refused");
  CHECK(request.sent<Notify>()->variables.contains("theirs"));
  CHECK(request.when(RefuseInvitation{invitation_id, InvitationLimit::traveler}) == "(nothing)");
  CHECK(seen(request, ann) == InvitationStatus::refused);
  const Answer answer = request.as(user(ann)).ask(ViewInvitation{invitation_id});
  CHECK(answer.resource.get_if<InvitationResource>()->reason == InvitationLimit::traveler);
  CHECK_FALSE(seen(request, ben));
  CHECK(request.ask(ViewInvitations{}).rejection->code == "not_found");
  CHECK(request.when(DeclineInvitation{invitation_id}) == "! invitation_not_open");
  // It gives its place back, and does not count among those that the traveler was asked.
  for (std::uint8_t i = 0; i < max_asked_of_one; ++i) {
    CHECK(request.as(user(ann)).when(invite(ben, static_cast<std::uint8_t>(51 + i))) == "invitation.sent");
    request.when(EditRequest{.title = "Camera " + std::to_string(i)});
  }
  CHECK(request.when(invite(ben, 59)) == "! too_many");
}

TEST_CASE("request: a refusal that comes after the answer changes nothing") {
  auto answered = invited();
  answered.as(user(ben)).when(submit(offer_id, ben));
  CHECK(answered.as(entity(user_address(ben))).when(RefuseInvitation{invitation_id}) == "(nothing)");
  CHECK(seen(answered, ann) == InvitationStatus::answered);
}

TEST_CASE("request: an invitation ends with the request, or half an hour before the trip comes by") {
  auto request = posted();
  InviteTraveler command = invite(ben);
  command.facts.passing = Passing{0, 0, test_start + hours{6}, test_start + hours{10}};
  request.as(user(ann)).when(command);
  CHECK(request.state.find(invitation_id)->expires_at == test_start + hours{6} - std::chrono::minutes{30});
  request.now = test_start + hours{6} - std::chrono::minutes{30};
  CHECK(seen(request, ben) == InvitationStatus::expired);
  CHECK(request.when(DeclineInvitation{invitation_id}) == "! invitation_not_open");
  CHECK(request.as(user(ann)).when(invite(ben, 51)) == "invitation.sent");  // on a later trip
  auto cancelled = invited();
  cancelled.when(CancelRequest{"no"});
  CHECK(seen(cancelled, ben) == InvitationStatus::expired);
  CHECK(cancelled.as(user(ann)).when(invite(cem, 51)) == "! request_not_open");
}

TEST_CASE("request: an invitation ends with its trip, gives its place back, and its traveler is asked for another") {
  auto request = posted();
  CHECK(request.as(user(ann)).when(invite(ben)) == "invitation.sent");
  REQUIRE(request.sent<NoteOffer>());
  CHECK(request.sent<NoteOffer>()->request_id == RequestId{self.id});
  const Address trip_address{EntityKind::trip, trip_id.value};
  CHECK(request.last.effects.at(1).to == trip_address);
  for (std::uint8_t i = 61; i < 60 + max_open_invitations; ++i) {
    InviteTraveler other = invite(test_id<UserId>(i), i);
    other.trip_id = test_id<TripId>(i);
    CHECK(request.when(other) == "invitation.sent");
  }
  CHECK(request.when(invite(cem, 51)) == "! too_many");
  CHECK(request.as(user(ben)).when(TripClosed{trip_id}) == "! not_allowed");
  CHECK(seen(request, ben) == InvitationStatus::sent);
  request.as(entity(trip_address));
  CHECK(request.when(TripClosed{test_id<TripId>(99)}) == "(nothing)");
  CHECK(request.when(TripClosed{trip_id}) == "invitation.expired");  // of the five that one
  CHECK(request.when(TripClosed{trip_id}) == "(nothing)");
  CHECK(seen(request, ann) == InvitationStatus::expired);
  CHECK(request.as(user(ben)).when(DeclineInvitation{invitation_id}) == "! invitation_not_open");
  InviteTraveler again = invite(ben, 51);
  again.trip_id = test_id<TripId>(21);
  CHECK(request.as(user(ann)).when(again) == "invitation.sent");
}

TEST_CASE("request: an invitation that was answered or declined stays so when its trip closes") {
  const Caller trip = entity({EntityKind::trip, trip_id.value});
  auto declined = invited();
  declined.as(user(ben)).when(DeclineInvitation{invitation_id});
  CHECK(declined.as(trip).when(TripClosed{trip_id}) == "(nothing)");
  CHECK(declined.as(user(ann)).when(invite(ben, 51)) == "! already_invited");
  auto answered = invited();
  answered.as(user(ben)).when(submit(offer_id, ben));
  CHECK(answered.as(trip).when(TripClosed{trip_id}) == "offer.expired");
  CHECK(seen(answered, ann) == InvitationStatus::answered);
}

TEST_CASE("request: an invitation ends when its terms change, or the limit falls below its price") {
  const auto edited = [](EditRequest edit) {
    auto request = invited();
    return request.as(user(ann)).when(edit);
  };
  EditRequest contact{.pickup = post().pickup};
  contact.pickup->contact_name = "Bea";
  CHECK(edited({.max_price = Price{399'900}}) == "request.updated, invitation.expired");
  CHECK(edited({.max_price = Price{400'000}}) == "request.updated");
  CHECK(edited({.max_price = Price{900'000}}) == "request.updated");
  CHECK(edited({.title = "A lens"}) == "request.updated, invitation.expired");
  CHECK(edited(contact) == "request.updated");
  auto request = invited();
  request.when(EditRequest{.max_price = Price{300'000}});
  CHECK(seen(request, ben) == InvitationStatus::expired);
  REQUIRE(request.sent<CountInvitation>());  // by the way that the invitation went, so that it comes behind it
  const SentInvitation end = request.sent<CountInvitation>()->sent;
  CHECK(end.ends);
  CHECK(end.traveler_id == ben);
  CHECK(end.notice.template_id == "request_changed");
  CHECK(end.notice.variables.at("invited") == "yes");
  SubmitOffer offer = submit(offer_id, ben);
  offer.price = Price{300'000};
  CHECK(request.as(user(ben)).when(offer) == "offer.submitted");  // of his own accord
  CHECK_FALSE(request.emitted<OfferSubmitted>()->invitation_id);
}

TEST_CASE("request: no edits ask one traveler again and again") {
  auto request = posted();
  for (std::uint8_t i = 0; i < max_asked_of_one; ++i) {
    CHECK(request.as(user(ann)).when(invite(ben, static_cast<std::uint8_t>(50 + i))) == "invitation.sent");
    CHECK(request.when(EditRequest{.title = "Camera " + std::to_string(i)}) == "request.updated, invitation.expired");
  }
  CHECK(request.when(invite(ben, 59)) == "! too_many");
  CHECK(request.when(invite(cem, 59)) == "invitation.sent");
}

}  // namespace request_invitations_test
