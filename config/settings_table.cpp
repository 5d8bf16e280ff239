#include <array>

#include "actors/user/verify_rule.hpp"
#include "config/settings.hpp"

namespace caravan {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t ms(milliseconds d) { return d.count(); }

constexpr std::int64_t path_length = 4'096;
constexpr std::int64_t kib = 1'024;
constexpr std::int64_t mib = kib * kib;

constexpr std::array<std::string_view, 6> log_levels{"trace", "debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 2> customs_declarations{"warn", "required"};
constexpr auto level_labels = enum_labels(VerificationLevel{});
constexpr std::span<const std::string_view> verify_levels = std::span(level_labels).subspan(1);  // all but "none"
constexpr std::array<std::string_view, 2> log_formats{"text", "json"};

constexpr auto rows = std::to_array<Setting>({
    {"environment", &Settings::environment,
     "sandbox captures messages and has a virtual clock; production has neither and refuses unsafe settings"},
    {"http", &Settings::http, "address and port to serve on", 3, 300},
    {"sandbox-open", &Settings::sandbox_open,
     "the sandbox may listen beyond this host, where anybody can read its mails and move its clock"},
    {"admin-http", &Settings::admin_http,
     "loopback or private address and port where operators read /health and /metrics without signing in, on threads of "
     "their own; empty: nowhere",
     0, 300},
    {"data", &Settings::data, "the data folder: journal, read models, keys, uploads", 1, path_length},
    {"journal",
     &Settings::journal,
     "a database that keeps the journal: postgresql://user@host:5432/database; empty: a file in the data folder",
     0,
     1'000,
     {},
     true},
    {"public-url", &Settings::public_url, "how clients reach this node, for links in messages; empty: from `http`", 0,
     300},
    {"routes-url", &Settings::routes_url, "a server that speaks OSRM's HTTP interface; empty: embedded estimates", 0,
     300},
    {"weather-url", &Settings::weather_url, "a server that speaks Open-Meteo's HTTP interface; empty: no weather", 0,
     300},
    {"payments-url", &Settings::payments_url,
     "the payment provider of production: a server that takes signed posts; see http/providers", 0, 300},
    {"payments-secret", &Settings::payments_secret, "signs what is posted to payments-url", 0, 200, {}, true},
    {"messages-url", &Settings::messages_url,
     "what mails, texts and pushes in production: a server that takes signed posts; see http/providers", 0, 300},
    {"messages-secret", &Settings::messages_secret, "signs what is posted to messages-url", 0, 200, {}, true},
    {"bootstrap-admin",
     &Settings::bootstrap_admin,
     "email:password of an administrator: each start makes the account, or makes it active again with all permissions",
     0,
     400,
     {},
     true},
    {"service-key",
     &Settings::service_key,
     "the first service's key, which it sends as X-Api-Key; other services have keys of their own",
     0,
     200,
     {},
     true},
    {"rate-limit", &Settings::rate_limit, "refuse callers who ask too often; off for tests and benchmarks"},
    {"trusted-proxies", &Settings::trusted_proxies,
     "load balancers before this node: addresses and networks, with commas between; who the client is they say in "
     "X-Forwarded-For",
     0, 2'000},
    {"tls-cert", &Settings::tls_cert, "PEM file with the certificate chain; empty: plain HTTP", 0, path_length},
    {"tls-key", &Settings::tls_key, "PEM file with the certificate's private key", 0, path_length},
    {"log-level", &Settings::log_level, "the least that is logged", 0, 0, log_levels},
    {"log-format", &Settings::log_format, "lines for people, or a JSON object a line", 0, 0, log_formats},
    {"access-log", &Settings::access_log, "a line for each request; log-level debug has it too"},
    {"trace-sampling", &Settings::trace_sampling,
     "of 10,000 requests, so many have their steps kept for /admin/traces and traces-url, besides those of services or "
     "administrators that say so in traceparent, and the own step of what fails or is slow; production keeps 100 where "
     "nothing is set",
     0, 10'000},
    {"traces-url", &Settings::traces_url,
     "a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; empty: traces stay in the node", 0, 300},
    {"drain-time", &Settings::drain_time,
     "how long a node that is told to stop serves on while /health/ready says 503, for load balancers to turn away; a "
     "second signal ends it",
     0, ms(minutes(10))},

    {"cluster", &Settings::cluster,
     "one of several nodes that share a journal: processes of one host share a data folder, hosts share a database"},
    {"node-name", &Settings::node_name, "this node's name, another one for each node; empty: the host's name", 0, 63},
    {"link", &Settings::link, "address and port to listen on for the cluster's other nodes; port 0: a free one", 3,
     300},
    {"link-address", &Settings::link_address, "where the other nodes reach it; empty: as in `link`", 0, 300},
    {"link-ca", &Settings::link_ca,
     "PEM file of the authority that signs the nodes' certificates; empty: one host, by its secret", 0, path_length},
    {"link-cert", &Settings::link_cert, "PEM file with this node's certificate; its common name is node-name", 0,
     path_length},
    {"link-key", &Settings::link_key, "PEM file with that certificate's private key", 0, path_length},
    {"shared-data", &Settings::shared_data,
     "a folder that all nodes of a cluster on several hosts share: keys and uploads; empty: the data folder", 0,
     path_length},

    {"shards", &Settings::shards, "units of ownership; fixed when the journal is made", 1, 4'096},
    {"resident-limit", &Settings::resident_limit,
     "entities kept in memory; beyond it those leave that have been idle longest", 100, 50'000'000},
    {"idle-passivation", &Settings::idle_passivation, "an entity leaves memory after this long without a message",
     ms(seconds(1)), ms(days(7))},
    {"snapshot-interval", &Settings::snapshot_interval, "decisions of an entity between two snapshots of it", 1,
     1'000'000},
    {"mailbox-limit", &Settings::mailbox_limit, "commands that wait for one entity before callers are told 503", 1,
     1'000'000},
    {"commit-events", &Settings::commit_events, "decisions in one group commit at most", 1, 65'536},
    {"commit-bytes", &Settings::commit_bytes,
     "a group commit takes no more decisions once they have so many bytes; snapshots and effects come on top", 64 * kib,
     256 * mib},
    {"worker-threads", &Settings::worker_threads, "threads that run entities; 0: one a processor, two at least", 0,
     256},

    {"http-threads", &Settings::http_threads,
     "connections served at a time; where they run short, who idles or is slow to send is hung up on, and answers "
     "close their connections, so that others get a turn",
     2, 4'096},
    {"batch-scheduling", &Settings::batch_scheduling,
     "connections' threads do not push others off a processor as they wake: up to a third faster where the machine is "
     "the node's own; turn it off beside programs that keep the processors busy"},
    {"requests-in-flight", &Settings::requests_in_flight, "requests handled at a time; beyond it callers are told 503",
     1, 4'096},
    {"body-limit", &Settings::body_limit, "largest JSON body taken; the pictures in it come on top", kib, 64 * mib},
    {"upload-limit", &Settings::upload_limit, "largest photo, signature or PDF taken; within JSON 4 MiB at most", kib,
     256 * mib},
    {"open-trips", &Settings::open_trips, "how many trips of one traveler may be upcoming or under way", 1, 1'000'000},
    {"overlapping-trips", &Settings::overlapping_trips,
     "with how many others of its traveler's a trip may share more than an hour, where one person could be on both", 1,
     1'000'000},
    {"request-timeout", &Settings::request_timeout,
     "how long a client may take to send a request, header and body together", ms(seconds(1)), ms(minutes(10))},
    {"keep-alive", &Settings::keep_alive, "how long an idle connection stays open", ms(seconds(1)), ms(hours(1))},
    {"idempotency-days", &Settings::idempotency_days,
     "how many days a repeat under the same Idempotency-Key gets the first answer again", 1, 366},

    {"password-memory-kib", &Settings::password_memory_kib, "memory of one password hash (Argon2id), in KiB", 8,
     4 * mib},
    {"password-passes", &Settings::password_passes, "passes of one password hash (Argon2id)", 1, 100},
    {"access-token-life", &Settings::access_token_life, "how long an access token is good for", ms(minutes(1)),
     ms(days(1))},
    {"refresh-token-life", &Settings::refresh_token_life, "how long a session lasts without a refresh", ms(hours(1)),
     ms(days(365))},

    {"require-terms", &Settings::require_terms,
     "refuse a registration that does not accept the terms (`acceptedTerms`, the version that GET /policy shows)"},
    {"platform-fee", &Settings::platform_fee,
     "the platform's part of a price in hundredths of a percent; deals that were accepted keep theirs", 0, 9'000},
    {"payout-delay", &Settings::payout_delay,
     "how long after a delivery the traveler is paid; deals that were accepted keep theirs", 0, ms(days(90))},
    {"verify-after-recent", &Settings::verify_after_recent,
     "whoever has completed so many deliveries within 30 days needs verify-level for the next one; 0: nobody does", 0,
     most_deliveries_counted},
    {"verify-after-all", &Settings::verify_after_all,
     "whoever has completed so many deliveries in all needs verify-level for the next one; 0: nobody does", 0,
     1'000'000},
    {"verify-level", &Settings::verify_level, "the level that those two ask for, at offering and at accepting", 0, 0,
     verify_levels},
    {"customs-declaration", &Settings::customs_declaration,
     "what happens to a request across a customs border that declares nothing: warn says so in its answer, required "
     "refuses it",
     0, 0, customs_declarations},
});

}  // namespace

std::span<const Setting> setting_table() { return rows; }

}  // namespace caravan
