#include "tests/streams/reader.hpp"

#include <algorithm>
#include <cctype>

namespace caravan::testing {

namespace {

using Kind = Reading::Kind;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t most_header_bytes = 16'000, most_headers = 64;  // what any server may ask for

struct Refusal {
  std::string why;
};
struct Unfinished {};

std::string lower(std::string_view text) {
  std::string all(text);
  std::ranges::transform(all, all.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return all;
}

bool is_tchar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_tchar); }

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The elements of a list header (RFC 9110, 5.6.1), in lower case.
std::vector<std::string> elements(std::string_view list) {
  std::vector<std::string> all;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    if (const auto element = without_blanks(list.substr(from, comma - from)); !element.empty())
      all.push_back(lower(element));
    from = comma + 1;
  }
  return all;
}

std::vector<std::string> values(const Headers& headers, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : headers)
    if (key == name) found.push_back(value);
  return found;
}

/// A place in the bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }
  /// A line without its CRLF. Every CR and LF in it must be of one (RFC 9112, 2.2).
  std::string_view line() {
    const std::size_t end = rest_.find_first_of(std::string_view("\r\n\0", 3));
    if (end == std::string_view::npos) throw Unfinished{};
    if (rest_[end] != '\r') throw Refusal{"a bare LF, or a NUL"};
    if (end + 1 == rest_.size()) throw Unfinished{};
    if (rest_[end + 1] != '\n') throw Refusal{"a bare CR"};
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return found;
  }
  /// The first line of a request. `is_blind`: it ends in two blanks that are no CRLF, which CivetWeb's users cannot
  /// see.
  std::string_view first_line(bool& is_blind) {
    const std::size_t end = rest_.find_first_of("\r\n");
    const std::string_view blanks = end == rest_.npos ? std::string_view() : rest_.substr(end, 2);
    is_blind = blanks == "\n " || blanks == "\r " || blanks == "\r\r" || blanks == "\n\r";
    if (!is_blind) return line();
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return found;
  }
  void skip(std::size_t count) {
    if (count > rest_.size()) throw Unfinished{};
    rest_.remove_prefix(count);
  }
  bool skip_empty_line() {
    if (!rest_.starts_with("\r\n")) return false;
    rest_.remove_prefix(2);
    return true;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

std::pair<std::string, std::string> header_of(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') throw Refusal{"a folded line"};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) throw Refusal{"a line without a colon"};
  if (!is_token(line.substr(0, colon))) throw Refusal{"a name that is no token"};
  const std::string_view value = without_blanks(line.substr(colon + 1));
  for (const char c : value)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f) throw Refusal{"a control character"};
  return {lower(line.substr(0, colon)), std::string(value)};
}

/// Skips chunks (RFC 9112, 7.1). Bad ones throw Refusal. False: they have extensions, which few servers know.
bool skip_chunks(Cursor& cursor) {
  bool is_plain = true;
  while (true) {
    const std::string_view line = cursor.line();
    const std::string_view digits = line.substr(0, line.find(';'));
    is_plain = is_plain && digits.size() == line.size();
    const bool is_hex = !digits.empty() && digits.size() <= 15 &&
                        std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!is_hex) throw Refusal{"the size of a chunk"};
    const std::size_t size = std::stoull(std::string(digits), nullptr, 16);
    if (size == 0) break;
    cursor.skip(size);
    if (cursor.skip_empty_line()) continue;
    if (cursor.left() < 2) throw Unfinished{};
    throw Refusal{"no line end behind a chunk"};
  }
  for (std::string_view line = cursor.line(); !line.empty(); line = cursor.line()) header_of(line);
  return is_plain;
}

/// What is no list may stand once (RFC 9110, 5.3): readers of two take different ones.
void check_single(const Headers& headers) {
  for (const char* name : {"authorization", "x-api-key", "content-type", "idempotency-key"})
    if (values(headers, name).size() > 1) throw Refusal{"a header twice that is no list"};
}

void check_host(const Headers& headers, bool is_old) {
  const auto hosts = values(headers, "host");
  if (hosts.size() > 1 || (hosts.empty() && !is_old)) throw Refusal{"no Host, or two"};
  if (!hosts.empty() && !std::ranges::all_of(hosts[0], [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               (c != '\0' && std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos);
      }))
    throw Refusal{"a Host that is none"};
}

struct Body {
  std::size_t length = 0;
  bool is_chunked = false;
};

Body body_of(const Headers& headers, bool is_old) {
  const auto lengths = values(headers, "content-length"), codings = values(headers, "transfer-encoding");
  if (!codings.empty() && (is_old || !lengths.empty())) throw Refusal{"two lengths, or chunks in HTTP/1.0"};
  if (codings.size() > 1 || (codings.size() == 1 && lower(codings[0]) != "chunked")) throw Refusal{"a coding"};
  if (lengths.size() > 1 || (lengths.size() == 1 && !is_digits(lengths[0]))) throw Refusal{"a length"};
  if (lengths.size() == 1 && lengths[0].size() > 18) throw Refusal{"a length without end"};
  return {lengths.empty() ? 0 : std::stoull(lengths[0]), !codings.empty()};
}

bool ends_connection(const Headers& headers, bool is_old) {
  bool keeps = false;
  for (const std::string& list : values(headers, "connection"))
    for (const std::string& element : elements(list)) {
      if (element == "close") return true;
      keeps = keeps || element == "keep-alive";
    }
  return is_old && !keeps;
}

/// A server may close after an answer for reasons of its own: what it then leaves unanswered is no fault.
Reading request_of(Cursor& cursor, bool chunks_end_it) {
  Reading reading{.kind = Kind::request};
  cursor.skip_empty_line();  // one, before the request (RFC 9112, 2.2)
  const std::size_t begin = cursor.left();
  bool is_blind = false;
  const std::string_view line = cursor.first_line(is_blind);
  const std::size_t first = line.find(' '), second = line.find(' ', first == line.npos ? first : first + 1);
  if (second == line.npos) throw Refusal{"the first line"};
  reading.method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1), version = line.substr(second + 1);
  if (!is_token(reading.method)) throw Refusal{"the method"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") throw Refusal{"the version"};
  if (target.empty() || !std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; }))
    throw Refusal{"the target"};
  Headers headers;
  bool has_odd_blanks = false;
  for (std::string_view next = cursor.line(); !next.empty(); next = cursor.line()) {
    has_odd_blanks = has_odd_blanks || next.find('\t') != next.npos || next.ends_with(' ');
    headers.push_back(header_of(next));
  }
  const bool is_old = version == "HTTP/1.0";
  if (const auto marks = values(headers, "x-trace-id"); !marks.empty()) reading.mark = marks[0];
  check_host(headers, is_old);
  check_single(headers);
  const Body body = body_of(headers, is_old);
  if (!is_old)
    for (const std::string& expected : values(headers, "expect"))
      if (elements(expected) != std::vector<std::string>{"100-continue"}) throw Refusal{"an expectation"};
  reading.is_last = ends_connection(headers, is_old) || (body.is_chunked && chunks_end_it);
  // Whoever cannot see the line's end must not believe that the first header is one, and where it tells the length
  // stop.
  const bool tells_length =
      !headers.empty() && (headers[0].first == "content-length" || headers[0].first == "transfer-encoding");
  reading.is_last = reading.is_last || (is_blind && tells_length);
  const bool is_plain = !is_blind && target.front() == '/' && !has_odd_blanks && headers.size() <= most_headers &&
                        begin - cursor.left() <= most_header_bytes && values(headers, "upgrade").empty();
  constexpr std::string_view known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  if (!is_plain || std::ranges::find(known, reading.method) == std::end(known)) reading.kind = Kind::optional;
  try {
    if (!body.is_chunked)
      cursor.skip(body.length);
    else if (!skip_chunks(cursor))
      reading.kind = Kind::optional;
  } catch (const Refusal& refusal) {
    reading.kind = Kind::bad_body;
    reading.why = refusal.why;
  } catch (const Unfinished&) {
    reading.kind = Kind::bad_body;
    reading.is_short = true;
  }
  return reading;
}

}  // namespace

std::vector<Reading> read_strictly(std::string_view bytes, bool chunks_end_it) {
  std::vector<Reading> readings;
  Cursor cursor(bytes);
  while (!cursor.is_at_end()) {
    try {
      readings.push_back(request_of(cursor, chunks_end_it));
    } catch (const Refusal& refusal) {
      readings.push_back({.kind = Kind::refused, .why = refusal.why});
    } catch (const Unfinished&) {
      readings.push_back({.kind = Kind::unfinished});
    }
    if (readings.back().kind != Kind::request && readings.back().kind != Kind::optional) break;
    if (readings.back().is_last) break;
  }
  return readings;
}

}  // namespace caravan::testing
