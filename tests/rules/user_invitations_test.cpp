#include "actors/request/commands.hpp"
#include "tests/rules/user_given.hpp"

/// How often somebody asks, and is asked, to carry a parcel.
namespace user_invitations_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;
using namespace std::chrono_literals;

namespace {

const RequestId parcel = test_id<RequestId>(9);

SentInvitation sent(UserId customer, UserId traveler, bool is_of_newcomer = false) {
  return {test_id<InvitationId>(50),
          parcel,
          customer,
          traveler,
          Notify{"invitation_received", {{"amount", "40"}}},
          false,
          is_of_newcomer};
}

std::string asks(Given<User>& person, std::uint8_t traveler = 70) {
  return person.as(entity({EntityKind::request, parcel.value}))
      .when(CountInvitation{sent(ann, test_id<UserId>(traveler))});
}

std::string is_asked(Given<User>& person, UserId customer, bool is_of_newcomer = false) {
  return person.as(entity(user_address(customer))).when(ReceiveInvitation{sent(customer, ann, is_of_newcomer)});
}

UserId customer(std::size_t number) { return test_id<UserId>(static_cast<std::uint8_t>(100 + number)); }

Standing standing(Given<User>& person, UserId other) {
  return *person.as(entity({})).ask(ViewStanding{other}).resource.get_if<Standing>();
}

void check_refused(const Given<User>& person, InvitationLimit limit) {
  const auto* refusal = person.sent<RefuseInvitation>();
  REQUIRE(refusal);
  CHECK(person.last.effects.size() == 1);
  CHECK(person.last.effects.at(0).to == Address{EntityKind::request, parcel.value});
  CHECK(refusal->invitation_id == test_id<InvitationId>(50));
  CHECK(refusal->limit == limit);
}

}  // namespace

TEST_CASE("user: an invitation counts with the customer, goes on to the traveler, counts there, and is read") {
  auto person = created();
  CHECK(asks(person) == "invitation.counted");
  CHECK(person.last.effects.at(0).to == user_address(test_id<UserId>(70)));
  CHECK(person.sent<ReceiveInvitation>()->sent.notice.template_id == "invitation_received");
  CHECK(person.sent<ReceiveInvitation>()->sent.notice.variables.at("other") == "Ann");
  CHECK(is_asked(person, bob) == "invitation.received");
  CHECK(person.last.effects.at(0).to == inbox_of(ann));
  CHECK(person.sent<Notify>()->variables.at("amount") == "40");
  CHECK(person.as(user(ann)).when(CountInvitation{sent(ann, bob)}) == "! not_owner");
  CHECK(person.as(user(bob)).when(ReceiveInvitation{sent(bob, ann)}) == "! not_owner");
  const Standing known = standing(person, bob);
  CHECK(known.asked_today == 1);
  CHECK(known.invited_today == 1);
  CHECK(known.invited_by_other_today == 1);
  CHECK(standing(person, eve).invited_by_other_today == 0);
}

TEST_CASE("user: a customer sends twenty invitations in 24 hours, and no more at once") {
  auto person = created();
  for (std::size_t i = 0; i < max_asked_a_day; ++i) {
    person.now += 1min;
    CHECK(asks(person, static_cast<std::uint8_t>(70 + i)) == "invitation.counted");
  }
  CHECK(asks(person) == "(nothing)");  // as both asked while one place was left
  check_refused(person, InvitationLimit::customer);
  person.now = test_start + 1min + 24h;  // the first one counts no more
  CHECK(asks(person) == "invitation.counted");
  CHECK(asks(person) == "(nothing)");
  CHECK(person.state.asked.size() == max_asked_a_day);
}

TEST_CASE("user: a traveler gets ten invitations in 24 hours, three of them by one customer") {
  auto person = created();
  for (std::size_t i = 0; i < max_invited_by_one_a_day; ++i) CHECK(is_asked(person, bob) == "invitation.received");
  CHECK(is_asked(person, bob) == "(nothing)");
  check_refused(person, InvitationLimit::pair);
  person.now += 1h;
  for (std::size_t i = max_invited_by_one_a_day; i < max_invited_a_day; ++i)
    CHECK(is_asked(person, customer(i)) == "invitation.received");
  CHECK(is_asked(person, eve) == "(nothing)");
  check_refused(person, InvitationLimit::traveler);
  person.now = test_start + 24h;
  CHECK(is_asked(person, bob) == "invitation.received");
  const std::size_t left = max_invited_a_day - max_invited_by_one_a_day + 1;
  CHECK(standing(person, bob).invited_today == static_cast<std::int32_t>(left));
  CHECK(person.state.invited.size() == left);  // what counts no more is forgotten
}

TEST_CASE("user: new customers together use up half of a traveler's invitations, and the others' come through") {
  auto person = created();
  for (std::size_t i = 0; i < max_invited_by_newcomers_a_day; ++i)
    CHECK(is_asked(person, customer(i), true) == "invitation.received");
  CHECK(is_asked(person, eve, true) == "(nothing)");
  check_refused(person, InvitationLimit::newcomers);
  CHECK(standing(person, eve).invited_by_newcomers_today == max_invited_by_newcomers_a_day);
  for (std::size_t i = max_invited_by_newcomers_a_day; i < max_invited_a_day; ++i)
    CHECK(is_asked(person, customer(i)) == "invitation.received");
  CHECK(is_asked(person, eve) == "(nothing)");
  check_refused(person, InvitationLimit::traveler);
  person.now = test_start + 24h;
  CHECK(is_asked(person, eve, true) == "invitation.received");
}

TEST_CASE("user: whoever is neither verified nor has had anything delivered asks as a new customer") {
  const auto is_new = [](auto change) {
    auto person = created();
    change(person.state);
    asks(person);
    REQUIRE(person.sent<ReceiveInvitation>());
    CHECK(standing(person, bob).is_newcomer() == person.state.is_newcomer());
    return person.sent<ReceiveInvitation>()->sent.is_of_newcomer;
  };
  CHECK(is_new([](UserState& state) { state.level = VerificationLevel::none; }));
  CHECK(is_new([](UserState& state) { state.successful = state.slight = 3; }));
  CHECK_FALSE(is_new([](UserState& state) { state.level = VerificationLevel::identity; }));
  CHECK_FALSE(is_new([](UserState& state) { state.successful = 1; }));
}

TEST_CASE("user: nobody invites, or is invited, after they have left") {
  auto person = created();
  person.as(anns_account).when(CloseProfile{});
  CHECK(asks(person) == "(nothing)");
  CHECK(is_asked(person, bob) == "(nothing)");
  CHECK(person.last.effects.empty());
}

TEST_CASE("user: the end of an invitation goes the way of the invitation, is not counted and never turned away") {
  SentInvitation end = sent(ann, bob);
  end.ends = true;
  end.notice.template_id = "request_changed";
  Given<User> asker = created();
  for (std::size_t i = 0; i < max_asked_a_day; ++i) asks(asker);
  CHECK(asker.as(entity({EntityKind::request, parcel.value})).when(CountInvitation{end}) == "(nothing)");
  REQUIRE(asker.sent<ReceiveInvitation>());
  CHECK(asker.last.effects.at(0).to == user_address(bob));
  CHECK(asker.sent<ReceiveInvitation>()->sent.ends);

  Given<User> asked = created();
  for (std::size_t i = 0; i < max_invited_a_day; ++i) is_asked(asked, customer(i));
  CHECK(asked.as(entity(user_address(bob))).when(ReceiveInvitation{end}) == "(nothing)");
  REQUIRE(asked.sent<Notify>());
  CHECK(asked.last.effects.at(0).to == inbox_of(ann));
  CHECK(asked.sent<Notify>()->template_id == "request_changed");
}

}  // namespace user_invitations_test
