#include <sodium.h>

#include "storage/journal/journal.hpp"

namespace caravan {

namespace {

constexpr std::string_view store_setting = "store", history_setting = "history";

}  // namespace

std::string history_name(Journal& journal) {
  const std::string history = journal.setting(history_setting).value_or("");
  return journal.setting(store_setting).value_or("") + (history.empty() ? "" : "." + history);
}

void begin_history(Journal& journal) {
  Uuid fresh;
  randombytes_buf(fresh.bytes.data(), fresh.bytes.size());
  journal.set_setting(history_setting, fresh.text());
}

bool is_pending(Journal& journal, const EffectKey& effect) {
  const std::vector<PendingEffect> found = journal.pending_effects(EffectKey{effect.sender, effect.number - 1}, 1);
  return !found.empty() && found.front().key == effect;
}

}  // namespace caravan
