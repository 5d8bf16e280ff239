#pragma once

#include "actors/schema/field.hpp"

namespace caravan {

/// The kinds of long-lived actors, and the outside that effects can be sent to. The numbers are in the journal: a new
/// kind goes to the very end, and none is ever reused.
enum class EntityKind : std::uint8_t {
  none,
  account,   // credentials, sessions; by user id
  user,      // profile, reviews; by user id
  trip,      // by trip id
  request,   // a delivery request with its offers; by request id
  delivery,  // by delivery id
  escrow,    // by escrow id
  wallet,    // by user id
  tracker,   // positions and geofences; by delivery id
  inbox,     // notifications; by user id
  dispute,   // by dispute id
  claim,     // a unique text, such as an e-mail address; by the hash of the text
  sequence,  // consecutive numbers; by the hash of the sequence's name
  // Outside: what an effect to one of these answers comes back as a command.
  payments,   // the payment provider
  messages,   // mail, SMS and push providers
  directory,  // questions to the read models
  // Younger than those outside, whose numbers were taken.
  files,       // what a person has uploaded, and what it hangs on; by user id
  file_store,  // outside: the bytes of uploads
  services,    // who the services are, their scopes and keys: one for the platform
  audit,       // what an administrator or a service looked at; by the id of who looked
  cover,       // the pool that covers are paid from: one for the platform
};
constexpr auto enum_labels(EntityKind) {
  return std::to_array<std::string_view>({"none",     "account",  "user",     "trip",      "request", "delivery",
                                          "escrow",   "wallet",   "tracker",  "inbox",     "dispute", "claim",
                                          "sequence", "payments", "messages", "directory", "files",   "file_store",
                                          "services", "audit",    "cover"});
}
constexpr bool is_outside(EntityKind kind) {
  return (kind >= EntityKind::payments && kind <= EntityKind::directory) || kind == EntityKind::file_store;
}

/// Names one actor of the whole platform.
struct Address {
  EntityKind kind = EntityKind::none;
  Uuid id;
  friend auto operator<=>(const Address&, const Address&) = default;

  static constexpr std::string_view record_name = "Address";
  static constexpr auto fields() { return std::array{field<&Address::kind>(1, "kind"), field<&Address::id>(2, "id")}; }
};

/// "trip/0190…", for logs and tools.
inline std::string to_text(const Address& address) {
  return std::string(enum_labels(EntityKind{})[static_cast<std::size_t>(address.kind)]) + '/' + address.id.text();
}

}  // namespace caravan

template <>
struct std::hash<caravan::Address> {
  std::size_t operator()(const caravan::Address& a) const noexcept {
    return std::hash<caravan::Uuid>{}(a.id) * 31 + static_cast<std::size_t>(a.kind);
  }
};
