#pragma once

#include <string>
#include <vector>

#include "tests/process/market.hpp"

namespace caravan::bench {

/// What the load plays with: pairs of people with deliveries that are picked up and tracked, so that load spreads over
/// many entities of each kind.
struct Stage {
  struct Carried {
    std::string delivery;
    std::size_t pair;
  };
  struct Pair {
    testing::MarketPerson customer, traveler;
  };
  std::vector<Pair> pairs;
  std::vector<Carried> deliveries;

  const testing::MarketPerson& customer(std::size_t delivery) const {
    return pairs[deliveries[delivery].pair].customer;
  }
  const testing::MarketPerson& traveler(std::size_t delivery) const {
    return pairs[deliveries[delivery].pair].traveler;
  }
};

/// Makes it over HTTP, with some threads and a progress line. Throws std::runtime_error.
Stage set_stage(int port, int pairs, int deliveries);

/// Whole deliveries, from request to released funds, by so many clients at once.
struct Carriage {
  double rate = 0;  // deliveries a second whose money was released
  double p50_ms = 0, p99_ms = 0;
};
Carriage carry_whole_deliveries(int port, const Stage& stage, int clients, double seconds);

}  // namespace caravan::bench
