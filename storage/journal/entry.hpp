#pragma once

#include <string>
#include <vector>

#include "actors/entity/entity.hpp"

namespace caravan {

/// Where a decision came from; kept with it for ever.
struct Origin {
  Time at;
  Caller caller;
  std::string command;          // the command's name
  Address sender;               // an effect's sender, kind none otherwise; with `number`, its identity
  std::uint64_t number = 0;     // effects of one sender are numbered 1, 2, 3, …
  std::string idempotency_key;  // the client's, or empty
  std::string request_hash;     // of method, path, query and body, where there is a key
  std::string trace_id;
  std::string correlation_id;

  static constexpr std::string_view record_name = "Origin";
  static constexpr auto fields() {
    return std::array{field<&Origin::at>(1, "at"),
                      field<&Origin::caller>(2, "caller"),
                      field<&Origin::command>(3, "command"),
                      field<&Origin::sender>(4, "sender"),
                      field<&Origin::number>(5, "number"),
                      field<&Origin::idempotency_key>(6, "idempotencyKey"),
                      field<&Origin::request_hash>(7, "requestHash"),
                      field<&Origin::trace_id>(8, "traceId"),
                      field<&Origin::correlation_id>(9, "correlationId")};
  }
};

/// A timer as stored. When it fires with a generation that is not the entity's current one, it is dropped.
struct StoredTimer {
  std::string name;
  std::uint64_t generation = 0;
  std::optional<Time> due;  // none: cleared

  static constexpr std::string_view record_name = "StoredTimer";
  static constexpr auto fields() {
    return std::array{field<&StoredTimer::name>(1, "name"), field<&StoredTimer::generation>(2, "generation"),
                      field<&StoredTimer::due>(3, "due")};
  }
};

/// What was answered to a request with an idempotency key.
struct StoredReply {
  std::string rejection;  // a rejection's label, or empty
  std::string detail;
  Bytes resource;      // the answered resource, encoded; its type is the route's
  std::string blamed;  // the field of the command, where a rejection names one

  static constexpr std::string_view record_name = "StoredReply";
  static constexpr auto fields() {
    return std::array{field<&StoredReply::rejection>(1, "rejection"), field<&StoredReply::detail>(2, "detail"),
                      field<&StoredReply::resource>(3, "resource"), field<&StoredReply::blamed>(4, "blamed")};
  }
};

/// One decision of one entity, as the journal holds it.
struct JournalEntry {
  Address entity;
  std::uint64_t sequence = 0;  // 1, 2, 3, … without gaps within the entity, over both lanes
  Lane lane = Lane::journal;
  Origin origin;
  std::vector<AnyRecord> events;
  std::uint64_t effects_sent = 0;         // how many effects the entity has numbered, this decision's included
  std::vector<std::uint64_t> asked;       // numbers of this decision's effects that a provider will answer
  std::vector<Uuid> asked_about;          // what each of them is about: its subject, see actors/entity/outside.hpp
  std::vector<std::uint64_t> given_back;  // numbers of effects to the outside that end here without an answer
  std::string note;                       // why, in the words of whoever ordered it
  std::string about;                      // what the order is about: a request to a provider, by name
  std::vector<StoredTimer> timers;        // changed by this decision
  std::optional<StoredReply> reply;       // where the origin has an idempotency key
  bool holds_more = false;                // it was read, and has fields that this build does not know
};

/// The entry's body: everything but entity, sequence and lane, which are columns. FORMAT.md, part "Entries".
std::string encode_body(const JournalEntry& entry);
/// Fills the rest of an entry whose entity, sequence and lane are set. False where the bytes are not a body of an
/// entity of this class.
[[nodiscard]] bool decode_body(const EntityClass& entity, std::string_view body, JournalEntry& entry);

}  // namespace caravan
