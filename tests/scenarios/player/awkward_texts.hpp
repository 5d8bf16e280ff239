#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/process/client.hpp"
#include "tests/scenarios/player/contract.hpp"

namespace caravan::scenario {

/// Makes every text that a person may choose as long and as awkward as the contract allows: letters of several code
/// points, emoji, scripts that join, quotes, braces. Whatever cuts, folds, copies or lists texts meets them.
/// Thread-safe.
class AwkwardTexts {
 public:
  /// Throws std::runtime_error where the contract cannot be read.
  explicit AwkwardTexts(const std::string& contract_file);

  /// The body of a call with its texts replaced. What a program reads (tokens, names of providers) stays.
  std::string replaced(const std::string& method, const std::string& path, const std::string& body);
  /// The text and what was sent in its place so far.
  std::vector<std::string> stands_for(const std::string& text) const;
  /// Takes note of the ids that an answer names.
  void note_ids(const std::string& body);

  /// The paths of all lists, items and exports with ids that answers have named.
  std::vector<std::string> paths_to_read() const;
  /// Bytes of a header that is no UTF-8, long, and holds characters that nobody sees.
  static std::string header();
  /// Whether an answer shows one of these texts.
  static bool shown_in(const std::string& body);

 private:
  Contract contract_;
  std::string document_;  // the contract's text
  mutable std::mutex mutex_;
  std::map<std::string, std::set<std::string>> sent_;    // by what it stands for
  std::map<std::string, std::vector<std::string>> ids_;  // by the member's name, the newest last
};

/// What is wrong with an answer's bytes, or empty: texts are well-formed UTF-8, JSON is JSON, headers are ASCII.
std::string text_fault(const testing::HttpAnswer& answer);

}  // namespace caravan::scenario
