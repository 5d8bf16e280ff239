#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace caravan {

// What becomes of exceptions that are caught because other work can go on. None is silent: each is counted, and the log
// tells of it, though not so often that it fills up.

/// What the exception at hand says; to be called in a `catch (...)`.
struct Failure {
  std::string kind;  // the exception's type
  std::string text;
};
Failure failure_at_hand();

/// Counts the exception at hand and tells it in the log: "PART failed at DOING: …". Of a part's failures of one kind
/// the first is told, and from then on one a minute at most, with how many came meanwhile. True where it was told.
/// Never throws; thread-safe.
bool tell_failure(const std::string& part, const std::string& doing) noexcept;

/// How often `tell_failure` was called in this process, by part; only parts that have failed.
std::map<std::string, std::uint64_t> failures_by_part();

/// Says which of many failures are told.
class FailureLog {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds pause{60};
  static constexpr std::size_t most_kinds = 256;  // all others count as one

  /// The text for the log; nothing where this kind was told lately.
  std::optional<std::string> told(const std::string& kind, const std::string& text, Moment now);

 private:
  struct Kind {
    Moment told;
    std::uint64_t untold = 0;
  };
  std::map<std::string, Kind> kinds_;
};

}  // namespace caravan
