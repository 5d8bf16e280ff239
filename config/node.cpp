#include "config/node.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <mutex>

#include "config/alone.hpp"
#include "config/cluster.hpp"
#include "config/edge_settings.hpp"
#include "config/needs.hpp"
#include "config/node_metrics.hpp"
#include "http/access/accounts.hpp"
#include "http/access/administrators.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/service_keys.hpp"
#include "http/access/sessions.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/edge.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/sandbox_messages.hpp"
#include "http/providers/messages/web_messages.hpp"
#include "http/providers/payments/sandbox_payments.hpp"
#include "http/providers/payments/web_payments.hpp"
#include "http/providers/places/places.hpp"
#include "http/providers/sandbox_clock.hpp"
#include "http/providers/traces/trace_export.hpp"
#include "http/qr/seal.hpp"
#include "http/routes/all.hpp"
#include "runtime/directory.hpp"
#include "runtime/file_store.hpp"
#include "runtime/node.hpp"
#include "runtime/sandbox_clock.hpp"
#include "runtime/spans.hpp"
#include "storage/cluster/open.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal/open.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/match_model.hpp"
#include "storage/read_models/open_work.hpp"
#include "storage/read_models/projector.hpp"
#include "storage/read_models/trips.hpp"
#include "storage/read_models/users.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr double longest_delay_seconds = 60;
constexpr std::uintmax_t least_free_bytes = 1ULL << 30;
constexpr auto stats_life = 250ms;    // to count walks over all effects under way
constexpr auto locate_patience = 2s;  // for the read models to reach the journal's head

NodeOptions node_options(const Settings& settings) {
  NodeOptions options;
  options.name = "pid " + std::to_string(::getpid());
  options.worker_threads = entity_threads(settings);
  options.resident_limit = static_cast<std::size_t>(settings.resident_limit);
  options.mailbox_limit = static_cast<std::size_t>(settings.mailbox_limit);
  options.idle = settings.idle_passivation;
  options.key_life = std::chrono::days{settings.idempotency_days};
  options.snapshot_every = static_cast<std::uint64_t>(settings.snapshot_interval);
  options.batch_items = static_cast<std::size_t>(settings.commit_events);
  options.batch_bytes = static_cast<std::size_t>(settings.commit_bytes.count);
  return options;
}

/// The rules by which prices are shown, with the same platform fee that escrows take.
PricingRules pricing_rules(const Settings& settings) {
  PricingRules rules = first_pricing_rules();
  rules.platform_share = settings.platform_fee;
  return rules;
}

http::DependencyHealth circuit_health(const http::CircuitBreaker& breaker) {
  const auto status = breaker.status(http::CircuitBreaker::Clock::now());
  std::string detail = "circuit " + std::string(to_text(status.state));
  if (status.failures > 0) detail += ", " + std::to_string(status.failures) + " failures in a row";
  return {status.state == http::CircuitBreaker::State::closed, std::move(detail)};
}

std::unique_ptr<TraceExport> make_trace_export(const Settings& settings) {
  if (settings.traces_url.empty()) return nullptr;
  return std::make_unique<TraceExport>(
      TraceExport::Settings{.url = settings.traces_url, .node = node_name(settings), .version = CARAVAN_VERSION});
}

Spans::Also span_receiver(TraceExport* to) {
  if (!to) return {};
  return [to](const Span& span) { to->take(span); };
}

std::unique_ptr<ClusterStore> open_members(const Settings& settings, const DataFolder& folder,
                                           const std::filesystem::path& shared, Journal& journal) {
  if (!settings.cluster) refuse_living_members(settings);
  auto store = open_cluster_store(settings.journal, folder.text());
  if (settings.cluster) refuse_node_alone(*store);
  if (settings.cluster && !settings.journal.empty()) require_shared_folder(shared, journal, settings.journal);
  return store;
}

std::string read_model_folder(const DataFolder& folder, Journal& journal) {
  const std::string path = folder.own().string();
  if (ReadModels::forget_other_history(path, journal))
    spdlog::warn("the journal has another history than the read models: they are made anew");
  return path;
}

/// The sandbox's clock, as the routes see it.
class MovingClock : public http::SandboxClock {
 public:
  MovingClock(Node& node, OffsetClock& clock, Journal& journal) : clock_(clock), mover_(node, clock, journal) {}
  Time now() override { return clock_.now(); }
  Time advance(Duration by) override { return mover_.advance(by); }

 private:
  OffsetClock& clock_;
  ClockMover mover_;
};

}  // namespace

/// The parts in the order in which they are made. They are destroyed in reverse order, so a part may use those above
/// it.
struct ServingNode::Parts {
  explicit Parts(const Settings& settings);
  ~Parts() {
    if (follower) follower->stop();
    alone.reset();
    edge->stop();
    node->stop();
  }

  NodeOptions options_with_hooks(const Settings& settings);
  void add_sandbox_providers(const Settings& settings);
  void add_web_providers(const Settings& settings);
  void follow_others(const Settings& settings);
  void make_first_holders(const Settings& settings);
  void add_health_checks();
  /// As they were at most a moment ago: several readers come one after the other.
  NodeStats recent_stats();
  void add_shown_checks();

  DataFolder folder;
  const std::filesystem::path shared;  // keys, uploads and the sandbox's providers
  std::unique_ptr<Journal> journal;
  const std::unique_ptr<ClusterStore> cluster_store;
  OffsetClock clock;
  ReadModels read_models;
  RecentParts recent_parts;
  Projector projector;
  std::unique_ptr<TraceExport> trace_export;  // null: traces stay here
  Spans spans;
  Uploads uploads;
  std::unique_ptr<Node> node;
  Places places;
  std::vector<const http::CircuitBreaker*> breakers{places.breakers};  // of all providers on the web
  StoredTripIndex trip_index;
  Matcher matcher;
  http::TokenAuthority tokens;
  http::PasswordHasher passwords;
  http::CodeSealer codes;
  http::SecretSealer secrets;
  http::TokenSeal token_seal;
  http::CachedSessions sessions;
  http::ServiceRights service_rights;
  MovingClock moving_clock;
  http::AdministratorsWatch administrators{*node, read_models};
  http::Services services;
  std::unique_ptr<http::HttpEdge> edge;
  std::mutex stats_mutex;
  NodeStats stats;
  std::chrono::steady_clock::time_point stats_until = {};
  std::unique_ptr<Follower> follower;
  std::unique_ptr<Alone> alone;
  std::string url;
};

ServingNode::Parts::Parts(const Settings& settings)
    : folder(settings.data, settings.cluster ? node_name(settings) : ""),
      shared(settings.shared_data.empty() ? folder.path() : std::filesystem::path(settings.shared_data)),
      journal(open_journal(settings.journal, folder, static_cast<std::uint32_t>(settings.shards))),
      cluster_store(open_members(settings, folder, shared, *journal)),
      clock(ClockMover::stored_offset(*journal)),
      read_models(read_model_folder(folder, *journal)),
      projector(*journal, read_models),
      trace_export(make_trace_export(settings)),
      spans(settings.trace_sampling, {}, span_receiver(trace_export.get())),
      uploads(shared.string(), static_cast<std::size_t>(settings.upload_limit.count)),
      node(make_node(*journal, clock, system_random(), options_with_hooks(settings))),
      places(embedded_places({.routes_url = settings.routes_url, .weather_url = settings.weather_url},
                             pricing_rules(settings))),
      trip_index(read_models),
      matcher(trip_index, [this] { return learnt_match_model(read_models); }),
      tokens({.folder = shared / "keys",
              .token_lifetime = std::chrono::duration_cast<std::chrono::seconds>(settings.access_token_life)},
             [this] { return clock.now(); }),
      passwords({.cost = {.operations = static_cast<unsigned long long>(settings.password_passes),
                          .memory_bytes = static_cast<std::size_t>(settings.password_memory_kib) << 10}}),
      // `keys/` itself signs access tokens; `keys/tokens` seals API keys, refresh and challenge tokens.
      codes(shared / "keys" / "qr"),
      secrets(shared / "keys" / "secrets"),
      token_seal(shared / "keys" / "tokens"),
      sessions([this](UserId user, const Uuid& session) { return http::session_rights(*node, user, session); },
               rights_memory(settings)),
      service_rights(*node, rights_memory(settings)),
      moving_clock(*node, clock, *journal),
      services{.door = *node, .random = system_random(), .settings = route_settings(settings)} {
  services.spans = &spans;
  services.stuck_effects = [this] { return node->stuck_effects(1'000ms); };
  services.find_trace = [this](const std::string& trace_id) { return node->find_trace(trace_id, 1'000ms); };
  services.locate = [this](const Uuid& part) {
    const auto recent = recent_parts.find(part);
    return recent ? recent
                  : locate(
                        read_models, part, [this] { return journal->head(); }, locate_patience);
  };
  services.remember_part = [this](const Uuid& part, const Address& owner) { recent_parts.remember(part, owner); };
  services.wait_for_read_models = [this](std::uint64_t position, std::chrono::milliseconds limit) {
    return read_models.wait_for(position, limit);
  };
  services.read_models = &read_models;
  services.cluster_store = cluster_store.get();
  services.cluster_state = [this] { return node->cluster_state(); };
  services.uploads = &uploads;
  services.places = &places;
  services.matcher = &matcher;
  services.tokens = &tokens;
  services.passwords = &passwords;
  services.codes = &codes;
  services.secrets = &secrets;
  services.token_seal = &token_seal;
  services.sessions = &sessions;
  node->add_provider(EntityKind::file_store, std::make_shared<FileStore>(uploads));
  services.service_rights = &service_rights;
  node->add_provider(EntityKind::directory,
                     std::make_shared<Directory>(Directory::Sources{
                         .catch_up = [this] { return read_models.wait_for(journal->head(), locate_patience); },
                         .open_work = [this](UserId user) { return open_work(read_models, user); }}));
  if (services.settings.sandbox)
    add_sandbox_providers(settings);
  else
    add_web_providers(settings);
  if (settings.cluster)
    services.feed_head = [this] {
      const std::uint64_t head = journal->head();
      projector.notify(head);  // so that who waits for the read models need not wait for the follower's next look
      return head;
    };
  node->start();
  if (!settings.cluster) make_first_holders(settings);
  http::EdgeSettings edge_options = edge_settings(settings);
  edge_options.find_key_owner = [this, of_the_start = journal->head()](std::string_view key) {
    const auto find_unsealed = [&](const std::string& hash) {
      auto owner = account_with_key(read_models, hash);
      if (owner || read_models.position() >= of_the_start) return owner;
      // They were made before this build: until the read models are there again, nobody can tell.
      if (!read_models.wait_for(of_the_start, locate_patience))
        throw http::Problem{.code = "unavailable", .retry_after = 1s};
      return account_with_key(read_models, hash);
    };
    return http::find_key_owner(*node, token_seal, find_unsealed, key);
  };
  edge = std::make_unique<http::HttpEdge>(services, http::all_routes(services), std::move(edge_options));
  add_health_checks();
  url = edge->start().url();
  if (settings.cluster) {
    follow_others(settings);
    return;
  }
  // Made before the node is ready: it needs the database at its start, and who sees a ready node may stop the database.
  if (!settings.journal.empty()) alone = std::make_unique<Alone>(Alone::Of{*node, *cluster_store, node_name(settings)});
  edge->health().set_serving(true);
}

void ServingNode::Parts::follow_others(const Settings& settings) {
  edge->health().add("cluster", [this] { return cluster_health(*node->cluster_state()); });
  follower =
      std::make_unique<Follower>(Follower::Of{.node = *node,
                                              .journal = *journal,
                                              .projector = projector,
                                              .read_models = read_models,
                                              .health = edge->health(),
                                              .clock = services.settings.sandbox ? &clock : nullptr,
                                              .before_serving = [this, settings] { make_first_holders(settings); }});
}

NodeOptions ServingNode::Parts::options_with_hooks(const Settings& settings) {
  NodeOptions options = node_options(settings);
  options.spans = &spans;
  options.on_commit = [this](std::uint64_t position) { projector.notify(position); };
  if (!settings.cluster) return options;
  options.cluster = cluster_options(settings, *cluster_store, shared / "keys" / "links");
  options.cluster->self.version = CARAVAN_VERSION;
  return options;
}

void ServingNode::Parts::add_sandbox_providers(const Settings& settings) {
  const bool many_hosts = settings.cluster && !settings.journal.empty();
  const sqlite::Sharing sharing = many_hosts ? sqlite::Sharing::many_hosts : sqlite::Sharing::one_host;
  services.clock = &moving_clock;
  node->add_provider(EntityKind::payments,
                     std::make_shared<SandboxPayments>((shared / "sandbox_payments.sqlite").string(), 5s, sharing));
  auto messages = std::make_shared<SandboxMessages>(shared / "sandbox_messages.sqlite", message_templates(),
                                                    services.settings.public_url, history_name(*journal), sharing);
  services.captured = messages.get();
  node->add_provider(EntityKind::messages, std::move(messages));
}

void ServingNode::Parts::add_web_providers(const Settings& settings) {
  auto payments =
      std::make_shared<WebPayments>(PostTarget{.url = settings.payments_url, .secret = settings.payments_secret});
  auto messages =
      std::make_shared<WebMessages>(PostTarget{.url = settings.messages_url, .secret = settings.messages_secret},
                                    message_templates(), services.settings.public_url, history_name(*journal));
  breakers.insert(breakers.end(), {&payments->breaker(), &messages->breaker()});
  node->add_provider(EntityKind::payments, std::move(payments));
  node->add_provider(EntityKind::messages, std::move(messages));
}

/// Whom the settings name: the first administrator, and the first service's key.
void ServingNode::Parts::make_first_holders(const Settings& settings) {
  if (!settings.service_key.empty()) spdlog::info(http::take_settings_key(*node, settings.service_key));
  const std::string& admin = settings.bootstrap_admin;
  const std::size_t colon = admin.find(':');
  if (colon == std::string::npos) return;
  spdlog::info(
      http::bootstrap_admin(*node, system_random(), passwords, admin.substr(0, colon), admin.substr(colon + 1)));
}

NodeStats ServingNode::Parts::recent_stats() {
  const std::lock_guard lock(stats_mutex);
  const auto now = std::chrono::steady_clock::now();
  if (now < stats_until) return stats;
  stats = node->stats();
  stats_until = now + stats_life;
  return stats;
}

void ServingNode::Parts::add_health_checks() {
  edge->metrics().add_source([this](http::MetricFamilies& out) {
    const NodeStats now = recent_stats();
    write_metrics(now, out);
    if (const auto state = node->cluster_state()) write_metrics(*state, now, out);
    write_metrics(projector.lag(), out);
    write_metrics(breakers, out);
    write_metrics(spans, trace_export.get(), out);
    write_process_metrics(folder.text(), out);
  });
  add_shown_checks();
  for (const http::CircuitBreaker* breaker : breakers)
    edge->health().add(
        breaker->name(), [breaker] { return circuit_health(*breaker); }, false);
  edge->health().add("journal", [this] {
    const std::string failure = journal->failure();
    return http::DependencyHealth{failure.empty(), failure};
  });
  edge->health().add("readModels", [this] {
    const std::string failure = projector.failure();
    const std::uint64_t behind = projector.lag().positions;
    return http::DependencyHealth{failure.empty(),
                                  failure.empty() && behind > 0 ? std::to_string(behind) + " entries behind" : failure};
  });
}

/// Checks that operators should see in /health, though they do not keep the node from serving.
void ServingNode::Parts::add_shown_checks() {
  const auto show = [this](std::string name, std::function<http::DependencyHealth()> check) {
    edge->health().add(std::move(name), std::move(check), false);
  };
  const auto late = [](double seconds, const std::string& what) {
    const bool is_late = seconds > longest_delay_seconds;
    return http::DependencyHealth{!is_late,
                                  is_late ? what + " for " + std::to_string(std::lround(seconds)) + " s" : ""};
  };
  show("disk", [this] {
    std::error_code failed;
    const auto space = std::filesystem::space(folder.path(), failed);
    const bool full = failed || space.available < least_free_bytes;
    return http::DependencyHealth{!full, failed ? failed.message()
                                         : full ? std::to_string(space.available >> 20) + " MiB free"
                                                : ""};
  });
  show("administrators", [this] { return http::DependencyHealth{true, administrators.advice()}; });
  show("effects", [=, this] { return late(recent_stats().oldest_to_entity, "an effect waits"); });
  show("timers", [=, this] { return late(recent_stats().oldest_overdue_timer, "a timer is overdue"); });
}

ServingNode::ServingNode(const Settings& settings) : parts_(std::make_unique<Parts>(settings)) {}

ServingNode::~ServingNode() = default;

std::string ServingNode::url() const { return parts_->url; }

std::string ServingNode::operators_url() const {
  const http::Server* server = parts_->edge->operators();
  return server ? server->url() : "";
}

void ServingNode::drain() {
  if (parts_->follower) parts_->follower->drain();
  parts_->edge->drain();
  parts_->node->leave();
}

bool ServingNode::has_handed_over() const {
  const auto state = parts_->node->cluster_state();
  return !state || state->shards == 0 || state->takers == 0 || !state->has_lease;
}

bool ServingNode::is_broken() const { return parts_->node->is_broken(); }

std::string ServingNode::why_broken() const { return parts_->node->why_broken(); }

std::string ServingNode::news_of_administrators() {
  return parts_->projector.lag().positions > 0 ? "" : parts_->administrators.look();
}

}  // namespace caravan
