#include "tests/simulation/journal_seam.hpp"

namespace caravan::simulation {

std::vector<Committed> JournalSeam::commit(const std::vector<Write>& batch) {
  if (!keeps) return journal_.commit(batch);
  std::vector<Committed> fates;
  for (Write write : batch)
    fates.push_back(keeps(write) ? journal_.commit({write}).front()
                                 : Committed{CommitStatus::committed, journal_.head()});
  return fates;
}

Stored JournalSeam::load(const Address& entity) {
  if (is_unreadable && is_unreadable(entity)) throw StorageError("simulated: cannot be read now");
  return journal_.load(entity);
}

}  // namespace caravan::simulation
