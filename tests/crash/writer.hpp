#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/crash/gate.hpp"

namespace caravan::testing {

/// How many there may be: at least the acknowledged ones, at most those and what was cut off.
struct Between {
  int least = 0, most = 0;
  void operator+=(const Between& other) {
    least += other.least;
    most += other.most;
  }
  bool has(long long count) const { return count >= least && count <= most; }
};

/// What a writer's deals must have made of the money.
struct Deals {
  Between accepted, taken, carried, cancelled;  // taken: captured; carried: handed over, so released and paid out
  void operator+=(const Deals& other) {
    accepted += other.accepted;
    taken += other.taken;
    carried += other.carried;
    cancelled += other.cancelled;
  }
};

/// What was found wrong; all of it is printed.
class Faults {
 public:
  void add(const std::string& text);
  int count() const { return count_; }

 private:
  int count_ = 0;
};

/// Two people who write in turn, on a thread of their own, until the run is over, and remember what must be there.
/// `check` runs while the writer waits at the gate.
class Writer {
 public:
  Writer(int port, Gate& gate, const std::string& name);
  virtual ~Writer() = default;

  /// Throws Gate::Over in the end.
  virtual void write() = 0;
  /// Looks for what was acknowledged: there, and once. What is under way may be there or not. `all`: also what was
  /// looked for before.
  virtual void check(Market& market, Faults& faults, bool all) = 0;

  const Deals& deals() const { return deals_; }
  const EnduringMarket& market() const { return market_; }
  /// Why it could not go on; empty where it could.
  std::string failure;

 protected:
  std::string accept(MarketDelivery& delivery);
  void pick_up(const MarketDelivery& delivery);
  void hand_over(const MarketDelivery& delivery);
  void cancel(const MarketDelivery& delivery);
  /// A delivery that was just accepted, on a trip of its own or the last one.
  MarketDelivery accepted_delivery();

  const std::string name_;
  EnduringMarket market_;
  MarketPerson customer_, traveler_;

 private:
  void doing(Between& count, const std::function<void()>& work);
  std::string trip_;
  int parcels_ = 0;
  Deals deals_;
};

/// One of each kind, and more of those that hurt more.
std::vector<std::unique_ptr<Writer>> make_writers(int port, Gate& gate, int crews);
constexpr int writers_a_crew = 4;

/// Asks again until it holds, for at most 10 s; false if it never did. For what read models and sagas bring about.
bool soon(const std::function<bool()>& holds);

}  // namespace caravan::testing
