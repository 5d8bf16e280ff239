#pragma once

#include "actors/registry.hpp"
#include "storage/journal/memory_journal.hpp"
#include "storage/read_models/read_models.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace caravan::testkit {

/// Entities without a runtime: a test tells their events, and read models follow.
class Story {
 public:
  Story() { journal.claim_all_shards("test"); }

  /// One entry of these events.
  template <class... Events>
  void tell(Address entity, Events... events) {
    JournalEntry entry;
    entry.entity = entity;
    entry.sequence = ++sequences_[entity];
    entry.origin.at = now;
    entry.origin.caller = caller;
    (entry.events.emplace_back(std::move(events)), ...);
    Write write;
    write.entity = entity;
    write.sequence = entry.sequence;
    write.body = encode_body(entry);
    REQUIRE(journal.commit({write})[0].status == CommitStatus::committed);
    models.apply(journal.feed(models.position(), 100));
  }

  TemporaryFolder folder;
  MemoryJournal journal{1};
  ReadModels models{folder.path};
  Time now = test_start;
  Caller caller;  // who does what is told

 private:
  std::map<Address, std::uint64_t> sequences_;
};

}  // namespace caravan::testkit
