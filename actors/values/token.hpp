#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/values/crypto.hpp"
#include "actors/values/uuid.hpp"

namespace caravan {

/// A secret that a client holds and that says, to us, which actor to ask: base64url of the owner's id and of `secret`.
/// Accounts keep its SHA-256 alone. An inbox keeps its unsubscribe token whole, and its entries have the tokens that
/// were mailed.
std::string make_token(const Crypto& crypto, const Uuid& owner, std::string_view secret);

/// A token taken apart.
struct TokenParts {
  Uuid owner;
  std::string secret;
};
/// Nothing where the text is not a token of at least 16 secret bytes and at most 200.
std::optional<TokenParts> parse_token(const Crypto& crypto, std::string_view token);

}  // namespace caravan
