#pragma once

#include <algorithm>
#include <functional>
#include <set>

#include "tests/testkit/delivery_stages.hpp"

/// Nothing stands still for ever: each state of each entity is final, or a timer or somebody who surely exists ends it.
/// Neither party of a deal surely exists; administrators, services, the provider's outbox and the platform do.
namespace caravan::testkit::ways_out {

/// How a state ends. `walk` brings an entity into the state, lets only `ended_by` act, and gives the state after it.
template <class Enum>
struct Way {
  Enum state;
  std::string ended_by;  // empty: final
  std::function<Enum()> walk;
};

/// An enumeration by its labels: "open|accepting|…".
inline std::string labels_of(std::span<const std::string_view> labels) {
  std::string text;
  for (const std::string_view label : labels) text += (text.empty() ? "" : "|") + std::string(label);
  return text;
}
template <class Enum>
std::string labels_of_enum() {
  const auto labels = enum_labels(Enum{});
  return labels_of(labels);
}

using Walked = std::set<std::string>;

/// Every value of the enumeration has its way, and each way leaves the state.
template <class Enum>
void check_ways(Walked& walked, const std::vector<Way<Enum>>& ways) {
  const auto labels = enum_labels(Enum{});
  walked.insert(labels_of_enum<Enum>());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto value = static_cast<Enum>(i);
    const auto way = std::ranges::find(ways, value, &Way<Enum>::state);
    REQUIRE_MESSAGE(way != ways.end(), "no way out of ", std::string(labels[i]));
    REQUIRE((way->walk != nullptr) == !way->ended_by.empty());
    if (way->walk) CHECK_MESSAGE(way->walk() != value, std::string(labels[i]), " is not ended by ", way->ended_by);
  }
}

inline const UserId judge_id = test_id<UserId>(50), owner_id = test_id<UserId>(51);
inline constexpr Duration long_enough = std::chrono::days{100};

void walk_deliveries(Walked& walked);
void walk_money(Walked& walked);
void walk_the_market(Walked& walked);
void walk_people(Walked& walked);

}  // namespace caravan::testkit::ways_out
