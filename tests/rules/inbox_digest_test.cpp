#include <algorithm>

#include "actors/inbox/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Parcels on the way of somebody's trips: told at once by push, and by one mail a day.
namespace inbox_digest_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ben = test_id<UserId>(2);
const Caller requests = entity({EntityKind::request, test_id<RequestId>(9).value});

Given<Inbox> opened(ChannelPreferences channels = {}, MatchDigest digest = MatchDigest::daily) {
  Given<Inbox> inbox(inbox_of(ben));
  inbox.as(entity({EntityKind::account, ben.value}));
  inbox.when(UpdateContact{"ben@example.com", "", "en", "UTC", "Ben"});
  inbox.as(user(ben)).when(RegisterDevice{"device-token"});
  inbox.as(entity({EntityKind::user, ben.value})).when(SetNotificationPreferences{channels, {}, digest});
  return inbox;
}

std::string match(Given<Inbox>& inbox, const std::string& title, std::uint8_t customer = 1) {
  return inbox.as(requests).when(
      Notify{.template_id = "trip_match",
             .variables = {{"title", title}, {"customerId", test_id<UserId>(customer).text()}},
             .subject = test_id<TripId>(20).value});
}

std::string digest(Given<Inbox>& inbox) { return inbox.as(timer()).when(TimerFired{"digest"}); }

}  // namespace

TEST_CASE("inbox: a match is pushed at once, and mailed with others an hour later") {
  auto inbox = opened();
  CHECK(match(inbox, "A camera") == "notification.created, digest.planned");
  REQUIRE(inbox.sent<SendMessage>());
  CHECK(inbox.sent<SendMessage>()->channel == Channel::push);
  CHECK(inbox.last.timers.at(0).due == test_start + 1h);
  inbox.now += 10min;
  CHECK(match(inbox, "Books", 2) == "notification.created");
  CHECK(digest(inbox) == "(nothing)");  // too early
  inbox.now += 50min;
  CHECK(digest(inbox) == "digest.ended, notification.created");
  const auto* mail = inbox.sent<SendMessage>();
  REQUIRE(mail);
  CHECK(mail->channel == Channel::email);
  CHECK(mail->template_id == "match_digest");
  CHECK(mail->variables.at("count") == "2");
  CHECK(mail->variables.at("titles") == "A camera, Books");
  CHECK(mail->variables.contains("unsubscribeToken"));
  CHECK(digest(inbox) == "(nothing)");
}

TEST_CASE("inbox: there is at most one such mail a day, of what was not looked at meanwhile") {
  auto inbox = opened();
  match(inbox, "A camera");
  inbox.now += 1h;
  digest(inbox);
  const Time first = inbox.now;
  inbox.now += 1h;
  CHECK(match(inbox, "Books") == "notification.created, digest.planned");
  CHECK(inbox.last.timers.at(0).due == first + 24h);
  inbox.now = first + 24h;
  auto looked = inbox;
  CHECK(digest(inbox) == "digest.ended, notification.created");
  CHECK(inbox.sent<SendMessage>()->variables.at("titles") == "Books");
  looked.as(user(ben)).when(MarkAllRead{});
  CHECK(digest(looked) == "digest.ended");
  CHECK(match(looked, "A lamp") == "notification.created, digest.planned");
  CHECK(looked.last.timers.at(0).due == looked.now + 1h);
}

TEST_CASE("inbox: whoever does not want to hear of matches finds them in the inbox alone") {
  auto inbox = opened({}, MatchDigest::off);
  CHECK(match(inbox, "A camera") == "notification.created");
  CHECK_FALSE(inbox.sent<SendMessage>());
  auto without_mail = opened({.email = false});
  CHECK(match(without_mail, "A camera") == "notification.created");
  auto second_thoughts = opened();
  match(second_thoughts, "A camera");
  second_thoughts.as(entity({EntityKind::user, ben.value})).when(SetNotificationPreferences{{}, {}, MatchDigest::off});
  second_thoughts.now += 1h;
  CHECK(digest(second_thoughts) == "digest.ended");
}

TEST_CASE("inbox: one customer who posts again and again does not ring each time") {
  auto inbox = opened();
  match(inbox, "1");
  CHECK(inbox.sent<SendMessage>());
  for (const char* title : {"2", "3", "4"}) {
    match(inbox, title);
    CHECK_FALSE(inbox.sent<SendMessage>());
  }
  match(inbox, "of another customer", 3);
  CHECK(inbox.sent<SendMessage>());
  CHECK(std::ranges::count(inbox.state.notifications, "trip_match", &Notification::template_id) <= 4);
}

}  // namespace inbox_digest_test
