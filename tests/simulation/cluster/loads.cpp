#include "tests/simulation/cluster/loads.hpp"

#include <algorithm>

namespace caravan::simulation {

Loads::Loads(Chance& chance, std::size_t shards) : chance_(chance), rates_(shards) {
  for (double& rate : rates_) rate = static_cast<double>(chance_.between(50, 150));
  measured_.fill(rates_);
}

void Loads::measure() {
  std::rotate(std::begin(measured_), measured_.end() - 1, std::end(measured_));
  measured_[0] = measured_[1];
  for (std::size_t shard = 0; shard < rates_.size(); ++shard) {
    const double measure = rates_[shard] * static_cast<double>(chance_.between(80, 120)) / 100;
    measured_[0][shard] = 0.8 * measured_[0][shard] + 0.2 * measure;  // as cluster::Driver does
  }
}

std::vector<double> Loads::told() {
  std::vector<double> rates(rates_.size());
  for (std::size_t shard = 0; shard < rates.size(); ++shard) rates[shard] = measured_[1 + chance_.below(3)][shard];
  return weights_of(rates);
}

std::vector<double> Loads::weights_of(const std::vector<double>& rates) {
  std::vector<ShardLoad> loads;
  for (const double rate : rates) loads.push_back({.rate = static_cast<std::uint64_t>(rate)});
  return cluster::weights_of(loads);
}

}  // namespace caravan::simulation
