#include "actors/inbox/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Messages of a deal reach whoever has no push by mail.
namespace inbox_chat_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ben = test_id<UserId>(2);
const Address parcel{EntityKind::delivery, test_id<DeliveryId>(10).value};

Given<Inbox> opened(bool push = false) {
  Given<Inbox> inbox(inbox_of(ben));
  inbox.as(entity({EntityKind::account, ben.value}));
  inbox.when(UpdateContact{"ben@example.com", "", "en", "UTC", "Ben"});
  if (push) inbox.as(user(ben)).when(RegisterDevice{"device-token"});
  return inbox;
}

void write(Given<Inbox>& inbox, const std::string& text) {
  Notify notice{"message_received", {{"text", text}, {"deliveryNumber", "DEL-000123"}}};
  notice.subject = parcel.id;
  inbox.as(entity(parcel)).when(notice);
}

std::optional<Time> due(const Given<Inbox>& inbox) {
  for (const TimerChange& change : inbox.last.timers)
    if (change.name.starts_with("chat/")) return change.due;
  return std::nullopt;
}

const SendMessage* mailed(Given<Inbox>& inbox) {
  inbox.as(timer()).when(TimerFired{"chat/" + parcel.id.text()});
  return inbox.sent<SendMessage>();
}

}  // namespace

TEST_CASE("inbox: an unread message is mailed after ten minutes, and of one deal once an hour") {
  auto inbox = opened();
  write(inbox, "I am downstairs");
  CHECK(due(inbox) == test_start + 10min);
  inbox.now += 4min;
  write(inbox, "Are you there?");
  CHECK(due(inbox) == test_start + 10min);  // the second one puts nothing off
  inbox.now = test_start + 10min;
  const SendMessage* mail = mailed(inbox);
  REQUIRE(mail);
  CHECK(mail->template_id == "messages_waiting");
  CHECK(mail->channel == Channel::email);
  CHECK(mail->variables.at("text") == "Are you there?");
  CHECK(mail->subject == parcel.id);
  CHECK_FALSE(mailed(inbox));  // of these it was told
  inbox.now += 5min;
  write(inbox, "Hello?");
  CHECK(due(inbox) == test_start + 70min);
  inbox.now = test_start + 70min;
  CHECK(mailed(inbox));
}

TEST_CASE("inbox: what was read, or reaches a device, or is not wanted by mail is not mailed") {
  auto read = opened();
  write(read, "I am downstairs");
  read.as(user(ben)).when(MarkAllRead{});
  read.now += 10min;
  CHECK_FALSE(mailed(read));
  auto pushed = opened(true);
  write(pushed, "I am downstairs");
  CHECK_FALSE(due(pushed));
  auto unwanted = opened();
  unwanted.as(entity({EntityKind::user, ben.value}))
      .when(SetNotificationPreferences{{.email = false}, {}, MatchDigest::daily});
  write(unwanted, "I am downstairs");
  CHECK_FALSE(due(unwanted));
  CHECK_FALSE(mailed(unwanted));
}

TEST_CASE("inbox: a reminder that quiet hours would keep back beyond its time is dropped") {
  for (const Duration wait : {1h, 5h}) {
    auto inbox = opened();
    Notify reminder{"pickup_reminder", {{"uselessFrom", to_rfc3339(test_start + 5h)}}};
    reminder.subject = parcel.id;
    inbox.as(entity(parcel)).when(reminder);
    const Uuid id = inbox.state.notifications.back().id;
    CHECK(inbox.as(provider()).when(MessageDeferred{id, Channel::email, inbox.now + wait}) ==
          (wait == 1h ? "notification.deferred" : "notification.failed"));
  }
}

}  // namespace inbox_chat_test
