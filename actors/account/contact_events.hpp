#pragma once

#include "actors/account/state.hpp"

/// What happens to the address and the number of an account.
namespace caravan {

struct PhoneCodeSent {
  static constexpr Tag tag{18, "phone_code.sent"};
  std::string phone;
  std::string code_hash;
  Time expires_at;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PhoneCodeSent::phone>(1, "phone"),
                      field<&PhoneCodeSent::code_hash>(2, "codeHash", internal()),
                      field<&PhoneCodeSent::expires_at>(3, "expiresAt"), field<&PhoneCodeSent::at>(4, "at")};
  }
};

struct PhoneCodeFailed {
  static constexpr Tag tag{19, "phone_code.failed"};
  Time at;
  static constexpr auto fields() { return std::array{field<&PhoneCodeFailed::at>(1, "at")}; }
};

struct PhoneVerified {
  static constexpr Tag tag{20, "user.phone_verified"};
  std::string phone;
  Time at;
  bool dated = false;  // of a build that keeps since when
  static constexpr auto fields() {
    return std::array{field<&PhoneVerified::phone>(1, "phone"), field<&PhoneVerified::at>(2, "at"),
                      field<&PhoneVerified::dated>(3, "dated", internal())};
  }
};

/// Another address waits to be proven.
struct EmailChangeRequested {
  static constexpr Tag tag{30, "email_change.requested"};
  std::string email;
  std::string token_hash;
  Time expires_at;
  Time at;
  std::optional<Uuid> session_id = {};
  std::string undo_hash = {};  // of the token that the address before was mailed; empty: it is too new for one
  std::optional<Time> undo_until = {};
  bool by_day = false;             // of a build that counts those of a day
  bool older_stay = false;         // no other token drops for it, as in builds before
  std::string replaced_undo = {};  // hash of the token whose place that one takes: of a request that nobody proved
  static constexpr auto fields() {
    return std::array{field<&EmailChangeRequested::email>(1, "email"),
                      field<&EmailChangeRequested::token_hash>(2, "tokenHash", internal()),
                      field<&EmailChangeRequested::expires_at>(3, "expiresAt"),
                      field<&EmailChangeRequested::at>(4, "at"),
                      field<&EmailChangeRequested::session_id>(5, "sessionId"),
                      field<&EmailChangeRequested::undo_hash>(6, "undoHash", internal()),
                      field<&EmailChangeRequested::undo_until>(7, "undoUntil"),
                      field<&EmailChangeRequested::by_day>(8, "byDay", internal()),
                      field<&EmailChangeRequested::older_stay>(9, "olderStay"),
                      field<&EmailChangeRequested::replaced_undo>(10, "replacedUndo", internal())};
  }
};

struct EmailChanged {
  static constexpr Tag tag{31, "user.email_changed"};
  std::string email;
  Time at;
  std::string undo_hash = {};  // of the token that the address before was mailed; empty: it is too new for one
  std::optional<Time> undo_until = {};
  bool older_stay = false;  // no other token drops for it, as in builds before
  static constexpr auto fields() {
    return std::array{field<&EmailChanged::email>(1, "email"), field<&EmailChanged::at>(2, "at"),
                      field<&EmailChanged::undo_hash>(3, "undoHash", internal()),
                      field<&EmailChanged::undo_until>(4, "undoUntil"),
                      field<&EmailChanged::older_stay>(5, "olderStay")};
  }
};

/// Whoever owns the new address does not want it here.
struct EmailChangeRejected {
  static constexpr Tag tag{32, "email_change.rejected"};
  Time at;
  static constexpr auto fields() { return std::array{field<&EmailChangeRejected::at>(1, "at")}; }
};

/// The number is another now, or may be a thief's: it is not proven.
struct PhoneChanged {
  static constexpr Tag tag{33, "user.phone_changed"};
  std::string phone;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PhoneChanged::phone>(1, "phone"), field<&PhoneChanged::at>(2, "at")};
  }
};

}  // namespace caravan
