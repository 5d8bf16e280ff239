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

/// One that names its request and its trip, and says when that comes by.
void match_of(Given<Inbox>& inbox, const std::string& title, std::uint8_t customer, std::uint8_t request,
              std::uint8_t trip, std::optional<Time> comes_by = {}) {
  Notify notice{.template_id = "trip_match",
                .variables = {{"title", title},
                              {"customerId", test_id<UserId>(customer).text()},
                              {"requestId", test_id<RequestId>(request).text()},
                              {"tripId", test_id<TripId>(trip).text()}},
                .subject = test_id<TripId>(trip).value};
  if (comes_by) notice.variables["uselessFrom"] = to_rfc3339(*comes_by);
  inbox.as(requests).when(notice);
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

TEST_CASE("inbox: a match that came to nothing is in no digest") {
  const auto told = [](const ForgetMatches& command) {
    auto inbox = opened();
    match_of(inbox, "A camera", 1, 21, 31);
    match_of(inbox, "Books", 2, 22, 32);
    CHECK(inbox.as(user(ben)).when(command) == "! not_owner");
    CHECK(inbox.as(requests).when(command) == "matches.forgotten");
    CHECK(inbox.when(command) == "(nothing)");
    CHECK(inbox.state.notifications.size() == 3);  // with that of the device: they stay where they stand
    inbox.now += 1h;
    CHECK(digest(inbox) == "digest.ended, notification.created");
    CHECK(inbox.sent<SendMessage>()->variables.at("count") == "1");
    return inbox.sent<SendMessage>()->variables.at("titles");
  };
  CHECK(told({test_id<RequestId>(21), {}, {}}) == "Books");
  CHECK(told({{}, test_id<TripId>(32), {}}) == "A camera");
  CHECK(told({{}, {}, test_id<UserId>(1)}) == "Books");
  auto inbox = opened();
  match_of(inbox, "A camera", 1, 21, 31);
  CHECK(inbox.as(requests).when(ForgetMatches{}) == "(nothing)");
  const ForgetMatches of_another{test_id<RequestId>(21), test_id<TripId>(32), {}};
  CHECK(inbox.when(of_another) == "(nothing)");
  inbox.when(ForgetMatches{test_id<RequestId>(21), {}, {}});
  inbox.now += 1h;
  CHECK(digest(inbox) == "digest.ended");  // nothing is left to tell
}

TEST_CASE("inbox: nor is one whose trip has come by meanwhile") {
  auto inbox = opened();
  match_of(inbox, "A camera", 1, 21, 31, test_start + 30min);
  match_of(inbox, "Books", 2, 22, 32, test_start + 90min);
  inbox.now += 1h;
  CHECK(digest(inbox) == "digest.ended, notification.created");
  CHECK(inbox.sent<SendMessage>()->variables.at("titles") == "Books");
}

TEST_CASE("inbox: what waits to be pushed of a match that came to nothing is not sent") {
  auto inbox = opened();
  match_of(inbox, "A camera", 1, 21, 31);
  match_of(inbox, "A lens", 1, 22, 31);  // by the same customer: it waits for its turn
  CHECK_FALSE(inbox.sent<SendMessage>());
  const ForgetMatches lens{test_id<RequestId>(22), {}, {}};
  CHECK(inbox.as(requests).when(lens) == "notification.failed, matches.forgotten");
  CHECK_FALSE(inbox.last.timers.at(0).due);
}

}  // namespace inbox_digest_test
