#include <algorithm>
#include <limits>
#include <stdexcept>

#include "http/providers/places/routes.hpp"

namespace caravan {

namespace {

constexpr std::size_t exact_up_to = 10;  // stops; 2^10 × 10 × 10 steps
constexpr int most_rounds = 50;          // of improvement, each over all moves

class Order {
 public:
  Order(const std::vector<std::vector<Leg>>& legs, const StopOrder& stops, bool fixed_end, bool by_time)
      : legs_(legs), after_(stops.after), count_(stops.after.size()), fixed_end_(fixed_end), by_time_(by_time) {
    if (legs.size() != count_ + (fixed_end ? 2 : 1)) throw std::invalid_argument("matrix and stops differ in size");
    for (std::size_t stop = 0; stop < count_; ++stop) require_no_cycle(stop);
  }

  std::vector<int> best() const { return count_ <= exact_up_to ? exact() : improved(); }

 private:
  void require_no_cycle(std::size_t stop) const {
    int at = after_[stop];
    for (std::size_t steps = 0; at >= 0; ++steps) {
      if (static_cast<std::size_t>(at) >= count_ || steps > count_) throw std::invalid_argument("stops in a cycle");
      at = after_[static_cast<std::size_t>(at)];
    }
  }

  /// From matrix index a to b; the start is 0, stop s is s + 1.
  std::int64_t cost(std::size_t a, std::size_t b) const {
    const Leg& leg = legs_[a][b];
    return by_time_ ? leg.duration_seconds : leg.distance_meters;
  }
  std::int64_t end_cost(std::size_t last) const { return fixed_end_ ? cost(last, count_ + 1) : 0; }

  std::int64_t total(const std::vector<int>& order) const {
    std::int64_t sum = 0;
    std::size_t at = 0;
    for (const int stop : order) {
      sum += cost(at, static_cast<std::size_t>(stop) + 1);
      at = static_cast<std::size_t>(stop) + 1;
    }
    return sum + end_cost(at);
  }

  bool allowed(const std::vector<int>& order) const {
    std::vector<bool> seen(count_, false);
    for (const int stop : order) {
      const int before = after_[static_cast<std::size_t>(stop)];
      if (before >= 0 && !seen[static_cast<std::size_t>(before)]) return false;
      seen[static_cast<std::size_t>(stop)] = true;
    }
    return true;
  }

  /// Held and Karp: the cheapest way to have been to a set of stops, ending at one of them.
  std::vector<int> exact() const {
    if (count_ == 0) return {};
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 4;
    const std::size_t sets = std::size_t{1} << count_;
    std::vector<std::int64_t> cheapest(sets * count_, never);
    std::vector<int> came_from(sets * count_, -1);
    for (std::size_t set = 1; set < sets; ++set)
      for (std::size_t last = 0; last < count_; ++last) {
        const std::size_t bit = std::size_t{1} << last;
        if ((set & bit) == 0) continue;
        const std::size_t before = set & ~bit;
        if (after_[last] >= 0 && ((before >> after_[last]) & 1) == 0) continue;
        std::int64_t& best = cheapest[set * count_ + last];
        if (before == 0) best = cost(0, last + 1);
        for (std::size_t from = 0; from < count_; ++from) {
          if (((before >> from) & 1) == 0) continue;
          const std::int64_t sum = cheapest[before * count_ + from] + cost(from + 1, last + 1);
          if (sum < best) best = sum, came_from[set * count_ + last] = static_cast<int>(from);
        }
      }
    std::size_t set = sets - 1, last = 0;
    for (std::size_t stop = 1; stop < count_; ++stop)
      if (cheapest[set * count_ + stop] + end_cost(stop + 1) < cheapest[set * count_ + last] + end_cost(last + 1))
        last = stop;
    std::vector<int> order;
    for (int at = static_cast<int>(last); at >= 0;) {
      order.push_back(at);
      const int from = came_from[set * count_ + static_cast<std::size_t>(at)];
      set &= ~(std::size_t{1} << at);
      at = from;
    }
    std::reverse(order.begin(), order.end());
    return order;
  }

  /// The nearest allowed stop next; then stops are moved, and stretches reversed, as long as that shortens the way.
  std::vector<int> improved() const {
    std::vector<int> order = nearest_next();
    std::int64_t best = total(order);
    for (int round = 0; round < most_rounds; ++round) {
      const std::int64_t before = best;
      for (std::size_t i = 0; i < count_; ++i)
        for (std::size_t j = 0; j < count_; ++j) {
          if (i == j) continue;
          std::vector<int> moved = order;
          const int stop = moved[i];
          moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(i));
          moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(j), stop);
          take_if_better(moved, order, best);
          if (j <= i) continue;
          std::vector<int> reversed = order;
          std::reverse(reversed.begin() + static_cast<std::ptrdiff_t>(i),
                       reversed.begin() + static_cast<std::ptrdiff_t>(j) + 1);
          take_if_better(reversed, order, best);
        }
      if (best == before) break;
    }
    return order;
  }

  void take_if_better(const std::vector<int>& other, std::vector<int>& order, std::int64_t& best) const {
    const std::int64_t sum = total(other);
    if (sum < best && allowed(other)) best = sum, order = other;
  }

  std::vector<int> nearest_next() const {
    std::vector<int> order;
    std::vector<bool> done(count_, false);
    for (std::size_t at = 0; order.size() < count_;) {
      std::size_t next = count_;
      for (std::size_t stop = 0; stop < count_; ++stop) {
        if (done[stop] || (after_[stop] >= 0 && !done[static_cast<std::size_t>(after_[stop])])) continue;
        if (next == count_ || cost(at, stop + 1) < cost(at, next + 1)) next = stop;
      }
      done[next] = true;
      order.push_back(static_cast<int>(next));
      at = next + 1;
    }
    return order;
  }

  const std::vector<std::vector<Leg>>& legs_;
  const std::vector<int>& after_;
  std::size_t count_;
  bool fixed_end_, by_time_;
};

}  // namespace

std::vector<int> best_order(const std::vector<std::vector<Leg>>& legs, const StopOrder& stops, bool fixed_end,
                            bool by_time) {
  return Order(legs, stops, fixed_end, by_time).best();
}

}  // namespace caravan
