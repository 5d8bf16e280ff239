#include "http/edge.hpp"

#include <cstdlib>

#include "http/access/accounts.hpp"
#include "http/access/own_writes.hpp"
#include "http/documents/openapi.hpp"
#include "http/pictures/pictures.hpp"
#include "http/routes/all.hpp"
#include "http/routes/system/system.hpp"
#include "http/server/access_log.hpp"
#include "storage/journal/entry.hpp"

namespace caravan::http {

namespace {

/// The door of rows that are only read, see rows_to_read: every request is answered as unavailable.
class ClosedDoor : public Door {
 public:
  void ask(Ask, ReplyHandler handler) override { handler({.outcome = Outcome::unavailable}); }
  void query(Address, AnyRecord, Caller, ReplyHandler handler) override { handler({.outcome = Outcome::unavailable}); }
  void await(Address, AnyRecord, Caller, std::function<bool(const Reply&)>, std::chrono::milliseconds,
             ReplyHandler handler) override {
    handler({.outcome = Outcome::unavailable});
  }
  std::vector<JournalEntry> history(Address, std::uint64_t, std::size_t, std::optional<Lane>) override { return {}; }
  bool exists(Address) override { return false; }
  Time now() const override { return {}; }
};

class NoRandom : public Random {
 public:
  void fill(std::span<std::uint8_t>) override { std::abort(); }
};

}  // namespace

/// The operators' listener. It has threads, limits and metrics of its own. So it answers while the customers' listener
/// is full, and the questions of operators do not count as traffic.
struct HttpEdge::Operators {
  Operators(Services& services, const std::vector<Route>& rows, const Authenticator& authenticator)
      : router(operators_routes(rows)), metrics(router), dispatcher(services, router, authenticator, metrics) {
    dispatcher.observe(log_failure);
  }
  Router router;
  Metrics metrics;
  Dispatcher dispatcher;
  std::unique_ptr<Server> server;
};

HttpEdge::HttpEdge(Services& services, std::vector<Route> rows, EdgeSettings settings)
    : settings_(std::move(settings)), services_(services), router_(std::make_unique<Router>(std::move(rows))) {
  metrics_ = std::make_unique<Metrics>(*router_);
  health_ = std::make_unique<Health>(services.settings.version, *metrics_);
  metrics_->add_source([this](MetricFamilies& out) { health_->write_metrics(out); });
  pages_ = std::make_unique<SystemPages>(*health_, *metrics_, router_->rows(), settings_.docs_folder);
  if (!services_.own_writes) {
    own_writes_ = std::make_unique<OwnWrites>();
    services_.own_writes = own_writes_.get();
  }
  if (!services_.pictures) {
    pictures_ = std::make_unique<Pictures>();
    services_.pictures = pictures_.get();
  }
  services_.pages = pages_.get();
  authenticator_ = std::make_unique<Authenticator>(
      services_.tokens, services_.sessions, settings_.service_keys, settings_.find_key_owner,
      ServiceLookups{.rights = services_.service_rights,
                     .seal = services_.token_seal,
                     .acting_for = [&door = services_.door](UserId user) { return rights_on_behalf(door, user); }});
  dispatcher_ = std::make_unique<Dispatcher>(services_, *router_, *authenticator_, *metrics_);
  dispatcher_->trace(services_.spans);
  dispatcher_->observe(settings_.access_log ? log_exchange : log_failure);
  if (settings_.operators) operators_ = std::make_unique<Operators>(services_, router_->rows(), *authenticator_);
}

HttpEdge::~HttpEdge() { stop(); }

Server& HttpEdge::start() {
  if (operators_) operators_->server = std::make_unique<Server>(*settings_.operators, operators_->dispatcher);
  server_ = std::make_unique<Server>(settings_.server, *dispatcher_);
  return *server_;
}

void HttpEdge::drain() {
  health_->set_serving(false);
  if (server_) server_->close_after_answers();
}

void HttpEdge::stop() {
  server_.reset();
  if (operators_) operators_->server.reset();
}

const Server* HttpEdge::operators() const { return operators_ ? operators_->server.get() : nullptr; }

const std::vector<Route>& rows_to_read() {
  static ClosedDoor door;
  static NoRandom random;
  static Services services{.door = door, .random = random};
  static const Router router(all_routes(services));
  return router.rows();
}

std::string openapi_of_all_routes() { return openapi_json(rows_to_read()); }

}  // namespace caravan::http
