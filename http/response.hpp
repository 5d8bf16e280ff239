#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace caravan::http {

/// What a handler answers with. The server adds the headers that every answer has.
struct Response {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Makes the body while it is sent, for one that may be large: the next part, or empty at the end. `body` is empty
  /// then. What it throws cuts the answer off, so that the client sees that it is not whole.
  std::function<std::string()> next_part = {};
  /// How long the server holds the answer back, unless threads run short; slows refused clients.
  std::chrono::milliseconds answer_after{0};
};

}  // namespace caravan::http
