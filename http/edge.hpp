#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/documents/pages.hpp"
#include "http/server/health.hpp"
#include "http/server/server.hpp"

namespace caravan::http {

struct EdgeSettings {
  ServerSettings server = {};
  std::vector<ServiceKey> service_keys = {};
  Authenticator::ApiKeyOwner find_key_owner = {};
  std::filesystem::path docs_folder = installed_docs_folder();  // Swagger UI's files; empty: our own page
  bool access_log = true;
  std::optional<ServerSettings> operators = {};  // a second listener, see operators_routes; absent: there is none
};

/// The HTTP side of a node, put together: rows, access, limits, pages and the server.
///
///     Services services{.door = *node, .random = system_random(), .settings = …};   // and all that handlers use
///     HttpEdge edge(services, all_routes(services), settings);
///     edge.health().add("journal", …);
///     edge.start();                       // listens; requests are served from here on
///     edge.health().set_serving(true);
class HttpEdge {
 public:
  /// `services` must outlive the edge; its `pages`, `own_writes` and `pictures` are set here where they are null.
  HttpEdge(Services& services, std::vector<Route> rows, EdgeSettings settings);
  ~HttpEdge();
  HttpEdge(const HttpEdge&) = delete;
  HttpEdge& operator=(const HttpEdge&) = delete;

  /// Begins to listen, for operators first. Throws std::runtime_error where it cannot.
  Server& start();
  /// The operators' listener, once started; null where there is none.
  const Server* operators() const;
  /// Reports that the node is not ready and closes each connection after its answer, but goes on serving.
  void drain();
  /// Takes no more requests; those under way are answered.
  void stop();

  Health& health() { return *health_; }
  Metrics& metrics() { return *metrics_; }
  const std::vector<Route>& rows() const { return router_->rows(); }

 private:
  EdgeSettings settings_;
  Services& services_;
  std::unique_ptr<OwnWrites> own_writes_;
  std::unique_ptr<Pictures> pictures_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Health> health_;
  std::unique_ptr<SystemPages> pages_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Dispatcher> dispatcher_;
  struct Operators;
  std::unique_ptr<Operators> operators_;  // null: there is no listener for them
  std::unique_ptr<Server> server_;
};

/// Every row without a running node, to be read: nobody gets in through its handlers.
const std::vector<Route>& rows_to_read();
/// openapi.json of every row, without a running node.
std::string openapi_of_all_routes();

}  // namespace caravan::http
