#include "tests/simulation/calendar.hpp"

namespace caravan::simulation {

std::optional<Time> Calendar::next() const {
  return dates_.empty() ? std::nullopt : std::optional(dates_.begin()->first);
}

bool Calendar::keep(World& world, Time now) {
  bool did = false;
  while (!dates_.empty() && dates_.begin()->first <= now) {
    const Act act = std::move(dates_.extract(dates_.begin()).mapped());  // it may plan more
    act(world);
    did = true;
  }
  return did;
}

}  // namespace caravan::simulation
