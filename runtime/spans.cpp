#include "runtime/spans.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

constexpr std::size_t trace_digits = 32, span_digits = 16, random_part = 14;
constexpr std::int64_t all_traces = 10'000;

thread_local TraceAtHand trace_of_thread;

/// Fast, and not fit for secrets: ids of traces are none.
std::mt19937_64& fast_random() {
  thread_local std::mt19937_64 engine = [] {
    std::uint64_t seed = 0;
    randombytes_buf(&seed, sizeof seed);
    return std::mt19937_64(seed);
  }();
  return engine;
}

std::string random_digits(std::size_t count) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out(count, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i, bits >>= 4) {
    if (i % 16 == 0) bits = fast_random()();
    out[i] = hex[bits & 15];
  }
  return out;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// W3C's ids are not all zeros.
bool is_trace_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<TraceParent> parse_traceparent(std::string_view text) {
  if (text.size() != 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const TraceParent out{text.substr(3, trace_digits), text.substr(36, span_digits),
                        std::string_view("13579bdf").find(text[54]) != std::string_view::npos};
  const bool is_one = is_hex(text.substr(0, 2)) && !text.starts_with("ff") && is_hex(text.substr(53)) &&
                      is_trace_hex(out.trace_id, trace_digits) && is_span_id(out.span_id);
  return is_one ? std::optional(out) : std::nullopt;
}

bool is_span_id(std::string_view text) { return is_trace_hex(text, span_digits); }

std::string trace_id_of(std::string_view id) {
  std::string digits;
  std::ranges::copy_if(id, std::back_inserter(digits), [](char c) { return c != '-'; });
  if (is_trace_hex(digits, trace_digits)) return digits;
  std::string hash(trace_digits / 2, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(id.data()), id.size(), nullptr, 0);
  return hex_text(hash);
}

std::string fresh_trace_id() { return random_digits(trace_digits); }
std::string fresh_span_id() { return random_digits(span_digits); }

OpenSpan::OpenSpan(Spans& into, Span begun)
    : into_(into), span_(std::move(begun)), begun_(std::chrono::steady_clock::now()) {
  span_.start = std::chrono::system_clock::now();
}

std::string OpenSpan::traceparent() const { return "00-" + span_.trace_id + '-' + span_.id + "-01"; }

OpenSpanPtr OpenSpan::child(std::string operation, Span::Kind kind) const {
  return into_.open({.trace_id = span_.trace_id,
                     .id = fresh_span_id(),
                     .parent = span_.id,
                     .operation = std::move(operation),
                     .kind = kind});
}

void OpenSpan::add(std::string_view name, std::variant<std::int64_t, std::string> value) {
  if (!ended_) span_.facts.emplace_back(name, std::move(value));
}

void OpenSpan::end() {
  if (std::exchange(ended_, true)) return;
  span_.took = std::chrono::steady_clock::now() - begun_;
  into_.keep(span_);  // a copy: `child` may still be called
}

Spans::Spans(std::int64_t sampling, Limits limits, Also also)
    : sampling_(sampling), limits_(limits), also_(std::move(also)) {}

// W3C's level 2 has the last 56 bits of an id random: they decide.
bool Spans::samples(std::string_view trace_id) const {
  if (sampling_ >= all_traces || trace_id.size() < random_part) return sampling_ >= all_traces;
  std::uint64_t number = 0;
  std::from_chars(trace_id.data() + trace_id.size() - random_part, trace_id.data() + trace_id.size(), number, 16);
  return number / ((std::uint64_t{1} << (4 * random_part)) / all_traces) < static_cast<std::uint64_t>(sampling_);
}

OpenSpanPtr Spans::open(Span begun) { return std::make_shared<OpenSpan>(*this, std::move(begun)); }

OpenSpanPtr Spans::begin(std::string_view id, std::string operation, Span::Kind kind) {
  std::string trace_id = trace_id_of(id);
  if (!samples(trace_id)) return nullptr;
  return open(
      {.trace_id = std::move(trace_id), .id = fresh_span_id(), .operation = std::move(operation), .kind = kind});
}

OpenSpanPtr Spans::follow(std::string_view traceparent, std::string operation, Span::Kind kind) {
  const auto parent = parse_traceparent(traceparent);
  if (!parent || !parent->sampled) return nullptr;
  return open({.trace_id = std::string(parent->trace_id),
               .id = fresh_span_id(),
               .parent = std::string(parent->span_id),
               .operation = std::move(operation),
               .kind = kind});
}

void Spans::keep(Span span) {
  if (also_) also_(span);
  const std::lock_guard lock(mutex_);
  if (ring_.size() < limits_.kept)
    ring_.push_back(std::move(span));
  else
    ring_[ended_ % limits_.kept] = std::move(span);
  ++ended_;
}

std::vector<Span> Spans::of(std::string_view trace_id) const {
  std::vector<Span> found;
  {
    const std::lock_guard lock(mutex_);
    for (const Span& span : ring_)
      if (span.trace_id == trace_id && found.size() < limits_.shown) found.push_back(span);
  }
  std::ranges::stable_sort(found, {}, &Span::start);
  return found;
}

std::uint64_t Spans::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

TraceAtHand trace_at_hand() { return trace_of_thread; }

WithTrace::WithTrace(TraceAtHand trace) : before_(trace_of_thread) { trace_of_thread = trace; }
WithTrace::~WithTrace() { trace_of_thread = before_; }

}  // namespace caravan
