#include "http/routes/admin/critical_acts.hpp"

#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/trip/entity.hpp"
#include "http/routes/all.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/operations/dead_letters.hpp"
#include "http/routes/payments/payments.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/trips/trips.hpp"
#include "runtime/open_question.hpp"
#include "tests/http/people.hpp"
#include "tests/storage/story.hpp"

/// What administrators do to rights and to each other is told to all of them, and the newest do nothing to the others.
namespace critical_acts_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

std::vector<http::Route> rows() {
  static MemoryDoor door;
  static SeededRandom random;
  static http::Services services{.door = door, .random = random};
  std::vector<http::Route> out = people_rows();
  for (auto* rows_of : {http::finance_routes, http::payment_routes, http::dispute_routes, http::delivery_routes,
                        http::trip_routes, http::request_routes, http::dead_letter_routes})
    for (http::Route& row : rows_of(services)) out.push_back(std::move(row));
  http::watch_critical_acts(out);
  return out;
}

struct Office {
  Office() {
    people.edge.services.read_models = &story.models;
    for (const UserId id : {boss, fred}) {
      people.edge.door.state<Account>(id.value).permissions = all_permissions;
      UserRegistered registered;
      registered.user_id = id;
      registered.email = id.text() + "@example.org";
      registered.permissions = static_cast<std::uint32_t>(Permission::disputes);
      registered.verified = true;
      registered.at = test_start;
      story.tell(account_address(id), registered);
    }
    by_boss = bearer(people.login("boss@example.org"));
  }
  /// Fred has his permissions from the boss since now.
  void promote() {
    AccountState& account = people.edge.door.state<Account>(fred.value);
    account.grants = {{all_permissions, boss, people.edge.door.now()}};
    by_fred = bearer(people.login("fred@example.org"));
  }
  std::vector<UserId> told(const std::string& what) {
    std::vector<UserId> out;
    for (const Ask& ask : people.edge.door.asked)
      if (const auto* notify = ask.command.get_if<Notify>())
        if (notify->template_id == "critical_act" && notify->variables.contains(what)) out.push_back(UserId{ask.to.id});
    std::ranges::sort(out);
    return out;
  }
  /// Of each row that changes an administrator's account, the code of the answer.
  std::vector<std::string> acts_on(UserId whose, const httplib::Headers& by) {
    const std::string path = "/admin/users/" + whose.text();
    std::vector<std::string> codes;
    const auto take = [&](httplib::Result answer) {
      codes.push_back(answer->status < 300 ? "" : people.code_of(answer));
    };
    take(people.put(path + "/verification", R"({"decision":"rejected"})", by));
    take(people.post(path + "/2fa/removal", R"({"reason":"lost"})", by));
    take(people.post(path + "/sessions/revoke", "", by));
    take(people.put(path + "/roles", R"({"roles":["customer"]})", by));
    take(people.put(path + "/status", R"({"status":"banned","reason":"x"})", by));
    return codes;
  }

  People people{rows()};
  Story story;
  UserId boss = people.active("boss@example.org"), fred = people.active("fred@example.org"),
         tom = people.active("tom@example.org");
  httplib::Headers by_boss, by_fred;
};

}  // namespace

TEST_CASE("critical acts: each is a row, and one that is none any more is named, so that nothing starts without it") {
  MemoryDoor door;
  SeededRandom random;
  http::Services services{.door = door, .random = random};
  std::vector<http::Route> all = http::all_routes(services);
  CHECK(http::watch_critical_acts(all).empty());
  const auto is_roles = [](const http::Route& row) { return row.path == "/admin/users/:userId/roles"; };
  const auto is_service = [](const http::Route& row) {
    return row.path == "/admin/services/:serviceId" && row.method == http::Method::patch;
  };
  CHECK(std::erase_if(all, is_roles) == 1);
  CHECK(std::erase_if(all, is_service) == 1);
  CHECK(http::watch_critical_acts(all) ==
        std::vector<std::string>{"PATCH /admin/services/:serviceId", "PUT /admin/users/:userId/roles"});
}

TEST_CASE("critical acts: a promotion, and what is done to an administrator, is told to all administrators") {
  Office office;
  std::vector<UserId> all{office.boss, office.fred};
  std::ranges::sort(all);
  const std::string tom = "/admin/users/" + office.tom.text();
  CHECK(office.people.put(tom + "/status", R"({"status":"suspended","reason":"x"})", office.by_boss)->status == 200);
  CHECK(office.told("standing").empty());  // nobody's rights
  CHECK(office.people.put(tom + "/status", R"({"status":"active","reason":"x"})", office.by_boss)->status == 200);
  CHECK(office.told("lifted") == all);  // whose payouts go
  CHECK(office.people.put(tom + "/roles", R"({"roles":["admin"],"permissions":["users"]})", office.by_boss)->status ==
        200);
  CHECK(office.told("roles") == all);
  CHECK(office.people.post("/admin/users/" + office.fred.text() + "/sessions/revoke", "", office.by_boss)->status ==
        204);
  CHECK(office.told("signedOut") == all);
}

TEST_CASE("critical acts: every one is told to all administrators, also where nobody knows whether it was done") {
  Office office;
  std::vector<UserId> all{office.boss, office.fred};
  std::ranges::sort(all);
  MemoryDoor& door = office.people.edge.door;
  const std::string tom = office.tom.text(), id = test_id<EscrowId>(31).text();
  const auto trip = test_id<TripId>(32);
  door.state<Trip>(trip.value).traveler_id = office.tom;
  door.state<Trip>(trip.value).details.places.resize(2);
  const std::string people = "/admin/users/", reason = R"({"reason":"x"})",
                    of_escrow = R"({"escrowId":")" + id + R"(","reason":"x"})";
  struct Act {
    std::string what, path, body;
    bool is_put = false;
  };
  const Act acts[] = {
      {"roles", people + tom + "/roles", R"({"roles":["admin"],"permissions":["users"]})", true},
      {"standing", people + office.fred.text() + "/status", R"({"status":"suspended","reason":"x"})", true},
      {"lifted", people + tom + "/status", R"({"status":"active","reason":"x"})", true},
      {"verification", people + office.fred.text() + "/verification", R"({"decision":"rejected"})", true},
      {"secondFactor", people + office.fred.text() + "/2fa/removal", reason},
      {"signedOut", people + office.fred.text() + "/sessions/revoke", ""},
      {"payout", "/admin/finance/payouts", R"({"userId":")" + tom + R"("})"},
      {"writeOff", "/admin/finance/write-offs", of_escrow},
      {"collection", "/admin/finance/collections", of_escrow},
      {"payoutsLetGo", "/admin/finance/held-payouts/" + tom + "/release", reason},
      {"refund", "/payments/refunds", of_escrow},
      {"disputeDecided", "/admin/disputes/" + id + "/resolve", R"({"resolution":"refund","note":"x"})"},
      {"disputeReopened", "/admin/disputes/" + id + "/reopen", reason},
      {"tripCancelled", "/trips/" + trip.text() + "/cancel", reason},
      {"requestCancelled", "/delivery-requests/" + id + "/cancel", reason},
  };
  for (const Act& act : acts) {
    CAPTURE(act.what);
    const auto by_boss = office.people.edge.as(office.boss, "both", all_permissions);
    door.asked.clear();
    door.end_next_ask_with({.outcome = Outcome::unknown});
    const auto answer =
        act.is_put ? office.people.put(act.path, act.body, by_boss) : office.people.post(act.path, act.body, by_boss);
    CHECK(answer->status >= 500);
    CHECK(office.told(act.what) == all);
  }
}

TEST_CASE("critical acts: a question about money that is dropped is told, another is not") {
  Office office;
  std::vector<UserId> all{office.boss, office.fred};
  std::ranges::sort(all);
  MemoryDoor& door = office.people.edge.door;
  const auto drop = [&](EntityKind sender, EntityKind to, const std::string& name) {
    OpenQuestion letter;
    letter.key = {{sender, test_id<EscrowId>(51).value}, 9};
    letter.to = to;
    letter.request = "capture";
    letter.about = "offer_received";
    letter.is_given_up = true;
    office.people.edge.services.stuck_effects = [letter] { return std::vector{letter}; };
    door.asked.clear();
    door.end_next_ask_with({.outcome = Outcome::done});
    return office.people.client
        .Delete("/api/v1/admin/dead-letters/" + name + '-' + letter.key.sender.id.text() + "-9?reason=stuck",
                office.people.edge.as(office.boss, "both", all_permissions))
        ->status;
  };
  CHECK(drop(EntityKind::inbox, EntityKind::messages, "inbox") == 204);
  CHECK(office.told("questionDropped").empty());
  CHECK(drop(EntityKind::escrow, EntityKind::payments, "escrow") == 204);
  CHECK(office.told("questionDropped") == all);
}

TEST_CASE("critical acts: a delivery that an administrator cancels of others is told, one of their own is not") {
  Office office;
  std::vector<UserId> all{office.boss, office.fred};
  std::ranges::sort(all);
  const auto cancel = [&](std::uint8_t number, UserId customer) {
    const auto id = test_id<DeliveryId>(number);
    DeliveryState& delivery = office.people.edge.door.state<Delivery>(id.value);
    delivery.terms.request_id = test_id<RequestId>(number);
    delivery.terms.customer = customer;
    delivery.terms.traveler = office.tom;
    delivery.status = DeliveryStatus::accepted;
    office.people.edge.door.asked.clear();
    return office.people
        .post("/deliveries/" + id.text() + "/cancel", R"({"reason":"x"})",
              office.people.edge.as(office.boss, "both", all_permissions))
        ->status;
  };
  CHECK(cancel(41, office.boss) == 200);
  CHECK(office.told("deliveryCancelled").empty());
  CHECK(cancel(42, test_id<UserId>(90)) == 200);
  CHECK(office.told("deliveryCancelled") == all);
}

TEST_CASE("critical acts: whoever became an administrator within a week changes no other administrator's account") {
  Office office;
  office.promote();
  CHECK(office.acts_on(office.boss, office.by_fred) == std::vector<std::string>(5, "new_administrator"));
  const auto others = office.acts_on(office.tom, office.by_fred);
  CHECK(std::ranges::count(others, "new_administrator") == 0);
  office.people.edge.door.advance(std::chrono::days{7});
  office.by_fred = bearer(office.people.login("fred@example.org"));
  const auto later = office.acts_on(office.boss, office.by_fred);
  CHECK(std::ranges::count(later, "new_administrator") == 0);
}

}  // namespace critical_acts_test
