#include "http/server/trace.hpp"

#include <sodium.h>

#include <algorithm>
#include <random>

namespace caravan::http {

namespace {

constexpr std::size_t max_id_bytes = 128;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Ids end up in logs and headers: nothing but letters, digits and a few signs.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id_bytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  });
}

/// Hexadecimal digits that nobody needs to keep secret.
std::string random_hex(std::size_t digits) {
  thread_local std::mt19937_64 engine = [] {
    std::uint64_t seed = 0;
    randombytes_buf(&seed, sizeof seed);
    return std::mt19937_64(seed);
  }();
  static constexpr char hex[] = "0123456789abcdef";
  std::string out(digits, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i, bits >>= 4) {
    if (i % 16 == 0) bits = engine();
    out[i] = hex[bits & 15];
  }
  return out;
}

/// The trace id of "00-<32 hex>-<16 hex>-<2 hex>"; empty where it is not one.
std::string_view trace_of(std::string_view traceparent) {
  if (traceparent.size() != 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  const auto trace = traceparent.substr(3, 32), span = traceparent.substr(36, 16);
  const bool valid = is_hex(traceparent.substr(0, 2)) && traceparent.substr(0, 2) != "ff" && is_hex(trace) &&
                     is_hex(span) && trace.find_first_not_of('0') != std::string_view::npos &&
                     span.find_first_not_of('0') != std::string_view::npos;
  return valid ? trace : std::string_view{};
}

/// A trace id as W3C wants it, where the text can be one: 32 hexadecimal digits, or a UUID's.
std::string as_w3c(std::string_view id) {
  std::string digits;
  std::ranges::copy_if(id, std::back_inserter(digits), [](char c) { return c != '-'; });
  const bool fits = digits.size() == 32 && is_hex(digits) && digits.find_first_not_of('0') != std::string::npos;
  return fits ? digits : random_hex(32);
}

thread_local const Request* current_request = nullptr;

}  // namespace

std::string_view current_trace_id() {
  return current_request ? std::string_view(current_request->trace_id) : std::string_view{};
}

CurrentTrace::CurrentTrace(const Request& request) { current_request = &request; }
CurrentTrace::~CurrentTrace() { current_request = nullptr; }

void take_trace(Request& request) {
  const std::string_view given = request.header("X-Trace-Id"), correlation = request.header("X-Correlation-Id");
  const std::string_view parent = trace_of(request.header("traceparent"));
  const std::string own = parent.empty() ? random_hex(32) : std::string(parent);
  const bool has_given = is_id(given);
  request.trace_id = has_given ? std::string(given) : own;
  request.correlation_id = is_id(correlation) ? std::string(correlation) : request.trace_id;
  request.traceparent = "00-" + (has_given && parent.empty() ? as_w3c(given) : own) + '-' + random_hex(16) + "-01";
}

}  // namespace caravan::http
