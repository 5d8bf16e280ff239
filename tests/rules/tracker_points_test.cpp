#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "tests/rules/tracker_given.hpp"

namespace tracker_points_test {

/// Points as devices tell them: late, twice, out of order, and wrong.
using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trackers;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Given<Tracker> active(Geometry geometry = {GeometryKind::circle, center, 100, {}}) {
  Geofence fence = circle();
  fence.geometry = std::move(geometry);
  Given<Tracker> tracker = defined(std::move(fence));
  tracker.as(user(carrier)).when(StartTracking{});
  tracker.now += hours{3};
  return tracker;
}

Fix at(Coordinates place, int second, std::optional<double> accuracy = 5) {
  return {place, accuracy, {}, {}, {}, test_start + seconds{second}};
}
Fix north(double meters, int second, std::optional<double> accuracy = 5) {
  return at({center.lat + meters * degrees_per_meter, center.lng}, second, accuracy);
}

/// Of each point: "accepted implausible accepted".
std::string told(Given<Tracker>& tracker, std::vector<Fix> points) {
  tracker.when(RecordPositions{std::move(points)});
  const auto* taken = tracker.last.reply.get_if<PositionsTaken>();
  if (!taken) return outcome(tracker.last);
  std::string text;
  for (const PointOutcome each : taken->results)
    text += (text.empty() ? "" : " ") + std::string(enum_labels(each)[static_cast<std::size_t>(each)]);
  return text;
}

std::string hits(const Given<Tracker>& tracker) {
  std::string text;
  for (const GeofenceEvent& event : tracker.last.reply.get_if<PositionsTaken>()->geofence_events) {
    const auto name = enum_labels(event.event_type)[static_cast<std::size_t>(event.event_type)].substr(9);
    text += (text.empty() ? "" : " ") + std::string(name);
  }
  return text;
}

/// Two hundred points ten seconds apart, that come by the fence in the middle.
std::vector<Fix> passing_by() {
  std::vector<Fix> out;
  for (int i = 0; i < 200; ++i) out.push_back(north(i < 90 || i > 110 ? 500 : 10, 10 * i));
  return out;
}

}  // namespace

TEST_CASE("tracker points: a backlog that comes again adds nothing, in whatever order, however long it is") {
  Given<Tracker> tracker = active();
  tracker.when(RecordPositions{passing_by()});
  CHECK(hits(tracker) == "entry dwell exit");
  std::vector<Fix> again = passing_by();
  std::ranges::reverse(again);
  tracker.when(RecordPositions{again});
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->repeated == 200);
  CHECK(tracker.last.events.empty());
  // Long after they left the window, too.
  for (int i = 0; i < 1'500; ++i) tracker.when(RecordPositions{{north(500, 2'000 + i)}});
  tracker.when(RecordPositions{again});
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->repeated == 200);
  CHECK(tracker.state.points == 1'700);
  CHECK(tracker.state.known.count == 1'700);
}

TEST_CASE("tracker points: where the newest part of a backlog comes first, the older one adds what was missed") {
  const std::vector<Fix> all = passing_by();
  Given<Tracker> tracker = active();
  tracker.when(RecordPositions{{all.begin() + 150, all.end()}});
  CHECK(hits(tracker) == "");
  tracker.when(RecordPositions{{all.begin() + 50, all.begin() + 150}});
  CHECK(hits(tracker) == "entry dwell exit");
  tracker.when(RecordPositions{{all.begin(), all.begin() + 60}});
  CHECK(hits(tracker) == "");
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->accepted == 50);
  CHECK(tracker.state.points == 200);
}

TEST_CASE("tracker points: what nobody can have reached is kept out and counted, and ends no visit") {
  Given<Tracker> tracker = active();
  CHECK(told(tracker, {north(0, 0)}) == "accepted");
  CHECK(hits(tracker) == "entry");
  CHECK(told(tracker, {at({0, 0}, 10)}) == "implausible");
  CHECK(hits(tracker) == "");
  CHECK(outcome(tracker.last) == "location.kept_out");
  CHECK(told(tracker, {north(0, 20)}) == "accepted");
  CHECK(hits(tracker) == "");
  CHECK(tracker.state.points == 2);
  CHECK(tracker.state.kept_out == 1);
  // Within a batch as well, and told late between others.
  CHECK(told(tracker, {north(0, 30), at({0, 0}, 40), north(0, 50), at({10, 10}, 45)}) ==
        "accepted implausible accepted implausible");
  CHECK(told(tracker, {at({0, 0}, 35)}) == "implausible");
  // As fast as the fastest plane, and inexact: that may be.
  CHECK(told(tracker, {north(3'900, 60)}) == "accepted");
  CHECK(told(tracker, {north(10'000, 70, 3'000)}) == "accepted");
}

TEST_CASE("tracker points: a jump is believed once another point stands by it, and doubted all the same") {
  Given<Tracker> tracker = active();
  CHECK(told(tracker, {north(0, 0)}) == "accepted");
  CHECK(told(tracker, {north(100'000, 10)}) == "implausible");
  CHECK(told(tracker, {north(100'100, 20)}) == "accepted");
  CHECK(tracker.state.implausible_until);
  CHECK(told(tracker, {north(100'200, 30)}) == "accepted");
  // In one batch none is lost.
  CHECK(told(tracker, {north(200'000, 40), north(200'100, 50)}) == "accepted accepted");
  // Two phones that take turns do not confirm each other, but whoever waits by one of them is doubted.
  Given<Tracker> two = active();
  CHECK(told(two, {north(0, 0)}) == "accepted");
  for (int second = 10; second < 60; second += 10) {
    CHECK(told(two, {north(100'000, second)}) == "implausible");
    CHECK(told(two, {north(0, second + 5)}) == "accepted");
  }
  CHECK(two.state.implausible_until);
}

TEST_CASE("tracker points: what a device does not know is left out, and a place that is none too") {
  Given<Tracker> tracker = active();
  Fix vague = north(0, 10);
  vague.speed = vague.heading = -1;
  vague.battery_level = -1;
  Fix nothing = at({0, 0}, 20, 50'000);
  Fix nowhere = at({120, 0}, 30);
  Fix unsure = north(0, 40, -1);
  Fix anywhere = north(0, 50, 1e9);
  CHECK(told(tracker, {north(0, 0), vague, nothing, nowhere, unsure, anywhere}) ==
        "accepted accepted unusable unusable accepted unusable");
  const auto* recorded = tracker.emitted<PositionsRecorded>();
  REQUIRE(recorded);
  CHECK_FALSE(recorded->points.at(1).speed);
  CHECK_FALSE(recorded->points.at(1).heading);
  CHECK_FALSE(recorded->points.at(1).battery_level);
  CHECK_FALSE(recorded->points.at(2).accuracy);
  CHECK(told(tracker, {nothing}) == "unusable");
  CHECK(tracker.last.events.empty());
}

TEST_CASE("tracker points: of one instant the most exact counts") {
  Given<Tracker> tracker = active();
  CHECK(told(tracker, {north(300, 0, 80), north(10, 0, 5), north(200, 0, std::nullopt)}) ==
        "repeated accepted repeated");
  CHECK(tracker.state.last->accuracy == 5);
}

TEST_CASE("tracker points: a batch is answered point by point, and one bad point costs no other") {
  Given<Tracker> tracker = active();
  CHECK(told(tracker, {north(500, 0), north(500, 86'400), north(500, 0), north(510, 10)}) ==
        "accepted out_of_range repeated accepted");
  CHECK(told(tracker, {north(500, 86'400)}) == "! timestamp_out_of_range");
}

TEST_CASE("tracker points: so many times are known that a week of them fits; older ones count as known") {
  KnownTimes known;
  std::vector<Time> times;
  for (int i = 0; i < 60'000; ++i) times.push_back(test_start + seconds{10 * i});
  add_times(known, times);
  CHECK(known.steps.value.size() < 130'000);
  CHECK(all_times(known) == times);
  add_times(known, {test_start + seconds{5}, test_start + seconds{15}});
  CHECK(known.count == 60'002);
  CHECK(all_times(known).at(1) == test_start + seconds{5});
  for (Time& each : times) each += hours{200};
  add_times(known, times);
  CHECK(known.count <= max_known_times);
  REQUIRE(known.forgotten_until);
  CHECK(all_times(known).front() > *known.forgotten_until);
  CHECK(all_times(known).back() == times.back());
}

TEST_CASE("tracker points: longitudes are angles: a fence over the date line is passed like any other") {
  const auto fence_at = [](double lng) {
    const auto turned = [](double degrees) { return std::remainder(degrees, 360.0); };
    return Geometry{GeometryKind::polygon,
                    {},
                    {},
                    {{-16.81, turned(lng - 0.005)},
                     {-16.81, turned(lng + 0.005)},
                     {-16.79, turned(lng + 0.005)},
                     {-16.79, turned(lng - 0.005)}}};
  };
  for (const double lng : {180.0, 10.0, -180.0}) {
    Given<Tracker> tracker = active(fence_at(lng));
    const auto beside = [&](double degrees) { return Coordinates{-16.80, std::remainder(lng + degrees, 360.0)}; };
    CHECK(told(tracker, {at(beside(-0.1), 0), at(beside(0.01), 600)}) == "accepted accepted");
    CHECK(hits(tracker) == "entry exit");
  }
  // From the other side of the earth it is not around.
  CHECK(edge_distance_meters(fence_at(180), {-16.80, 0}) > 1'000'000);
}

TEST_CASE("tracker points: a fence around a pole has an inside") {
  for (const double sign : {1.0, -1.0}) {
    const Geometry cap{GeometryKind::polygon, {}, {}, {{sign * 89, 0}, {sign * 89, 120}, {sign * 89, -120}}};
    CHECK(edge_distance_meters(cap, {sign * 90, 0}) < 0);
    CHECK(edge_distance_meters(cap, {sign * 89.8, 77}) < 0);
    CHECK(edge_distance_meters(cap, {sign * 88.5, 60}) > 0);
    CHECK(reach_meters(cap) > 50'000);
    Given<Tracker> tracker = active(cap);
    CHECK(told(tracker, {at({sign * 88.9, -60}, 0), at({sign * 88.7, 120.5}, 890)}) == "accepted accepted");
    CHECK(hits(tracker) == "entry exit");
  }
}

TEST_CASE("tracker points: what an earlier build stored is judged as it was then") {
  const Geometry pacific{
      GeometryKind::polygon, {}, {}, {{-16.81, 179.995}, {-16.81, -179.995}, {-16.79, -179.995}, {-16.79, 179.995}}};
  for (const FenceRules rules : {FenceRules::plain, FenceRules::angles}) {
    Given<Tracker> tracker = active(pacific);
    std::vector<Fix> way{at({-16.80, 179.90}, 0), at({-16.80, -179.99}, 600)};
    for (int i = 0; i < 100; ++i) way.push_back(at({-16.80, -179.99}, 601 + i));
    tracker.event(PositionsRecorded{way, tracker.now, {}, rules});
    CHECK(tracker.state.window.size() == (rules == FenceRules::plain ? 32 : 102));
    CHECK(tracker.state.known.count == (rules == FenceRules::plain ? 0 : 102));
  }
}

}  // namespace tracker_points_test
