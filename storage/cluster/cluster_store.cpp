#include "storage/cluster/cluster_store.hpp"

#include <charconv>

namespace caravan {

namespace {

template <class Number>
Number number_in(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string_view to_text(MemberStatus status) {
  switch (status) {
    case MemberStatus::joining:
      return "joining";
    case MemberStatus::active:
      return "active";
    case MemberStatus::leaving:
      return "leaving";
    case MemberStatus::dead:
      break;
  }
  return "dead";
}

std::string_view to_text(MovePhase phase) {
  switch (phase) {
    case MovePhase::leaving:
      return "leaving";
    case MovePhase::released:
      return "released";
    case MovePhase::steady:
      break;
  }
  return "steady";
}

std::string to_text(const MemberId& member) {
  return member.incarnation == 0 ? member.node : member.node + '/' + std::to_string(member.incarnation);
}

MemberId parse_member(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return {std::string(text), 0};
  return {std::string(text.substr(0, slash)), number_in<std::uint64_t>(text.substr(slash + 1))};
}

void ClusterStore::put_paused(bool is_paused) { put_setting(paused_setting, is_paused ? "1" : "0"); }

/// "12/3 0/1": rate and actors of each shard.
void ClusterStore::put_loads(const std::vector<ShardLoad>& loads) {
  std::string text;
  for (const ShardLoad& load : loads)
    text += (text.empty() ? "" : " ") + std::to_string(load.rate) + '/' + std::to_string(load.actors);
  put_setting(loads_setting, text);
}

void ClusterStore::put_alone(const std::string& sign) { put_setting(alone_setting, sign); }

void take_setting(std::string_view name, std::string_view value, ClusterSnapshot& snapshot) {
  if (name == paused_setting) snapshot.is_paused = value == "1";
  if (name == alone_setting) snapshot.alone = value;
  if (name != loads_setting) return;
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find(' '));
    const std::size_t slash = std::min(word.find('/'), word.size());
    snapshot.loads.push_back({number_in<std::uint64_t>(word.substr(0, slash)),
                              number_in<std::uint64_t>(word.substr(std::min(slash + 1, word.size())))});
    value.remove_prefix(std::min(word.size() + 1, value.size()));
  }
}

std::string votes_to_text(const std::vector<Suspicion>& votes) {
  std::string text;
  for (const Suspicion& vote : votes)
    text += (text.empty() ? "" : " ") + to_text(vote.voter) + '@' + std::to_string(to_millis(vote.at));
  return text;
}

std::vector<Suspicion> parse_votes(std::string_view text) {
  std::vector<Suspicion> votes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t at = word.rfind('@');
    if (at != std::string_view::npos)
      votes.push_back({parse_member(word.substr(0, at)), from_millis(number_in<std::int64_t>(word.substr(at + 1)))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return votes;
}

}  // namespace caravan
