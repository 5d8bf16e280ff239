#include "actors/delivery/timeline.hpp"

#include <algorithm>

#include "actors/delivery/policy.hpp"

namespace caravan::timeline {

namespace {

/// Rows that people can cause as often as they like.
bool is_repeatable(std::string_view type) {
  return type == "scan_refused" || type == "pin_agreed" || type == "presence_said" || type == "shared" ||
         type == "shares_ended" || type.starts_with("geofence_");
}

}  // namespace

void tell(DeliveryState& state, std::string type, Time at, std::string by, Facts facts, std::optional<Uuid> service) {
  if (is_repeatable(type)) {
    const auto is_alike = [&](const TimelineItem& item) { return item.type == type && item.by == by; };
    if (std::ranges::count_if(state.timeline, is_alike) >= delivery_policy::max_alike) {
      auto oldest = std::ranges::find_if(state.timeline, is_alike);
      for (int kept = 0; kept < delivery_policy::max_alike / 2; ++kept)
        oldest = std::find_if(std::next(oldest), state.timeline.end(), is_alike);
      state.timeline.erase(oldest);
    }
  }
  state.timeline.push_back({std::move(type), at, std::move(by), std::move(facts), service});
}

}  // namespace caravan::timeline
