#pragma once

#include <string>

namespace caravan::bench {

/// Rows a second that SQLite appends in group commits: a write-ahead log synced at every commit, rows of the size of a
/// journal's, with the unique index by which an entity finds its own. In a file of its own under `folder`.
double raw_append_rate(const std::string& folder, int rows_a_commit, double seconds);

}  // namespace caravan::bench
