#pragma once

#include "actors/account/commands.hpp"

namespace caravan {

/// Identity, roles and permissions.
struct ViewAccount {
  static constexpr Tag tag{1, "view_account"};
  static constexpr auto fields() { return no_fields; }
};

/// What the edge needs to check a password or a code. Platform only.
struct ViewCredentials {
  static constexpr Tag tag{2, "view_credentials"};
  ClientFacts client = {};  // that tries: whether it is locked out
  std::optional<Uuid> session_id = {};
  static constexpr auto fields() {
    return std::array{field<&ViewCredentials::client>(1, "client", internal()),
                      field<&ViewCredentials::session_id>(2, "sessionId", internal())};
  }
};

struct ListSessions {
  static constexpr Tag tag{3, "list_sessions"};
  static constexpr auto fields() { return no_fields; }
};

struct ListSecurityEvents {
  static constexpr Tag tag{4, "list_security_events"};
  std::optional<int> limit = {};
  static constexpr auto fields() { return std::array{field<&ListSecurityEvents::limit>(1, "limit", between(1, 200))}; }
};

struct ListApiKeys {
  static constexpr Tag tag{5, "list_api_keys"};
  static constexpr auto fields() { return no_fields; }
};

/// Is a session still good, and what may its owner do? Platform and services.
struct CheckSession {
  static constexpr Tag tag{6, "check_session"};
  Uuid session_id;
  static constexpr auto fields() { return std::array{field<&CheckSession::session_id>(1, "sessionId", internal())}; }
};

/// The address that a token of an e-mail change proves. Platform only.
struct CheckEmailChange {
  static constexpr Tag tag{8, "check_email_change"};
  std::string token;
  static constexpr auto fields() { return std::array{field<&CheckEmailChange::token>(1, "token", internal())}; }
};

/// The telephone number that a code proves. Platform only.
struct CheckPhoneCode {
  static constexpr Tag tag{9, "check_phone_code"};
  std::string code;
  static constexpr auto fields() { return std::array{field<&CheckPhoneCode::code>(1, "code", internal())}; }
};

/// Whose key is it? Platform only.
struct CheckApiKey {
  static constexpr Tag tag{7, "check_api_key"};
  std::string key_hash;
  static constexpr auto fields() { return std::array{field<&CheckApiKey::key_hash>(1, "keyHash", internal())}; }
};

/// Appointment: who ended that the account may use a permission, and when: by a suspension, or by taking it. Nothing
/// where it may, or that is unknown. Platform only.
struct ViewDeparture {
  static constexpr Tag tag{11, "view_departure"};
  PermissionName permission = PermissionName::read;
  static constexpr auto fields() { return std::array{field<&ViewDeparture::permission>(1, "permission")}; }
};

/// ClientStanding: whether a client may be a thief's. Platform only.
struct CheckClient {
  static constexpr Tag tag{12, "check_client"};
  ClientFacts client;
  static constexpr auto fields() { return std::array{field<&CheckClient::client>(1, "client", internal())}; }
};
struct ClientStanding {
  static constexpr std::string_view record_name = "ClientStanding";
  bool is_young = false;  // known for less than a week, and not the account's first
  static constexpr auto fields() { return std::array{field<&ClientStanding::is_young>(1, "isYoung")}; }
};

/// Appointment: how the account came by a permission. Platform only.
struct ViewAppointment {
  static constexpr Tag tag{10, "view_appointment"};
  PermissionName permission = PermissionName::read;
  static constexpr auto fields() { return std::array{field<&ViewAppointment::permission>(1, "permission")}; }
};

}  // namespace caravan
