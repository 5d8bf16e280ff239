#include "http/server/framing.hpp"

#include <civetweb.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "http/problem/problem.hpp"
#include "http/server/header_text.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t most_length_digits = 18;  // more do not fit into 64 bits
constexpr std::uintptr_t buffer_alignment = 16;

[[noreturn]] void refuse(const char* why) { throw Problem{"malformed_request", why}; }

std::span<const mg_header> headers_of(const mg_request_info& info) {
  return {info.http_headers, static_cast<std::size_t>(info.num_headers)};
}

/// Is there nothing before the request but the one line end that is allowed (RFC 9112, 2.2)? CivetWeb skips all blanks
/// there. But blanks with an empty line it counts as a request of their own: it then takes the head behind them, or
/// what an earlier connection left in the buffer, for a body and for further requests.
///
/// So the request must stand where the thread's buffer begins. CivetWeb does not tell that address, but memory is
/// handed out at multiples of 16: the place is found at the first request with fewer than 16 blanks before it. (More
/// blanks before the very first request of a thread are found later: its body looks like its head, or the head behind
/// it is broken.)
bool begins_cleanly(const char* request) {
  thread_local const char* buffer = nullptr;
  if (!buffer || request < buffer) buffer = request - reinterpret_cast<std::uintptr_t>(request) % buffer_alignment;
  return request == buffer || (request == buffer + 2 && buffer[0] == '\r' && buffer[1] == '\n');
}

/// The head as CivetWeb left it. CivetWeb overwrites each separator with a NUL, a `\r\n` with two.
class ParsedHead {
 public:
  explicit ParsedHead(const char* begin) : at_(begin) {}

  /// Passes this text, which must stand here.
  bool passes(const char* text) {
    if (text != at_) return false;
    at_ += std::strlen(text);
    return true;
  }
  /// Passes these bytes.
  template <std::size_t size>
  bool passes_bytes(const char (&bytes)[size]) {
    for (std::size_t i = 0; i + 1 < size; ++i)
      if (*at_ != bytes[i])
        return false;
      else
        ++at_;
    return true;
  }
  /// Passes what is left of the last line end, and overwrites it. The buffer is used again: a later head that ends in
  /// bare line feeds would otherwise find this line end behind itself and look whole.
  bool passes_end() {
    if (at_[0] != '\r' || at_[1] != '\0') return false;
    *const_cast<char*>(at_) = '\n';
    return true;
  }
  void pass_spaces() {
    while (*at_ == ' ' || *at_ == '\t') ++at_;
  }

 private:
  const char* at_;
};

/// Method, target, version and headers stand one after the other, with nothing between them and nothing behind.
bool is_whole(const mg_request_info& info) {
  ParsedHead head(info.request_method);
  bool good = head.passes(info.request_method) && head.passes_bytes("\0") && head.passes(info.request_uri);
  if (good && info.query_string) good = head.passes_bytes("\0") && head.passes(info.query_string);
  good = good && head.passes_bytes("\0HTTP/") && head.passes(info.http_version) && head.passes_bytes("\0\0");
  for (const mg_header& header : headers_of(info)) {
    good = good && head.passes(header.name) && head.passes_bytes("\0");
    if (!good) return false;
    head.pass_spaces();
    good = head.passes(header.value) && head.passes_bytes("\0\0");
  }
  // The last empty line: its `\r` is left, or became a NUL with the line of the version.
  if (info.num_headers == 0) return good && head.passes_bytes("\0\0");
  return good && head.passes_end();
}

/// The value of a header that a request has once at most.
std::optional<std::string_view> only(const mg_request_info& info, std::string_view name) {
  std::optional<std::string_view> found;
  for (const mg_header& header : headers_of(info)) {
    if (!same_letters(header.name, name)) continue;
    if (found) throw Problem{"malformed_request", "There is more than one header " + std::string(name) + '.'};
    found = trimmed(header.value);
  }
  return found;
}

void check_host(const mg_request_info& info, bool is_old) {
  const auto host = only(info, "Host");
  if (!host && !is_old) refuse("The header Host is missing.");
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
  };
  if (host && !std::ranges::all_of(*host, fits)) refuse("The header Host is not a name or address with a port.");
}

long long length_of(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) refuse("Content-Length is not a number in digits.");
  long long length = 0;
  if (text.size() > most_length_digits) throw Problem{"payload_too_large", "Content-Length is far too long."};
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

/// True where the client waits to be told to go on.
bool check_expectations(const mg_request_info& info) {
  bool awaits = false;
  for (const mg_header& header : headers_of(info)) {
    if (!same_letters(header.name, "Expect")) continue;
    if (!list_is(header.value, "100-continue"))
      throw Problem{"expectation_failed", "Nothing but 100-continue may be expected."};
    awaits = true;
  }
  return awaits;
}

}  // namespace

Framing check_framing(const mg_request_info& info) {
  if (!begins_cleanly(info.request_method)) refuse("There are blanks before the request.");
  if (!is_whole(info))
    refuse(
        "The head is not HTTP/1.1: lines end in CRLF, are not folded, and a header has a name and at once a colon; "
        "64 headers at most.");
  for (const mg_header& header : headers_of(info))
    if (!is_token(header.name)) refuse("The name of a header has a character that names do not have.");
  const bool is_old = std::string_view(info.http_version) == "1.0";
  check_host(info, is_old);
  // Refuses these headers where they come twice, with the same value too: a proxy before us may have believed the other
  // one.
  for (const std::string_view name : {"Authorization", "X-Api-Key", "Content-Type", "Idempotency-Key"})
    only(info, name);
  const auto length = only(info, "Content-Length"), coding = only(info, "Transfer-Encoding");
  if (length && coding) refuse("The body has more than one length.");
  Framing framing;
  if (length) framing.length = length_of(*length);
  if (length && framing.length != info.content_length) refuse("The length of the body was not understood.");
  if (coding && is_old) refuse("HTTP/1.0 knows no Transfer-Encoding.");
  if (coding && !same_letters(*coding, "chunked")) refuse("Transfer-Encoding may only be chunked.");
  framing.is_chunked = coding.has_value();
  // CivetWeb takes any two blanks for the end of the first line and overwrites them. If they were a line feed and a
  // space, a proxy before us may have passed over the first header. Where that header says how long the body is, nobody
  // knows where the next request begins, so nothing more is read.
  framing.is_last = (length || coding) && (same_letters(info.http_headers[0].name, "Content-Length") ||
                                           same_letters(info.http_headers[0].name, "Transfer-Encoding"));
  if (!is_old) framing.awaits_continue = check_expectations(info) && framing.has_body();
  return framing;
}

}  // namespace caravan::http
