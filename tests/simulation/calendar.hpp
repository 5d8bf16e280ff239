#pragma once

#include <functional>
#include <map>
#include <optional>

#include "actors/values/time.hpp"

namespace caravan::simulation {

class World;

/// What people have planned to do, and when. Each thing is done once, in the order of the dates.
class Calendar {
 public:
  using Act = std::function<void(World&)>;

  void add(Time at, Act act) { dates_.emplace(at, std::move(act)); }
  /// When the next thing is due; nothing where none is planned.
  std::optional<Time> next() const;
  /// Does what is due by then. False where nothing is.
  bool keep(World& world, Time now);

 private:
  std::multimap<Time, Act> dates_;
};

}  // namespace caravan::simulation
