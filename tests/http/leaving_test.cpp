#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/http/people.hpp"
#include "tests/storage/story.hpp"

namespace leaving_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

/// Notes whose rights are forgotten, and who with them.
struct NotedSessions : http::Sessions {
  explicit NotedSessions(http::Sessions& of) : known(of) {}
  std::optional<http::Rights> rights(UserId user, const Uuid& session) override { return known.rights(user, session); }
  std::optional<http::Rights> rights_anew(UserId user, const Uuid& session) override {
    return known.rights_anew(user, session);
  }
  void forget(const std::vector<UserId>& users) override {
    forgotten.push_back(users);
    known.forget(users);
  }
  http::Sessions& known;
  std::vector<std::vector<UserId>> forgotten;
};

}  // namespace

TEST_CASE("people: all whom an administrator promoted lately lose it with their reset, and one wait serves them all") {
  constexpr auto finance = static_cast<std::uint32_t>(Permission::finance);
  People people;
  const UserId boss = people.active("boss@example.org"), mia = people.active("mia@example.org"),
               tom = people.active("tom@example.org");
  auto& account = people.edge.door.state<Account>(boss.value);
  account.permissions = all_permissions;
  const Time yesterday = people.edge.door.now() - std::chrono::days{1};
  for (const UserId user : {mia, tom}) {
    account.roles_given.push_back({user, yesterday});
    auto& promoted = people.edge.door.state<Account>(user.value);
    promoted.permissions = finance;
    promoted.grants = {{finance, boss, yesterday}};
  }
  NotedSessions sessions(people.edge.sessions);
  people.edge.services.sessions = &sessions;
  people.post("/auth/password/forgot", R"({"email":"boss@example.org"})");
  people.deliver();
  const auto reset = people.post(
      "/auth/password/reset", R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})");
  CHECK(reset->status == 204);
  for (const UserId user : {mia, tom}) CHECK(people.edge.door.state<Account>(user.value).permissions == 0);
  CHECK(sessions.forgotten == std::vector{std::vector{boss}, std::vector{mia, tom}});
  people.edge.services.sessions = &people.edge.sessions;
}

TEST_CASE("people: a price that was named for an offer in somebody's name means nothing after their reset") {
  People people;
  Story story;
  people.edge.services.read_models = &story.models;
  const UserId mia = people.active("mia@example.org");
  const Address request{EntityKind::request, test_id<RequestId>(30).value};
  const OfferId offer = test_id<OfferId>(31);
  const Time later = test_start + std::chrono::hours{48};
  const Money price{5'999, *Currency::parse("USD")};
  auto& state = people.edge.door.state<caravan::Request>(request.id);
  const auto tell = [&](auto event) {
    evolve(state, event);
    story.tell(request, event);
  };
  tell(RequestCreated{mia, {}, later, test_start});
  tell(OfferSubmitted{offer, test_id<TripId>(32), test_id<UserId>(92), mia, price, {}, later, test_start});
  tell(OfferCountered{offer, OfferSide::customer, price, {}, later, test_start, 1});
  REQUIRE(state.find(offer)->is_open());
  people.post("/auth/password/forgot", R"({"email":"mia@example.org"})");
  people.deliver();
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})")
            ->status == 204);
  CHECK(state.find(offer)->status == OfferStatus::expired);
}

TEST_CASE("people: a link to a delivery that is over shows nothing any more after its maker's reset") {
  People people;
  Story story;
  people.edge.services.read_models = &story.models;
  const UserId mia = people.active("mia@example.org");
  const Address parcel{EntityKind::delivery, test_id<DeliveryId>(40).value};
  auto& state = people.edge.door.state<Delivery>(parcel.id);
  const auto tell = [&](auto event) {
    evolve(state, event);
    story.tell(parcel, event);
  };
  AcceptanceStarted started;
  started.terms.request_id = test_id<RequestId>(42);
  started.terms.customer = mia;
  started.terms.traveler = test_id<UserId>(92);
  started.terms.price = {3'500, *Currency::parse("USD")};
  started.at = test_start;
  tell(started);
  tell(DeliveryNumbered{1});
  DeliveryCreated created;
  created.delivery_id = DeliveryId{parcel.id};
  created.amount = started.terms.price;
  created.at = test_start;
  tell(created);
  tell(DeliveryShared{{test_id<OfferId>(41).value, mia, {}, test_start, test_start + std::chrono::hours{48}, "x"}});
  DeliveryStatusChanged arrived;
  arrived.new_status = DeliveryStatus::delivered;
  arrived.at = people.edge.door.now();
  arrived.ends = true;
  tell(arrived);
  REQUIRE_FALSE(state.is_open());
  people.post("/auth/password/forgot", R"({"email":"mia@example.org"})");
  people.deliver();
  REQUIRE(state.shares.size() == 1);
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})")
            ->status == 204);
  CHECK(state.shares.empty());
}

TEST_CASE("people: a debt, or a dispute that may make one, is not left behind with the account") {
  People people;
  Story story;
  people.edge.services.read_models = &story.models;
  const UserId mia = people.active("mia@example.org"), ben = test_id<UserId>(92);
  const auto leave = [&] { return people.client.Delete("/api/v1/users/me", people.edge.as(mia)); };
  auto& wallet = people.edge.door.state<Wallet>(mia.value);
  wallet.debts.push_back({45'000, *Currency::parse("USD")});
  auto refused = leave();
  CHECK(people.code_of(refused) == "wallet_in_debt");
  wallet.debts.clear();
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(20).value});
  const DeliveryId parcel = test_id<DeliveryId>(21);
  dispute.as(user(ben)).when(
      OpenDispute{parcel, "damaged", "broken", {}, {}, ben, mia, ben, {3'500, *Currency::parse("USD")}});
  for (const AnyRecord& event : dispute.last.events) story.tell(dispute.self, event);
  refused = leave();
  CHECK(people.code_of(refused) == "dispute_open");
  CHECK(refused->body.find(parcel.text()) != std::string::npos);
}

TEST_CASE("people: who deletes themself is told so at sign-in, is nobody to others, and can take it back for a week") {
  People people;
  const UserId mia = people.active("mia@example.org");
  people.active("ben@example.org");
  const auto as_ben = bearer(people.login("ben@example.org"));
  CHECK(field_of(people.get("/users/" + mia.text(), as_ben)->body, "firstName") == "Mia");
  CHECK(people.client.Delete("/api/v1/users/me", people.edge.as(mia))->status == 204);
  people.deliver();
  auto refused = people.login("mia@example.org");
  CHECK(refused->status == 403);
  CHECK(people.code_of(refused) == "account_closing");
  CHECK(refused->body.find("a new password: the link is mailed anew") != std::string::npos);
  refused = people.login("mia@example.org", "not-her-Passw0rd");
  CHECK(people.code_of(refused) == "invalid_credentials");
  CHECK(field_of(people.get("/users/" + mia.text(), as_ben)->body, "firstName") == "Deleted user");
  CHECK(people.edge.door.state<User>(mia.value).first_name == "Mia");
  CHECK(people
            .post("/auth/register", R"({"email":"mia@example.org","password":")" + std::string(password) +
                                        R"(","firstName":"Eve","lastName":"Ex","userType":"both"})")
            ->status == 409);
  const std::string undo = R"({"token":")" + people.mailed["undoToken"] + "\"}";
  CHECK(people.post("/auth/undo", undo)->status == 204);
  people.deliver();
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})")
            ->status == 204);
  CHECK(people.login("mia@example.org", "another-Passw0rd")->status == 200);
  CHECK(field_of(people.get("/users/" + mia.text(), as_ben)->body, "firstName") == "Mia");
}

TEST_CASE("people: an account that is erased frees the address") {
  People people;
  const UserId mia = people.active("mia@example.org");
  CHECK(people.client.Delete("/api/v1/users/me", people.edge.as(mia))->status == 204);
  people.edge.door.advance(std::chrono::days{policy.accounts.closing_days});
  people.edge.door.ask({.to = account_address(mia), .command = TimerFired{"closing"}, .origin = {.caller = timer()}});
  people.deliver();
  CHECK(people.login("mia@example.org")->status == 401);
  CHECK(people.edge.door.state<Inbox>(mia.value).closed);
  people.registered("mia@example.org");
}

}  // namespace leaving_test
