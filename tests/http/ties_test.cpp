#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/problem/problem.hpp"
#include "tests/http/platform.hpp"

/// Through whose hands permissions came, and which administrators' acts that decides.
namespace ties_test {

using namespace caravan;
using namespace caravan::platform;

namespace {

constexpr auto finance = static_cast<std::uint32_t>(Permission::finance);
const UserId ann = test_id<UserId>(11), ben = test_id<UserId>(12), cem = test_id<UserId>(13), dan = test_id<UserId>(14);

Time day(int number) { return test_start - std::chrono::days{365 - number}; }

void give(MemoryDoor& door, UserId whose, UserId by, Time at, std::uint32_t permissions = finance) {
  auto& account = door.state<Account>(whose.value);
  account.registered = true;
  account.grants.push_back({permissions, by, at});
}

std::vector<UserId> sorted(std::vector<UserId> users) {
  std::ranges::sort(users);
  return users;
}

/// Each has the permission from the next, the last from nobody; as many hands as `length` behind the first one.
UserId chain(MemoryDoor& door, int length) {
  const auto person = [](int number) { return test_id<UserId>(static_cast<std::uint8_t>(100 + number)); };
  for (int i = 0; i < length; ++i) give(door, person(i), person(i + 1), day(200 - i));
  return person(0);
}

/// A deal of Mia's and Tom's in every shape, before the boss.
struct Deals {
  Deals() {
    platform.door.state<Account>(boss.value).registered = true;
    DeliveryState& delivery = platform.door.state<Delivery>(parcel.value);
    delivery.terms.request_id = request_id;
    delivery.terms.customer = mia;
    delivery.terms.traveler = tom;
    delivery.terms.price = usd(3'500);
    delivery.status = DeliveryStatus::accepted;
    delivery.escrow_id = escrow_id;
    Given<Dispute> quarrel({EntityKind::dispute, parcel.value});
    OpenDispute complaint{parcel, "damaged", "broken", {}, escrow_id, mia, tom, mia, usd(3'500)};
    quarrel.as(testkit::user(mia)).when(complaint);
    platform.door.state<Dispute>(parcel.value) = quarrel.state;
    CreateEscrow terms{parcel, intent, mia, tom, usd(3'500), usd(350), "tok_ok", {}, "sandbox"};
    auto& escrow = platform.door.state<Escrow>(escrow_id.value);
    evolve(escrow, PaymentIntentCreated{parcel, intent, mia, usd(3'500), terms, test_start, {}});
    evolve(escrow, EscrowHeld{parcel, intent, usd(3'500), test_start, test_start, {}});
    auto& request = platform.door.state<caravan::Request>(request_id.value);
    evolve(request, RequestCreated{mia, {}, test_start + std::chrono::hours{48}, test_start});
    evolve(request,
           OfferSubmitted{offer, trip_id, tom, mia, usd(3'500), {}, test_start + std::chrono::hours{24}, test_start});
    auto& trip = platform.door.state<Trip>(trip_id.value);
    trip.traveler_id = tom;
    trip.details.places.resize(2);
    trip.reservations.push_back({parcel, {}, 0, 1, true, {}});
    for (const UserId owner : {mia, tom})
      platform.door.state<Wallet>(owner.value).held_until = test_start + std::chrono::hours{48};
  }
  static Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }
  /// The code of what the administrator is refused; empty where it is done.
  std::string post(const std::string& path, const std::string& body) {
    const auto answer = platform.post(path, body, platform.admin());
    return answer->status < 300 ? "" : code_of(answer);
  }
  /// Ends somebody's ban.
  std::string restore(UserId whose, std::string_view to = "active") {
    platform.door.state<Account>(whose.value).status = UserStatus::banned;
    platform.door.state<Account>(whose.value).email_verified = true;
    const auto answer =
        platform.client.Put("/api/v1/admin/users/" + whose.text() + "/status", platform.admin(),
                            R"({"status":")" + std::string(to) + R"(","reason":"x"})", "application/json");
    return answer->status < 300 ? "" : code_of(answer);
  }
  std::string verify(UserId whose) {
    const auto answer = platform.client.Put("/api/v1/admin/users/" + whose.text() + "/verification", platform.admin(),
                                            R"({"decision":"rejected"})", "application/json");
    return answer->status < 300 ? "" : code_of(answer);
  }

  Platform platform;
  const DeliveryId parcel = test_id<DeliveryId>(21);
  const EscrowId escrow_id = test_id<EscrowId>(22);
  const IntentId intent = test_id<IntentId>(23);
  const RequestId request_id = test_id<RequestId>(24);
  const OfferId offer = test_id<OfferId>(25);
  const TripId trip_id = test_id<TripId>(26);
};

}  // namespace

TEST_CASE("ties: hands go from giver to giver, each as of when they gave it on") {
  MemoryDoor door;
  give(door, ann, ben, day(30));
  give(door, ben, cem, day(10));
  give(door, cem, dan, day(20));  // after Cem had given it on
  CHECK(sorted(hands_of(door, ann, finance)) == sorted({ben, cem}));
  give(door, cem, test_id<UserId>(15), day(5));
  CHECK(sorted(hands_of(door, ann, finance)) == sorted({ben, cem, test_id<UserId>(15)}));
  // Whoever may administer users gives what they like; another permission of the first one is another matter.
  CHECK(hands_of(door, ann, static_cast<std::uint32_t>(Permission::disputes)).empty());
  MemoryDoor others;
  give(others, ann, ben, day(30));
  give(others, ben, dan, day(10), static_cast<std::uint32_t>(Permission::users));
  give(others, ben, cem, day(10), static_cast<std::uint32_t>(Permission::ops));
  CHECK(sorted(hands_of(others, ann, finance)) == sorted({ben, dan}));
}

TEST_CASE("ties: hands that go in a circle end, and nobody is their own hand") {
  MemoryDoor door;
  give(door, ann, ben, day(30));
  give(door, ben, cem, day(20));
  give(door, cem, ann, day(10));
  CHECK(sorted(hands_of(door, ann, finance)) == sorted({ben, cem}));
  give(door, dan, dan, day(10));
  CHECK(hands_of(door, dan, finance).empty());
}

TEST_CASE("ties: what was taken from somebody counts for a side, and of every hand behind") {
  MemoryDoor door;
  for (const UserId user : {ann, ben}) door.state<Account>(user.value).registered = true;
  door.state<Account>(ann.value).former_grants = {{finance, ben, day(30)}};
  door.state<Account>(ben.value).former_grants = {{finance, cem, day(20)}};
  CHECK(hands_of(door, ann, finance).empty());
  CHECK(sorted(hands_of(door, ann, finance, true)) == sorted({ben, cem}));
}

TEST_CASE("ties: of more hands than can be followed the nearest are found, and nobody else is tied") {
  MemoryDoor most, more;
  CHECK(hands_of(most, chain(most, account::max_grant_roots), finance).size() == account::max_grant_roots);
  const UserId first = chain(more, account::max_grant_roots + 5);
  CHECK(hands_of(more, first, finance).size() == account::max_grant_roots + 1);
  // Whoever stands behind a case that way hinders nobody else from deciding it.
  more.state<Account>(dan.value).registered = true;
  const auto tied = [&](UserId whose) {
    const Caller by{.kind = Caller::Kind::user, .user = whose};
    return find_appointment(more, by, PermissionName::finance, {first}).is_tied_to(first);
  };
  CHECK_FALSE(tied(dan));
  CHECK(tied(test_id<UserId>(101)));
  // Nobody waits for a chain of thousands.
  MemoryDoor wide;
  for (std::uint8_t i = 1; i <= 60; ++i) give(wide, ann, test_id<UserId>(static_cast<std::uint8_t>(100 + i)), day(i));
  CHECK(hands_of(wide, ann, finance).size() == 60);
  CHECK(wide.questions <= account::max_grant_roots + 1);
}

TEST_CASE("ties: both directions are found at any distance, and none where there is none") {
  MemoryDoor door;
  give(door, ann, ben, day(30));
  give(door, ben, cem, day(20));
  give(door, dan, ann, day(40), static_cast<std::uint32_t>(Permission::ops));
  const Caller by{.kind = Caller::Kind::user, .user = ann};
  const Appointment office = find_appointment(door, by, PermissionName::finance, {cem, dan, tom, UserId{}});
  CHECK(office.by == ben);
  for (const UserId side : {ben, cem, dan}) CHECK(office.is_tied_to(side));
  for (const UserId side : {tom, UserId{}}) CHECK_FALSE(office.is_tied_to(side));
  CHECK(find_appointment(door, by, PermissionName::finance).ties.empty());
  const Caller nobody{.kind = Caller::Kind::service};
  CHECK(find_appointment(door, nobody, PermissionName::finance, {cem}).ties.empty());
}

TEST_CASE("ties: no administrator moves money, or ends a deal, of whom they gave permissions through others") {
  for (const UserId side : {mia, tom}) {
    Deals deals;
    give(deals.platform.door, side, ann, day(30));
    give(deals.platform.door, ann, boss, day(20), all_permissions);
    const std::string payout = R"({"userId":")" + side.text() + R"("})";
    CHECK(deals.post("/admin/finance/payouts", payout) == "not_allowed");
    CHECK(deals.post("/admin/finance/held-payouts/" + side.text() + "/release", "{}") == "not_allowed");
    const std::string of_escrow = R"({"escrowId":")" + deals.escrow_id.text() + R"(","reason":"x"})";
    CHECK(deals.post("/payments/refunds", of_escrow) == "self_not_allowed");
    CHECK(deals.post("/admin/finance/write-offs", of_escrow) == "self_not_allowed");
    CHECK(deals.post("/admin/finance/collections", of_escrow) == "self_not_allowed");
    CHECK(deals.post("/admin/disputes/" + deals.parcel.text() + "/resolve", R"({"resolution":"refund","note":"x"})") ==
          "self_not_allowed");
    CHECK(deals.verify(side) == "self_not_allowed");
    CHECK(deals.post("/delivery-requests/" + deals.request_id.text() + "/cancel", "{}") == "forbidden");
    CHECK(deals.post("/deliveries/" + deals.parcel.text() + "/cancel", R"({"reason":"x"})") == "forbidden");
    // Tom's trip carries Mia's parcel.
    CHECK(deals.post("/trips/" + deals.trip_id.text() + "/cancel", "{}") == "forbidden");
  }
}

TEST_CASE("ties: a row of accounts that gives a side a permission leaves others to decide that side's cases") {
  Deals deals;
  for (std::uint8_t i = 0; i < 60; ++i)
    give(deals.platform.door, i == 0 ? mia : test_id<UserId>(static_cast<std::uint8_t>(100 + i)),
         test_id<UserId>(static_cast<std::uint8_t>(101 + i)), day(200 - i), all_permissions);
  CHECK(deals.post("/admin/disputes/" + deals.parcel.text() + "/resolve", R"({"resolution":"refund","note":"x"})")
            .empty());
  CHECK(deals.post("/payments/refunds", R"({"escrowId":")" + deals.escrow_id.text() + R"(","reason":"x"})").empty());
}

TEST_CASE("ties: no ban is ended by whoever has permissions from the banned person, or gave them some") {
  for (const bool is_giver : {true, false}) {
    Deals deals;
    if (is_giver)
      give(deals.platform.door, mia, boss, day(20));
    else
      give(deals.platform.door, boss, mia, day(20), all_permissions);
    for (const std::string_view to : {"active", "suspended"}) {
      CHECK(deals.restore(mia, to) == "self_not_allowed");
      CHECK(deals.platform.door.state<Account>(mia.value).status == UserStatus::banned);
      CHECK(deals.restore(tom, to).empty());
    }
    // A ban stands whoever says so, and what the administrator made of it is theirs to end.
    CHECK(deals.restore(mia, "banned").empty());
    deals.restore(tom, "suspended");
    give(deals.platform.door, tom, boss, day(20));
    const auto answer =
        deals.platform.client.Put("/api/v1/admin/users/" + tom.text() + "/status", deals.platform.admin(),
                                  R"({"status":"active","reason":"x"})", "application/json");
    CHECK(answer->status == 200);
  }
}

TEST_CASE("ties: no suspension that a colleague made of a ban is ended by whoever is tied to the person") {
  for (const bool is_giver : {true, false}) {
    Deals deals;
    if (is_giver)
      give(deals.platform.door, mia, boss, day(20));
    else
      give(deals.platform.door, boss, mia, day(20), all_permissions);
    const auto activate = [&](UserId whose, bool was_banned = true) {
      auto& account = deals.platform.door.state<Account>(whose.value);
      account.status = UserStatus::suspended;
      account.email_verified = true;
      account.suspension = Appointment{cem, test_start};
      account.was_banned = was_banned;
      const auto answer =
          deals.platform.client.Put("/api/v1/admin/users/" + whose.text() + "/status", deals.platform.admin(),
                                    R"({"status":"active","reason":"x"})", "application/json");
      return answer->status < 300 ? "" : code_of(answer);
    };
    CHECK(activate(mia) == "self_not_allowed");
    CHECK(deals.platform.door.state<Account>(mia.value).status == UserStatus::suspended);
    CHECK(activate(tom).empty());
    CHECK(activate(mia, false).empty());
  }
}

TEST_CASE("ties: an administrator who is tied to neither side does all of it") {
  Deals deals;
  give(deals.platform.door, boss, ann, day(30), all_permissions);
  give(deals.platform.door, ben, boss, day(20));
  CHECK(deals.post("/delivery-requests/" + deals.request_id.text() + "/cancel", "{}").empty());
  CHECK(deals.post("/admin/finance/held-payouts/" + tom.text() + "/release", "{}").empty());
  CHECK(deals.post("/admin/finance/payouts", R"({"userId":")" + tom.text() + R"("})") == "insufficient_balance");
  CHECK(deals.post("/admin/disputes/" + deals.parcel.text() + "/resolve", R"({"resolution":"refund","note":"x"})")
            .empty());
  CHECK(deals.post("/payments/refunds", R"({"escrowId":")" + deals.escrow_id.text() + R"(","reason":"x"})").empty());
  CHECK(deals.post("/trips/" + deals.trip_id.text() + "/cancel", "{}").empty());
  CHECK(deals.post("/deliveries/" + deals.parcel.text() + "/cancel", R"({"reason":"x"})").empty());
  CHECK(deals.verify(tom) != "self_not_allowed");
}

}  // namespace ties_test
