#include "tests/scenarios/player/script.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

namespace caravan::scenario {

namespace {

constexpr std::size_t most_nested_parts = 8;

struct Line {
  int number = 0;
  std::size_t indent = 0;
  std::string text;  // without indent
};

std::vector<Line> read_lines(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw ScriptError(path + ": cannot be read");
  std::vector<Line> lines;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    text.erase(text.find_last_not_of(" \t\r") + 1);
    const std::size_t indent = text.find_first_not_of(' ');
    if (indent == std::string::npos || text[indent] == '#') continue;
    lines.push_back({number, indent, text.substr(indent)});
  }
  return lines;
}

/// How many more brackets open than close, outside of quoted text.
int open_brackets(const std::string& json) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      quoted = !quoted;
    else if (!quoted && (json[i] == '{' || json[i] == '['))
      ++depth;
    else if (!quoted && (json[i] == '}' || json[i] == ']'))
      --depth;
  }
  return depth;
}

class Reader {
 public:
  Reader(std::string path, Script& script, std::size_t depth)
      : path_(std::move(path)), script_(script), depth_(depth), lines_(read_lines(path_)) {}

  void read() {
    while (at_ < lines_.size()) read_step();
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& what) const {
    throw ScriptError(path_ + ':' + std::to_string(line) + ": " + what);
  }
  bool matches(const std::string& text, const char* pattern) {
    return std::regex_match(text, found_, std::regex(pattern));
  }
  std::string part(std::size_t i) const { return found_[i].str(); }
  bool more_within(std::size_t indent) const { return at_ < lines_.size() && lines_[at_].indent > indent; }

  Step& add(Step::Kind kind, int line) {
    Step step;
    step.kind = kind;
    step.line = line;
    step.file = path_;
    script_.steps.push_back(std::move(step));
    return script_.steps.back();
  }

  void read_step() {
    const Line line = lines_[at_];
    if (line.indent != 0) refuse(line.number, "indented, but there is no call above that it could belong to");
    if (read_setting_up(line) || read_clock_and_process(line)) {
      ++at_;
      return;
    }
    const std::string text = line.text;
    if (matches(text, "at once( (\\d+) times)?")) {
      const int times = part(2).empty() ? 1 : std::stoi(part(2));
      ++at_;
      Step& step = add(Step::Kind::race, line.number);
      step.times = times;
      read_race(line, step);
    } else if (text == "crash during") {
      ++at_;
      if (!more_within(0)) refuse(line.number, "a call must follow, indented");
      add(Step::Kind::crash_during, line.number).calls.push_back(read_call());
    } else {
      Call call = read_call();
      if (call.expected.size() != 1) refuse(line.number, "a call needs one line such as -> 200");
      add(Step::Kind::call, line.number).calls.push_back(std::move(call));
    }
  }

  bool read_setting_up(const Line& line) {
    if (matches(line.text, "Scenario: (.+)")) {
      script_.title = part(1);
    } else if (matches(line.text, "use (\\S+)")) {
      use(line, part(1));
    } else if (matches(line.text, "setting ([a-z-]+) (.+)")) {
      add(Step::Kind::setting, line.number).words = {part(1), part(2)};
    } else if (matches(line.text, "data (\\S+)")) {
      const auto archive = std::filesystem::path(path_).parent_path() / part(1);
      if (!std::filesystem::is_regular_file(archive)) refuse(line.number, "no file " + archive.string());
      add(Step::Kind::data, line.number).words = {archive.string()};
    } else if (matches(line.text, "person (\\w+) is a (customer|traveler)")) {
      add(Step::Kind::person, line.number).words = {part(1), part(2)};
    } else if (matches(line.text, "person (\\w+) is both")) {
      add(Step::Kind::person, line.number).words = {part(1), "both"};
    } else if (matches(line.text, "node ([a-z]+) joins the cluster")) {
      add(Step::Kind::join, line.number).words = {part(1)};
    } else if (matches(line.text, "(\\w+) carries (\\S+)")) {
      add(Step::Kind::carries, line.number).words = {part(1), part(2)};
    } else {
      return false;
    }
    return true;
  }

  bool read_clock_and_process(const Line& line) {
    if (matches(line.text, "the clock advances (.+)")) {
      const std::string amount = part(1);
      try {
        add(Step::Kind::advance, line.number).amount = read_duration(amount);
      } catch (const std::invalid_argument&) {
        refuse(line.number, amount + " is not a duration such as 48 h");
      }
    } else if (line.text == "the server crashes and restarts") {
      add(Step::Kind::crash, line.number);
    } else if (line.text == "the server stops and restarts") {
      add(Step::Kind::stop, line.number);
    } else {
      return false;
    }
    return true;
  }

  void use(const Line& line, const std::string& name) {
    if (depth_ >= most_nested_parts) refuse(line.number, "parts use each other too deeply");
    const auto folder = std::filesystem::path(path_).parent_path();
    for (const auto& candidate : {folder / name, folder.parent_path() / name}) {
      if (!std::filesystem::is_regular_file(candidate)) continue;
      Reader(candidate.string(), script_, depth_ + 1).read();
      return;
    }
    refuse(line.number, "no file " + name);
  }

  Call read_call() {
    const Line line = lines_[at_++];
    Call call;
    call.line = line.number;
    call.text = line.text;
    std::string text = line.text;
    if (matches(text, "eventually (.+)")) {
      call.eventually = true;
      text = part(1);
    }
    if (matches(text, "(.+) with key (\\S+)")) {
      call.idempotency_key = part(2);
      text = part(1);
    }
    if (matches(text, "(.+) with header ([A-Za-z-]+: .+)")) {
      call.header = part(2);
      text = part(1);
    }
    if (!matches(text, "(\\w+) (GET|POST|PUT|PATCH|DELETE) (/.*)"))
      refuse(line.number, "not a step: a call is written as `Ana POST /trips`; see README.md for the others");
    call.actor = part(1);
    call.method = part(2);
    call.path = part(3);
    while (more_within(line.indent)) read_detail(call);
    return call;
  }

  void read_detail(Call& call) {
    const Line line = lines_[at_];
    if (line.text.front() == '{' || line.text.front() == '[') {
      do {
        call.body += (call.body.empty() ? "" : "\n") + lines_[at_++].text;
        if (at_ == lines_.size() && open_brackets(call.body) > 0) refuse(line.number, "the body is not closed");
      } while (open_brackets(call.body) > 0);
      return;
    }
    ++at_;
    if (line.text == "a PNG picture")
      call.sends_picture = true;
    else if (line.text.starts_with("->"))
      call.expected.push_back(read_expected(line, line.text, 1));
    else
      call.checks.push_back(read_check(line));
  }

  Expected read_expected(const Line& line, const std::string& text, int times) {
    if (!matches(text, "-> (\\d\\d\\d)( ([a-z0-9_]+))?"))
      refuse(line.number, "not an expectation such as -> 409 own_request");
    return {line.number, std::stoi(part(1)), part(3), times};
  }

  Check read_check(const Line& line) {
    if (matches(line.text, "keep (.+) as (\\w+)")) return {line.number, part(1), "keep", part(2)};
    if (matches(line.text, "keep (\\w+)")) return {line.number, part(1), "keep", part(1)};
    if (matches(line.text, "(.+?) is (present|missing)")) return {line.number, part(1), "is " + part(2), ""};
    if (matches(line.text, "(.+?) is (not|above|below) (.+)")) return {line.number, part(1), "is " + part(2), part(3)};
    if (matches(line.text, "(.+?) is (.+)")) return {line.number, part(1), "is", part(2)};
    if (matches(line.text, "(.+?) has (at least )?(\\d+|no)( items?)?"))
      return {line.number, part(1), part(2).empty() ? "has" : "has at least", part(3) == "no" ? "0" : part(3)};
    if (matches(line.text, "(.+?) (holds|lacks) (.+)")) return {line.number, part(1), part(2), part(3)};
    refuse(line.number, "not a check: write `status is open`, `items has 2`, `items holds {…}`, `keep tripId`, …");
  }

  void read_race(const Line& line, Step& step) {
    while (more_within(0)) {
      const Line next = lines_[at_];
      if (matches(next.text, "(one|\\d+) of them (->.+)")) {
        const int times = part(1) == "one" ? 1 : std::stoi(part(1));
        step.expected.push_back(read_expected(next, part(2), times));
        ++at_;
      } else if (matches(next.text, "the others (->.+)") || matches(next.text, "all of them (->.+)")) {
        step.expected.push_back(read_expected(next, part(1), 0));
        ++at_;
      } else {
        step.calls.push_back(read_call());
      }
    }
    if (step.calls.empty() || step.expected.empty())
      refuse(line.number, "a race needs calls, and lines such as `one of them -> 200`");
  }

  std::string path_;
  Script& script_;
  std::size_t depth_;
  std::vector<Line> lines_;
  std::size_t at_ = 0;
  std::smatch found_;
};

}  // namespace

std::chrono::seconds read_duration(const std::string& text) {
  std::smatch found;
  if (!std::regex_match(text, found, std::regex("(\\d{1,9}) ?(s|min|h|d)"))) throw std::invalid_argument(text);
  const long long number = std::stoll(found[1].str());
  const std::string unit = found[2].str();
  const long long size = unit == "s" ? 1 : unit == "min" ? 60 : unit == "h" ? 3'600 : 86'400;
  return std::chrono::seconds(number * size);
}

Script read_script(const std::string& path) {
  Script script;
  Reader(path, script, 0).read();
  if (script.title.empty()) throw ScriptError(path + ": has no line `Scenario: …`");
  return script;
}

}  // namespace caravan::scenario
