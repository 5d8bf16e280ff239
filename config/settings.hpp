#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What can be set on a node. One table (setting_table) describes every setting: name, type, default, bounds, help.
/// The command line's flags, the environment's CARAVAN_… names, the file's keys and `caravan config` all follow it.
namespace caravan {

enum class Environment : std::uint8_t { sandbox, production };

/// A number of bytes, written as "512 KiB" or "1 MiB".
struct ByteCount {
  std::int64_t count = 0;
  friend bool operator==(const ByteCount&, const ByteCount&) = default;
};

/// Every setting, with its default in the sandbox.
struct Settings {
  Environment environment = Environment::sandbox;
  std::string http = "127.0.0.1:8080";
  bool sandbox_open = false;
  std::string admin_http;
  std::string data = "data";
  std::string journal;
  std::string public_url;
  std::string routes_url;
  std::string weather_url;
  std::string payments_url;
  std::string payments_secret;
  std::string messages_url;
  std::string messages_secret;
  std::string bootstrap_admin;
  std::string service_key;
  bool rate_limit = true;
  std::string trusted_proxies;
  std::string tls_cert;
  std::string tls_key;
  std::string log_level = "info";
  std::string log_format = "text";
  bool access_log = false;
  std::int64_t trace_sampling = 10'000;
  std::string traces_url;
  std::chrono::milliseconds drain_time{0};

  bool cluster = false;
  std::string node_name;
  std::string link = "127.0.0.1:0";
  std::string link_address;
  std::string link_ca;
  std::string link_cert;
  std::string link_key;
  std::string shared_data;

  std::int64_t shards = 64;
  std::int64_t resident_limit = 200'000;
  std::chrono::milliseconds idle_passivation = std::chrono::minutes(10);
  std::int64_t snapshot_interval = 200;
  std::int64_t mailbox_limit = 10'000;
  std::int64_t commit_events = 1'024;
  ByteCount commit_bytes{4 << 20};
  std::int64_t worker_threads = 0;

  std::int64_t http_threads = 384;
  bool batch_scheduling = true;
  std::int64_t requests_in_flight = 256;
  ByteCount body_limit{1 << 20};
  ByteCount upload_limit{10 << 20};
  std::int64_t open_trips = 500;
  std::int64_t overlapping_trips = 3;
  std::chrono::milliseconds request_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds keep_alive = std::chrono::seconds(75);
  std::int64_t idempotency_days = 30;

  std::int64_t password_memory_kib = 19 * 1'024;
  std::int64_t password_passes = 2;
  std::chrono::milliseconds access_token_life = std::chrono::minutes(15);
  std::chrono::milliseconds refresh_token_life = std::chrono::days(30);

  bool require_terms = false;
  std::int64_t platform_fee = 1'000;
  std::chrono::milliseconds payout_delay = std::chrono::hours(48);
  std::int64_t verify_after_recent = 0;
  std::int64_t verify_after_all = 0;
  std::string verify_level = "identity";
  std::string customs_declaration = "warn";
};

/// One row of the table.
struct Setting {
  using Member = std::variant<std::string Settings::*, std::int64_t Settings::*, bool Settings::*,
                              ByteCount Settings::*, std::chrono::milliseconds Settings::*, Environment Settings::*>;
  std::string_view name;  // "rate-limit": --rate-limit, CARAVAN_RATE_LIMIT, rate-limit = … in the file
  Member member;
  std::string_view help;
  std::int64_t low = 0, high = 0;                  // bounds, inclusive: a count, bytes, milliseconds, a text's length
  std::span<const std::string_view> choices = {};  // texts: the only values taken
  bool secret = false;                             // never printed; may also come from a file, see secret_file_name
};

std::span<const Setting> setting_table();

/// A setting that cannot be taken. One line that names it and tells the remedy.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// Where values come from, weakest first.
struct SettingSources {
  std::optional<std::string> file;  // path of a TOML file
  NamedTexts environment;           // CARAVAN_… names with their values
  NamedTexts flags;                 // setting names (no dashes) with their values
};

/// Settings, and for each that is not at its default, who set it.
struct ResolvedSettings {
  Settings values;
  std::map<std::string, std::string, std::less<>> set_by;
};

/// Every setting as it is where nothing sets it.
Settings default_settings(Environment environment);

/// Takes defaults, then the file, then the environment, then the flags. Throws SettingsError on an unknown name
/// (telling the nearest known one), a bad value, a secret that comes twice from one of them, a secret's file that
/// cannot be read, or values that do not go together. Kubernetes' own variables are passed over.
ResolvedSettings resolve_settings(const SettingSources& sources);

/// Why a sandbox must not listen where these settings say, with the remedy; empty where nothing is against it.
std::string open_sandbox_fault(const Settings& settings);

/// What makes these settings unsafe to run in production: one line each, empty where nothing does.
std::vector<std::string> production_faults(const Settings& settings);

/// The value of a setting as text; a secret one shows only whether it is set.
std::string setting_text(const Setting& setting, const Settings& settings);

/// "1 to 4096", "on or off", "up to 200 characters".
std::string setting_bounds(const Setting& setting);

/// Every setting with value, default, bounds and source, for people.
std::string describe_settings(const ResolvedSettings& settings);

/// "service-key-file" for "service-key": each secret may come from a file that is named so.
std::string secret_file_name(const Setting& setting);

/// "CARAVAN_RATE_LIMIT" for "rate-limit".
std::string environment_name(std::string_view setting);

/// The CARAVAN_… variables of this process.
NamedTexts environment_settings();

/// The one of `known` that is most like `word`, or empty where none is near.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

/// The address and port of a `http` setting such as "127.0.0.1:8080" or "[::1]:8080". Throws SettingsError.
std::pair<std::string, int> split_http_address(const std::string& address, std::string_view setting = "http");

}  // namespace caravan
