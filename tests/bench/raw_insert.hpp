#pragma once

#include <string>

namespace caravan::bench {

/// Rows a second that a PostgreSQL server takes in multi-row inserts, each a commit of its own: rows of the size of a
/// journal's, with the unique index by which an entity finds its own. In a table of its own.
double raw_insert_rate(const std::string& url, int rows_a_commit, double seconds);

}  // namespace caravan::bench
