#pragma once

#include "tests/simulation/journal_seam.hpp"
#include "tests/simulation/nodes.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace caravan::simulation {

/// A node alone, whose clock shows the date.
class OneNode : public Nodes {
 public:
  explicit OneNode(World& world);

  Time now() const override { return date_; }
  Door* door() override { return &node_->door(); }
  void run_actors() override;
  void commit() override { node_->commit(); }
  void tick() override { node_->tick(); }
  void pass_time() override;
  void suffer() override;
  void heal() override { restart(); }
  bool work_off() override;
  std::optional<Time> next_moment() override;
  void skip_to(Time date) override { show(std::max(date, date_)); }

 private:
  /// As after `kill -9`.
  void restart();
  void show(Time date) {
    date_ = date;
    node_->clock.set(date);
  }

  World& world_;
  JournalSeam seam_;
  std::unique_ptr<testkit::SimulatedNode> node_;
  Time date_ = testkit::test_start;
  std::uint64_t starts_ = 0;
};

}  // namespace caravan::simulation
