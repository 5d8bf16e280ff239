#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

inline Address audit_address(const Uuid& who) { return {EntityKind::audit, who}; }

/// What is private to the parties of a delivery, a request or a dispute, or to somebody. `contacts`: whom to meet at a
/// stop, and where exactly it is. `places`: where exactly a trip goes, a code is bound to, a scan or a proof was made,
/// or a track came by. `messages`: also what an offer says, and what others reported about a person. `as_user`:
/// whatever a service reads on behalf of that user.
enum class PrivateThing { messages, track, dispute_pack, dispute, contacts, places, upload, account, as_user };
constexpr auto enum_labels(PrivateThing) {
  return std::to_array<std::string_view>(
      {"messages", "track", "dispute_pack", "dispute", "contacts", "places", "upload", "account", "as_user"});
}

/// An administrator or a service is about to be shown something private.
struct RecordLook {
  static constexpr Tag tag{1, "record_look"};
  PrivateThing what = PrivateThing::messages;
  Address entity;           // of a listing: who looks
  std::string filter = {};  // of a listing: what was asked for
  std::string path = {};    // that was asked for, without its query
  static constexpr auto fields() {
    return std::array{
        field<&RecordLook::what>(1, "what", internal()), field<&RecordLook::entity>(2, "entity", internal()),
        field<&RecordLook::filter>(3, "filter", internal()), field<&RecordLook::path>(4, "path", internal())};
  }
};

}  // namespace caravan
