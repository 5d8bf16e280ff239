#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

/// A scenario file as read: see tests/scenarios/README.md for the language.
namespace caravan::scenario {

/// "status is open": one thing that must hold for an answer.
struct Check {
  int line = 0;
  std::string path;   // "items[0].status", "header etag"
  std::string verb;   // is, is not, is present, is missing, is above, is below, has, has at least, holds, lacks, keep
  std::string value;  // as written; for keep: the name to keep it under
};

/// "-> 409 offer_not_open"
struct Expected {
  int line = 0;
  int status = 0;
  std::string code;  // of the problem; empty: any
  int times = 1;     // in a race: how many answers are to be so; 0: all the others
};

struct Call {
  int line = 0;
  std::string text;  // the line itself, for reports
  std::string actor, method, path;
  std::string idempotency_key;
  std::string header;  // "If-Match: …"
  std::string body;
  bool sends_picture = false;  // a PNG in place of the body
  bool eventually = false;     // repeat until it holds, up to 10 s
  std::vector<Expected> expected;
  std::vector<Check> checks;
};

struct Step {
  enum class Kind {
    setting,       // words: name, value
    data,          // words: the archive's path
    person,        // words: name, user type
    carries,       // words: name, token
    call,          // calls[0]
    race,          // calls, all at once, `times` each; expected
    crash_during,  // calls[0] is sent and the server killed meanwhile
    advance,       // amount
    crash,
    stop,
    join,  // words: node
  };
  Kind kind = Kind::call;
  int line = 0;
  std::string file;
  std::vector<std::string> words;
  std::vector<Call> calls;
  std::vector<Expected> expected;
  int times = 1;
  std::chrono::seconds amount{0};
};

struct Script {
  std::string title;
  std::vector<Step> steps;
};

/// A line that the language does not have. Tells file, line and what was expected.
class ScriptError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a scenario with the parts that it uses (found beside it or in the folder above). Throws ScriptError.
Script read_script(const std::string& path);

/// "48 h", "10 min", "2 d", "30 s"; throws std::invalid_argument.
std::chrono::seconds read_duration(const std::string& text);

}  // namespace caravan::scenario
