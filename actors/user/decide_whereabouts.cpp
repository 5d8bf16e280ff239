#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/user/entity.hpp"

// A traveler has one place. Each delivery sees its own fences alone; here their waits meet.
namespace caravan {

namespace {

/// For how long one was the traveler's place while the other is said to have been, or, negative, how much time lay
/// between them.
Duration overlap(const Whereabouts& a, const Whereabouts& b) { return std::min(a.until - b.since, b.until - a.since); }

double fastest(const Whereabouts& seen) { return fastest_speed(seen.mode.value_or(TransportMode::plane)); }

/// Metres between two places that nobody was at in so short a time; nothing where somebody may have been. A point
/// counts for a while after it was taken, so that the ends of a wait are known no better than that. The two may be of
/// two deals, so that the newest policy says for how long.
std::optional<double> contradiction(const Whereabouts& a, const Whereabouts& b) {
  const std::chrono::seconds doubt{policy.waiting.largest_gap_seconds};
  const double meters = distance_meters(a.place, b.place) - a.radius - b.radius;
  const Duration time = std::max<Duration>(doubt - overlap(a, b), Duration{0});
  const double reach = std::max(fastest(a), fastest(b)) * static_cast<double>(time.count()) / 1'000;
  return meters > reach ? std::optional(meters) : std::nullopt;
}

}  // namespace

Decision decide(const UserState& state, const Context& context, const RecordWhereabouts& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  Decision decision;
  decision.emit(WhereaboutsRecorded{command.seen});
  const auto doubt = [&](const Whereabouts& wait, double meters) {
    decision.send({EntityKind::delivery, wait.delivery_id.value}, DoubtWait{meters});
  };
  std::optional<double> farthest;
  for (const Whereabouts& known : state.whereabouts) {
    const std::optional<double> meters = contradiction(known, command.seen);
    if (!meters) continue;
    farthest = std::max(farthest.value_or(0), *meters);
    if (known.waited) doubt(known, *meters);
  }
  if (farthest && command.seen.waited) doubt(command.seen, *farthest);
  return decision;
}

}  // namespace caravan
