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

/// A stored position, and when it came.
struct TrackPoint : Fix {
  static constexpr std::string_view record_name = "TrackPoint";
  Time received_at;        // by our clock
  bool told_late = false;  // is_told_late, or after the dispute was opened that is shown with it

  static constexpr auto fields() {
    constexpr auto fix = Fix::fields();
    std::array<schema::Field, fix.size() + 2> rows{};
    for (std::size_t i = 0; i < fix.size(); ++i) rows[i] = fix[i];
    rows[fix.size()] = field<&TrackPoint::received_at>(101, "receivedAt");
    rows[fix.size() + 1] = field<&TrackPoint::told_late>(102, "toldLate");
    return rows;
  }
};

/// Positions in order of their time. Of several at the same time the first that was stored stands for all.
struct TrackPage {
  std::vector<TrackPoint> points;
  bool is_last = true;
};

/// The first `limit` (at most max_track_page) of the span. Reads the whole track, and keeps a page of it.
TrackPage track_page(Door& door, Address tracker, const TrackSpan& span, std::size_t limit = max_track_page);

}  // namespace caravan::http
