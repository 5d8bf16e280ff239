#pragma once

#include "storage/sandbox/message_book.hpp"

namespace caravan {

/// What the sandbox's message provider captured. Thread-safe.
class SandboxOutbox {
 public:
  virtual ~SandboxOutbox() = default;
  /// The newest first, at most `limit`; only those to `to` where it is given (letter case ignored).
  virtual std::vector<CapturedMessage> newest(const std::optional<std::string>& to, std::size_t limit) = 0;
};

}  // namespace caravan
