#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"
#include "tests/testkit/entity.hpp"

/// What one person can repeat at will, and how seldom it goes out.
namespace inbox_pause_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1);
const Caller somebody = entity({EntityKind::delivery, test_id<DeliveryId>(3).value});

Given<Inbox> opened() {
  Given<Inbox> inbox(inbox_of(ann));
  inbox.as(entity({EntityKind::account, ann.value}));
  inbox.when(UpdateContact{"ann@example.com", "+12025550100", "en", "America/New_York", "Ann"});
  inbox.as(user(ann)).when(RegisterDevice{"device-token"});
  return inbox;
}

/// Whether anything went out at once.
bool tell(Given<Inbox>& inbox, const Notify& notice) {
  inbox.as(somebody).when(notice);
  return inbox.sent<SendMessage>() != nullptr;
}

Notify split(const std::string& amount) {
  return {.template_id = "split_proposed",
          .variables = {{"amount", amount}},
          .channels = {Channel::email},
          .subject = test_id<DeliveryId>(3).value};
}

const Notification& newest(const Given<Inbox>& inbox) { return inbox.state.notifications.back(); }

std::string defer(Given<Inbox>& inbox, const Uuid& id, Time until) {
  return inbox.as(provider()).when(MessageDeferred{id, Channel::email, until});
}

std::string fire(Given<Inbox>& inbox, const Uuid& id) {
  return inbox.as(timer()).when(TimerFired{retry_timer(id, Channel::email)});
}

}  // namespace

TEST_CASE("inbox: of what quiet hours put off the newest alone goes out in the morning") {
  Given<Inbox> inbox = opened();
  const Time morning = inbox.now + 8h;
  std::vector<Uuid> told;
  for (int i = 0; i < 5; ++i) {
    inbox.now += 10min;
    CHECK(tell(inbox, split(std::to_string(i))));
    CHECK(std::ranges::count(inbox.last.timers, std::optional<Time>(), &TimerChange::due) == (i == 0 ? 0 : 1));
    told.push_back(newest(inbox).id);
    CHECK(defer(inbox, told.back(), morning) == "notification.deferred");
  }
  inbox.at(morning);
  for (const Uuid& id : told) CHECK(fire(inbox, id) == (id == told.back() ? "notification.retried" : "(nothing)"));
}

TEST_CASE("inbox: what waits on a channel gives way to nothing that does not go there") {
  Given<Inbox> inbox = opened();
  tell(inbox, split("1"));
  const Uuid first = newest(inbox).id;
  defer(inbox, first, inbox.now + 8h);
  Notify by_push = split("2");
  by_push.channels = {Channel::push};
  tell(inbox, by_push);
  inbox.now += 8h;
  CHECK(fire(inbox, first) == "notification.retried");
  CHECK(defer(inbox, first, inbox.now + 8h) == "notification.deferred");
}

TEST_CASE("inbox: what was asked for and is then put off gives way to a newer one") {
  Given<Inbox> inbox = opened();
  CHECK(tell(inbox, split("1")));
  const Uuid first = newest(inbox).id;
  inbox.now += 5s;
  CHECK_FALSE(tell(inbox, split("2")));  // the first may go out yet
  CHECK(defer(inbox, first, inbox.now + 8h) == "notification.failed");
  CHECK(inbox.last.timers.empty());
  inbox.now += 2min;
  CHECK(fire(inbox, newest(inbox).id) == "notification.retried");
  CHECK(defer(inbox, newest(inbox).id, inbox.now + 8h) == "notification.deferred");
}

TEST_CASE("inbox: the pause counts from when the one before went out") {
  Given<Inbox> inbox = opened();
  tell(inbox, split("1"));
  const Uuid first = newest(inbox).id;
  defer(inbox, first, inbox.now + 8h);
  inbox.now += 8h;
  REQUIRE(fire(inbox, first) == "notification.retried");
  const Time asked = inbox.now;
  inbox.now += 30s;
  Given<Inbox> sent = inbox;
  CHECK_FALSE(tell(inbox, split("2")));
  REQUIRE(inbox.last.timers.size() == 1);
  CHECK(inbox.last.timers.front().due == asked + 2min);
  sent.as(provider()).when(MessageSent{first, Channel::email, "smtp", false});
  sent.now += 110s;
  CHECK_FALSE(tell(sent, split("2")));
  REQUIRE(sent.last.timers.size() == 1);
  CHECK(sent.last.timers.front().due == asked + 30s + 2min);
}

TEST_CASE("inbox: a pause takes nothing from what quiet hours may put off") {
  Given<Inbox> inbox = opened();
  inbox.as(entity({EntityKind::user, ann.value}));
  inbox.when(SetNotificationPreferences{{}, QuietHours{"22:30", "07:00"}});
  tell(inbox, split("1"));
  CHECK_FALSE(tell(inbox, split("2")));
  const Uuid id = newest(inbox).id;
  inbox.now += 2min;
  for (int i = 0; i < max_deferrals; ++i) {
    CHECK(fire(inbox, id) == "notification.retried");
    CHECK(inbox.sent<SendMessage>()->quiet_from != inbox.sent<SendMessage>()->quiet_to);
    CHECK(defer(inbox, id, inbox.now + 3h) == "notification.deferred");
    inbox.now += 3h;
  }
  fire(inbox, id);
  CHECK(inbox.sent<SendMessage>()->quiet_from == inbox.sent<SendMessage>()->quiet_to);  // now whatever the hour
}

TEST_CASE("inbox: one traveler's offer holds back no other's, but a second one of the same") {
  using namespace testkit::request;
  Given<Request> asked = posted();
  Given<Inbox> inbox = opened();
  const auto offers = [&](OfferId id, UserId traveler) {
    asked.as(user(traveler)).when(submit(id, traveler));
    REQUIRE(asked.sent<Notify>());
    return tell(inbox, *asked.sent<Notify>());
  };
  CHECK(offers(offer_id, ben));
  CHECK(offers(other_offer, cem));
  asked.as(user(ben)).when(WithdrawOffer{offer_id});
  CHECK(tell(inbox, *asked.sent<Notify>()));
  CHECK_FALSE(offers(test_id<OfferId>(33), ben));
  asked.as(user(cem)).when(WithdrawOffer{other_offer});
  CHECK(tell(inbox, *asked.sent<Notify>()));
  asked.as(user(ben)).when(WithdrawOffer{test_id<OfferId>(33)});
  CHECK_FALSE(tell(inbox, *asked.sent<Notify>()));
}

TEST_CASE("inbox: a counter-offer about one offer holds back none about another") {
  using namespace testkit::request;
  Given<Request> asked = offered();
  asked.as(user(cem)).when(submit(other_offer, cem));
  Given<Inbox> inbox = opened();
  const auto counters = [&](OfferId id, UserId traveler, std::int64_t units) {
    asked.as(user(traveler)).when(CounterOffer{id, Price{units}});
    REQUIRE(asked.sent<Notify>());
    return tell(inbox, *asked.sent<Notify>());
  };
  CHECK(counters(offer_id, ben, 340'000));
  CHECK(counters(other_offer, cem, 340'000));
  CHECK_FALSE(counters(offer_id, ben, 330'000));
}

TEST_CASE(
    "inbox: a pin of one place holds back none of the other, and what is taken back is told of with a pause too") {
  using namespace delivery_stages;
  Given<Delivery> delivery = accepted();
  Given<Inbox> inbox = opened();
  const auto north = [](Coordinates place, double meters) {
    place.lat += meters / 111'195.0;
    return place;
  };
  const auto told = [&] {
    REQUIRE(delivery.sent<Notify>());
    return tell(inbox, *delivery.sent<Notify>());
  };
  delivery.as(user(sender));
  delivery.when(SetPin{PinType::pickup, north(pickup_place, 300)});
  CHECK(told());
  delivery.when(SetPin{PinType::delivery, north(dropoff_place, 300)});
  CHECK(told());
  delivery.when(WithdrawPin{PinType::pickup});
  CHECK(told());
  delivery.when(WithdrawPin{PinType::delivery});
  CHECK(told());
  delivery.when(SetPin{PinType::pickup, north(pickup_place, 310)});
  CHECK_FALSE(told());
  delivery.when(WithdrawPin{PinType::pickup});
  CHECK_FALSE(told());
}

TEST_CASE("inbox: what comes and goes as one side likes goes out once an hour, and what is answered soon again") {
  const auto goes_out = [](const char* template_id, const char* told_apart_by, Duration later) {
    Given<Inbox> inbox = opened();
    const std::size_t before = inbox.state.notifications.size();
    const Notify notice{
        .template_id = template_id, .variables = {{told_apart_by, "one"}}, .subject = test_id<DeliveryId>(3).value};
    CHECK(tell(inbox, notice));
    inbox.now += later;
    const bool again = tell(inbox, notice);
    CHECK(inbox.state.notifications.size() == before + 2);  // the inbox has it at once
    Given<Inbox> other = opened();
    tell(other, notice);
    Notify another = notice;
    another.variables = {{told_apart_by, "two"}};
    CHECK(tell(other, another));
    return again;
  };
  for (const auto& [template_id, told_apart_by] : {std::pair("offer_received", "travelerId"),
                                                   {"offer_withdrawn", "travelerId"},
                                                   {"pin_proposed", "type"},
                                                   {"pin_withdrawn", "type"},
                                                   {"customer_present", "place"},
                                                   {"qr_scan_failed", "reason"}}) {
    CHECK_FALSE(goes_out(template_id, told_apart_by, 59min));
    CHECK(goes_out(template_id, told_apart_by, 60min));
  }
  CHECK_FALSE(goes_out("offer_countered", "travelerId", 1min));
  CHECK(goes_out("offer_countered", "travelerId", 2min));
}

}  // namespace inbox_pause_test
