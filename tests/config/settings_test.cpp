#include "config/settings.hpp"
#include "config/cluster.hpp"
#include "tests/testkit/authority.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "config/settings_values.hpp"

namespace settings_test {

using namespace caravan;

namespace {

std::string refusal(const SettingSources& sources) {
  try {
    resolve_settings(sources);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "taken";
}

struct SettingsFile {
  std::string path = "/tmp/caravan-settings-" + std::to_string(::rand()) + ".toml";
  explicit SettingsFile(const std::string& text) { std::ofstream(path) << text; }
  ~SettingsFile() { std::remove(path.c_str()); }
};

}  // namespace

TEST_CASE("settings: every row has its own name, a help text, and a default that its own bounds allow") {
  std::set<std::string_view> names;
  for (const Setting& setting : setting_table()) {
    CAPTURE(setting.name);
    CHECK(names.insert(setting.name).second);
    CHECK(setting.help.size() > 10);
    Settings settings;
    const std::string text = setting_text(setting, settings);
    if (text != "-") CHECK(set_from_text(setting, text, settings) == "");
    CHECK(setting_text(setting, settings) == text);
  }
}

TEST_CASE("settings: production keeps few traces, unless it is told to keep more") {
  const auto kept = [](NamedTexts flags) {
    return resolve_settings({.flags = std::move(flags)}).values.trace_sampling;
  };
  CHECK(kept({}) == 10'000);
  CHECK(kept({{"environment", "production"}}) == 100);
  CHECK(kept({{"environment", "production"}, {"trace-sampling", "10000"}}) == 10'000);
}

TEST_CASE("settings: a flag beats the environment, which beats the file, which beats the default") {
  const SettingsFile file("shards = 8\nrate-limit = false\nrefresh-token-life = \"2 d\"\n");
  const auto resolved =
      resolve_settings({file.path, {{"CARAVAN_SHARDS", "16"}, {"CARAVAN_BODY_LIMIT", "2 MiB"}}, {{"shards", "32"}}});
  CHECK(resolved.values.shards == 32);
  CHECK(resolved.values.body_limit.count == 2 << 20);
  CHECK(resolved.values.rate_limit == false);
  CHECK(resolved.values.refresh_token_life == std::chrono::hours(48));
  CHECK(resolved.values.http == Settings{}.http);
  CHECK(resolved.set_by.at("shards") == "--shards");
  CHECK(resolved.set_by.at("body-limit") == "CARAVAN_BODY_LIMIT");
  CHECK(resolved.set_by.at("rate-limit") == file.path);
  CHECK(resolved.set_by.count("http") == 0);
}

TEST_CASE("settings: an unknown or bad one is refused by name, with the remedy") {
  CHECK(refusal({{}, {{"CARAVAN_DATTA", "x"}}, {}}) ==
        "unknown setting CARAVAN_DATTA in the environment: did you mean CARAVAN_DATA?");
  CHECK(refusal({{}, {}, {{"shards", "0"}}}) == "--shards: \"0\" is out of bounds: 1 to 4096");
  CHECK(refusal({{}, {}, {{"shards", "8x"}}}) == "--shards: \"8x\" is not a whole number");
  CHECK(refusal({{}, {}, {{"rate-limit", "maybe"}}}) == "--rate-limit: \"maybe\" is neither on nor off");
  CHECK(refusal({{}, {}, {{"http", "8080"}}}) == "http: \"8080\" is not an address and port such as 127.0.0.1:8080");
  CHECK(refusal({{}, {}, {{"trusted-proxies", "10.0.0.0/33"}}}) ==
        "trusted-proxies: \"10.0.0.0/33\" is not an address or a network such as 10.0.0.0/8 or fd00::/8");
  CHECK(refusal({{}, {}, {{"tls-cert", "/etc/hostname"}}}) == "tls-cert and tls-key go together: set both, or neither");
  CHECK(refusal({{}, {}, {{"link", "7000"}}}) == "link: \"7000\" is not an address and port such as 127.0.0.1:8080");
  CHECK(refusal({{}, {}, {{"cluster", "on"}, {"link", "0.0.0.0:7000"}}}) ==
        "link-address: no other node can connect to 0.0.0.0:7000: set the address that they reach");
  CHECK(refusal({{}, {}, {{"node-name", "a/b"}}}) == "node-name: \"a/b\": use letters, digits, and . - _ within");
  CHECK(refusal({"/nowhere.toml", {}, {}}) == "no settings file /nowhere.toml: check --config");
  const SettingsFile file("rate_limit = false\n");
  CHECK(refusal({file.path, {}, {}}) == "unknown setting rate_limit in " + file.path + ": did you mean rate-limit?");
}

TEST_CASE("settings: who serves with links hears which of their files is missing, another node's, or no pair") {
  const auto folder = std::filesystem::temp_directory_path() / ("caravan-settings-" + std::to_string(::getpid()));
  const testkit::Authority authority(folder);
  authority.issue("node-a");
  Settings settings{.node_name = "node-a"};
  CHECK(link_files_fault(settings).empty());
  settings.link_ca = authority.file();
  settings.link_cert = authority.path("node-a.crt");
  CHECK(link_files_fault(settings) ==
        "links: there is link-ca link-cert, and not link-key: set link-ca, link-cert and link-key, or none of them");
  settings.link_key = "/none";
  CHECK(link_files_fault(settings) == "link-key: cannot read /none: check the file and its permissions");
  settings.link_key = authority.path("node-a.key");
  CHECK(link_files_fault(settings).empty());
  authority.issue("node-b");
  settings.link_key = authority.path("node-b.key");
  CHECK(link_files_fault(settings) ==
        "link-key: " + settings.link_key + " is not the private key of " + settings.link_cert);
  settings.link_key = authority.path("node-a.key");
  settings.node_name = "node-b";
  CHECK(link_files_fault(settings) == "link-cert: " + settings.link_cert +
                                          " is of node-a, and this node is node-b: it must have that as its "
                                          "common name");
  settings.link_cert = settings.link_key;
  CHECK(link_files_fault(settings).find("is no certificate") != std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST_CASE("settings: durations and sizes are read and written with their units") {
  for (const char* text : {"1 h", "5400 s", "48 h", "90 min", "2 d"}) {
    CAPTURE(text);
    const auto resolved = resolve_settings({{}, {}, {{"refresh-token-life", text}}});
    CHECK(resolve_settings({{}, {}, {{"refresh-token-life", duration_text(resolved.values.refresh_token_life)}}})
              .values.refresh_token_life == resolved.values.refresh_token_life);
  }
  CHECK(duration_text(std::chrono::hours(36)) == "36 h");
  CHECK(bytes_text(ByteCount{3 << 20}) == "3 MiB");
  CHECK(refusal({{}, {}, {{"refresh-token-life", "99999999999999999 d"}}}) != "taken");
  CHECK(refusal({{}, {}, {{"refresh-token-life", "-1 s"}}}) != "taken");
}

TEST_CASE("settings: production names each unsafe setting, and a secret is never shown") {
  Settings settings;
  CHECK(production_faults(settings) ==
        std::vector<std::string>{"payments-url is not set: production has no provider of its own",
                                 "messages-url is not set: production has no provider of its own",
                                 "public-url is not set: links in messages would lead nowhere"});
  settings.public_url = "https://caravan.example";
  settings.payments_url = "https://pay.example/hook";
  settings.messages_url = "http://mail.example";
  settings.payments_secret = settings.messages_secret = std::string(31, 's');
  CHECK(production_faults(settings).size() == 3);
  settings.messages_url = "http://127.0.0.1:8025";
  settings.payments_secret = settings.messages_secret = std::string(32, 's');
  CHECK(production_faults(settings).empty());
  settings.payout_delay = std::chrono::minutes(59);
  CHECK(production_faults(settings) ==
        std::vector<std::string>{"payout-delay is under 1 h: money would be gone before a "
                                 "dispute can freeze it"});
  settings.payout_delay = std::chrono::hours(1);
  settings.http = "0.0.0.0:8080";
  settings.rate_limit = false;
  settings.service_key = "short";
  CHECK(production_faults(settings).size() == 3);
  const auto resolved = resolve_settings({{}, {{"CARAVAN_SERVICE_KEY", "a-secret-thing"}}, {}});
  CHECK(describe_settings(resolved).find("a-secret-thing") == std::string::npos);
}

}  // namespace settings_test
