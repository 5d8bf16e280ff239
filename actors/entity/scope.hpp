#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/entity/caller.hpp"

namespace caravan {

/// What a key may be used for. Each route names one. The numbers are in the journal: never reused, new ones at the end.
/// Those of webhooks and events wait for their rows: a key may hold them and opens nothing with them.
/// No row asks for admin:notifications: who has that permission may give services notifications:write.
enum class Scope : std::uint8_t {
  auth_read,
  auth_write,
  users_read,
  users_write,
  trips_read,
  trips_write,
  delivery_requests_read,
  delivery_requests_write,
  offers_read,
  offers_write,
  deliveries_read,
  deliveries_write,
  qr_codes_read,
  qr_codes_write,
  payments_read,
  payments_write,
  location_read,
  location_write,
  notifications_read,
  notifications_write,
  disputes_read,
  disputes_write,
  uploads_read,
  uploads_write,
  webhooks_read,
  webhooks_write,
  events_read,
  invitations_write,
  qr_scan,         // scans at the door
  tracking_write,  // points of a track
  payments_move,   // whatever moves money
  // Of services alone.
  ops_read,      // health, metrics
  act_users,     // on behalf of a user
  private_read,  // private messages, tracks, dispute packs, contacts, exact places
  // Permissions of administrators, in the order of their bits.
  admin_read,
  admin_users,
  admin_deliveries,
  admin_disputes,
  admin_security,
  admin_finance,
  admin_notifications,
  admin_ops,
  admin_private,
};
constexpr auto enum_labels(Scope) {
  return std::to_array<std::string_view>({"auth:read",
                                          "auth:write",
                                          "users:read",
                                          "users:write",
                                          "trips:read",
                                          "trips:write",
                                          "delivery-requests:read",
                                          "delivery-requests:write",
                                          "offers:read",
                                          "offers:write",
                                          "deliveries:read",
                                          "deliveries:write",
                                          "qr-codes:read",
                                          "qr-codes:write",
                                          "payments:read",
                                          "payments:write",
                                          "location:read",
                                          "location:write",
                                          "notifications:read",
                                          "notifications:write",
                                          "disputes:read",
                                          "disputes:write",
                                          "uploads:read",
                                          "uploads:write",
                                          "webhooks:read",
                                          "webhooks:write",
                                          "events:read",
                                          "invitations:write",
                                          "qr:scan",
                                          "tracking:write",
                                          "payments:move",
                                          "ops:read",
                                          "act:users",
                                          "private:read",
                                          "admin:read",
                                          "admin:users",
                                          "admin:deliveries",
                                          "admin:disputes",
                                          "admin:security",
                                          "admin:finance",
                                          "admin:notifications",
                                          "admin:ops",
                                          "admin:private"});
}

/// A set of scopes: a bit each.
using Scopes = std::uint64_t;
constexpr Scopes bit(Scope scope) { return Scopes{1} << static_cast<unsigned>(scope); }
constexpr std::string_view to_text(Scope scope) { return enum_labels(scope)[static_cast<std::size_t>(scope)]; }

/// Those that a user's session has, whoever the user is; administrators have more by their permissions.
inline constexpr Scopes user_scopes = bit(Scope::ops_read) - 1;
/// Those that no user's key can have.
inline constexpr Scopes service_scopes = bit(Scope::ops_read) | bit(Scope::act_users) | bit(Scope::private_read);
/// Those of user_scopes that only read: what a key has for which none was chosen. What hands a parcel over, and papers
/// and pictures, somebody chooses.
constexpr Scopes read_scopes() {
  Scopes out = 0;
  for (std::size_t i = 0; i < enum_labels(Scope{}).size(); ++i)
    if (enum_labels(Scope{})[i].ends_with(":read")) out |= Scopes{1} << i;
  return out & user_scopes & ~(bit(Scope::qr_codes_read) | bit(Scope::uploads_read));
}
/// What services could do before they had scopes: the key of the settings has it still.
inline constexpr Scopes first_service_scopes = user_scopes | bit(Scope::ops_read);

/// The scope of administrators with this permission.
constexpr Scope admin_scope(std::size_t permission) {
  return static_cast<Scope>(static_cast<std::size_t>(Scope::admin_read) + permission);
}
/// The scopes that go with permissions, and the permissions among scopes.
constexpr Scopes scopes_of_permissions(std::uint32_t permissions) {
  Scopes out = 0;
  for (std::size_t i = 0; i < permission_names.size(); ++i)
    if ((permissions >> i & 1U) != 0) out |= bit(admin_scope(i));
  return out;
}
constexpr std::uint32_t permissions_of_scopes(Scopes scopes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < permission_names.size(); ++i)
    if ((scopes & bit(admin_scope(i))) != 0) out |= 1U << i;
  return out;
}
constexpr Scopes scope_bits(const std::vector<Scope>& list) {
  Scopes out = 0;
  for (const Scope scope : list) out |= bit(scope);
  return out;
}
constexpr std::vector<Scope> scope_list(Scopes bits) {
  std::vector<Scope> out;
  for (std::size_t i = 0; i < enum_labels(Scope{}).size(); ++i)
    if ((bits >> i & 1U) != 0) out.push_back(static_cast<Scope>(i));
  return out;
}

}  // namespace caravan
