#include "tests/scenarios/player/contract.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

namespace caravan::scenario {

namespace {

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> out;
  std::istringstream in(path.substr(0, path.find('?')));
  for (std::string segment; std::getline(in, segment, '/');) out.push_back(segment);
  return out;
}

/// How many segments are the same word where `path` fits the pattern: of several patterns the most literal one answers.
std::optional<std::size_t> fit(const std::string& pattern, const std::string& path) {
  const auto wanted = segments(pattern);
  const auto given = segments(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::size_t literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == given[i])
      ++literal;
    else if (!wanted[i].starts_with('{'))
      return std::nullopt;
  }
  return literal;
}

}  // namespace

Contract::Contract(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  const auto document = nlohmann::json::parse(in);
  static const std::vector<std::string> methods{"get", "post", "put", "patch", "delete"};
  for (const auto& [pattern, item] : document.at("paths").items())
    for (std::string method : methods) {
      if (!item.contains(method)) continue;
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      operations_.push_back({method, pattern});
    }
}

void Contract::succeeded(const std::string& method, const std::string& path) {
  Operation* best = nullptr;
  std::size_t most = 0;
  for (Operation& operation : operations_) {
    if (operation.method != method) continue;
    const auto literal = fit(operation.path, path);
    if (!literal || (best && *literal <= most)) continue;
    best = &operation;
    most = *literal;
  }
  if (best) best->seen = true;
}

std::vector<std::string> Contract::missing() const {
  std::vector<std::string> out;
  for (const Operation& operation : operations_)
    if (!operation.seen) out.push_back(operation.method + ' ' + operation.path);
  return out;
}

}  // namespace caravan::scenario
