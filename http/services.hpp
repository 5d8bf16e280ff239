#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/payments/ledger.hpp"
#include "actors/user/verify_rule.hpp"
#include "runtime/door.hpp"
#include "runtime/open_question.hpp"
#include "runtime/spans.hpp"

namespace caravan {

// The neighbours that handlers work with; a handler includes the header of what it uses.
class ReadModels;     // storage/
class ClusterStore;   // storage/: members, and who owns which shard
class Uploads;        // storage/
class Matcher;        // http/matching/
class SandboxOutbox;  // http/providers/: messages that the sandbox captured
struct Places;        // http/providers/places/: geocoder, routes, weather, pricing

namespace cluster {
struct ClusterState;  // runtime/
}

namespace http {

class CodeSealer;
class Pictures;
class SecretSealer;
class TokenSeal;
class TokenAuthority;
class PasswordHasher;
class ServiceRights;
class Sessions;
class OwnWrites;
class SandboxClock;
class SystemPages;

/// What settings say to the routes.
struct RouteSettings {
  bool sandbox = true;
  std::string payment_provider = "sandbox";  // as payment methods and payout accounts name it
  bool rate_limits = true;
  std::string version = "0.0.0";
  std::string public_url = "http://127.0.0.1:8080";        // for links in messages and in openapi.json
  int max_in_flight = 256;                                 // requests handled at once; beyond it 503
  std::size_t body_limit_bytes = 1U << 20;                 // of JSON
  std::size_t upload_limit_bytes = 10U << 20;              // of a file
  Duration key_life = std::chrono::days{30};               // of an Idempotency-Key
  std::chrono::seconds session_lifetime{30 * 24 * 3'600};  // without a refresh
  std::chrono::milliseconds answer_deadline{10'000};       // of a request that awaits an entity, before it answers 202
  std::size_t open_trips = 500;                            // of one traveler, upcoming or under way
  std::size_t overlapping_trips = 3;                       // with which one trip may share more than an hour
  DealTerms deal = {};                                     // of what is agreed from now on
  bool require_terms = false;                              // nobody registers without accepting the policy
  bool customs_required = false;                           // nothing crosses a customs border undeclared
  VerifyRule verify = {};                                  // from how many deliveries on people prove who they are
};

/// Everything that a handler may use, put together once when the server starts. Pointers to what a test or a tool does
/// not need may be null.
struct Services {
  Door& door;
  Random& random;
  RouteSettings settings = {};
  /// The entity that owns a part (an offer, a QR code, …) by the part's id; waits for the read model where needed.
  std::function<std::optional<Address>(const Uuid& part)> locate = {};
  /// Tells `locate` of a part that this node has just made or shown. Absent: nothing is remembered.
  std::function<void(const Uuid& part, const Address& owner)> remember_part = {};
  /// Waits until the read models have taken the feed up to `position`; false where `limit` passed first.
  std::function<bool(std::uint64_t position, std::chrono::milliseconds limit)> wait_for_read_models = {};
  /// The feed's newest position. Set where other nodes write to it too: lists wait until the read models are there.
  std::function<std::uint64_t()> feed_head = {};
  ReadModels* read_models = nullptr;
  ClusterStore* cluster_store = nullptr;
  /// This node's own view of its place; nothing for a node alone. May be absent.
  std::function<std::optional<cluster::ClusterState>()> cluster_state = {};
  Uploads* uploads = nullptr;
  Pictures* pictures = nullptr;  // cleans files one after the other; null: the request's own thread does
  Places* places = nullptr;
  Matcher* matcher = nullptr;
  TokenAuthority* tokens = nullptr;
  PasswordHasher* passwords = nullptr;
  CodeSealer* codes = nullptr;      // seals what QR codes carry
  SecretSealer* secrets = nullptr;  // seals what accounts keep
  TokenSeal* token_seal = nullptr;  // seals what names an account
  Sessions* sessions = nullptr;
  ServiceRights* service_rights = nullptr;
  OwnWrites* own_writes = nullptr;
  SystemPages* pages = nullptr;  // health, metrics, openapi.json and docs
  Spans* spans = nullptr;        // of requests; null: none are kept
  /// The steps of a trace that the nodes keep. May be absent.
  std::function<std::vector<NodeSpan>(const std::string& trace_id)> find_trace = {};
  /// Effects to providers that are stuck, of all nodes. May be absent.
  std::function<std::vector<OpenQuestion>()> stuck_effects = {};
  SandboxClock* clock = nullptr;      // sandbox only
  SandboxOutbox* captured = nullptr;  // sandbox only
};

}  // namespace http
}  // namespace caravan
