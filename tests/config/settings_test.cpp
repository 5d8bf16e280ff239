#include "config/settings.hpp"
#include "config/cluster.hpp"
#include "config/edge_settings.hpp"
#include "tests/testkit/authority.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
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
  std::string path = "/tmp/caravan-settings-" + std::to_string(::getpid()) + '-' + std::to_string(::rand()) + ".toml";
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

TEST_CASE("settings: each level of verification but none may be asked for") {
  const auto asked = [](std::string level) {
    return route_settings(resolve_settings({.flags = {{"verify-level", std::move(level)}}}).values).verify.level;
  };
  CHECK(asked("email") == VerificationLevel::email);
  CHECK(asked("phone") == VerificationLevel::phone);
  CHECK(asked("identity") == VerificationLevel::identity);
  CHECK(refusal({.flags = {{"verify-level", "none"}}}).find("email") != std::string::npos);
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

TEST_CASE("settings: operators are answered on loopback and private addresses alone") {
  for (const char* good : {"127.0.0.1:8081", "10.0.0.5:8081", "172.31.0.1:1", "192.168.1.1:8081", "localhost:8081"})
    CHECK_MESSAGE(refusal({{}, {}, {{"admin-http", good}}}) == "taken", good);
  for (const char* bad : {"0.0.0.0:8081", "203.0.113.7:8081", "172.32.0.1:8081", "[::]:8081", "example.org:8081"})
    CHECK_MESSAGE(refusal({{}, {}, {{"admin-http", bad}}}).starts_with("admin-http: whoever reaches it sees all"), bad);
  CHECK(refusal({{}, {}, {{"admin-http", "8081"}}}) ==
        "admin-http: \"8081\" is not an address and port such as 127.0.0.1:8080");
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

TEST_CASE(
    "settings: what Kubernetes puts beside a Service named caravan is no setting, what is meant as one still is") {
  const NamedTexts injected{{"CARAVAN_SERVICE_HOST", "10.96.0.1"},
                            {"CARAVAN_SERVICE_PORT", "8080"},
                            {"CARAVAN_SERVICE_PORT_HTTP_ALT", "8080"},
                            {"CARAVAN_PORT", "tcp://10.96.0.1:8080"},
                            {"CARAVAN_PORT_8080_TCP", "tcp://10.96.0.1:8080"},
                            {"CARAVAN_PORT_8080_TCP_PROTO", "tcp"},
                            {"CARAVAN_PORT_8080_TCP_PORT", "8080"},
                            {"CARAVAN_PORT_8080_TCP_ADDR", "10.96.0.1"},
                            {"CARAVAN_PORT_53_UDP", "udp://[fd00::1]:53"},
                            {"CARAVAN_PORT_53_UDP_ADDR", "fd00::1"},
                            {"CARAVAN_API_SERVICE_HOST", "fd00::1"},
                            {"CARAVAN_API_PORT", "tcp://[fd00::1]:80"},
                            {"CARAVAN_SERVICE_KEY_SERVICE_HOST", "10.96.0.1"},
                            {"CARAVAN_SERVICE_KEY_PORT_80_TCP", "tcp://10.96.0.1:80"}};
  for (const auto& one : injected) {
    CAPTURE(one.first);
    CHECK(resolve_settings({{}, {one}, {}}).set_by.empty());
  }
  NamedTexts all = injected;
  all.emplace_back("CARAVAN_SERVICE_KEY", "the-key");
  const auto resolved = resolve_settings({{}, all, {}});
  CHECK(resolved.values.service_key == "the-key");
  CHECK(resolved.set_by.size() == 1);
  for (const auto& one : NamedTexts{{"CARAVAN_PORT", "8080"},
                                    {"CARAVAN_SERVICE_HOST", "none at all"},
                                    {"CARAVAN_SERVICE_PORT", "tcp"},
                                    {"CARAVAN_SERVICE", "10.96.0.1"},
                                    {"CARAVAN_PORT_8080", "tcp://10.96.0.1:8080"},
                                    {"CARAVAN_PORT_8080_TCP_ADDRESS", "10.96.0.1"},
                                    {"CARAVAN_HOST", "10.96.0.1"},
                                    {"caravan_port", "tcp://10.96.0.1:8080"}}) {
    CAPTURE(one.first);
    CHECK(refusal({{}, {one}, {}}).starts_with("unknown setting " + one.first + " in the environment: "));
  }
  CHECK(refusal({{}, {{"CARAVAN_SERVICE_KEYS", "x"}}, {}}) ==
        "unknown setting CARAVAN_SERVICE_KEYS in the environment: did you mean CARAVAN_SERVICE_KEY?");
}

TEST_CASE("settings: each secret, and no other setting, may come from a file, named by each source in its way") {
  const SettingsFile secret("admin@example.org:a-secret-word\n");
  for (const Setting& setting : setting_table()) {
    CAPTURE(setting.name);
    const std::string name = secret_file_name(setting), variable = environment_name(name);
    const SettingsFile file(name + " = \"" + secret.path + "\"\n");
    const std::vector<std::pair<SettingSources, std::string>> ways{{{file.path, {}, {}}, file.path},
                                                                   {{{}, {{variable, secret.path}}, {}}, variable},
                                                                   {{{}, {}, {{name, secret.path}}}, "--" + name}};
    for (const auto& [sources, by] : ways) {
      if (!setting.secret) {
        CHECK(refusal(sources).starts_with("unknown setting "));
        continue;
      }
      const auto resolved = resolve_settings(sources);
      CHECK(resolved.values.*std::get<std::string Settings::*>(setting.member) == "admin@example.org:a-secret-word");
      CHECK(resolved.set_by.at(std::string(setting.name)) == by + ": " + secret.path);
      CHECK(describe_settings(resolved).find(by + ": " + secret.path) != std::string::npos);
      CHECK(describe_settings(resolved).find("a-secret-word") == std::string::npos);
    }
  }
  CHECK(refusal({{}, {{"CARAVAN_SHARDS_FILE", "x"}}, {}}) ==
        "unknown setting CARAVAN_SHARDS_FILE in the environment: did you mean CARAVAN_SHARDS?");
  CHECK(refusal({{}, {{"CARAVAN_SERVICE_KEY_FLIE", "x"}}, {}}) ==
        "unknown setting CARAVAN_SERVICE_KEY_FLIE in the environment: did you mean CARAVAN_SERVICE_KEY_FILE?");
}

TEST_CASE("settings: a secret's file is one line, and the stronger source wins also where it names a file") {
  const auto key_in = [](const std::string& text) {
    const SettingsFile file(text);
    return resolve_settings({{}, {{"CARAVAN_SERVICE_KEY_FILE", file.path}}, {}}).values.service_key;
  };
  CHECK(key_in("the-key") == "the-key");
  CHECK(key_in("the-key\n") == "the-key");
  CHECK(key_in("the-key\r\n") == "the-key");
  CHECK(key_in(" the key \n") == " the key ");
  CHECK(key_in(std::string(200, 'k') + '\n') == std::string(200, 'k'));
  const SettingsFile file("from-a-file\n"), settings("service-key = \"from-the-settings\"\n");
  const auto key_of = [](const SettingSources& sources) { return resolve_settings(sources).values.service_key; };
  CHECK(key_of({settings.path, {{"CARAVAN_SERVICE_KEY_FILE", file.path}}, {}}) == "from-a-file");
  CHECK(key_of({{}, {{"CARAVAN_SERVICE_KEY_FILE", file.path}}, {{"service-key", "a-flag"}}}) == "a-flag");
  CHECK(key_of({settings.path, {{"CARAVAN_SERVICE_KEY_FILE", ""}}, {}}) == "from-the-settings");
}

TEST_CASE("settings: a secret's file that cannot be taken is refused by name, with the remedy") {
  const auto refused = [](const std::string& path) { return refusal({{}, {{"CARAVAN_SERVICE_KEY_FILE", path}}, {}}); };
  const std::string name = "CARAVAN_SERVICE_KEY_FILE: ";
  const SettingsFile good("the-key"), empty("\n"), lines("one\ntwo\n"), longest(std::string(201, 'k'));
  CHECK(refused("/nowhere") == name + "/nowhere cannot be read (No such file or directory): check the path");
  CHECK(refused("/tmp") == name + "/tmp is no file: name a file that holds the secret");
  CHECK(refused("/dev/zero") == name + "/dev/zero is no file: name a file that holds the secret");
  CHECK(refused(empty.path) == name + empty.path + " is empty: write the secret into it");
  CHECK(refused(lines.path) == name + lines.path + " has more than one line: the secret must be alone in it");
  CHECK(refused(longest.path) ==
        name + longest.path + " is too long: the secret has 200 characters at most, and a line break");
  if (::geteuid() != 0) {
    std::filesystem::permissions(good.path, std::filesystem::perms::none);
    CHECK(refused(good.path) == name + good.path + " cannot be read (Permission denied): check its permissions");
  }
  CHECK(refusal({{}, {{"CARAVAN_SERVICE_KEY_FILE", good.path}, {"CARAVAN_SERVICE_KEY", "x"}}, {}}) ==
        "CARAVAN_SERVICE_KEY and CARAVAN_SERVICE_KEY_FILE set the same secret: give one of them");
  CHECK(refusal({{}, {}, {{"service-key", "x"}, {"service-key-file", good.path}}}) ==
        "--service-key and --service-key-file set the same secret: give one of them");
  const SettingsFile both("service-key = \"x\"\nservice-key-file = \"" + good.path + "\"\n");
  CHECK(refusal({both.path, {}, {}}) ==
        "service-key and service-key-file in " + both.path + " set the same secret: give one of them");
}

TEST_CASE("settings: a sandbox listens beyond this host only where it is told to") {
  const auto fault = [](NamedTexts flags) {
    return open_sandbox_fault(resolve_settings({.flags = std::move(flags)}).values);
  };
  for (const char* here : {"127.0.0.1:80", "127.0.0.2:80", "localhost:80", "[::1]:80"})
    CHECK(fault({{"http", here}}) == "");
  for (const std::string open : {"0.0.0.0:80", "10.0.0.5:80", "[::]:80", "127.example:80", "example.org:80"}) {
    CAPTURE(open);
    CHECK(fault({{"http", open}}).starts_with("http: a sandbox at " + open + " shows everybody in reach"));
    CHECK(fault({{"http", open}, {"sandbox-open", "true"}}) == "");
    CHECK(fault({{"http", open}, {"environment", "production"}}) == "");
  }
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
  settings.bootstrap_admin = "admin@caravan.example:passwordpassword";
  CHECK(production_faults(settings) ==
        std::vector<std::string>{"bootstrap-admin has a password that would be guessed: use several unrelated words"});
  settings.bootstrap_admin = "admin@caravan.example:correct-horse-battery";
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
