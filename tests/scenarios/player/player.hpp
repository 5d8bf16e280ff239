#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/process/server.hpp"
#include "tests/scenarios/player/awkward_texts.hpp"
#include "tests/scenarios/player/checks.hpp"
#include "tests/scenarios/player/script.hpp"

namespace caravan::scenario {

/// What went otherwise than the scenario says: file, line, the step, what was expected and what came.
class Deviation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A call that was answered 2xx or 3xx, with a check of what came where anything came.
struct Success {
  std::string method;
  std::string path;
};

/// Plays one script against a server of its own.
class Player {
 public:
  /// `folder` takes the data and the server's log; `tell` gets one line a step. With `texts` the script is played with
  /// those in place of its own, and then every list, item and export is read by everybody in it.
  Player(std::string binary, std::string folder, std::function<void(const std::string&)> tell,
         AwkwardTexts* texts = nullptr);

  /// Throws Deviation, or std::runtime_error where the server does not start.
  void play(const Script& script);
  /// Plays it for what it leaves in the folder, and ends by kill -9. People live at `domain`.
  void fill(const Script& script, std::string domain);
  /// Writes what was kept, and who the people are, for a script that goes on with this folder.
  void write_kept() const;

  const std::vector<Success>& successes() const { return successes_; }
  /// Answers of the last reading that showed one of the texts.
  int awkward_answers() const { return awkward_answers_; }

 private:
  struct Person {
    std::string email;
    std::string token;  // empty: sign in before the next call
  };

  void play_steps(const Script& script);
  void play_step(const Step& step);
  void unpack(const std::string& archive);
  void join(const std::string& node);
  void register_person(const Step& step);
  void sign_in(const std::string& name, Person& person);
  void play_call(const Call& call);
  void play_race(const Step& step);
  void crash_during(const Step& step);
  void advance(std::chrono::seconds amount);
  void forget_tokens();
  void read_all();

  /// Sends it as its actor, with variables filled in. Thread-safe once `prepare` has run for its actor.
  testing::HttpAnswer send(const Call& call, testing::HttpClient& client) const;
  void prepare(const std::string& actor);
  testing::HttpAnswer sent(testing::HttpClient& client, const std::string& method, const std::string& path,
                           testing::HttpHeaders headers, const std::string& body) const;
  testing::HttpHeaders signed_as(const std::string& actor) const;
  std::string fault(const Call& call, const testing::HttpAnswer& answer) const;
  std::string full_path(const Call& call) const;
  void note_success(const Call& call, const testing::HttpAnswer& answer);
  void keep(const Call& call, const testing::HttpAnswer& answer);
  std::string filled(const std::string& text, bool in_json) const;
  std::string variable(const std::string& name) const;
  testing::HttpAnswer plain_call(const std::string& method, const std::string& path, const std::string& body);
  testing::HttpClient client() const { return testing::HttpClient(server_->port()); }

  std::string binary_;
  std::string folder_;
  std::function<void(const std::string&)> tell_;
  std::string domain_ = "example.org";
  std::map<std::string, std::string> environment_;
  std::unique_ptr<testing::ServerProcess> server_;
  std::vector<std::unique_ptr<testing::ServerProcess>> joined_;  // a cluster's other nodes
  std::map<std::string, Person> people_;
  std::map<std::string, std::string> variables_;
  std::vector<Success> successes_;
  AwkwardTexts* texts_;
  int awkward_answers_ = 0;
};

}  // namespace caravan::scenario
