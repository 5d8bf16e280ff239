#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/entity.hpp"

namespace inbox_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const Address self = inbox_of(ann);
const Address somebody{EntityKind::delivery, test_id<DeliveryId>(3).value};

Given<Inbox> opened() {
  Given<Inbox> inbox(self);
  inbox.as(entity({EntityKind::account, ann.value}));
  inbox.when(UpdateContact{"ann@example.com", "+12025550100", "en", "America/New_York", "Ann"});
  inbox.as(entity(somebody));
  return inbox;
}

Uuid only_id(const Given<Inbox>& inbox) { return inbox.state.notifications.at(0).id; }

}  // namespace

TEST_CASE("inbox: a notification goes out on the template's channels that preferences and addresses allow") {
  auto inbox = opened();
  CHECK(inbox.when(Notify{"offer_received", {{"price", "35.00"}}}) == "notification.created");
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::in_app, Channel::email});
  const SendMessage* message = inbox.sent<SendMessage>();
  REQUIRE(message);
  CHECK(message->to == std::vector<std::string>{"ann@example.com"});
  CHECK(message->variables.at("firstName") == "Ann");
  CHECK(message->variables.contains("unsubscribeToken"));
  // A mail that comes whatever somebody wants has nothing to end.
  inbox.when(Notify{"password_changed", {}});
  CHECK_FALSE(inbox.sent<SendMessage>()->variables.contains("unsubscribeToken"));

  inbox.as(user(ann)).when(RegisterDevice{"device-token", DevicePlatform::ios});
  inbox.as(entity(somebody)).when(Notify{"offer_received", {}});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::in_app, Channel::email, Channel::push});
  inbox.when(SetNotificationPreferences{{.email = false, .sms = true, .push = false}, {}});
  inbox.when(Notify{"offer_received", {}});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::in_app});
  inbox.when(Notify{"attempt_failed", {}});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::in_app, Channel::sms});
}

TEST_CASE("inbox: a secret goes to its one channel whatever the preferences, is not listed, and is forgotten") {
  auto inbox = opened();
  inbox.when(SetNotificationPreferences{{.email = false, .sms = false, .push = false}, QuietHours{}});
  inbox.when(Notify{"email_verification_template", {{"verificationToken", "t"}}});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::email});
  CHECK(inbox.sent<SendMessage>()->quiet_from == inbox.sent<SendMessage>()->quiet_to);
  CHECK(inbox.ask(CountUnread{}).resource.get_if<UnreadCount>()->count == 0);
  CHECK(inbox.as(provider()).when(MessageSent{only_id(inbox), Channel::email, "sandbox", true}) ==
        "notification.sent, notification.delivered");
  CHECK(inbox.state.notifications.at(0).variables.empty());
}

TEST_CASE("inbox: channels that were asked for and have no address are noted as skipped") {
  auto inbox = opened();
  inbox.when(Notify{"profile_updated_template", {}, {Channel::push, Channel::email, Channel::email}});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::email});
  CHECK(inbox.emitted<NotificationCreated>()->skipped == std::vector{Channel::push});
}

TEST_CASE("inbox: a message is asked for once, for a day; what is refused or given up is a dead letter") {
  for (const bool permanent : {true, false}) {
    auto inbox = opened();
    inbox.when(Notify{"offer_received", {}});
    CHECK(inbox.sent<SendMessage>()->term == Term{inbox.now, inbox.now + 24h, 0});
    const Uuid id = only_id(inbox);
    CHECK(inbox.as(provider()).when(MessageFailed{id, Channel::email, "smtp", "busy", permanent}) ==
          "notification.failed");
    CHECK(inbox.last.timers.empty());
    CHECK(inbox.when(MessageFailed{id, Channel::email, "smtp", "busy", permanent}) == "(nothing)");
    // An operator had it asked for again, or it was on its way all the time.
    CHECK(inbox.when(MessageSent{id, Channel::email, "smtp", true}) == "notification.sent, notification.delivered");
    CHECK(inbox.when(MessageSent{id, Channel::email, "smtp", true}) == "(nothing)");
  }
}

TEST_CASE("inbox: what its owner removes is out of sight, and goes out all the same") {
  auto inbox = opened();
  inbox.when(Notify{"offer_received", {}});
  const Uuid id = only_id(inbox);
  inbox.as(provider()).when(MessageDeferred{id, Channel::email, inbox.now + 3h});
  CHECK(inbox.as(user(ann)).when(RemoveNotification{id}) == "notification.removed");
  CHECK(inbox.last.withdrawn.empty());
  CHECK(inbox.last.timers.empty());
  CHECK(inbox.ask(ListNotifications{}).resource.get_if<NotificationList>()->items.empty());
  CHECK(inbox.ask(CountUnread{}).resource.get_if<UnreadCount>()->count == 0);
  CHECK(inbox.ask(ViewNotification{id}).rejection->code == "not_found");
  CHECK(inbox.when(RemoveNotification{id}) == "! not_found");
  inbox.at(inbox.now + 3h);
  CHECK(inbox.as(timer()).when(TimerFired{retry_timer(id, Channel::email)}) == "notification.retried");
  REQUIRE(inbox.sent<SendMessage>());
  CHECK(inbox.sent<SendMessage>()->variables.contains("unsubscribeToken"));
  CHECK(inbox.as(provider()).when(MessageSent{id, Channel::email, "smtp", true}) ==
        "notification.sent, notification.delivered");
  CHECK(inbox.state.notifications.empty());
  inbox.as(entity(somebody)).when(Notify{"offer_received", {}});
  const Uuid sent = only_id(inbox);
  inbox.as(provider()).when(MessageSent{sent, Channel::email, "smtp", false});
  inbox.as(user(ann)).when(RemoveNotification{sent});
  CHECK(inbox.state.notifications.empty());
}

TEST_CASE("inbox: nothing withdraws a message that an account's safety rests on") {
  for (const TemplateRule& rule : template_rules()) {
    if (!rule.is_kept()) continue;
    auto inbox = opened();
    inbox.when(Notify{std::string(rule.id), {}});
    inbox.as(user(ann)).when(RemoveNotification{only_id(inbox)});
    CHECK_MESSAGE(inbox.last.withdrawn.empty(), rule.id);
  }
  for (const char* id : {"email_changed_undo_template", "payout_account_added"}) {
    auto inbox = opened();
    inbox.when(Notify{id, {}});
    std::size_t withdrawn = 0;
    for (std::size_t i = 0; i <= max_notifications; ++i) {  // none of them is sent either
      inbox.when(Notify{"new_login", {}});
      withdrawn += inbox.last.withdrawn.size();
    }
    CHECK(inbox.state.notifications.size() == max_notifications);
    CHECK_MESSAGE(withdrawn == 0, id);
  }
}

TEST_CASE("inbox: what is sent makes room before what is not, and then what is of little weight") {
  auto inbox = opened();
  inbox.when(Notify{"email_changed_undo_template", {{"undoToken", "t"}}});
  const Uuid undo = only_id(inbox);
  inbox.when(Notify{"offer_received", {}});
  const Uuid offer = inbox.state.notifications.back().id;
  for (std::size_t i = 2; i < max_notifications; ++i) inbox.when(Notify{"trip_updated", {}});  // in the inbox alone
  for (std::size_t i = 2; i < max_notifications; ++i) inbox.when(Notify{"new_login", {}});
  CHECK(inbox.state.find(undo));
  CHECK(inbox.state.find(offer));
  inbox.when(Notify{"new_login", {}});
  CHECK_FALSE(inbox.state.find(offer));
  CHECK(inbox.last.withdrawn == std::vector{offer});
  CHECK(inbox.state.find(undo));
}

TEST_CASE("inbox: a closed one asks for nothing more but what tells of a thief") {
  auto closed = opened();
  closed.when(Notify{"offer_received", {}});
  const Uuid offer = only_id(closed);
  closed.when(Notify{"password_changed", {}});
  CHECK(closed.when(CloseInbox{}) == "inbox.closed");
  CHECK(closed.last.withdrawn == std::vector{offer});
}

TEST_CASE("inbox: mail of money that is held or paid waits for no quiet hours") {
  auto inbox = opened();
  inbox.when(SetNotificationPreferences{{}, QuietHours{"00:00", "23:59"}});
  for (const char* id : {"payment_held", "escrow_released", "payout_processed", "refund_processed"}) {
    inbox.when(Notify{id, {}});
    REQUIRE(inbox.sent<SendMessage>());
    CHECK_MESSAGE(inbox.sent<SendMessage>()->quiet_from == inbox.sent<SendMessage>()->quiet_to, id);
  }
  inbox.as(user(ann)).when(RegisterDevice{"device-token"});
  inbox.as(entity(somebody)).when(Notify{"payment_held", {}});
  const auto* pushed = inbox.last.effects.at(1).command.get_if<SendMessage>();
  REQUIRE(pushed);
  CHECK(pushed->quiet_from != pushed->quiet_to);  // the telephone stays still
}

TEST_CASE("inbox: a device goes with the API key that registered it, and is still once the key expires") {
  const Uuid key = test_id<TripId>(1).value, other = test_id<TripId>(2).value;
  auto inbox = opened();
  const Caller account = entity({EntityKind::account, ann.value});
  inbox.as(user(ann));
  inbox.when(RegisterDevice{"thief-token", DevicePlatform::web, {}, {}, key});
  inbox.when(RegisterDevice{"shop-token", DevicePlatform::web, {}, {}, other, inbox.now + 1h});
  CHECK(inbox.as(account).when(ForgetDevices{.of_key = key}) == "device.removed");
  REQUIRE(inbox.state.devices.size() == 1);
  const auto pushes = [&] {
    inbox.as(entity(somebody)).when(Notify{"trip_updated", {}});
    return inbox.sent<SendMessage>() != nullptr;
  };
  CHECK(pushes());
  CHECK(inbox.as(account).when(ForgetDevices{.of_session = key}) == "(nothing)");
  inbox.at(inbox.now + 1h);
  CHECK_FALSE(pushes());
  CHECK(inbox.as(user(ann)).when(RegisterDevice{"phone-token"}) ==
        "device.removed, notification.created, device.registered");
}

TEST_CASE("inbox: quiet hours put off what is not urgent, a few times at most") {
  auto inbox = opened();
  inbox.when(SetNotificationPreferences{{}, QuietHours{"22:30", "07:00"}});
  inbox.when(Notify{"offer_received", {}});
  CHECK(inbox.sent<SendMessage>()->quiet_from == 22 * 60 + 30);
  CHECK(inbox.sent<SendMessage>()->quiet_to == 7 * 60);
  CHECK(inbox.sent<SendMessage>()->time_zone == "America/New_York");
  const Uuid id = only_id(inbox);
  for (int i = 0; i < max_deferrals; ++i) {
    CHECK(inbox.as(provider()).when(MessageDeferred{id, Channel::email, inbox.now + 3h}) == "notification.deferred");
    CHECK(inbox.last.timers.at(0).due == inbox.now + 3h);
    inbox.at(inbox.now + 3h);
    CHECK(inbox.as(timer()).when(TimerFired{retry_timer(id, Channel::email)}) == "notification.retried");
    CHECK(inbox.sent<SendMessage>()->attempt == 1);
  }
  CHECK(inbox.sent<SendMessage>()->quiet_from == inbox.sent<SendMessage>()->quiet_to);  // now whatever the hour

  inbox.as(entity(somebody)).when(Notify{"offer_received", {}, {}, NotifyPriority::high});
  CHECK(inbox.sent<SendMessage>()->quiet_from == inbox.sent<SendMessage>()->quiet_to);
}

TEST_CASE(
    "inbox: what one person can repeat at will goes out with a pause, the newest of it, and takes the others' place") {
  auto inbox = opened();
  const Uuid one = test_id<DeliveryId>(3).value, other = test_id<DeliveryId>(4).value;
  const auto propose = [&](int cents, const Uuid& about) {
    inbox.as(entity(somebody));
    inbox.when(Notify{"split_proposed", {{"amount", std::to_string(cents)}}, {}, NotifyPriority::normal, about});
    return inbox.sent<SendMessage>() ? inbox.sent<SendMessage>()->variables.at("amount") : "";
  };
  CHECK(propose(1, one) == "1");
  CHECK(propose(2, other) == "2");
  std::vector<Time> turns;
  for (int cents = 3; cents < 30; ++cents) {
    inbox.now += 3s;
    CHECK(propose(cents, one).empty());
    for (const TimerChange& change : inbox.last.timers)
      if (change.due) turns.push_back(*change.due);
  }
  CHECK(std::ranges::count(turns, test_start + 2min) == 27);
  inbox.now = test_start + 2min;
  int sent = 0;
  std::string text;
  for (const Notification& notification : std::vector(inbox.state.notifications)) {
    inbox.as(timer()).when(TimerFired{retry_timer(notification.id, Channel::email)});
    if (!inbox.sent<SendMessage>()) continue;
    ++sent;
    text = inbox.sent<SendMessage>()->variables.at("amount");
  }
  CHECK(sent == 1);
  CHECK(text == "29");
  // Of the 28 about one parcel: the first, which went out, and the two newest.
  CHECK(inbox.state.notifications.size() == 4);
  CHECK(inbox.state.notifications.back().variables.at("amount") == "29");
  inbox.now += 2min;
  CHECK(propose(30, one) == "30");
}

TEST_CASE("inbox: listing pages from newest to oldest, reading and removing") {
  auto inbox = opened();
  for (int i = 0; i < 5; ++i) {
    inbox.at(inbox.now + 1s);
    inbox.when(Notify{"offer_received", {{"n", std::to_string(i)}}});
  }
  inbox.as(user(ann));
  auto page = *inbox.ask(ListNotifications{2}).resource.get_if<NotificationList>();
  CHECK(page.items.at(0).variables.at("n") == "4");
  CHECK(page.items.size() == 2);
  REQUIRE(page.next_cursor);
  page = *inbox.ask(ListNotifications{10, Uuid::parse(*page.next_cursor)}).resource.get_if<NotificationList>();
  CHECK(page.items.size() == 3);
  CHECK(page.items.at(0).variables.at("n") == "2");
  CHECK(!page.next_cursor);
  const Uuid oldest = page.items.at(2).notification_id;
  CHECK(inbox.when(MarkRead{oldest}) == "notification.read");
  CHECK(inbox.when(MarkRead{oldest}) == "(nothing)");
  CHECK(inbox.ask(CountUnread{}).resource.get_if<UnreadCount>()->count == 4);
  CHECK(inbox.ask(ListNotifications{10, {}, true}).resource.get_if<NotificationList>()->items.size() == 4);
  CHECK(inbox.when(RemoveNotification{oldest}) == "notification.removed");
  CHECK(inbox.ask(ViewNotification{oldest}).rejection->code == "not_found");
  CHECK(inbox.as(user(bob)).ask(ListNotifications{}).rejection->code == "not_owner");
}

TEST_CASE("inbox: it keeps the last thousand, and stops the timers of what drops") {
  auto inbox = opened();
  inbox.when(Notify{"offer_received", {}});
  const Uuid first = only_id(inbox);
  inbox.as(provider()).when(MessageFailed{first, Channel::email, "smtp", "busy"});
  inbox.as(entity(somebody));
  for (std::size_t i = 0; i < max_notifications; ++i) inbox.when(Notify{"trip_updated", {}});
  CHECK(inbox.state.notifications.size() == max_notifications);
  CHECK(!inbox.state.find(first));
}

TEST_CASE("inbox: unsubscribing by the mailed token stops e-mail, but not security mail") {
  auto inbox = opened();
  CHECK(inbox.as(Caller{}).when(Unsubscribe{"guess-guess"}) == "! token_invalid");
  CHECK(inbox.when(Unsubscribe{inbox.state.unsubscribe_token}) == "notification_preferences.set");
  CHECK(inbox.sent<RecordUnsubscribed>());
  inbox.as(entity(somebody)).when(Notify{"offer_received", {}});
  CHECK(!inbox.sent<SendMessage>());
  inbox.when(Notify{"password_changed", {}});
  CHECK(inbox.sent<SendMessage>());
}

TEST_CASE("inbox: the owner is told of a new device by mail and on those before, once") {
  auto inbox = opened();
  inbox.as(user(ann));
  CHECK(inbox.when(RegisterDevice{"device-token", DevicePlatform::ios}) == "notification.created, device.registered");
  const auto* told = inbox.emitted<NotificationCreated>();
  CHECK(told->template_id == "device_added");
  CHECK(told->channels == std::vector{Channel::in_app, Channel::email});
  CHECK(inbox.sent<SendMessage>()->variables.at("platform") == "ios");
  CHECK(inbox.when(RegisterDevice{"device-token", DevicePlatform::ios}) == "device.registered");
  inbox.when(RegisterDevice{"other-token", DevicePlatform::web});
  CHECK(inbox.emitted<NotificationCreated>()->channels == std::vector{Channel::in_app, Channel::email, Channel::push});
  REQUIRE(inbox.last.effects.size() == 2);
  const auto* pushed = inbox.last.effects[1].command.get_if<SendMessage>();
  REQUIRE(pushed);
  CHECK(pushed->to == std::vector<std::string>{"device-token"});  // not on the new one
}

TEST_CASE("inbox: devices go with their session, and all but one session's with the others") {
  const Uuid phone = test_id<TripId>(1).value, laptop = test_id<TripId>(2).value;
  auto inbox = opened();
  const Caller account = entity({EntityKind::account, ann.value});
  inbox.as(user(ann));
  inbox.when(RegisterDevice{"phone-token", DevicePlatform::ios, {}, phone});
  inbox.when(RegisterDevice{"laptop-token", DevicePlatform::web, {}, laptop});
  inbox.when(RegisterDevice{"old-token", DevicePlatform::web});
  CHECK(inbox.when(ForgetDevices{}) == "! not_owner");
  auto changed = inbox;
  CHECK(inbox.as(account).when(ForgetDevices{phone, {}}) == "device.removed");
  CHECK(inbox.state.devices.size() == 2);
  CHECK(inbox.when(ForgetDevices{}) == "device.removed, device.removed");
  CHECK(changed.as(account).when(ForgetDevices{{}, laptop}) == "device.removed, device.removed");
  REQUIRE(changed.state.devices.size() == 1);
  CHECK(changed.state.devices[0].token == "laptop-token");
}

TEST_CASE("inbox: what an account's safety rests on comes from the platform alone") {
  auto inbox = opened();
  for (const TemplateRule& rule : template_rules()) {
    const Notify notify{std::string(rule.id), {}};
    const bool is_reserved = rule.secret || rule.mandatory;
    for (const Caller& caller : {service(), admin(bob, Permission::notifications)})
      CHECK_MESSAGE((inbox.as(caller).when(notify) == "! permission_denied") == is_reserved, rule.id);
    CHECK_MESSAGE(inbox.as(entity(somebody)).when(notify).starts_with("notification.created"), rule.id);
  }
}

TEST_CASE("inbox: a closed one takes no device and sends nothing") {
  auto inbox = opened();
  inbox.when(CloseInbox{});
  CHECK(inbox.state.email.empty());
  CHECK(inbox.when(Notify{"offer_received", {}}) == "(nothing)");
  CHECK(inbox.as(user(ann)).when(RegisterDevice{"device-token"}) == "! not_owner");
}

TEST_CASE("inbox: times of day") {
  CHECK(minutes_of_day("00:00") == 0);
  CHECK(minutes_of_day("23:59") == 1439);
  for (const char* bad : {"24:00", "12:60", "1:000", "ab:cd", "12.30", ""}) CHECK(!minutes_of_day(bad));
}

TEST_CASE("inbox: every state against every command") {
  auto open = opened();
  auto sending = opened();
  sending.when(Notify{"offer_received", {}});
  auto waiting = opened();
  waiting.when(Notify{"offer_received", {}});
  const Uuid id = only_id(waiting);
  waiting.as(provider()).when(MessageDeferred{id, Channel::email, waiting.now + 3h});
  auto sent = opened();
  sent.when(Notify{"offer_received", {}});
  sent.as(user(ann)).when(RegisterDevice{"device-token"});
  sent.as(provider()).when(MessageSent{id, Channel::email, "smtp", true});
  auto closed = opened();
  closed.when(CloseInbox{});
  const Uuid device = sent.state.devices.at(0).device_id;
  check_table<Inbox>({{"none", {}},
                      {"open", open.state},
                      {"sending", sending.state},
                      {"waiting", waiting.state},
                      {"sent", sent.state},
                      {"closed", closed.state}},
                     {{"by entity", AnyRecord(Notify{"picked_up", {}}), entity(somebody)},
                      {"by service", AnyRecord(Notify{"picked_up", {}}), service()},
                      {"by owner", AnyRecord(Notify{"picked_up", {}}), user(ann)},
                      {"by entity", AnyRecord(UpdateContact{"a@b.example"}), entity(somebody)},
                      {"by owner", AnyRecord(UpdateContact{"a@b.example"}), user(ann)},
                      {"by entity", AnyRecord(CloseInbox{}), entity(somebody)},
                      {"by owner", AnyRecord(CloseInbox{}), user(ann)},
                      {"by entity", AnyRecord(SetNotificationPreferences{}), entity(somebody)},
                      {"by owner", AnyRecord(SetNotificationPreferences{}), user(ann)},
                      {"by owner", AnyRecord(MarkRead{id}), user(ann)},
                      {"by other", AnyRecord(MarkRead{id}), user(bob)},
                      {"by owner", AnyRecord(MarkAllRead{}), user(ann)},
                      {"by other", AnyRecord(MarkAllRead{}), user(bob)},
                      {"by owner", AnyRecord(RemoveNotification{id}), user(ann)},
                      {"by other", AnyRecord(RemoveNotification{id}), user(bob)},
                      {"by entity", AnyRecord(ForgetMatches{}), entity(somebody)},
                      {"by owner", AnyRecord(ForgetMatches{}), user(ann)},
                      {"by account", AnyRecord(ForgetDevices{}), entity({EntityKind::account, ann.value})},
                      {"by owner", AnyRecord(ForgetDevices{}), user(ann)},
                      {"by owner", AnyRecord(RegisterDevice{"other-token"}), user(ann)},
                      {"by other", AnyRecord(RegisterDevice{"other-token"}), user(bob)},
                      {"by owner", AnyRecord(RemoveDevice{device}), user(ann)},
                      {"by other", AnyRecord(RemoveDevice{device}), user(bob)},
                      {"right token", AnyRecord(Unsubscribe{open.state.unsubscribe_token}), Caller{}},
                      {"wrong token", AnyRecord(Unsubscribe{"wrong-token"}), Caller{}},
                      {"", AnyRecord(MessageSent{id, Channel::email, "smtp", true}), provider()},
                      {"busy", AnyRecord(MessageFailed{id, Channel::email, "smtp", "busy"}), provider()},
                      {"for good", AnyRecord(MessageFailed{id, Channel::email, "smtp", "no", true}), provider()},
                      {"", AnyRecord(MessageDeferred{id, Channel::email, test_start + 1h}), provider()},
                      {"", AnyRecord(TimerFired{retry_timer(id, Channel::email)}), timer()}},
                     self);
}

}  // namespace inbox_test
