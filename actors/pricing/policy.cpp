#include "actors/pricing/policy.hpp"

#include <algorithm>

namespace caravan {

static_assert(std::ranges::is_sorted(policy_versions, {}, &Policy::version));

std::span<const Policy>& known_policies() {
  static std::span<const Policy> known{policy_versions};
  return known;
}

const Policy* find_policy(std::int32_t version) {
  const auto found = std::ranges::find(known_policies(), version, &Policy::version);
  return found == known_policies().end() ? nullptr : &*found;
}

const Policy& kept_policy(std::optional<std::int32_t> version) {
  if (!version) return known_policies().front();
  const Policy* found = find_policy(*version);
  return found ? *found : known_policies().back();
}

}  // namespace caravan
