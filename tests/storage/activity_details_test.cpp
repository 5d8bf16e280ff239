#include "storage/read_models/activity_details.hpp"

#include <doctest/doctest.h>

#include "actors/account/events.hpp"
#include "actors/delivery/events.hpp"
#include "actors/dispute/events.hpp"
#include "actors/escrow/events.hpp"
#include "actors/services/events.hpp"
#include "tests/testkit/entity.hpp"

namespace activity_details_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

using Details = std::map<std::string, std::string>;

template <class... Events>
Details details(Events... events) {
  JournalEntry entry;
  (entry.events.emplace_back(std::move(events)), ...);
  return activity_details(entry);
}

}  // namespace

TEST_CASE("activity details: which permissions, which amount, which scopes") {
  const auto bits = static_cast<std::uint32_t>(Permission::users) | static_cast<std::uint32_t>(Permission::ops);
  CHECK(details(RolesSet{UserType::both, bits, test_id<UserId>(1), test_start}) ==
        Details{{"userType", "both"}, {"permissions", "users,ops"}});
  CHECK(details(RolesSet{}).at("permissions") == "none");
  PaymentRefunded refund;
  refund.amount = {1'250, *Currency::parse("EUR")};
  refund.reason = "late";
  const Details money = details(refund);
  CHECK(money.at("amount") == "1250");
  CHECK(money.at("currency") == "EUR");
  CHECK(money.at("reason") == "late");
  DisputeWasResolved resolved;
  resolved.resolution = DisputeResolution::split;
  resolved.refund_amount = 700;
  resolved.note = "what a party said";
  CHECK(details(resolved).at("resolution") == "split");
  CHECK(details(resolved).at("refundAmount") == "700");
  CHECK_FALSE(details(resolved).contains("note"));
  CHECK(details(DisputeWasAssigned{test_id<UserId>(1), test_id<UserId>(2), test_start}) ==
        Details{{"assigneeId", test_id<UserId>(1).text()}});
  ServiceAdded service;
  service.name = "depot";
  service.scopes = {Scope::ops_read, Scope::act_users};
  CHECK(details(service).at("name") == "depot");
  CHECK_FALSE(details(service).at("scopes").empty());
}

TEST_CASE("activity details: of a delivery, the reason that was given, the new status, and who scanned") {
  QrRevoked revoked;
  revoked.reason = "cancelled";
  DeliveryCancelled cancelled;
  cancelled.settlement.reason = "the parcel is too heavy";
  CHECK(details(revoked, cancelled).at("reason") == "the parcel is too heavy");
  QrValidated scan;
  scan.scan.scanned_by = test_id<UserId>(7);
  DeliveryStatusChanged changed;
  changed.new_status = DeliveryStatus::picked_up;
  CHECK(details(scan, changed) == Details{{"scannedBy", test_id<UserId>(7).text()}, {"status", "picked_up"}});
}

TEST_CASE("activity details: they come back from the row as they went in") {
  for (const Details& some : {Details{}, Details{{"reason", ""}}, Details{{"amount", "1"}, {"reason", "a\nb = \"c\""}}})
    CHECK(unpacked_details(packed_details(some)) == some);
  JournalEntry dropped;
  dropped.note = "the bank says that it was never paid";
  dropped.about = "send_message offer_received";
  CHECK(activity_details(dropped) == Details{{"reason", dropped.note}, {"about", dropped.about}});
}

}  // namespace activity_details_test
