#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/streams/reader.hpp"

namespace caravan::testing {

/// An answer as it came over the connection.
struct Answer {
  int status = 0;
  std::string mark;     // its X-Trace-Id
  std::string code;     // of a problem
  bool closes = false;  // says that the connection ends
};

/// The answers in what came; nothing where it is not HTTP.
std::optional<std::vector<Answer>> answers_in(const std::string& bytes);

/// What was counted over many streams.
struct Tally {
  std::uint64_t streams = 0, served = 0, refused = 0, closed = 0, hidden = 0, lenient = 0;
  Tally& operator+=(const Tally& other);
};

/// What is wrong with the answers to a stream; empty: nothing. Behind a proxy what a strict reader refuses may be
/// served, since the proxy writes every request anew: then only the requests before it are judged. And it may leave
/// requests unanswered once the client has said that it sends no more.
std::string judge(const std::vector<Reading>& readings, const std::vector<Answer>& answers, bool is_behind_proxy,
                  Tally& tally);

}  // namespace caravan::testing
