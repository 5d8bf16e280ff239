#pragma once

#include <optional>

#include "actors/values/time.hpp"
#include "storage/sqlite/connection.hpp"

/// Points: moments of a journal to which its backup can be set back. The backup's file is a journal as of the newest
/// point. Of rows that come and go (outbox, timers, settings) it also keeps which points showed them. FORMAT.md, part
/// "Backup".
namespace caravan::journal_file {

struct Point {
  std::uint64_t number = 0;
  Time at;
  std::uint64_t entry = 0, track = 0;  // the lanes' newest positions
};

bool has_points(sqlite::Connection& backup);
/// Makes a journal's copy a backup without points.
void make_points(sqlite::Connection& backup);
/// Adds one more point to the backup: what the journal in the file `source` has by now. A node may be writing to that.
/// Throws StorageError when the backup is of another journal.
Point add_point(sqlite::Connection& backup, const std::string& source);
/// The newest point at or before a time, a position, or of all.
std::optional<Point> find_point(sqlite::Connection& backup, std::optional<Time> time,
                                std::optional<std::uint64_t> position);
/// Sets a copy of a backup back to a point: from then on it is a journal without points.
void cut_at(sqlite::Connection& copy, const Point& point);

}  // namespace caravan::journal_file
