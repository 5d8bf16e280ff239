#pragma once

#include <httplib.h>

#include <filesystem>
#include <memory>

#include "http/access/own_writes.hpp"
#include "http/access/sessions.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/server/server.hpp"
#include "tests/http/memory_door.hpp"

namespace caravan::testkit {

inline constexpr const char* test_service_key = "a service's key, long enough";
inline constexpr const char* second_service_key = "another service's key, long enough";

/// A folder under the system's temporary one that is removed with this object.
struct ScratchFolder {
  ScratchFolder();
  ~ScratchFolder();
  std::filesystem::path path;
};

/// A real server on a free port, over entities in memory, with the rows of a test.
class Edge {
 public:
  explicit Edge(std::vector<http::Route> rows, http::RouteSettings settings = quiet(),
                http::ServerSettings server = small_server());

  /// Rate limits off, so that tests do not meet them.
  static http::RouteSettings quiet();
  static http::ServerSettings small_server();

  std::string token(UserId user, std::string user_type = "both", std::uint32_t permissions = 0);
  httplib::Headers as(UserId user, std::string user_type = "both", std::uint32_t permissions = 0);
  httplib::Headers as_service() const { return {{"X-Api-Key", test_service_key}}; }
  httplib::Client client();

  ScratchFolder folder;
  MemoryDoor door;
  SeededRandom random;
  http::TokenAuthority tokens;
  http::TokenSeal token_seal;
  std::map<std::string, UserId> unsealed_keys;  // by their SHA-256
  http::OwnWrites own_writes;
  bool sessions_live = true;
  bool stepped_up = true;               // whoever has a token made here
  std::map<Uuid, http::Rights> rights;  // by the session of a token made here; others are the accounts'
  std::optional<http::Rights> rights_of(UserId user, const Uuid& session);
  http::CachedSessions sessions;
  http::Services services;
  http::Authenticator authenticator;
  http::Router router;
  http::Metrics metrics;
  http::Dispatcher dispatcher;
  http::Server server;
};

/// The raw text of the first member of that name in a JSON body, the outermost before those within. Empty: none.
std::string field_of(const std::string& body, const std::string& name);

}  // namespace caravan::testkit
