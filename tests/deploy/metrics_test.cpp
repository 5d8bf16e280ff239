#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

namespace metrics_test {

using namespace caravan::testing;

namespace {

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The metrics that PromQL in this text asks for.
std::set<std::string> metrics_named(const std::string& text) {
  static const std::regex name("caravan_[a-z_]+");
  std::set<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) out.insert(at->str());
  return out;
}

/// All PromQL of a dashboard.
void collect_queries(const nlohmann::json& node, std::string& out) {
  if (node.is_object() && node.contains("expr")) out += node.at("expr").get<std::string>() + '\n';
  if (node.is_structured())
    for (const auto& child : node) collect_queries(child, out);
}

}  // namespace

TEST_CASE("metrics: a node exposes whatever the dashboard and the alerts ask for, each with a help text") {
  const TemporaryFolder folder("metrics"), peer_folder("metrics");
  std::map<std::string, std::string> settings{{"CARAVAN_ROUTES_URL", "http://127.0.0.1:1"},
                                              {"CARAVAN_WEATHER_URL", "http://127.0.0.1:1"},
                                              {"CARAVAN_CLUSTER", "true"},
                                              {"CARAVAN_LINK", "127.0.0.1:0"},
                                              {"CARAVAN_NODE_NAME", "node"}};
  ServerProcess node(CARAVAN_BINARY, folder.path(), settings);
  node.start();
  settings["CARAVAN_NODE_NAME"] = "peer";
  settings["CARAVAN_DATA"] = node.data_folder();
  ServerProcess peer(CARAVAN_BINARY, peer_folder.path(), settings);
  peer.start();
  Market market(node.port());
  const MarketPerson traveler = market.person("metrics");
  market.trip(traveler);
  const std::string exposed = HttpClient(node.port()).call("GET", "/metrics", {{"X-Api-Key", service_key}}).body;

  const nlohmann::json dashboard = nlohmann::json::parse(content("config/grafana/caravan.json"));
  std::string queries;
  collect_queries(dashboard, queries);
  const std::string rules = content("config/alerts/caravan.yml");
  CHECK(metrics_named(queries).size() > 15);
  CHECK(metrics_named(rules).size() > 10);
  for (const std::string& name : metrics_named(queries + rules)) {
    const bool is_exposed =
        exposed.find('\n' + name + ' ') != std::string::npos || exposed.find('\n' + name + '{') != std::string::npos;
    CHECK_MESSAGE(is_exposed, "no node exposes ", name);
  }
  std::istringstream lines(exposed);
  std::string described;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("# HELP ")) {
      described = line.substr(7, line.find(' ', 7) - 7);
      CHECK_MESSAGE(line.size() > 8 + described.size(), described, " has no help text");
    } else if (!line.starts_with('#')) {
      CHECK_MESSAGE(line.starts_with(described), "no help text before ", line);
    }
  CHECK(exposed.find("/auth/login") != std::string::npos);
  CHECK(exposed.find("/admin/cluster") == std::string::npos);  // nobody asked for it: it costs no line
  CHECK(exposed.find("caravan_journal_commit_duration_seconds_count 0\n") == std::string::npos);
  CHECK(exposed.find("caravan_journal_batch_writes_bucket{le=\"+Inf\"} ") != std::string::npos);
}

TEST_CASE("alerts: each says what is wrong and what to do; promtool, where there is one, takes them") {
  const std::string rules = content("config/alerts/caravan.yml");
  const auto count = [&](const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = rules.find(word); at != std::string::npos; at = rules.find(word, at + 1)) ++found;
    return found;
  };
  CHECK(count("- alert: ") > 10);
  CHECK(count("summary: ") == count("- alert: "));
  CHECK(count("remedy: ") == count("- alert: "));
  if (std::filesystem::exists("/usr/bin/promtool"))
    CHECK(std::system("/usr/bin/promtool check rules config/alerts/caravan.yml >/dev/null") == 0);
}

}  // namespace metrics_test
