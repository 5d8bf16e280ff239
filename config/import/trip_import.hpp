#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/trip/commands.hpp"
#include "config/import/flight_file.hpp"
#include "http/providers/places/routes.hpp"
#include "runtime/door.hpp"

/// `caravan import trips FILE`: flights of a file become trips of the platform.
namespace caravan {

enum class BadLines : std::uint8_t {
  skip,    // import the others
  refuse,  // import nothing where there is one
};

struct TripImportOptions {
  std::string file;
  Time first_day;  // midnight of the day on which the first trip departs; in the future
  BadLines bad_lines = BadLines::skip;
  std::int32_t travelers = 500;    // that the trips are shared out among
  std::size_t most = SIZE_MAX;     // flights that are read
  std::size_t in_flight = 256;     // commands that wait for their answer at one time
  std::int32_t most_retries = 50;  // of a command that the node is too busy for
};

struct TripImportProgress {
  std::int64_t done = 0;  // lines
  std::int64_t total = 0;
};

struct BadLine {
  std::int64_t number = 0;  // in the file, from 1
  std::string fault;
};

struct TripImportReport {
  std::int64_t lines = 0;     // without the head
  std::int64_t imported = 0;  // trips that are new
  std::int64_t present = 0;   // that an import made before
  std::int64_t bad = 0;
  std::vector<BadLine> bad_lines;  // the first most_bad_lines
  bool refused = false;            // nothing was imported for the bad lines' sake
};
inline constexpr std::size_t most_bad_lines = 1'000;

/// Publishes the flights as trips through the door, and makes profiles for those who travel. Reads the file twice,
/// first to check and count it. The same line is the same trip at every import, so an import that was cut off can be
/// run again. `progress` is called on this thread, at least at the end. Throws FlightFileError, or std::runtime_error
/// when the node does not take the trips.
TripImportReport import_trips(const TripImportOptions& options, Door& door, const RoutePlanner& routes,
                              const std::function<void(const TripImportProgress&)>& progress);

/// The trip's id: a UUIDv7 of the flight's own departure and its fingerprint.
TripId trip_id_of(const Flight& flight);
/// Who travels: one of `travelers` made-up users, always the same for a flight.
UserId traveler_of(const Flight& flight, std::int32_t travelers);
/// The trip that a flight becomes, departing `shift` later. Room and price follow from the fingerprint.
PublishTrip publish_trip_of(const Flight& flight, Duration shift, const RoutePlanner& routes);
/// What matching would know of that trip.
TripFacts trip_facts_of(const Flight& flight, Duration shift, const RoutePlanner& routes);

}  // namespace caravan
