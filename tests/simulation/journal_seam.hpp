#pragma once

#include "storage/journal/memory_journal.hpp"

namespace caravan::simulation {

/// What a seam does to the reads and writes that pass through it.
struct SeamRules {
  /// Asked before each load; true: it fails this time.
  std::function<bool(const Address&)> is_unreadable;
  /// Sabotage: may falsify a write; false loses it. It is reported as committed all the same.
  std::function<bool(Write&)> keeps;
  /// Sabotage: what is read in place of what is stored.
  std::function<void(const Address&, Stored&)> falsifies;
};

/// The memory journal as a node sees it: what passes through can be refused, or (sabotage) falsified.
class JournalSeam : public Journal {
 public:
  JournalSeam(MemoryJournal& journal, const SeamRules& rules) : journal_(journal), rules_(rules) {}

  /// Told of each write that has landed, of those too whose commit says nothing of its fate.
  std::function<void(const Write&)> on_landed;

  std::uint32_t shard_count() const override { return journal_.shard_count(); }
  std::vector<ShardLease> claim_all_shards(std::string_view owner) override { return journal_.claim_all_shards(owner); }
  std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected, std::string_view owner) override {
    return journal_.claim_shard(shard, expected, owner);
  }
  std::vector<Committed> commit(const std::vector<Write>& batch) override;
  std::string failure() const override { return journal_.failure(); }
  Stored load(const Address& entity) override;
  std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                   std::optional<Lane> lane) override {
    return journal_.history(entity, from, limit, lane);
  }
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override {
    return journal_.entry(entity, sequence);
  }
  std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) override { return journal_.feed(after, limit); }
  std::uint64_t head() override { return journal_.head(); }
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override {
    return journal_.pending_effects(after, limit);
  }
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip) override {
    return journal_.due_timers(until, limit, skip);
  }
  std::optional<Time> next_due() override { return journal_.next_due(); }
  std::optional<std::string> setting(std::string_view name) override { return journal_.setting(name); }
  void set_setting(std::string_view name, std::string_view value) override { journal_.set_setting(name, value); }

 private:
  void tell_landed(const std::vector<Write>& batch, const std::vector<Committed>& fates, std::uint64_t before);

  MemoryJournal& journal_;
  const SeamRules& rules_;
};

}  // namespace caravan::simulation
