#pragma once

#include <set>
#include <string>
#include <vector>

namespace caravan::scenario {

/// The operations of openapi.json, and which of them a scenario has seen succeed.
class Contract {
 public:
  /// Throws std::runtime_error where the file cannot be read.
  explicit Contract(const std::string& path);

  /// "/api/v1/trips/{tripId}", as the contract writes the path of that call; empty where it has none.
  std::string pattern_of(const std::string& method, const std::string& path) const;

  /// A call was answered with success. A path that the contract does not name is ignored.
  void succeeded(const std::string& method, const std::string& path);

  std::size_t size() const { return operations_.size(); }
  /// "GET /api/v1/trips/{tripId}" for each that nobody has seen succeed.
  std::vector<std::string> missing() const;

 private:
  struct Operation {
    std::string method;
    std::string path;
    bool seen = false;
  };
  std::size_t find(const std::string& method, const std::string& path) const;  // size(): none

  std::vector<Operation> operations_;
};

}  // namespace caravan::scenario
