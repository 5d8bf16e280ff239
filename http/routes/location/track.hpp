#pragma once

#include "actors/tracker/state.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

inline constexpr std::size_t max_track_page = 10'000;  // points

/// Which of a delivery's stored positions.
struct TrackSpan {
  std::optional<Time> from = {}, to = {};  // both inclusive
  std::optional<Time> after = {};          // the last one of the page before
};

/// Positions in order of their time. Of several at the same time the first that was stored stands for all.
struct TrackPage {
  std::vector<Fix> points;
  bool is_last = true;
};

/// The first `limit` (at most max_track_page) of the span. Reads the whole track, and keeps a page of it.
TrackPage track_page(Door& door, Address tracker, const TrackSpan& span, std::size_t limit = max_track_page);

}  // namespace caravan::http
