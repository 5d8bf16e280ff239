#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caravan::testing {

/// What RFC 9112 makes of bytes on a connection, read strictly. It was written from the RFC and shares nothing with the
/// server, so that both can be compared.
struct Reading {
  enum class Kind {
    request,     // one meaning: it is answered
    optional,    // one meaning, but a server may do without it: answered, refused, or closed without a word
    refused,     // no meaning, or more than one: a single 4xx or 5xx, and the end
    bad_body,    // the head is good and its body is not: answered once, well or ill, and the end
    unfinished,  // more bytes are awaited: a single 4xx or nothing, and the end
  } kind;
  std::string method = {};
  std::string mark = {};  // the value of its X-Trace-Id
  bool is_last = false;   // the server need not read on: HTTP/1.0, `Connection: close`, chunks
  bool is_short = false;  // its body ends early
  std::string why = {};
};

/// Everything up to what ends the connection. A server may close it behind chunks; a proxy does not.
std::vector<Reading> read_strictly(std::string_view bytes, bool chunks_end_it);

}  // namespace caravan::testing
