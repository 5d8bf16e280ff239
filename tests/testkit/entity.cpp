#include "tests/testkit/entity.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "actors/delivery/commands.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/inbox/words.hpp"
#include "actors/request/commands.hpp"

namespace caravan::testkit {

namespace {

/// What the command has somebody told as a reason; nothing where it tells none.
std::string reason_in(const AnyRecord& command) {
  if (const auto* claim = command.get_if<OpenDispute>()) return claim->reason;
  if (const auto* failed = command.get_if<AcceptanceFailed>()) return failed->detail;
  const auto* told = command.get_if<Notify>();
  if (!told) return {};
  const auto reason = told->variables.find("reason");
  return reason == told->variables.end() ? std::string() : reason->second;
}

}  // namespace

Caller user(UserId id) { return {.kind = Caller::Kind::user, .user = id, .stepped_up = true}; }
Caller admin(UserId id, Permission permission) {
  Caller caller = user(id);
  caller.permissions = static_cast<std::uint32_t>(permission);
  return caller;
}
Caller service() { return {.kind = Caller::Kind::service, .user = {}, .permissions = 0, .entity = {}}; }
Caller entity(Address address) {
  return {.kind = Caller::Kind::entity, .user = {}, .permissions = 0, .entity = address};
}
Caller timer() { return {.kind = Caller::Kind::timer, .user = {}, .permissions = 0, .entity = {}}; }
Caller provider() { return {.kind = Caller::Kind::provider, .user = {}, .permissions = 0, .entity = {}}; }

std::string outcome(const Decision& decision) {
  if (decision.rejection) return "! " + std::string(decision.rejection->code);
  std::string text;
  for (const AnyRecord& event : decision.events) {
    if (!text.empty()) text += ", ";
    text += event.type().name;
  }
  return text.empty() ? "(nothing)" : text;
}

std::vector<std::string> effects(const Decision& decision) {
  std::vector<std::string> all;
  for (const Effect& effect : decision.effects)
    all.push_back(std::string(enum_labels(EntityKind{})[static_cast<std::size_t>(effect.to.kind)]) + ' ' +
                  std::string(effect.command.type().name));
  return all;
}

void check_words(const Decision& decision, std::string_view said_by_others) {
  for (const Effect& effect : decision.effects) {
    const std::string reason = reason_in(effect.command);
    if (reason.empty() || std::ranges::find(platform_words, reason) != platform_words.end()) continue;
    CHECK_MESSAGE(said_by_others.find(reason) != std::string_view::npos, reason);
  }
}

void check_golden(const std::string& file, const std::vector<std::string>& lines) {
  const std::string path = "tests/rules/tables/" + file;
  if (std::getenv("CARAVAN_UPDATE_TABLES")) {
    std::ofstream out(path);
    for (const auto& line : lines) out << line << '\n';
  }
  std::ifstream in(path);
  REQUIRE_MESSAGE(in, path, " is missing: run with CARAVAN_UPDATE_TABLES=1, then read what it wrote");
  std::vector<std::string> expected;
  for (std::string line; std::getline(in, line);) expected.push_back(line);
  CHECK_MESSAGE(expected.size() == lines.size(), path, " has ", expected.size(), " rows, not ", lines.size());
  for (std::size_t i = 0; i < std::min(expected.size(), lines.size()); ++i) CHECK(expected[i] == lines[i]);
}

}  // namespace caravan::testkit
