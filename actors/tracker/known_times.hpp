#pragma once

#include <vector>

#include "actors/schema/field.hpp"

namespace caravan {

/// The times of all points that were stored of a delivery, few bytes each: by them a repeat is known, however late it
/// comes.
struct KnownTimes {
  static constexpr std::string_view record_name = "KnownTimes";
  Bytes steps;  // from one to the next, in order; the first from 1970
  Time last;
  std::int64_t count = 0;
  std::optional<Time> forgotten_until;  // what was before that is taken for known
  static constexpr auto fields() {
    return std::array{field<&KnownTimes::steps>(1, "steps"), field<&KnownTimes::last>(2, "last"),
                      field<&KnownTimes::count>(3, "count"), field<&KnownTimes::forgotten_until>(4, "forgottenUntil")};
  }
};

inline constexpr std::int64_t max_known_times = 100'000;  // a week of points ten seconds apart; the older half goes

/// In order.
std::vector<Time> all_times(const KnownTimes& known);
/// Adds new ones, which are in order.
void add_times(KnownTimes& known, const std::vector<Time>& times);

}  // namespace caravan
