#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/http/people.hpp"
#include "tests/storage/story.hpp"

/// An administrator who is the other side of somebody's delivery or dispute.
namespace other_side_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr std::chrono::seconds window = std::chrono::days{policy.disputes.open_days};
const DeliveryId parcel = test_id<DeliveryId>(21);

struct Office {
  Office() {
    people.edge.services.read_models = &story.models;
    people.edge.door.state<Account>(boss.value).permissions = all_permissions;
    people.edge.door.state<Account>(tom.value).totp_secret = Bytes{std::string(64, 's')};
    by_boss = bearer(people.login("boss@example.org"));
  }
  void share_delivery() { share_delivery(boss); }
  void share_delivery(UserId customer) {
    AcceptanceStarted started;
    started.terms.request_id = test_id<RequestId>(22);
    started.terms.customer = customer;
    started.terms.traveler = tom;
    story.tell(Address{EntityKind::delivery, parcel.value}, started, DeliveryNumbered{1}, DeliveryCreated{parcel});
  }
  void end_delivery() {
    DeliveryStatusChanged cancelled;
    cancelled.new_status = DeliveryStatus::cancelled;
    cancelled.at = people.edge.door.now();
    cancelled.ends = true;
    story.tell(Address{EntityKind::delivery, parcel.value}, cancelled);
  }
  void later(std::chrono::seconds by) {
    people.edge.door.advance(by);
    by_boss = bearer(people.login("boss@example.org"));
  }
  void share_dispute() { share_dispute(boss); }
  void share_dispute(UserId other) {
    Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(20).value});
    dispute.as(user(tom)).when(
        OpenDispute{parcel, "damaged", "broken", {}, {}, tom, other, tom, {3'500, *Currency::parse("USD")}});
    for (const AnyRecord& event : dispute.last.events) story.tell(dispute.self, event);
  }
  /// Of each row by which an administrator changes what somebody may do, the code of the answer; empty: it is done.
  std::vector<std::string> all_rows(UserId whose) {
    const std::string path = "/admin/users/" + whose.text();
    std::vector<std::string> codes;
    const auto take = [&](httplib::Result answer) {
      codes.push_back(answer->status < 300 ? "" : people.code_of(answer));
      if (codes.back() == "self_not_allowed") CHECK(answer->body.find(parcel.text()) != std::string::npos);
    };
    take(people.put(path + "/verification", R"({"decision":"rejected"})", by_boss));
    take(people.post(path + "/2fa/removal", R"({"reason":"lost"})", by_boss));
    take(people.post(path + "/sessions/revoke", "", by_boss));
    take(people.put(path + "/roles", R"({"roles":["customer"]})", by_boss));
    take(people.put(path + "/status", R"({"status":"suspended","reason":"x"})", by_boss));
    return codes;
  }

  People people;
  Story story;
  UserId boss = people.active("boss@example.org"), tom = people.active("tom@example.org"),
         eve = people.active("eve@example.org");
  httplib::Headers by_boss;
};

const std::vector<std::string> refused(5, "self_not_allowed");

}  // namespace

TEST_CASE("other side: no administrator changes what the other side of their own open delivery or dispute may do") {
  Office office;
  SUBCASE("a delivery") { office.share_delivery(); }
  SUBCASE("a dispute, in which they are the other role") { office.share_dispute(); }
  CHECK(office.all_rows(office.tom) == refused);
  CHECK(office.people.edge.door.state<Account>(office.tom.value).status == UserStatus::active);
}

TEST_CASE("other side: the other side of a delivery keeps its account until it can object no more") {
  Office office;
  office.share_delivery();
  office.end_delivery();
  CHECK(office.all_rows(office.tom) == refused);
  office.later(window - std::chrono::seconds{1});
  CHECK(office.all_rows(office.tom) == refused);
  CHECK(office.people.edge.door.state<Account>(office.tom.value).status == UserStatus::active);
  office.later(std::chrono::seconds{1});
  const auto codes = office.all_rows(office.tom);
  CHECK(std::ranges::count(codes, "self_not_allowed") == 0);
  CHECK(codes.back().empty());
}

TEST_CASE("other side: nor what that of somebody whom they gave permissions may do, nor after they took them away") {
  constexpr auto finance = static_cast<std::uint32_t>(Permission::finance);
  Office office;
  SUBCASE("a delivery") { office.share_delivery(office.eve); }
  SUBCASE("one that is over") {
    office.share_delivery(office.eve);
    office.end_delivery();
  }
  SUBCASE("a dispute") { office.share_dispute(office.eve); }
  auto& eve = office.people.edge.door.state<Account>(office.eve.value);
  eve.permissions = finance;
  eve.grants = {{finance, office.boss, test_start}};
  CHECK(office.all_rows(office.tom) == refused);
  // No list of administrators has her any more.
  eve.permissions = 0;
  std::swap(eve.grants, eve.former_grants);
  CHECK(office.all_rows(office.tom) == refused);
  CHECK(office.people.edge.door.state<Account>(office.tom.value).status == UserStatus::active);
  // Whoever had them from another is nobody's tie.
  eve.former_grants.front().by = office.tom;
  CHECK(office.all_rows(office.tom).back().empty());
}

TEST_CASE("other side: of those with whom they share nothing, they do") {
  Office office;
  office.share_delivery();
  const auto codes = office.all_rows(office.eve);
  CHECK(std::ranges::count(codes, "self_not_allowed") == 0);
  CHECK(codes.back().empty());
}

}  // namespace other_side_test
