#include "tests/scenarios/player/player.hpp"

#include <algorithm>
#include <barrier>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include "tests/scenarios/player/clock.hpp"

namespace caravan::scenario {

using testing::HttpAnswer;
using testing::HttpClient;

namespace {

constexpr auto eventually_deadline = std::chrono::seconds(10);
constexpr auto eventually_poll = std::chrono::milliseconds(50);
constexpr const char* kept_file = "/kept";
constexpr const char* password = "a-long-enough-Passw0rd";

std::string outcome(const HttpAnswer& answer) {
  if (answer.status == 0) return "no answer";
  return std::to_string(answer.status) + ' ' + answer.body.substr(0, 1'500);
}

std::string code_of(const HttpAnswer& answer) {
  const Check code{0, "code", "is present", ""};
  return answer.status >= 400 && fault_of(code, "", answer).empty() ? text_at("code", answer) : "";
}

bool is_as(const Expected& expected, const HttpAnswer& answer) {
  return answer.status == expected.status && (expected.code.empty() || expected.code == code_of(answer));
}

std::string spelt(const Expected& expected) {
  return std::to_string(expected.status) + (expected.code.empty() ? "" : ' ' + expected.code);
}

}  // namespace

Player::Player(std::string binary, std::string folder, std::function<void(const std::string&)> tell,
               AwkwardTexts* texts)
    : binary_(std::move(binary)), folder_(std::move(folder)), tell_(std::move(tell)), texts_(texts) {}

void Player::write_kept() const {
  std::ofstream out(folder_ + kept_file);
  for (const auto& [name, value] : variables_)
    if (value.find('\n') == std::string::npos) out << name << '=' << value << '\n';
}

void Player::unpack(const std::string& archive) {
  const std::string command = "tar -xf '" + archive + "' -C '" + folder_ + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(archive + " cannot be unpacked");
  std::ifstream in(folder_ + kept_file);
  for (std::string line; std::getline(in, line);) {
    const std::string name = line.substr(0, line.find('='));
    variables_[name] = line.substr(name.size() + 1);
    if (name.ends_with(".email")) people_[name.substr(0, name.rfind('.'))].email = variables_[name];
  }
}

void Player::fill(const Script& script, std::string domain) {
  domain_ = std::move(domain);
  play_steps(script);
}

void Player::play(const Script& script) {
  play_steps(script);
  if (server_ && texts_) read_all();
  for (const auto& server : joined_)
    if (server->stop() != 0) throw Deviation("a node did not stop cleanly:\n" + server->log_end());
  if (server_ && server_->stop() != 0) throw Deviation("the server did not stop cleanly:\n" + server_->log_end());
}

void Player::play_steps(const Script& script) {
  for (const Step& step : script.steps) {
    if (step.kind == Step::Kind::data) {
      if (server_) throw ScriptError(step.file + ": the data stands before everything else");
      unpack(step.words[0]);
      continue;
    }
    if (step.kind == Step::Kind::setting) {
      if (server_) throw ScriptError(step.file + ": settings stand before everything else");
      std::string name = "CARAVAN_" + step.words[0];
      for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      environment_[name] = step.words[1];
      continue;
    }
    if (!server_) {
      server_ = std::make_unique<testing::ServerProcess>(binary_, folder_, environment_);
      server_->start();
    }
    try {
      play_step(step);
    } catch (const std::exception& error) {
      const int line = step.kind == Step::Kind::call ? step.calls[0].line : step.line;
      throw Deviation(step.file + ':' + std::to_string(line) + ": " + error.what());
    }
  }
}

void Player::play_step(const Step& step) {
  switch (step.kind) {
    case Step::Kind::setting:
    case Step::Kind::data:
      break;
    case Step::Kind::person:
      register_person(step);
      break;
    case Step::Kind::carries:
      people_[step.words[0]].token = filled(step.words[1], false);
      break;
    case Step::Kind::call:
      play_call(step.calls[0]);
      break;
    case Step::Kind::race:
      play_race(step);
      break;
    case Step::Kind::crash_during:
      crash_during(step);
      break;
    case Step::Kind::advance:
      advance(step.amount);
      break;
    case Step::Kind::crash:
      tell_("the server crashes and restarts");
      server_->crash();
      server_->start();
      break;
    case Step::Kind::stop:
      tell_("the server stops and restarts");
      if (server_->stop() != 0) throw std::runtime_error("the server did not stop cleanly:\n" + server_->log_end());
      server_->start();
      break;
    case Step::Kind::join:
      join(step.words[0]);
      break;
  }
}

void Player::join(const std::string& node) {
  tell_("node " + node + " joins the cluster");
  auto environment = environment_;
  environment["CARAVAN_NODE_NAME"] = node;
  environment["CARAVAN_DATA"] = server_->data_folder();
  std::filesystem::create_directories(folder_ + '/' + node);
  joined_.push_back(std::make_unique<testing::ServerProcess>(binary_, folder_ + '/' + node, std::move(environment)));
  joined_.back()->start();
}

HttpAnswer Player::plain_call(const std::string& method, const std::string& path, const std::string& body) {
  HttpClient connection = client();
  HttpAnswer answer = sent(connection, method, "/api/v1" + path, {}, body);
  if (answer.status / 100 != 2) throw std::runtime_error(method + ' ' + path + " -> " + outcome(answer));
  return answer;
}

void Player::register_person(const Step& step) {
  const std::string& name = step.words[0];
  tell_("person " + name + " (" + step.words[1] + ')');
  Person& person = people_[name];
  person.email = name + '@' + domain_;
  std::ranges::transform(person.email, person.email.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const HttpAnswer made =
      plain_call("POST", "/auth/register",
                 R"({"email":")" + person.email + R"(","password":")" + password + R"(","firstName":")" + name +
                     R"(","lastName":"Example","userType":")" + step.words[1] + R"("})");
  variables_[name + ".id"] = text_at("userId", made);
  variables_[name + ".email"] = person.email;
  variables_[name + ".password"] = password;
  const auto until = std::chrono::steady_clock::now() + eventually_deadline;
  HttpAnswer mail;
  const std::string token_path = "items[templateId=email_verification_template].variables.verificationToken";
  const Check has_mail{0, token_path, "is present", ""};
  do {
    mail = plain_call("GET", "/sandbox/messages?to=" + person.email, "");
    if (fault_of(has_mail, "", mail).empty()) break;
    std::this_thread::sleep_for(eventually_poll);
  } while (std::chrono::steady_clock::now() < until);
  plain_call("POST", "/auth/verify-email", R"({"token":")" + text_at(token_path, mail) + R"("})");
  sign_in(name, person);
}

void Player::sign_in(const std::string& name, Person& person) {
  const bool is_admin = name == "Admin";
  const std::string email = is_admin ? testing::admin_email : person.email;
  const HttpAnswer answer = plain_call(
      "POST", "/auth/login",
      R"({"email":")" + email + R"(","password":")" + (is_admin ? testing::admin_password : password) + R"("})");
  person.token = text_at("accessToken", answer);
  variables_[name + ".token"] = person.token;
  variables_[name + ".id"] = text_at("user.userId", answer);
}

void Player::prepare(const std::string& actor) {
  if (actor == "Anyone" || actor == "Service") return;
  if (actor != "Admin" && !people_.contains(actor))
    throw std::runtime_error("who is " + actor + "? Write `person " + actor + " is a customer` first");
  Person& person = people_[actor];
  if (person.token.empty()) sign_in(actor, person);
}

std::string Player::full_path(const Call& call) const {
  const std::string path = filled(call.path, false);
  const bool is_outside_api = path.starts_with("/health") || path == "/metrics" || path.starts_with("/docs") ||
                              path == "/" || path.starts_with("/verify-email?") ||
                              path.starts_with("/reset-password?") || path == "/openapi.json" ||
                              path.starts_with("/api/");
  return (is_outside_api ? "" : "/api/v1") + path;
}

/// Every answer is judged for its bytes: a client with a strict reader gets nothing from a broken one.
HttpAnswer Player::sent(HttpClient& connection, const std::string& method, const std::string& path,
                        testing::HttpHeaders headers, const std::string& body) const {
  if (texts_) headers["User-Agent"] = AwkwardTexts::header();
  const bool is_text = texts_ && !headers.contains("Content-Type");
  HttpAnswer answer = connection.call(method, path, headers, is_text ? texts_->replaced(method, path, body) : body);
  if (const std::string wrong = text_fault(answer); !wrong.empty())
    throw std::runtime_error(method + ' ' + path + ": " + wrong + "\n  answer: " + outcome(answer));
  if (texts_) texts_->note_ids(answer.body);
  return answer;
}

testing::HttpHeaders Player::signed_as(const std::string& actor) const {
  if (actor == "Service") return {{"X-Api-Key", testing::service_key}};
  if (actor == "Anyone") return {};
  return {{"Authorization", "Bearer " + people_.at(actor).token}};
}

/// Each actor reads every list, item and export of whatever the script has made.
void Player::read_all() {
  const std::vector<std::string> paths = texts_->paths_to_read();
  std::vector<std::string> actors{"Anyone", "Service", "Admin"};
  for (const auto& [name, person] : people_)
    if (name != "Admin" && !person.email.empty()) actors.push_back(name);
  HttpClient connection = client();
  int read = 0;
  for (const std::string& actor : actors) {
    try {
      prepare(actor);
    } catch (const std::runtime_error&) {
      continue;  // signed out for good: deleted, suspended, or with a second factor
    }
    for (const std::string& path : paths) {
      const HttpAnswer answer = sent(connection, "GET", path, signed_as(actor), "");
      if (answer.status >= 500) throw Deviation("GET " + path + " as " + actor + " -> " + outcome(answer));
      read += answer.status == 200 ? 1 : 0;
      awkward_answers_ += answer.status == 200 && AwkwardTexts::shown_in(answer.body) ? 1 : 0;
    }
  }
  tell_(std::to_string(paths.size()) + " paths read by " + std::to_string(actors.size()) +
        " actors: " + std::to_string(read) + " answers, " + std::to_string(awkward_answers_) + " with awkward texts");
}

HttpAnswer Player::send(const Call& call, HttpClient& connection) const {
  testing::HttpHeaders headers = signed_as(call.actor);
  if (!call.idempotency_key.empty()) headers["Idempotency-Key"] = filled(call.idempotency_key, false);
  if (!call.header.empty()) {
    const std::size_t colon = call.header.find(": ");
    headers[call.header.substr(0, colon)] = filled(call.header.substr(colon + 2), false);
  }
  if (call.sends_picture) headers["Content-Type"] = "image/png";
  return sent(connection, call.method, full_path(call), std::move(headers),
              call.sends_picture ? small_picture() : filled(call.body, true));
}

std::string Player::fault(const Call& call, const HttpAnswer& answer) const {
  const Expected& expected = call.expected[0];
  if (!is_as(expected, answer)) return "expected " + spelt(expected) + ", but got " + outcome(answer);
  for (const Check& check : call.checks) {
    if (check.verb == "keep") continue;
    const std::string value = filled(check.value, false);
    const std::string wrong = fault_of(check, value, answer);
    const auto holds_with = [&](const std::string& text) { return fault_of(check, text, answer).empty(); };
    if (!wrong.empty() && !(texts_ && std::ranges::any_of(texts_->stands_for(value), holds_with)))
      return "line " + std::to_string(check.line) + ": expected " + check.path + ' ' + check.verb +
             (value.empty() ? "" : ' ' + value) + ", but " + wrong + "\n  answer: " + outcome(answer);
  }
  return {};
}

void Player::keep(const Call& call, const HttpAnswer& answer) {
  for (const Check& check : call.checks)
    if (check.verb == "keep") variables_[check.value] = text_at(check.path, answer);
}

void Player::note_success(const Call& call, const HttpAnswer& answer) {
  const bool is_checked =
      answer.body.empty() || std::ranges::any_of(call.checks, [](const Check& check) { return check.verb != "keep"; });
  if ((answer.status / 100 == 2 || answer.status / 100 == 3) && is_checked)
    successes_.push_back({call.method, full_path(call)});
}

void Player::play_call(const Call& call) {
  tell_(call.text);
  prepare(call.actor);
  HttpClient connection = client();
  const auto until = std::chrono::steady_clock::now() + eventually_deadline;
  while (true) {
    const HttpAnswer answer = send(call, connection);
    const std::string wrong = fault(call, answer);
    if (wrong.empty()) {
      note_success(call, answer);
      return keep(call, answer);
    }
    if (!call.eventually || std::chrono::steady_clock::now() > until)
      throw std::runtime_error(call.text + "\n  " + wrong);
    std::this_thread::sleep_for(eventually_poll);
  }
}

void Player::play_race(const Step& step) {
  std::vector<Call> calls;
  for (int i = 0; i < step.times; ++i) calls.insert(calls.end(), step.calls.begin(), step.calls.end());
  tell_("at once: " + std::to_string(calls.size()) + " calls such as " + calls[0].text);
  for (const Call& call : calls) prepare(call.actor);
  std::vector<HttpAnswer> answers(calls.size());
  std::barrier start(static_cast<std::ptrdiff_t>(calls.size()));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < calls.size(); ++i)
      threads.emplace_back([&, i] {
        HttpClient connection = client();
        start.arrive_and_wait();
        answers[i] = send(calls[i], connection);
      });
  }
  std::string came;
  for (const HttpAnswer& answer : answers) came += "\n  " + outcome(answer).substr(0, 300);
  std::vector<bool> counted(answers.size(), false);
  for (const Expected& expected : step.expected) {
    int left = expected.times;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (counted[i] || !is_as(expected, answers[i]) || (expected.times > 0 && left == 0)) continue;
      counted[i] = true;
      --left;
      if (answers[i].status / 100 == 2) keep(calls[i], answers[i]);
    }
    if (expected.times > 0 && left > 0)
      throw std::runtime_error("at once: expected " + std::to_string(expected.times) + " x " + spelt(expected) +
                               ", but came:" + came);
  }
  if (std::ranges::find(counted, false) != counted.end())
    throw std::runtime_error("at once: there are answers that nothing expects; came:" + came);
}

void Player::crash_during(const Step& step) {
  const Call& call = step.calls[0];
  tell_("crash during: " + call.text);
  prepare(call.actor);
  {
    std::jthread sender([&] {
      HttpClient connection = client();
      send(call, connection);
    });
    // Any moment is right: what is acknowledged must be there, and what is not may be.
    std::this_thread::sleep_for(std::chrono::milliseconds(step.line % 7));
    server_->crash();
  }
  server_->start();
}

void Player::advance(std::chrono::seconds amount) {
  tell_("the clock advances " + std::to_string(amount.count()) + " s");
  plain_call("POST", "/sandbox/clock/advance", R"({"seconds":)" + std::to_string(amount.count()) + "}");
  forget_tokens();
}

/// Access tokens live for minutes: after a jump of the clock everyone signs in again.
void Player::forget_tokens() {
  for (auto& [name, person] : people_) person.token.clear();
}

std::string Player::variable(const std::string& name) const {
  static const std::regex moment("(now|date|year)( ([+-]) (.+))?");
  std::smatch found;
  if (std::regex_match(name, found, moment)) {
    const HttpAnswer clock = client().call("GET", "/api/v1/sandbox/clock");
    auto at = parse_time(text_at("now", clock));
    if (found[2].matched) at += (found[3].str() == "-" ? -1 : 1) * read_duration(found[4].str());
    const std::string kind = found[1].str();
    return time_text(at).substr(0, kind == "year" ? 4 : kind == "date" ? 10 : std::string::npos);
  }
  static const std::regex authenticator("(next )?code of (\\w+)");
  if (std::regex_match(name, found, authenticator)) {
    const HttpAnswer clock = client().call("GET", "/api/v1/sandbox/clock");
    const auto now = std::chrono::floor<std::chrono::seconds>(parse_time(text_at("now", clock)));
    const auto ahead = std::chrono::seconds(found[1].matched ? 30 : 0);
    return one_time_code(variable(found[2].str()), now + ahead);
  }
  const auto known = variables_.find(name);
  if (known == variables_.end()) throw std::runtime_error("nothing was kept as <" + name + ">");
  return known->second;
}

std::string Player::filled(const std::string& text, bool in_json) const {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t close = text[i] == '<' ? text.find('>', i) : std::string::npos;
    if (close == std::string::npos) {
      out += text[i];
      continue;
    }
    const std::string value = variable(text.substr(i + 1, close - i - 1));
    out += in_json && value.front() != '{' && value.front() != '[' ? json_escaped(value) : value;
    i = close;
  }
  return out;
}

}  // namespace caravan::scenario
