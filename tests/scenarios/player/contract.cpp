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

/// If `path` fits the pattern, how many segments are the same word. Of several patterns that fit, the one with most
/// such segments is meant.
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

std::size_t Contract::find(const std::string& method, const std::string& path) const {
  std::size_t best = operations_.size(), most = 0;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i].method != method) continue;
    const auto literal = fit(operations_[i].path, path);
    if (!literal || (best < operations_.size() && *literal <= most)) continue;
    best = i;
    most = *literal;
  }
  return best;
}

std::string Contract::pattern_of(const std::string& method, const std::string& path) const {
  const std::size_t found = find(method, path);
  return found < operations_.size() ? operations_[found].path : std::string();
}

void Contract::succeeded(const std::string& method, const std::string& path) {
  if (const std::size_t found = find(method, path); found < operations_.size()) operations_[found].seen = true;
}

std::vector<std::string> Contract::missing() const {
  std::vector<std::string> out;
  for (const Operation& operation : operations_)
    if (!operation.seen) out.push_back(operation.method + ' ' + operation.path);
  return out;
}

}  // namespace caravan::scenario
