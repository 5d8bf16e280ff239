#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "tests/rules/tracker_given.hpp"

namespace tracker_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trackers;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const UserId stranger = test_id<UserId>(3);
const Address delivery{EntityKind::delivery, self.id};

/// A fix so many metres north of the center, after so many seconds.
Fix north(double meters, int at, double accuracy = 5) {
  return {{center.lat + meters * degrees_per_meter, center.lng}, accuracy, {}, {}, {}, test_start + seconds{at}};
}

Given<Tracker> active() {
  Given<Tracker> tracker = defined();
  tracker.as(user(carrier)).when(StartTracking{});
  tracker.now += minutes{2};
  return tracker;
}

/// The geofence events of a decision, as "entry exit dwell".
std::string hits(const Given<Tracker>& tracker) {
  std::string text;
  const auto* taken = tracker.last.reply.get_if<PositionsTaken>();
  REQUIRE(taken);
  for (const GeofenceEvent& event : taken->geofence_events) {
    if (!text.empty()) text += ' ';
    text += enum_labels(GeofenceEventType{})[static_cast<std::size_t>(event.event_type)].substr(9);
  }
  return text;
}

std::string record(Given<Tracker>& tracker, std::vector<Fix> points) {
  tracker.when(RecordPositions{std::move(points)});
  return hits(tracker);
}

}  // namespace

TEST_CASE("tracker: the first point begins the way, once, and again after the parcel was taken") {
  Given<Tracker> tracker = active();
  tracker.when(RecordPositions{{north(5'000, 0)}});
  CHECK(tracker.sent<TrackingBegan>()->at == test_start);
  tracker.when(RecordPositions{{north(5'000, 10)}});
  CHECK_FALSE(tracker.sent<TrackingBegan>());
  tracker.as(entity(delivery)).when(ParcelTaken{});
  tracker.as(user(carrier)).when(RecordPositions{{north(5'000, 20)}});
  CHECK(tracker.sent<TrackingBegan>());
}

TEST_CASE("tracker: entering, dwelling and leaving are told to the delivery, each once") {
  Given<Tracker> tracker = active();
  CHECK(record(tracker, {north(500, 0)}) == "");
  CHECK(record(tracker, {north(50, 10)}) == "entry");
  CHECK(tracker.sent<GeofenceHit>()->event_type == GeofenceEventType::entry);
  CHECK(tracker.emitted<GeofenceEntered>());
  CHECK(record(tracker, {north(20, 60)}) == "");
  tracker.now += minutes{5};
  CHECK(record(tracker, {north(20, 140)}) == "dwell");
  CHECK(record(tracker, {north(30, 200)}) == "");
  CHECK(record(tracker, {north(110, 210)}) == "");  // one fix just outside is not an exit
  CHECK(record(tracker, {north(112, 220)}) == "exit");
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->geofence_events.at(0).timestamp == test_start + seconds{210});
  CHECK(record(tracker, {north(10, 230)}) == "entry");
  CHECK(record(tracker, {north(200, 240)}) == "exit");  // one fix far outside is
}

TEST_CASE("tracker: a fix less exact than the fence can neither enter nor leave it") {
  Given<Tracker> tracker = active();
  CHECK(record(tracker, {north(0, 0, 150)}) == "");
  CHECK(record(tracker, {north(0, 10, 20)}) == "entry");
  CHECK(record(tracker, {north(900, 20, 800)}) == "");
  CHECK(record(tracker, {north(150, 30, 60), north(150, 40, 60), north(150, 50, 60)}) == "");  // within its doubt
}

TEST_CASE("tracker: passing through between two fixes is seen") {
  Given<Tracker> tracker = active();
  CHECK(record(tracker, {north(-400, 0), north(400, 20)}) == "entry exit");
  const auto& events = tracker.last.reply.get_if<PositionsTaken>()->geofence_events;
  CHECK(events.at(0).timestamp == test_start + seconds{10});
  Given<Tracker> slow = active();
  slow.now += minutes{40};
  CHECK(record(slow, {north(-400, 0), north(400, 1'800)}) == "");  // half an hour: nobody knows the way
}

TEST_CASE("tracker: late points are judged in their place, repeats are not counted") {
  Given<Tracker> tracker = active();
  CHECK(record(tracker, {north(500, 0), north(500, 60)}) == "");
  CHECK(record(tracker, {north(10, 30)}) == "entry exit");
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->geofence_events.at(0).timestamp == test_start + seconds{30});
  CHECK(record(tracker, {north(10, 30), north(500, 60)}) == "");
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->accepted == 0);
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->repeated == 2);
  CHECK(tracker.last.events.empty());
  const Answer position = tracker.ask(ViewPosition{});
  CHECK(position.resource.get_if<PositionResource>()->timestamp == test_start + seconds{60});
}

TEST_CASE("tracker: points of the future and of long ago are left out") {
  Given<Tracker> tracker = active();
  CHECK(tracker.when(RecordPositions{{north(0, 3'600)}}) == "! timestamp_out_of_range");
  tracker.when(RecordPositions{{north(900, 0), north(900, -8 * 86'400)}});
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->accepted == 1);
  CHECK(tracker.last.reply.get_if<PositionsTaken>()->out_of_range == 1);
}

TEST_CASE("tracker: a stay that the traveler cannot have come to in time says from when it would be possible") {
  const auto stay_after = [](std::vector<Fix> way, TransportMode mode) {
    Given<Tracker> tracker(self);
    tracker.as(entity(delivery)).when(DefineGeofences{sender, carrier, {circle()}, mode});
    tracker.as(user(carrier)).when(StartTracking{});
    tracker.now += minutes{2};
    for (Fix fix : way)
      while (tracker.when(RecordPositions{{fix}}), tracker.last.reply.get_if<PositionsTaken>()->implausible > 0)
        fix.timestamp += seconds{1};  // it is believed once another stands by it, but doubted all the same
    const auto* told = tracker.sent<TravelerSeen>();
    REQUIRE(told);
    REQUIRE(told->since);
    return told->plausible_from;
  };
  const Fix there = north(0, 10);
  CHECK_FALSE(stay_after({there}, TransportMode::car));
  CHECK_FALSE(stay_after({north(300, 0), there}, TransportMode::car));
  const auto by_car = stay_after({north(300'000, 0), there}, TransportMode::car);
  const auto by_plane = stay_after({north(300'000, 0), there}, TransportMode::plane);
  REQUIRE(by_car);
  REQUIRE(by_plane);
  CHECK(*by_car > test_start + minutes{80});
  CHECK(*by_car < test_start + minutes{90});
  CHECK(*by_plane > test_start + minutes{16});
  CHECK(*by_plane < test_start + minutes{18});
  // Neither a point on the way that is as impossible, nor one that tells nothing, makes it better.
  CHECK(stay_after({north(300'000, 0), north(200, 5), there}, TransportMode::car));
  CHECK(stay_after({north(300'000, 0), north(150'000, 5, 90'000), there}, TransportMode::car));
  // A whole batch of points at the place does not push the earlier one out of memory.
  std::vector<Fix> many{north(300'000, 0)};
  for (int second = 10; second < 110; ++second) many.push_back(north(0, second));
  Given<Tracker> tracker = active();
  tracker.when(RecordPositions{many});
  tracker.now += minutes{1};
  tracker.when(RecordPositions{{north(0, 120)}});
  REQUIRE(tracker.sent<TravelerSeen>());
  CHECK(tracker.sent<TravelerSeen>()->plausible_from);
}

TEST_CASE("tracker: a stay goes on in a fence that moves, for as long as the points lie in the new one too") {
  const auto moved = [](double meters, double radius) {
    EditGeofence edit{circle().geofence_id, {}, circle(30, radius).geometry, {}};
    edit.geometry->center = Coordinates{center.lat + meters * degrees_per_meter, center.lng};
    return edit;
  };
  Given<Tracker> tracker = active();
  const Time came = tracker.now;
  for (int minute = 0; minute < 10; ++minute) {
    tracker.when(RecordPositions{{north(minute < 5 ? 0 : 60, 120 + 60 * minute)}});
    tracker.now += minutes{1};
  }
  struct Move {
    double meters, radius;
    std::optional<Time> since;
  };
  const std::vector<Move> moves{{44, 100, came}, {110, 100, came + minutes{5}}, {500, 100, {}}};
  for (const Move& move : moves) {
    Given<Tracker> after = tracker;
    after.as(entity(delivery)).when(moved(move.meters, move.radius));
    const auto* told = after.sent<TravelerSeen>();
    REQUIRE(told);
    CHECK(told->since == move.since);
    if (!move.since) continue;
    CHECK(after.state.fences.at(0).present_since == move.since);
    after.as(user(carrier)).when(RecordPositions{{north(60, 720)}});
    CHECK(after.state.fences.at(0).present_since == move.since);
  }
}

TEST_CASE("tracker: a point that cannot tell ends no stay, neither where it lies nor in a fence that moves") {
  Given<Tracker> tracker = active();
  const Time came = tracker.now;
  for (int minute = 0; minute < 8; ++minute) {
    const bool is_coarse = minute % 3 == 2;  // in the street, and perhaps outside
    tracker.when(RecordPositions{{north(is_coarse ? 160 : 0, 120 + 60 * minute, is_coarse ? 90 : 5)}});
    CHECK(tracker.state.fences.at(0).present_since == came);
    tracker.now += minutes{1};
  }
  tracker.as(entity(delivery)).when(EditGeofence{circle().geofence_id, {}, circle(30, 120).geometry, {}});
  REQUIRE(tracker.sent<TravelerSeen>());
  CHECK(tracker.sent<TravelerSeen>()->since == came);
}

TEST_CASE("tracker: a stay in a fence that moves never ends before it begins") {
  const auto moved_to = [](double meters) {
    EditGeofence edit{circle().geofence_id, {}, circle().geometry, {}};
    edit.geometry->center = Coordinates{center.lat + meters * degrees_per_meter, center.lng};
    return edit;
  };
  Given<Tracker> tracker = active();
  tracker.when(RecordPositions{{north(-80, 120)}});
  tracker.now += seconds{30};
  tracker.when(RecordPositions{{north(80, 150)}});  // not told: too soon after the last
  CHECK_FALSE(tracker.sent<TravelerSeen>());
  Given<Tracker> ahead = tracker;
  ahead.when(RecordPositions{{north(-80, 160), north(80, 330)}});  // by a phone's clock that is fast
  for (Given<Tracker>* each : {&tracker, &ahead}) {
    each->as(entity(delivery)).when(moved_to(100));
    const auto* told = each->sent<TravelerSeen>();
    REQUIRE(told);
    CHECK(told->since == test_start + seconds{150});
    CHECK(told->until == test_start + seconds{150});
    CHECK(each->state.fences.at(0).present_until == told->until);
  }
}

TEST_CASE("tracker: what is told of a place says when it came, and is marked where that was late") {
  for (const int age : {60, 10 * 60, 10 * 60 + 1, 21 * 3'600}) {
    Given<Tracker> tracker = active();
    tracker.now = test_start + seconds{120 + age};
    tracker.when(RecordPositions{{north(0, 120)}});
    const bool late = age > 10 * 60;
    CHECK(tracker.last.reply.get_if<PositionsTaken>()->geofence_events.at(0).told_late == late);
    const auto shown = tracker.ask(ViewGeofenceEvents{circle().geofence_id}).resource;
    const GeofenceEvent& event = shown.get_if<GeofenceEventList>()->items.at(0);
    CHECK(event.timestamp == test_start + seconds{120});
    CHECK(event.received_at == tracker.now);
    CHECK(event.told_late == late);
  }
  // Entries of earlier builds do not say when they came.
  Given<Tracker> tracker = active();
  evolve(tracker.state, GeofenceEntered{{circle().geofence_id, Handover::pickup, {}, carrier, center, test_start}});
  const auto shown = tracker.ask(ViewGeofenceEvents{circle().geofence_id}).resource;
  CHECK_FALSE(shown.get_if<GeofenceEventList>()->items.at(0).received_at);
  CHECK_FALSE(shown.get_if<GeofenceEventList>()->items.at(0).told_late);
}

TEST_CASE("tracker: a polygon is entered and left like a circle") {
  Given<Tracker> tracker(self);
  Geofence fence = circle();
  const double side = 200 * degrees_per_meter;
  fence.geometry = {GeometryKind::polygon,
                    {},
                    {},
                    {{center.lat - side, center.lng - side},
                     {center.lat - side, center.lng + side},
                     {center.lat + side, center.lng + side},
                     {center.lat, center.lng},  // a notch in the north
                     {center.lat + side, center.lng - side}}};
  tracker.as(entity(delivery)).when(DefineGeofences{sender, carrier, {fence}});
  tracker.as(user(carrier)).when(StartTracking{});
  CHECK(record(tracker, {north(50, 0)}) == "");  // within the notch
  CHECK(record(tracker, {north(-50, 10)}) == "entry");
  CHECK(record(tracker, {north(-500, 20)}) == "exit");
}

TEST_CASE("tracker: a polygon over the date line has an inside") {
  const Geometry pacific{GeometryKind::polygon, {}, {}, {{-1, 179}, {-1, -179}, {1, -179}, {1, 179}}};
  CHECK(edge_distance_meters(pacific, {0, 179.9}) < 0);
  CHECK(edge_distance_meters(pacific, {0, -179.9}) < 0);
  CHECK(edge_distance_meters(pacific, {0, 178.5}) > 0);
}

TEST_CASE("tracker: noise at the edge never flaps") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> noise(-20, 20);
    Given<Tracker> tracker = active();
    tracker.now += minutes{30};
    int changes = 0;
    for (int i = 0; i < 200; ++i) {
      const std::string happened = record(tracker, {north(100 + noise(engine), 2 * i, 20)});
      if (happened.find("entry") != std::string::npos || happened.find("exit") != std::string::npos) ++changes;
    }
    CHECK_MESSAGE(changes <= 1, "seed ", seed);
  }
}

TEST_CASE("tracker: the order in which points arrive does not change where the traveler is in the end") {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> place(-300, 300), accuracy(3, 60);
    std::vector<Fix> walk;
    for (int i = 0; i < 40; ++i) walk.push_back(north(place(engine), 15 * i, accuracy(engine)));
    Given<Tracker> ordered = active(), shuffled = active(), batched = active();
    ordered.now = shuffled.now = batched.now = test_start + minutes{20};
    for (const Fix& fix : walk) record(ordered, {fix});
    record(batched, walk);
    std::ranges::shuffle(walk, engine);
    int depth = 0;
    for (const Fix& fix : walk) {
      record(shuffled, {fix});
      for (const GeofenceEvent& event : shuffled.last.reply.get_if<PositionsTaken>()->geofence_events) {
        if (event.event_type == GeofenceEventType::entry) ++depth;
        if (event.event_type == GeofenceEventType::exit) --depth;
        CHECK_MESSAGE((depth == 0 || depth == 1), "seed ", seed);  // entries and exits take turns
      }
    }
    const auto& end = ordered.state.fences.at(0);
    CHECK_MESSAGE(shuffled.state.fences.at(0).is_inside == end.is_inside, "seed ", seed);
    CHECK_MESSAGE(batched.state.fences.at(0).is_inside == end.is_inside, "seed ", seed);
    CHECK(shuffled.state.fences.at(0).current.inside == end.current.inside);
    CHECK(shuffled.state.points == 40);
  }
}

TEST_CASE("tracker: the window stays bounded, and what left it is not judged again") {
  Given<Tracker> tracker = active();
  tracker.now += minutes{30};
  for (int i = 0; i < 900; ++i) record(tracker, {north(i < 500 ? 500 : 10, 2 * i)});
  CHECK(tracker.state.window.size() <= max_window);
  CHECK(tracker.state.fences.at(0).is_inside);
  CHECK(record(tracker, {north(500, 5), north(10, 7)}) == "");
  CHECK(tracker.state.points == 902);  // kept in the track all the same
}

namespace {

/// A fix that is taken now; its stay as the delivery is told: "since until" in minutes, "over", or nothing.
std::string stand(Given<Tracker>& tracker, double meters, double accuracy = 5, int age_minutes = 0) {
  const auto after = static_cast<int>(std::chrono::duration_cast<seconds>(tracker.now - test_start).count());
  tracker.as(user(carrier)).when(RecordPositions{{north(meters, after - 60 * age_minutes, accuracy)}});
  const auto* told = tracker.sent<TravelerSeen>();
  if (!told) return "";
  if (!told->since) return "over";
  const auto minute = [](Time at) { return std::to_string(std::chrono::floor<minutes>(at - test_start).count()); };
  return minute(*told->since) + " " + minute(*told->until);
}

}  // namespace

TEST_CASE("tracker: a stay is told while points arrive, at most once a minute") {
  Given<Tracker> tracker = active();
  CHECK(stand(tracker, 10) == "2 2");
  tracker.now += seconds{30};
  CHECK(stand(tracker, 10) == "");
  tracker.now += seconds{30};
  CHECK(stand(tracker, 10) == "2 3");
  tracker.now += minutes{5};
  CHECK(stand(tracker, 10) == "2 8");
  tracker.now += minutes{5} + seconds{1};
  CHECK(stand(tracker, 10) == "13 13");  // a gap begins it anew
}

TEST_CASE("tracker: what a phone says of the past is no stay, nor is a point too inexact for the fence") {
  Given<Tracker> tracker = active();
  tracker.now += minutes{60};
  CHECK(stand(tracker, 10, 5, 6) == "");
  CHECK(stand(tracker, 10, 150) == "");
  CHECK(stand(tracker, 10, 5, 5) == "62 62");
}

TEST_CASE("tracker: a stay ends with one point that is surely outside, with tracking, and where the parcel is taken") {
  const Given<Tracker> standing = [] {
    Given<Tracker> tracker = active();
    stand(tracker, 10);
    tracker.now += minutes{3};
    return tracker;
  }();
  Given<Tracker> left = standing;
  CHECK(stand(left, 180, 100) == "");  // perhaps within
  left.now += seconds{15};
  CHECK(stand(left, 5'000, 900) == "over");  // inexact, but far away
  left.now += seconds{15};
  CHECK(stand(left, 10) == "5 5");
  Given<Tracker> came = standing;
  CHECK(stand(came, 5'000, 5, 4) == "");  // the way there, told late
  Given<Tracker> stopped = standing;
  stopped.when(StopTracking{});
  REQUIRE(stopped.sent<TravelerSeen>());
  CHECK_FALSE(stopped.sent<TravelerSeen>()->since);
  stopped.when(StartTracking{});
  CHECK(stand(stopped, 10) == "5 5");
  Given<Tracker> taken = standing;
  taken.as(entity(delivery)).when(ParcelTaken{});
  CHECK(stand(taken, 10) == "5 5");
}

TEST_CASE("tracker: a service moves its own fences, not those in which waits are measured") {
  Given<Tracker> tracker = active();
  EditGeofence edit;
  edit.geofence_id = test_id<GeofenceId>(30);
  edit.geometry = circle().geometry;
  CHECK(tracker.as(service()).when(edit) == "! forbidden");
  CHECK(tracker.when(DeleteGeofence{test_id<GeofenceId>(30)}) == "! forbidden");
  CHECK(tracker.as(entity(delivery)).when(edit) == "geofence.edited");
}

TEST_CASE("tracker: every state against every command") {
  Given<Tracker> stopped = active(), ended = active();
  stopped.when(StopTracking{});
  ended.as(entity(delivery)).when(EndTracking{});
  EditGeofence edit;
  edit.geofence_id = test_id<GeofenceId>(30);
  edit.name = "Gate";
  check_table<Tracker>({{"unknown", {}},
                        {"idle", defined().state},
                        {"active", active().state},
                        {"stopped", stopped.state},
                        {"ended", ended.state}},
                       {{"", AnyRecord(DefineGeofences{sender, carrier, {circle()}}), entity(delivery)},
                        {"by customer", AnyRecord(DefineGeofences{sender, carrier, {}}), user(sender)},
                        {"", AnyRecord(RemoveGeofences{}), entity(delivery)},
                        {"by traveler", AnyRecord(RemoveGeofences{}), user(carrier)},
                        {"", AnyRecord(EndTracking{}), entity(delivery)},
                        {"by traveler", AnyRecord(EndTracking{}), user(carrier)},
                        {"", AnyRecord(ParcelTaken{}), entity(delivery)},
                        {"by traveler", AnyRecord(ParcelTaken{}), user(carrier)},
                        {"by traveler", AnyRecord(StartTracking{}), user(carrier)},
                        {"by customer", AnyRecord(StartTracking{}), user(sender)},
                        {"by stranger", AnyRecord(StartTracking{}), user(stranger)},
                        {"by traveler", AnyRecord(RecordPositions{{north(0, 0)}}), user(carrier)},
                        {"by customer", AnyRecord(RecordPositions{{north(0, 0)}}), user(sender)},
                        {"by stranger", AnyRecord(RecordPositions{{north(0, 0)}}), user(stranger)},
                        {"by traveler", AnyRecord(StopTracking{}), user(carrier)},
                        {"by customer", AnyRecord(StopTracking{}), user(sender)},
                        {"by service", AnyRecord(AddGeofence{circle(31)}), service()},
                        {"by traveler", AnyRecord(AddGeofence{circle(31)}), user(carrier)},
                        {"by service", AnyRecord(edit), service()},
                        {"by customer", AnyRecord(edit), user(sender)},
                        {"by service", AnyRecord(DeleteGeofence{test_id<GeofenceId>(30)}), service()},
                        {"by customer", AnyRecord(DeleteGeofence{test_id<GeofenceId>(30)}), user(sender)}},
                       self);
}

}  // namespace tracker_test
