#include "tests/simulation/history.hpp"

#include <cstdio>

namespace caravan::simulation {

std::string History::name(const Uuid& id) const {
  const auto known = names_.find(id);
  return known == names_.end() ? id.text().substr(30) : known->second;
}

std::string History::name(const Address& address) const {
  std::string kind(enum_labels(EntityKind{})[static_cast<std::size_t>(address.kind)]);
  if (is_outside(address.kind)) return kind;
  const std::string known = name(address.id);
  return known.starts_with(kind) ? known : kind + '/' + known;
}

std::string History::name(const Caller& caller) const {
  if (caller.kind == Caller::Kind::user) return name(caller.user.value);
  if (caller.kind == Caller::Kind::entity) return name(caller.entity);
  return std::string(enum_labels(Caller::Kind{})[static_cast<std::size_t>(caller.kind)]);
}

void History::tell(Time at, const std::string& who, const std::string& what) const {
  if (!is_read_) return;
  std::string when = to_rfc3339(at).substr(5, 18);
  when[5] = ' ';
  std::printf("%-18s  %-18s  %s\n", when.c_str(), who.c_str(), what.c_str());
}

void History::tell(const JournalEntry& entry) const {
  if (!is_read_) return;
  std::string what;
  for (const AnyRecord& event : entry.events) what += (what.empty() ? "" : ", ") + std::string(event.type().name);
  if (entry.reply && !entry.reply->rejection.empty()) what = "refused: " + entry.reply->rejection;
  tell(entry.origin.at, name(entry.entity) + " #" + std::to_string(entry.sequence),
       (what.empty() ? "(nothing)" : what) + "   <- " + entry.origin.command + " of " + name(entry.origin.caller));
}

}  // namespace caravan::simulation
