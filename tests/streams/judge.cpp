#include "tests/streams/judge.hpp"

#include <algorithm>
#include <cctype>

namespace caravan::testing {

namespace {

using Kind = Reading::Kind;

/// Whether the answer is about the bytes of the request, not about what it asks for. That to a HEAD has no code.
bool is_refusal(const Answer& answer) {
  constexpr std::string_view codes[] = {"malformed_request", "expectation_failed", "payload_too_large", "uri_too_long",
                                        "request_timeout"};
  constexpr int statuses[] = {400, 408, 413, 414, 417};
  if (answer.status < 400 || answer.mark.empty()) return answer.status >= 400;
  return answer.code.empty() ? std::ranges::count(statuses, answer.status) > 0
                             : std::ranges::count(codes, answer.code) > 0;
}

/// The mark that a request has is repeated, unless a fault put bytes into it that no id has.
bool is_to(const Answer& answer, const Reading& reading) {
  const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == ':'; };
  const bool is_clean = !reading.mark.empty() && std::ranges::all_of(reading.mark, fits);
  return answer.mark == reading.mark || (!is_clean && !answer.mark.starts_with("hidden"));
}

std::string text_of(std::string_view head, std::string_view name) {
  const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
  if (at == head.npos) return {};
  const std::size_t from = at + name.size() + 4;
  return std::string(head.substr(from, head.find("\r\n", from) - from));
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  streams += other.streams;
  served += other.served;
  refused += other.refused;
  closed += other.closed;
  hidden += other.hidden;
  lenient += other.lenient;
  return *this;
}

std::optional<std::vector<Answer>> answers_in(const std::string& bytes) {
  std::vector<Answer> answers;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n\r\n");
    if (!rest.starts_with("HTTP/1.") || end == rest.npos) return std::nullopt;
    std::string head(rest.substr(0, end + 2));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    rest.remove_prefix(end + 4);
    Answer answer{.status = std::stoi(head.substr(9, 3))};
    if (answer.status < 200) continue;
    answer.mark = text_of(head, "x-trace-id");
    answer.closes = text_of(head, "connection") == "close";
    const std::string length = text_of(head, "content-length");
    // Every body here is JSON, or a proxy's page; that to a HEAD is missing.
    if (!length.empty() && (rest.starts_with('{') || rest.starts_with('<'))) {
      const std::size_t size = std::stoull(length);
      if (size > rest.size()) return std::nullopt;
      constexpr std::string_view before_code = "\"code\":\"";
      if (const std::size_t at = rest.substr(0, size).find(before_code); at != rest.npos) {
        const std::size_t from = at + before_code.size();
        answer.code = rest.substr(from, rest.find('"', from) - from);
      }
      rest.remove_prefix(size);
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::string judge(const std::vector<Reading>& readings, const std::vector<Answer>& answers, bool is_behind_proxy,
                  Tally& tally) {
  std::size_t next = 0;
  for (const Reading& reading : readings) {
    if (next > 0 && answers[next - 1].closes) break;
    const Answer* answer = next < answers.size() ? &answers[next] : nullptr;
    const bool is_good = reading.kind == Kind::request;
    if (is_behind_proxy && !is_good) {
      if (answer) ++(is_refusal(*answer) ? tally.refused : tally.lenient);
      return "";
    }
    if (!answer) {
      if (is_good && !is_behind_proxy) return "a good request was not answered: " + reading.mark;
      ++tally.closed;
      return "";
    }
    ++next;
    if (is_refusal(*answer)) {
      ++tally.refused;
      if (is_good && !(is_behind_proxy && answer->mark.empty())) return "a good request was refused: " + reading.mark;
      if (!answer->closes && !is_behind_proxy) return "after a refusal the connection goes on";
      break;
    }
    if (reading.kind == Kind::refused || reading.kind == Kind::unfinished)
      return "what is no request was answered with " + std::to_string(answer->status) + ": " + reading.why;
    if (!is_to(*answer, reading)) return "the answer to " + answer->mark + " came where " + reading.mark + " was asked";
    ++tally.served;
    const bool goes_on = reading.kind == Kind::bad_body && !reading.is_short && !answer->closes;
    if (goes_on && !is_behind_proxy) return "after a bad body the connection goes on";
    if (reading.is_last && !answer->closes && !is_behind_proxy) return "the connection goes on: " + reading.mark;
  }
  const bool is_last_refusal = is_behind_proxy && next + 1 == answers.size() && is_refusal(answers[next]);
  if (next == answers.size() || is_last_refusal) return "";
  return "one more was answered than was asked: " + answers[next].mark;
}

}  // namespace caravan::testing
