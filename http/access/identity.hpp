#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/entity/scope.hpp"

namespace caravan::http {

/// Who a request comes from, as its access token or key says.
struct Identity {
  Caller caller;
  std::string user_type = {};              // "customer", "traveler" or "both"; empty for anybody but a user
  Uuid session = {};                       // the session that the token belongs to; nil for keys
  std::vector<std::string> roles = {};     // for display; what counts are the caller's permissions
  Scopes scopes = 0;                       // what it may be used for
  std::optional<Time> stepped_up_at = {};  // of sessions: when its password or code was shown last
  bool read_only = false;                  // a key that only reads
  std::string service = {};                // of services: its name; the first has none
  std::vector<UserId> makers = {};         // of services: who made it or its key, or gave it more than it had
  std::string api_key = {};                // of keys that users made: what tells one from others
  std::optional<Time> key_until = {};      // when that one expires; Caller::api_key is its id, as its owner sees it
  Time issued_at = {};
  Time expires_at = {};

  bool signed_in() const { return caller.kind != Caller::Kind::anonymous; }
  bool is_customer() const { return user_type == "customer" || user_type == "both"; }
  bool is_traveler() const { return user_type == "traveler" || user_type == "both"; }
};

}  // namespace caravan::http
