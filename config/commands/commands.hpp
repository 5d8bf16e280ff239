#pragma once

#include <cstdint>
#include <string>

#include "config/settings.hpp"

/// What `caravan` can do: one function a command. Each returns the process's exit code: 0 done, 1 failed, after
/// lines on stderr that tell the remedy. What a check finds (`config`, `journal verify`) is on stdout.
namespace caravan {

/// Prints every setting with its value, default, bounds and source; in production also what is unsafe. `as_json`: one
/// object, for programs.
int print_settings(const ResolvedSettings& settings, bool as_json);

/// Prints the release.
int print_version();

/// Prints openapi.json, made from the route table.
int print_openapi();

/// What `import trips` reads, and how.
struct TripImport {
  std::string file;
  std::string first_day;  // "2030-02-01": when the first trip departs; empty: tomorrow
  bool refuse_bad_lines = false;
  std::uint64_t most = 0;  // flights; 0: all
};
/// Publishes a file's flights as trips in the data folder, which no node may be serving meanwhile. Repeating it adds
/// nothing twice.
int import_trips_file(const Settings& settings, const TripImport& import);

/// Checks every checksum, body and sequence of the journal; tells each fault.
int verify_journal(const Settings& settings);

/// Which entries `journal dump` prints.
struct JournalDump {
  std::string entity;       // "trip/0190…", its track too; empty: the feed of all
  std::uint64_t after = 0;  // position, or sequence of the entity
  std::uint64_t limit = 0;  // 0: all
};
/// Prints entries as one JSON object a line.
int dump_journal(const Settings& settings, const JournalDump& dump);

/// Counts entities, entries, snapshots, effects and timers, and prints sizes.
int print_journal_stats(const Settings& settings);

/// Copies the data folder into a new folder, or what is new since into an earlier backup. A node may be running.
int back_up_data(const Settings& settings, const std::string& target);

/// Fills an empty data folder from a backup, raises the epochs, and checks what it has. `until`: a time or a position,
/// for the backup's newest point that is not after it; empty: its newest.
int restore_data(const Settings& settings, const std::string& backup, const std::string& until);

/// Carries the data folder's journal into the database at `target`. While a node serves from the folder it follows that
/// node's journal; it ends when the node has stopped.
int migrate_journal(const Settings& settings, const std::string& target);

/// Carries three parcels through the seven journeys on the node at `url`, or, where that is empty, at `settings.http`,
/// as a client, and tells each step. Waits up to `wait_seconds` for the node to be ready.
int play_demo(const Settings& settings, const std::string& url, int wait_seconds);

/// Serves until SIGTERM or SIGINT. Prints one line when it is ready.
int serve(const Settings& settings);

}  // namespace caravan
