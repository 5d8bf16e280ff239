#include "config/commands/demo_client.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include "config/settings.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <httplib.h>
#pragma GCC diagnostic pop

namespace caravan::demo {

namespace {

using nlohmann::json;

constexpr int answer_timeout_seconds = 30;
constexpr int longest_waiting_seconds = 180;  // in all, for a node that says it is asked too often

std::string plain(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// "qrCodes[type=pickup]" or "items[0]" or "status", one step down.
const json* step(const json& value, const std::string& name) {
  const std::size_t bracket = name.find('[');
  const auto field = value.is_object() ? value.find(name.substr(0, bracket)) : value.end();
  if (field == value.end()) return nullptr;
  if (bracket == std::string::npos) return &*field;
  const std::string which = name.substr(bracket + 1, name.size() - bracket - 2);
  const std::size_t equals = which.find('=');
  if (equals == std::string::npos) {
    const std::size_t index = std::stoul(which);
    return field->is_array() && index < field->size() ? &(*field)[index] : nullptr;
  }
  for (const json& item : *field)
    if (item.contains(which.substr(0, equals)) && plain(item[which.substr(0, equals)]) == which.substr(equals + 1))
      return &item;
  return nullptr;
}

std::string path_with_escapes(const std::string& path) {
  std::string out;
  for (const char c : path) out += c == ' ' ? "%20" : c == ',' ? "%2C" : std::string(1, c);
  return out;
}

}  // namespace

struct Client::Connection {
  explicit Connection(const std::string& url) : client(url) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_url_encode(false);
    client.set_read_timeout(answer_timeout_seconds, 0);
  }
  /// Waits where the node says that it is asked too often, and tells so.
  httplib::Result send(const httplib::Request& request);

  httplib::Client client;
  int waited_seconds = 0;
};

httplib::Result Client::Connection::send(const httplib::Request& request) {
  for (;;) {
    auto result = client.send(request);
    const int pause = result ? std::atoi(result->get_header_value("Retry-After").c_str()) : 0;
    if (!result || result->status != 429 || pause <= 0 || waited_seconds + pause > longest_waiting_seconds)
      return result;
    waited_seconds += pause;
    std::fprintf(stderr, "  the node was asked often, as by an earlier demo: it wants %d s of rest\n", pause);
    std::this_thread::sleep_for(std::chrono::seconds(pause));
  }
}

std::string url_of(const std::string& address) {
  auto [host, port] = split_http_address(address);
  if (host == "0.0.0.0" || host == "::") host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return "http://" + host + ':' + std::to_string(port);
}

Client::Client(const std::string& url) : url_(url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw Failure("--url: " + url + " does not begin with http:// or https://");
  connection_ = std::make_unique<Connection>(url);
}
Client::~Client() = default;

Answer Client::call(const std::string& method, const std::string& path, const std::string& token,
                    const std::string& body, int other_status) {
  httplib::Request request;
  request.method = method;
  request.path = "/api/v1" + path_with_escapes(path);
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  if (!token.empty()) request.set_header("Authorization", "Bearer " + token);
  const auto result = connection_->send(request);
  if (!result) throw Failure("no answer from " + url_ + ": is a node running there?");
  Answer answer{result->status, result->body};
  if (answer.status / 100 != 2 && answer.status != other_status) {
    const std::string code = answer.find("code");
    throw Failure(method + ' ' + path + " answered " + std::to_string(answer.status) + ' ' +
                  (code.empty() ? answer.body.substr(0, 200) : code + ": " + answer.find("detail")));
  }
  return answer;
}

bool Client::is_ready() {
  const auto result = connection_->client.Get("/health/ready");
  return result && result->status == 200;
}

std::string Answer::find(const std::string& path) const {
  const json root = json::parse(body, nullptr, false);
  const json* value = &root;
  std::size_t from = 0;
  while (value && from <= path.size()) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    value = step(*value, path.substr(from, dot - from));
    from = dot + 1;
  }
  return value && !value->is_null() ? plain(*value) : "";
}

std::string Answer::at(const std::string& path) const {
  std::string text = find(path);
  if (text.empty()) throw Failure("an answer has no " + path + ": " + body.substr(0, 200));
  return text;
}

std::string time_after(const std::string& time, int hours) {
  std::tm parts{};
  if (!strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts)) throw Failure(time + " is not a time");
  const std::time_t at = timegm(&parts) + std::time_t{3'600} * hours;
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string money(const std::string& minor_units, const std::string& currency) {
  std::string digits = minor_units;
  while (digits.size() < 3) digits.insert(0, "0");
  return digits.substr(0, digits.size() - 2) + '.' + digits.substr(digits.size() - 2) + ' ' + currency;
}

}  // namespace caravan::demo
