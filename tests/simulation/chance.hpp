#pragma once

#include <random>
#include <utility>
#include <vector>

#include "storage/codec/digest.hpp"
#include "tests/testkit/entity.hpp"

namespace caravan::simulation {

/// All that a run leaves to chance comes from here, and so from its seed: the same seed is the same run.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed), bytes_(seed ^ 0x5eed) {}

  std::uint64_t next() { return engine_(); }
  /// 0 … count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  /// from … to, both included.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::size_t>(to - from + 1)));
  }
  bool percent(int share) { return below(100) < static_cast<std::size_t>(share); }
  bool permille(int share) { return below(1'000) < static_cast<std::size_t>(share); }
  /// One element of a list that is not empty.
  template <class List>
  auto& one_of(List& list) {
    return list[below(std::size(list))];
  }
  /// Takes any element out of a list that is not empty.
  template <class T>
  T take_one(std::vector<T>& list) {
    std::swap(list[below(list.size())], list.back());
    T taken = std::move(list.back());
    list.pop_back();
    return taken;
  }
  /// One of the elements by their member `weight`.
  template <class List>
  auto& weighted(List& list) {
    std::size_t sum = 0;
    for (const auto& item : list) sum += static_cast<std::size_t>(item.weight);
    std::size_t at = below(sum);
    for (auto& item : list) {
      if (at < static_cast<std::size_t>(item.weight)) return item;
      at -= static_cast<std::size_t>(item.weight);
    }
    return list[0];
  }
  template <class IdType>
  IdType id(Time now) {
    return Context{now, {}, {}, bytes_, sodium_crypto}.new_id<IdType>();
  }

 private:
  std::mt19937_64 engine_;
  testkit::SeededRandom bytes_;
};

}  // namespace caravan::simulation
