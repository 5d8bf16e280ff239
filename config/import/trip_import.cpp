#include "config/import/trip_import.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>

#include "actors/user/commands.hpp"

namespace caravan {

namespace {

constexpr std::int64_t progress_every = 64;  // lines
constexpr std::int64_t no_line = 0;          // the line of a command that comes from none, such as a profile's
constexpr std::chrono::milliseconds shortest_pause{5};
constexpr std::chrono::milliseconds longest_pause{5'000};
constexpr std::chrono::seconds answer_deadline{60};

/// A number in [low, high] that is always the same for a flight; `which` gives several numbers for one flight.
std::int64_t drawn(const Flight& flight, unsigned which, std::int64_t low, std::int64_t high) {
  std::uint64_t x = flight.fingerprint + 0x9e37'79b9'7f4a'7c15U * (which + 1);  // splitmix64
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9U;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11ebU;
  x ^= x >> 31;
  return low + static_cast<std::int64_t>(x % static_cast<std::uint64_t>(high - low + 1));
}

Uuid uuid_of(std::uint64_t millis, std::uint64_t high, std::uint64_t low) {
  Uuid id;
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  for (std::size_t i = 0; i < 2; ++i) id.bytes[6 + i] = static_cast<std::uint8_t>(high >> (8 * i));
  for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

/// Sends commands, some at a time, and hears how they went. A command that the node is too busy for is sent again.
class Publisher {
 public:
  Publisher(Door& door, const TripImportOptions& options, TripImportReport& report)
      : door_(door), options_(options), report_(report), heard_(std::make_shared<Heard>()) {}

  void publish(std::int64_t line, Ask ask) {
    wait_until_below(std::max<std::size_t>(1, options_.in_flight));
    send({line, 0, std::move(ask)});
  }
  void finish() { wait_until_below(1); }

 private:
  struct Sent {
    std::int64_t line;
    std::int32_t tries;
    Ask ask;
  };
  struct Answered {
    Sent sent;
    Reply reply;
  };
  /// Shared with the handlers of answers: one may come after the publisher is gone.
  struct Heard {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Answered> answers;
  };

  void send(Sent sent) {
    ++under_way_;
    Ask ask = sent.ask;
    door_.ask(std::move(ask), [heard = heard_, sent = std::move(sent)](Reply reply) mutable {
      const std::lock_guard lock(heard->mutex);
      heard->answers.push_back({std::move(sent), std::move(reply)});
      heard->changed.notify_one();
    });
  }

  void wait_until_below(std::size_t count) {
    while (under_way_ >= count) {
      std::deque<Answered> answers;
      {
        std::unique_lock lock(heard_->mutex);
        if (!heard_->changed.wait_for(lock, answer_deadline, [&] { return !heard_->answers.empty(); }))
          throw std::runtime_error("no answer within a minute; run the import again to go on");
        answers.swap(heard_->answers);
      }
      under_way_ -= answers.size();
      for (Answered& answer : answers) take(std::move(answer));
      if (!busy_.empty()) repeat();
    }
  }

  void take(Answered answer) {
    switch (answer.reply.outcome) {
      case Outcome::done:
        if (answer.sent.line == no_line) return;
        ++(answer.reply.is_replay ? report_.present : report_.imported);
        return;
      case Outcome::rejected:
        if (answer.reply.rejection && answer.reply.rejection->code == "already_exists") {
          ++report_.present;
        } else {
          note_bad(answer.sent.line, answer.reply.rejection ? std::string(answer.reply.rejection->code) : "rejected");
        }
        return;
      case Outcome::overloaded:
      case Outcome::unavailable:
      case Outcome::unknown:
        busy_.push_back(std::move(answer));
        return;
      case Outcome::stale:
      case Outcome::key_reused:
        note_bad(answer.sent.line, "rejected");
        return;
    }
  }

  /// Sends again what the node was too busy for, after the pause that it asked for.
  void repeat() {
    std::chrono::milliseconds pause = shortest_pause;
    for (const Answered& answer : busy_) pause = std::max(pause, answer.reply.retry_after);
    {
      std::unique_lock lock(heard_->mutex);
      heard_->changed.wait_for(lock, std::min(pause, longest_pause), [] { return false; });
    }
    for (Answered& answer : std::exchange(busy_, {})) {
      if (++answer.sent.tries > options_.most_retries)
        throw std::runtime_error("the node is too busy or stopping; run the import again to go on");
      send(std::move(answer.sent));
    }
  }

  void note_bad(std::int64_t line, std::string fault) {
    ++report_.bad;
    if (report_.bad_lines.size() < most_bad_lines) report_.bad_lines.push_back({line, std::move(fault)});
  }

  Door& door_;
  const TripImportOptions& options_;
  TripImportReport& report_;
  std::shared_ptr<Heard> heard_;
  std::vector<Answered> busy_;
  std::size_t under_way_ = 0;
};

/// Checks every line; answers the first departure.
std::optional<Time> check(const TripImportOptions& options, TripImportReport& report) {
  std::optional<Time> first;
  FlightFile file(options.file);
  while (static_cast<std::size_t>(report.lines) < options.most) {
    const auto line = file.next();
    if (!line) break;
    ++report.lines;
    if (line->flight) {
      first = std::min(first.value_or(line->flight->departure), line->flight->departure);
    } else {
      ++report.bad;
      if (report.bad_lines.size() < most_bad_lines) report.bad_lines.push_back({line->number, line->fault});
    }
  }
  return first;
}

/// One of the made-up users as the platform knows them; a repeat changes nothing.
Ask profile_of(UserId traveler) {
  std::uint64_t number = 0;
  for (std::size_t i = 12; i < 16; ++i) number = number << 8 | traveler.value.bytes[i];
  NewProfile profile;
  profile.email = "traveler-" + std::to_string(number) + "@import.invalid";  // a domain that never gets mail
  profile.first_name = "Traveler";
  profile.last_name = std::to_string(number);
  profile.user_type = UserType::traveler;
  Ask ask{user_address(traveler), AnyRecord(CreateProfile{std::move(profile)})};
  ask.origin.caller.kind = Caller::Kind::entity;
  return ask;
}

}  // namespace

TripId trip_id_of(const Flight& flight) {
  const auto millis = static_cast<std::uint64_t>(to_millis(flight.departure));
  return {uuid_of(millis, static_cast<std::uint64_t>(drawn(flight, 0, 0, 0xffff)), flight.fingerprint)};
}

UserId traveler_of(const Flight& flight, std::int32_t travelers) {
  const auto number = static_cast<std::uint64_t>(drawn(flight, 1, 0, std::max(1, travelers) - 1));
  return {uuid_of(0, 0, 0x6361'7272'6900'0000U + number)};
}

PublishTrip publish_trip_of(const Flight& flight, Duration shift, const RoutePlanner& routes) {
  const RouteEstimate route = routes.route({flight.origin, flight.destination}, TransportMode::plane);
  PublishTrip trip;
  trip.title = flight.origin_city + " to " + flight.destination_city;
  trip.origin = {flight.origin_city + " (" + flight.origin_code + ")", flight.origin.lat, flight.origin.lng};
  trip.destination = {flight.destination_city + " (" + flight.destination_code + ")", flight.destination.lat,
                      flight.destination.lng};
  trip.departure_time = flight.departure + shift;
  trip.arrival_time = trip.departure_time + std::chrono::seconds{std::max<std::int64_t>(60, route.duration_seconds)};
  trip.transport_mode = TransportMode::plane;
  trip.capacity.weight = {drawn(flight, 2, 2, 20) * 1'000};
  trip.capacity.volume = {drawn(flight, 3, 10, 40) * 1'000};
  trip.capacity.items = static_cast<std::int32_t>(drawn(flight, 4, 1, 5));
  trip.min_price = Price{drawn(flight, 5, 10, 30) * 10'000};
  trip.currency = Currency{};
  trip.route = {route.distance_meters, route.duration_seconds, route.provider, route.polyline, {}};
  for (const Leg& leg : route.legs) trip.route.legs.push_back({leg.distance_meters, leg.duration_seconds});
  return trip;
}

TripFacts trip_facts_of(const Flight& flight, Duration shift, const RoutePlanner& routes) {
  const PublishTrip trip = publish_trip_of(flight, shift, routes);
  TripFacts facts;
  facts.id = trip_id_of(flight);
  facts.traveler = traveler_of(flight, TripImportOptions{}.travelers);
  facts.mode = trip.transport_mode;
  facts.points = {{flight.origin, trip.departure_time}, {flight.destination, *trip.arrival_time}};
  facts.available = {trip.capacity.load()};
  facts.min_price = to_money(*trip.min_price, *trip.currency);
  return facts;
}

TripImportReport import_trips(const TripImportOptions& options, Door& door, const RoutePlanner& routes,
                              const std::function<void(const TripImportProgress&)>& progress) {
  TripImportReport report;
  const std::optional<Time> first = check(options, report);
  TripImportProgress at{0, report.lines};
  if (report.bad > 0 && options.bad_lines == BadLines::refuse) {
    report.refused = true;
    if (progress) progress(at);
    return report;
  }
  if (first) {
    const Duration shift = options.first_day - std::chrono::floor<std::chrono::days>(*first);
    Publisher publisher(door, options, report);
    FlightFile file(options.file);
    std::set<UserId> travelers;  // whose profile is under way or there
    while (at.done < report.lines) {
      const auto line = file.next();
      if (!line) break;
      ++at.done;
      if (progress && at.done % progress_every == 0) progress(at);
      if (!line->flight) continue;
      const UserId traveler = traveler_of(*line->flight, options.travelers);
      if (travelers.insert(traveler).second) publisher.publish(no_line, profile_of(traveler));
      Ask ask{{EntityKind::trip, trip_id_of(*line->flight).value},
              AnyRecord(publish_trip_of(*line->flight, shift, routes))};
      ask.origin.caller.kind = Caller::Kind::user;
      ask.origin.caller.user = traveler;
      publisher.publish(line->number, std::move(ask));
    }
    publisher.finish();
  }
  std::sort(report.bad_lines.begin(), report.bad_lines.end(),
            [](const BadLine& a, const BadLine& b) { return a.number < b.number; });
  if (progress) progress(at);
  return report;
}

}  // namespace caravan
