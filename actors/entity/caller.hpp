#pragma once

#include <optional>

#include "actors/entity/address.hpp"

namespace caravan {

/// What an administrator or a service may do; a bit each.
enum class Permission : std::uint32_t {
  read = 1U << 0,
  users = 1U << 1,
  deliveries = 1U << 2,
  disputes = 1U << 3,
  security = 1U << 4,
  finance = 1U << 5,
  notifications = 1U << 6,
  ops = 1U << 7,
  private_data = 1U << 8,  // messages, tracks, dispute packs, contacts, exact places; of services as well
};
inline constexpr std::array<std::pair<Permission, std::string_view>, 9> permission_names{{
    {Permission::read, "read"},
    {Permission::users, "users"},
    {Permission::deliveries, "deliveries"},
    {Permission::disputes, "disputes"},
    {Permission::security, "security"},
    {Permission::finance, "finance"},
    {Permission::notifications, "notifications"},
    {Permission::ops, "ops"},
    {Permission::private_data, "private"},
}};

/// What whoever must step up is told, where an entity asks for it.
inline constexpr std::string_view show_once_more =
    "Show the password, or with a second factor the code, at POST /auth/step-up.";

/// On whose behalf a command comes.
struct Caller {
  enum class Kind : std::uint8_t { anonymous, user, service, entity, timer, provider };
  Kind kind = Kind::anonymous;
  UserId user;                    // kind user
  std::uint32_t permissions = 0;  // bits of Permission
  Address entity;                 // kind entity: who sent the effect
  /// Kind service: which one. Kind user: which service acts on the user's behalf, if one does.
  std::optional<Uuid> service = {};
  std::optional<Uuid> api_key = {};  // kind user: the key of theirs that the request came with, in place of a session
  bool stepped_up = false;           // kind user: their password or code was shown a moment ago, in this session

  bool is_user(UserId id) const { return kind == Kind::user && user == id; }
  bool is_admin() const { return kind == Kind::user && permissions != 0; }
  bool is_service() const { return kind == Kind::service; }
  /// A service on behalf of this user.
  bool is_acting() const { return kind == Kind::user && service.has_value(); }
  /// An administrator who did not show password or code a moment ago, as none does by a key: may not act for others.
  bool is_stale_office(Permission permission) const { return kind == Kind::user && may(permission) && !stepped_up; }
  /// Somebody's session, of which nobody knows whether its owner is still there. Keys and services never step up: what
  /// they may do was said when they were made.
  bool is_stale_session() const { return kind == Kind::user && !stepped_up && !api_key && !service; }
  /// Comes from within: another entity, a timer or a provider's answer.
  bool is_platform() const { return kind == Kind::entity || kind == Kind::timer || kind == Kind::provider; }
  bool may(Permission permission) const { return (permissions & static_cast<std::uint32_t>(permission)) != 0; }

  static constexpr std::string_view record_name = "Caller";
  static constexpr auto fields() {
    return std::array{field<&Caller::kind>(1, "kind"),
                      field<&Caller::user>(2, "user"),
                      field<&Caller::permissions>(3, "permissions"),
                      field<&Caller::entity>(4, "entity"),
                      field<&Caller::service>(5, "service"),
                      field<&Caller::api_key>(6, "apiKey"),
                      field<&Caller::stepped_up>(7, "steppedUp")};
  }
};
constexpr auto enum_labels(Caller::Kind) {
  return std::to_array<std::string_view>({"anonymous", "user", "service", "entity", "timer", "provider"});
}

}  // namespace caravan
