#include <algorithm>

#include "actors/dispute/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_reminders_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;

namespace {

/// Accepted, with a pickup so far ahead.
Given<Delivery> planned(Duration ahead) {
  return accepted_for(terms(), {TripId{trip.id}, test_start + ahead, test_start + ahead + hours{6}});
}

/// Who hears what when that timer fires then.
std::vector<Address> reminded(Given<Delivery>& delivery, const char* timer_name, Time at, std::string_view of) {
  delivery.as(timer()).at(at).when(TimerFired{timer_name});
  std::vector<Address> all;
  for (const Effect& effect : delivery.last.effects)
    if (const auto* notify = effect.command.get_if<Notify>(); notify && notify->template_id == of)
      all.push_back(effect.to);
  return all;
}

const std::vector<Address> both{inbox_of(sender), inbox_of(carrier)};

}  // namespace

TEST_CASE("reminders: both sides are told of the pickup a day and two hours before it") {
  Given<Delivery> delivery = planned(hours{48});
  CHECK(due(delivery, "remind_day") == test_start + hours{24});
  CHECK(due(delivery, "remind_soon") == test_start + hours{46});
  CHECK(reminded(delivery, "remind_day", test_start + hours{24}, "pickup_reminder") == both);
  const Notify& notice = *delivery.sent<Notify>();
  CHECK(notice.variables.at("pickupAt") == to_rfc3339(test_start + hours{48}));
  CHECK(notice.variables.at("pickupAtPlace").starts_with("40.7"));  // its clock tells the time
  CHECK(notice.variables.at("uselessFrom") == to_rfc3339(test_start + hours{46}));
  CHECK(reminded(delivery, "remind_soon", test_start + hours{46}, "pickup_reminder") == both);

  Given<Delivery> soon = planned(hours{20});
  CHECK_FALSE(due(soon, "remind_day"));
  CHECK(due(soon, "remind_soon") == test_start + hours{18});
}

TEST_CASE("reminders: of what was put off, was picked up or has ended nobody is reminded") {
  Given<Delivery> delayed = planned(hours{48});
  delayed.as(entity(trip)).when(TripDelayed{36'000, 36'000});
  CHECK(due(delayed, "remind_day") == test_start + hours{34});
  CHECK(reminded(delayed, "remind_day", test_start + hours{24}, "pickup_reminder").empty());
  CHECK(reminded(delayed, "remind_day", test_start + hours{34}, "pickup_reminder") == both);
  CHECK(reminded(delayed, "remind_day", test_start + hours{57}, "pickup_reminder").empty());  // the other one comes

  Given<Delivery> cancelled = planned(hours{48});
  cancelled.as(user(sender)).when(CancelDelivery{"changed my mind"});
  CHECK(cancelled.state.status == DeliveryStatus::cancelled);
  CHECK(reminded(cancelled, "remind_day", test_start + hours{24}, "pickup_reminder").empty());
  Given<Delivery> taken = planned(hours{48});
  taken.as(user(carrier)).when(scan_of(taken, Handover::pickup));
  CHECK(taken.state.status == DeliveryStatus::picked_up);
  CHECK(reminded(taken, "remind_soon", test_start + hours{46}, "pickup_reminder").empty());
}

TEST_CASE("reminders: whoever does not get what is held hears of it, with what they can do") {
  Given<Delivery> back = returning();  // as the customer says: the traveler may object
  back.as(user(sender)).when(ConfirmReceipt{});
  const Time goes_back = *back.state.money_held_until();
  CHECK(due(back, "remind_hold") == goes_back - hours{6});
  CHECK(reminded(back, "remind_hold", goes_back - hours{6}, "hold_reminder") == std::vector{inbox_of(carrier)});
  CHECK(back.sent<Notify>()->variables.contains("goesBack"));
  CHECK_FALSE(back.sent<Notify>()->variables.contains("mayConfirm"));

  Given<Delivery> fee = accepted();  // the traveler's, for a wait: there is nothing to confirm
  wait_at(fee, Handover::pickup, std::chrono::minutes{16});
  fee.as(user(carrier)).when(CancelDelivery{"no_show"});
  const Time paid = *fee.state.money_held_until();
  CHECK(reminded(fee, "remind_hold", paid - hours{6}, "hold_reminder") == std::vector{inbox_of(sender)});
  CHECK_FALSE(fee.sent<Notify>()->variables.contains("goesBack"));
  CHECK_FALSE(fee.sent<Notify>()->variables.contains("mayConfirm"));
}

TEST_CASE("reminders: the customer hears six hours before held money is paid, unless it is decided about") {
  Given<Delivery> delivery = in_transit();
  delivery.now = *delivery.state.terms.deliver_by + hours{25};
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  const Time held_until = delivery.now + hours{24};
  CHECK(due(delivery, "remind_hold") == held_until - hours{6});
  Given<Delivery> disputed = delivery;
  CHECK(reminded(delivery, "remind_hold", held_until - hours{6}, "hold_reminder") == std::vector{inbox_of(sender)});
  CHECK(delivery.sent<Notify>()->variables.at("heldUntil") == to_rfc3339(held_until));
  CHECK(delivery.sent<Notify>()->variables.contains("mayConfirm"));
  disputed.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  CHECK(reminded(disputed, "remind_hold", held_until - hours{6}, "hold_reminder").empty());
}

}  // namespace delivery_reminders_test
