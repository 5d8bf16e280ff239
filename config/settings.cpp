#include "config/settings.hpp"

#include <arpa/inet.h>
#include <fstrcmp.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "config/foreign_variables.hpp"
#include "config/secret_file.hpp"
#include "config/settings_values.hpp"
#include "http/access/passwords/strength.hpp"
#include "http/server/trusted_proxies.hpp"

namespace caravan {

namespace {

constexpr std::string_view environment_prefix = "CARAVAN_";
constexpr std::string_view file_variable = "CARAVAN_CONFIG";
constexpr std::string_view secret_file_suffix = "-file";

const Setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(setting_table(), name, &Setting::name);
  return found == setting_table().end() ? nullptr : &*found;
}

std::string name_from_environment(std::string_view variable) {
  std::string name(variable.substr(environment_prefix.size()));
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

/// What a name in a source means: a setting, or the file that holds a secret one.
struct Named {
  const Setting* setting = nullptr;
  bool is_file = false;
};

Named find_named(std::string_view name) {
  if (const Setting* setting = find_setting(name)) return {setting};
  if (!name.ends_with(secret_file_suffix)) return {};
  const Setting* setting = find_setting(name.substr(0, name.size() - secret_file_suffix.size()));
  return setting && setting->secret ? Named{setting, true} : Named{};
}

/// One of the places that values come from: the file, the environment, the flags.
struct Source {
  std::string (*spell)(std::string_view setting);    // what it calls a setting: data, CARAVAN_DATA, --data
  std::string where = {};                            // " in caravan.toml"
  std::string file = {};                             // its path, where it is one
  std::map<const Setting*, std::string> given = {};  // what it has set, by which name

  [[noreturn]] void refuse_unknown(const std::string& name) const {
    std::vector<std::string> known;
    for (const Setting& setting : setting_table()) {
      known.push_back(spell(setting.name));
      if (setting.secret) known.push_back(spell(secret_file_name(setting)));
    }
    const std::string near = nearest_word(name, known);
    throw SettingsError("unknown setting " + name + where +
                        (near.empty() ? ": `caravan config` lists them all" : ": did you mean " + near + "?"));
  }

  /// `name` is what the source wrote.
  void take(ResolvedSettings& resolved, const Named& named, const std::string& name, const std::string& text) {
    const std::string shown = file.empty() ? name : name + where;
    const Setting& setting = *named.setting;
    if (named.is_file && text.empty()) return;
    if (const auto [other, is_first] = given.emplace(&setting, name); !is_first)
      throw SettingsError(std::min(name, other->second) + " and " + std::max(name, other->second) +
                          (file.empty() ? "" : where) + " set the same secret: give one of them");
    const std::string value = named.is_file ? read_secret(shown, text, static_cast<std::size_t>(setting.high)) : text;
    const std::string fault = set_from_text(setting, value, resolved.values);
    if (!fault.empty())
      throw SettingsError(shown + ": " + (setting.secret ? "the value" : '"' + text + '"') + ' ' + fault);
    resolved.set_by[std::string(setting.name)] = (file.empty() ? name : file) + (named.is_file ? ": " + text : "");
  }
};

std::string toml_text(const toml::node& node, const std::string& key, const std::string& path) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "on" : "off";
  throw SettingsError(key + " in " + path + ": give a text, a whole number, true or false");
}

void take_file(ResolvedSettings& resolved, const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) throw SettingsError("no settings file " + path + ": check --config");
  try {
    Source source{[](std::string_view known) { return std::string(known); }, " in " + path, path};
    const toml::table table = toml::parse_file(path);
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const Named named = find_named(name);
      if (!named.setting) source.refuse_unknown(name);
      source.take(resolved, named, name, toml_text(node, name, path));
    }
  } catch (const toml::parse_error& error) {
    throw SettingsError(path + " line " + std::to_string(error.source().begin.line) +
                        " is not TOML: " + std::string(error.description()));
  }
}

void check_links(const Settings& settings) {
  split_http_address(settings.link, "link");
  if (!settings.link_address.empty()) split_http_address(settings.link_address, "link-address");
  const std::string& told = settings.link_address.empty() ? settings.link : settings.link_address;
  const std::string host = split_http_address(told).first;
  if (settings.cluster && (host == "0.0.0.0" || host == "::"))
    throw SettingsError("link-address: no other node can connect to " + told + ": set the address that they reach");
  if (settings.node_name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") !=
          std::string::npos ||
      settings.node_name.starts_with('.'))
    throw SettingsError("node-name: \"" + settings.node_name + "\": use letters, digits, and . - _ within");
}

void check_together(const Settings& settings) {
  split_http_address(settings.http);
  if (!settings.admin_http.empty() &&
      !http::is_private_address(split_http_address(settings.admin_http, "admin-http").first))
    throw SettingsError("admin-http: whoever reaches it sees all: \"" + settings.admin_http +
                        "\" is not a loopback or private address such as 127.0.0.1:8081 or 10.0.0.5:8081");
  try {
    http::TrustedProxies{settings.trusted_proxies};
  } catch (const std::invalid_argument& error) {
    throw SettingsError("trusted-proxies: " + std::string(error.what()));
  }
  if (settings.tls_cert.empty() != settings.tls_key.empty())
    throw SettingsError("tls-cert and tls-key go together: set both, or neither");
  for (const std::string& path : {settings.tls_cert, settings.tls_key})
    if (!path.empty() && access(path.c_str(), R_OK) != 0)
      throw SettingsError("cannot read " + path + ": check tls-cert, tls-key and the file's permissions");
  check_links(settings);
  const std::size_t colon = settings.bootstrap_admin.find(':');
  const bool has_address = settings.bootstrap_admin.find('@') < colon;
  if (!settings.bootstrap_admin.empty() && (colon == std::string::npos || !has_address))
    throw SettingsError("bootstrap-admin: write it as email:password");
}

bool is_loopback(const std::string& host) {
  in_addr address{};
  const bool is_number = inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "::1" || (is_number && host.starts_with("127."));
}

}  // namespace

std::string secret_file_name(const Setting& setting) {
  return std::string(setting.name) + std::string(secret_file_suffix);
}

std::string environment_name(std::string_view setting) {
  std::string name(environment_prefix);
  for (const char c : setting) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

NamedTexts environment_settings() {
  NamedTexts out;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(environment_prefix) || equals == std::string_view::npos) continue;
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  constexpr double near_enough = 0.6;
  std::string best;
  double best_score = near_enough;
  for (const std::string& candidate : known) {
    const double score = fstrcmp(std::string(word).c_str(), candidate.c_str());
    if (score >= best_score) {
      best = candidate;
      best_score = score + 1e-9;  // of two as near, the first
    }
  }
  return best;
}

std::pair<std::string, int> split_http_address(const std::string& address, std::string_view setting) {
  const std::size_t colon = address.rfind(':');
  int port = -1;
  std::string host = address.substr(0, colon);
  if (colon != std::string::npos) {
    const char* const end = address.data() + address.size();
    const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, port);
    if (error != std::errc{} || stop != end) port = -1;
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || port < 0 || port > 65'535)
    throw SettingsError(std::string(setting) + ": \"" + address +
                        "\" is not an address and port such as 127.0.0.1:8080");
  return {host, port};
}

Settings default_settings(Environment environment) {
  Settings settings{.environment = environment};
  if (environment == Environment::production) settings.trace_sampling = 100;
  return settings;
}

ResolvedSettings resolve_settings(const SettingSources& sources) {
  ResolvedSettings resolved;
  std::optional<std::string> file = sources.file;
  for (const auto& [variable, value] : sources.environment)
    if (variable == file_variable && !file && !value.empty()) file = value;
  if (file) take_file(resolved, *file);
  Source environment{environment_name, " in the environment"};
  for (const auto& [variable, value] : sources.environment) {
    if (variable == file_variable) continue;
    const Named named = find_named(name_from_environment(variable));
    if (!named.setting && is_kubernetes_variable(variable, value)) continue;
    if (!named.setting) environment.refuse_unknown(variable);
    environment.take(resolved, named, variable, value);
  }
  Source flags{[](std::string_view known) { return "--" + std::string(known); }};
  for (const auto& [name, value] : sources.flags) {
    const Named named = find_named(name);
    if (!named.setting) flags.refuse_unknown(flags.spell(name));
    flags.take(resolved, named, flags.spell(name), value);
  }
  if (!resolved.set_by.contains("trace-sampling"))
    resolved.values.trace_sampling = default_settings(resolved.values.environment).trace_sampling;
  check_together(resolved.values);
  return resolved;
}

namespace {

/// Adds what is missing or unsafe in the settings of a provider on the web.
void add_provider_faults(std::vector<std::string>& faults, const std::string& name, const std::string& url,
                         const std::string& secret) {
  constexpr std::size_t least_secret_length = 32;
  constexpr std::string_view plain = "http://";
  if (url.empty()) {
    faults.push_back(name + "-url is not set: production has no provider of its own");
    return;
  }
  const std::string host = url.starts_with(plain)
                               ? url.substr(plain.size(), url.find_first_of(":/", plain.size()) - plain.size())
                               : std::string();
  if (!url.starts_with("https://") && !is_loopback(host))
    faults.push_back(name + "-url is not https: what is posted would go in the clear");
  if (secret.size() < least_secret_length)
    faults.push_back(name + "-secret is short or not set: use 32 random characters or more");
}

}  // namespace

std::string open_sandbox_fault(const Settings& settings) {
  const std::string host = split_http_address(settings.http).first;
  if (settings.environment != Environment::sandbox || settings.sandbox_open || is_loopback(host)) return {};
  return "http: a sandbox at " + settings.http +
         " shows everybody in reach all its mails, with the tokens in them, and lets them move its clock: listen on "
         "127.0.0.1, or set sandbox-open = true";
}

std::vector<std::string> production_faults(const Settings& settings) {
  constexpr std::int64_t least_password_memory_kib = 19 * 1'024;  // with 2 passes: what OWASP asks at least
  constexpr std::size_t least_key_length = 32;
  constexpr std::size_t least_password_length = 12;
  std::vector<std::string> faults;
  add_provider_faults(faults, "payments", settings.payments_url, settings.payments_secret);
  add_provider_faults(faults, "messages", settings.messages_url, settings.messages_secret);
  if (!settings.rate_limit) faults.emplace_back("rate-limit is off: switch it on");
  if (settings.tls_cert.empty() && !is_loopback(split_http_address(settings.http).first))
    faults.emplace_back("http listens beyond this host without TLS: set tls-cert and tls-key, or listen on 127.0.0.1");
  if (settings.cluster && settings.link_cert.empty() && !is_loopback(split_http_address(settings.link).first))
    faults.emplace_back(
        "link listens beyond this host without TLS: set link-ca, link-cert and link-key, or listen on 127.0.0.1");
  if (settings.public_url.empty())
    faults.emplace_back("public-url is not set: links in messages would lead nowhere");
  else if (!settings.public_url.starts_with("https://"))
    faults.emplace_back("public-url is not https: links in messages would be sent in the clear");
  if (!settings.service_key.empty() && settings.service_key.size() < least_key_length)
    faults.emplace_back("service-key is short: use 32 random characters or more");
  const std::string& admin = settings.bootstrap_admin;
  if (!admin.empty() && admin.size() - admin.find(':') - 1 < least_password_length)
    faults.emplace_back("bootstrap-admin has a short password: use 12 characters or more");
  else if (!admin.empty() && http::fault_of(admin.substr(admin.find(':') + 1), admin.substr(0, admin.find(':'))))
    faults.emplace_back("bootstrap-admin has a password that would be guessed: use several unrelated words");
  if (settings.password_memory_kib < least_password_memory_kib)
    faults.emplace_back("password-memory-kib is under 19456: password hashes would be cheap to guess");
  if (settings.password_passes < 2) faults.emplace_back("password-passes is under 2: hashes would be cheap to guess");
  if (settings.payout_delay < std::chrono::hours(1))
    faults.emplace_back("payout-delay is under 1 h: money would be gone before a dispute can freeze it");
  return faults;
}

}  // namespace caravan
