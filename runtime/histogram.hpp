#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace caravan {

/// What a histogram holds at one moment: `counts[i]` values up to `bounds[i]` and above the bound before; one more
/// count than bounds, for what is above all.
struct HistogramCounts {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;
  double sum = 0;
};

/// Counts how values spread. Adding one is two atomic additions; for any thread.
class Histogram {
 public:
  /// Bounds in ascending order.
  explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

  void add(double value) {
    const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  HistogramCounts counts() const {
    return {bounds_, {counts_.begin(), counts_.end()}, sum_.load(std::memory_order_relaxed)};
  }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

}  // namespace caravan
