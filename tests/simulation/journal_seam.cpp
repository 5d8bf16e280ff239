#include "tests/simulation/journal_seam.hpp"

#include <set>

namespace caravan::simulation {

std::vector<Committed> JournalSeam::commit(const std::vector<Write>& batch) {
  const std::uint64_t before = journal_.head();
  if (!rules_.keeps) {
    const std::vector<Committed> fates = journal_.commit(batch);
    if (on_landed) tell_landed(batch, fates, before);
    return fates;
  }
  std::vector<Committed> fates;
  std::vector<Write> falsified = batch;
  for (Write& write : falsified)
    fates.push_back(rules_.keeps(write) ? journal_.commit({write}).front()
                                        : Committed{CommitStatus::committed, journal_.head()});
  if (on_landed) tell_landed(falsified, fates, before);
  return fates;
}

/// Whether a commit of unknown fate has landed: then the feed has its entries.
void JournalSeam::tell_landed(const std::vector<Write>& batch, const std::vector<Committed>& fates,
                              std::uint64_t before) {
  std::set<std::pair<Address, std::uint64_t>> is_there;
  for (const FeedEntry& entry : journal_.feed(before, SIZE_MAX)) is_there.emplace(entry.entity, entry.sequence);
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (fates[i].status == CommitStatus::committed || is_there.contains({batch[i].entity, batch[i].sequence}))
      on_landed(batch[i]);
}

Stored JournalSeam::load(const Address& entity) {
  if (rules_.is_unreadable && rules_.is_unreadable(entity)) throw StorageError("simulated: cannot be read now");
  Stored stored = journal_.load(entity);
  if (rules_.falsifies) rules_.falsifies(entity, stored);
  return stored;
}

}  // namespace caravan::simulation
