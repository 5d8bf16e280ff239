#include "actors/delivery/commands.hpp"
#include "tests/rules/tracker_given.hpp"

namespace tracker_source_test {

/// Whose points end a stay.
using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trackers;
using std::chrono::minutes;

namespace {

const Uuid phone = test_id<UserId>(50).value, key = test_id<UserId>(51).value;
constexpr Coordinates elsewhere{52.7000, 13.4050};  // further than any plane comes in a minute

/// What a point there, from that source, has the delivery told of the stay.
std::string point(Given<Tracker>& tracker, std::optional<Uuid> source, Coordinates at) {
  tracker.now += minutes{1};
  tracker.when(RecordPositions{{{at, 5.0, {}, {}, {}, tracker.now}}, source});
  const auto* told = tracker.sent<TravelerSeen>();
  if (!told) return "nothing";
  return told->since ? "there" : "gone";
}

Given<Tracker> started(std::optional<Uuid> source) {
  Given<Tracker> tracker = defined();
  tracker.as(user(carrier)).when(StartTracking{source});
  return tracker;
}

}  // namespace

TEST_CASE("tracker: what one session measures a point of another, or of a key, does not end") {
  Given<Tracker> tracker = started(phone);
  CHECK(point(tracker, phone, center) == "there");
  const auto since = tracker.sent<TravelerSeen>()->since;
  CHECK(point(tracker, key, elsewhere) == "nothing");
  CHECK(point(tracker, phone, center) == "there");
  CHECK(tracker.sent<TravelerSeen>()->since == since);
  CHECK(tracker.sent<TravelerSeen>()->plausible_from);  // but whether it is true is asked
  CHECK(point(tracker, key, center) == "there");        // and they may say the same
  CHECK(point(tracker, phone, elsewhere) == "gone");
  CHECK(point(tracker, key, center) == "there");
  // A stay that nothing goes on measuring is over.
  tracker.now += minutes{6};
  CHECK(point(tracker, key, elsewhere) == "gone");
}

TEST_CASE("tracker: the traveler's own session takes over from a key, and no key from it") {
  Caller by_key = user(carrier);
  by_key.api_key = key;
  Given<Tracker> tracker = started(phone);
  tracker.as(by_key).when(StopTracking{});
  CHECK(tracker.last.rejection);  // a session tracks
  tracker.as(user(carrier)).when(StopTracking{});
  tracker.as(by_key).when(StartTracking{key});
  CHECK(point(tracker, key, center) == "there");
  SUBCASE("by a point of its own") {
    tracker.as(user(carrier));
    CHECK(point(tracker, phone, elsewhere) == "gone");
    CHECK(tracker.emitted<TrackingTakenOver>());
    CHECK(point(tracker, phone, center) == "there");
    CHECK_FALSE(tracker.emitted<TrackingTakenOver>());
  }
  SUBCASE("by starting") {
    tracker.as(user(carrier)).when(StartTracking{phone});
    REQUIRE(tracker.sent<TravelerSeen>());
    CHECK_FALSE(tracker.sent<TravelerSeen>()->since);
  }
  SUBCASE("what the key measured is none of the session's wait") {
    tracker.now += minutes{3};
    tracker.as(user(carrier));
    CHECK(point(tracker, phone, center) == "gone");  // the key's stay ends first
    CHECK(tracker.state.fences.front().present_since == tracker.now);
  }
  // From then on the key's word begins no stay, and ends none.
  tracker.as(user(carrier));
  point(tracker, phone, elsewhere);
  CHECK(point(tracker.as(by_key), key, center) == "nothing");
  CHECK(point(tracker.as(user(carrier)), phone, center) == "there");
  CHECK(point(tracker.as(by_key), key, elsewhere) == "nothing");
  CHECK(tracker.when(StartTracking{key}) == "(nothing)");
  CHECK(tracker.state.source == phone);
}

TEST_CASE("tracker: where nobody knows what started it, any point counts") {
  Given<Tracker> tracker = started({});
  CHECK(point(tracker, phone, center) == "there");
  CHECK(point(tracker, key, elsewhere) == "gone");
}

}  // namespace tracker_source_test
