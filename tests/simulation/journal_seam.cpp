#include "tests/simulation/journal_seam.hpp"

namespace caravan::simulation {

std::vector<Committed> JournalSeam::commit(const std::vector<Write>& batch) {
  std::vector<Committed> fates;
  if (!rules_.keeps) {
    fates = journal_.commit(batch);
  } else {
    for (Write write : batch)
      fates.push_back(rules_.keeps(write) ? journal_.commit({write}).front()
                                          : Committed{CommitStatus::committed, journal_.head()});
  }
  for (std::size_t i = 0; on_landed && i < batch.size(); ++i)
    if (fates[i].status == CommitStatus::committed) on_landed(batch[i]);
  return fates;
}

Stored JournalSeam::load(const Address& entity) {
  if (rules_.is_unreadable && rules_.is_unreadable(entity)) throw StorageError("simulated: cannot be read now");
  return journal_.load(entity);
}

}  // namespace caravan::simulation
