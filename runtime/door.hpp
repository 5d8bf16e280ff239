#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "actors/entity/entity.hpp"

/// The way into the runtime, without CAF: what http, the command line and the tests see of it.
namespace caravan {

/// What a request brings along, whoever it is for.
struct RequestOrigin {
  Caller caller;
  std::string idempotency_key = {};  // the client's, or empty
  std::string request_hash = {};     // of method, path, query and body, where there is a key
  std::string trace_id = {};
  std::string correlation_id = {};
  std::string traceparent = {};  // W3C's, of the step that asks; empty: the trace's steps are not kept

  static constexpr std::string_view record_name = "RequestOrigin";
  static constexpr auto fields() {
    return std::array{field<&RequestOrigin::caller>(1, "caller"),
                      field<&RequestOrigin::idempotency_key>(2, "idempotencyKey"),
                      field<&RequestOrigin::request_hash>(3, "requestHash"),
                      field<&RequestOrigin::trace_id>(4, "traceId"),
                      field<&RequestOrigin::correlation_id>(5, "correlationId"),
                      field<&RequestOrigin::traceparent>(6, "traceparent")};
  }
};

/// A command for one entity.
struct Ask {
  Address to;
  AnyRecord command;
  AnyRecord then = {};  // a query: its answer on the new state becomes the reply, in place of the decision's own
  std::vector<std::uint64_t> expected_versions = {};  // refuse with `stale` where the entity's sequence is none of them
  RequestOrigin origin = {};
};

/// How an ask or a query ended.
enum class Outcome : std::uint8_t {
  done,
  rejected,     // by the entity; `rejection` says why
  stale,        // the version is none of expected_versions
  key_reused,   // the idempotency key was used with another request
  overloaded,   // a queue is full: try again after `retry_after`
  unavailable,  // nothing was done: stopping, or the entity's shard is on its way between nodes
  unknown,      // the commit's outcome is not known, or the deadline passed: look again before repeating
};

struct Reply {
  Outcome outcome = Outcome::unknown;
  AnyRecord resource = {};    // done: what the decision or query answered; may be empty
  std::string replayed = {};  // done again: the first answer's encoded resource, see StoredReply
  bool is_replay = false;     // the answer was given before
  std::optional<Rejection> rejection = {};
  std::uint64_t version = 0;   // the entity's sequence after this
  std::uint64_t position = 0;  // of the entry in the feed; 0 where nothing was written
  std::chrono::milliseconds retry_after{0};
};

using ReplyHandler = std::function<void(Reply)>;

/// While it lives, the blocking calls of this thread wait at most `limit` instead of 30 s.
class ShortPatience {
 public:
  explicit ShortPatience(std::chrono::milliseconds limit);
  ~ShortPatience();
  ShortPatience(const ShortPatience&) = delete;
  ShortPatience& operator=(const ShortPatience&) = delete;

 private:
  std::chrono::milliseconds before_;
};

/// Sends commands and queries to entities, wherever they live. Thread-safe. Handlers are called once each, perhaps
/// before the call returns; they must not block, and the caller must hold no lock that they take.
class Door {
 public:
  virtual ~Door() = default;

  virtual void ask(Ask ask, ReplyHandler handler) = 0;
  /// Asks `query` of an entity. The answer never shows what is not durable.
  virtual void query(Address to, AnyRecord query, Caller caller, ReplyHandler handler) = 0;
  /// Asks `query` after every decision of the entity until `done` accepts the answer, or the deadline passes (then the
  /// last answer is given).
  virtual void await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)> done,
                     std::chrono::milliseconds deadline, ReplyHandler handler) = 0;

  /// The same, but they block until the answer is there. After 30 s (`await`: 30 s after its deadline), or what
  /// `ShortPatience` says, the outcome is `unknown`.
  Reply ask(Ask ask);
  Reply query(Address to, AnyRecord query, Caller caller);
  Reply await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)> done,
              std::chrono::milliseconds deadline);

  /// The entries of an entity, decoded, oldest first: sequence in [from, …], at most `limit`; of one lane, or of both.
  virtual std::vector<struct JournalEntry> history(Address entity, std::uint64_t from, std::size_t limit,
                                                   std::optional<Lane> lane = {}) = 0;

  /// Has the entity ever decided anything? Looks into the journal and wakes nobody: for whoever has no more than an id
  /// that a stranger gave. Throws StorageError.
  virtual bool exists(Address entity) = 0;

  /// Now, as the entities see it.
  virtual Time now() const = 0;
};

}  // namespace caravan
