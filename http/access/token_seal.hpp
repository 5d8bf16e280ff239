#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "http/access/key_ring.hpp"

namespace caravan::http {

/// Says of a token that names an actor whether this platform made it, before the actor is asked: whoever invents tokens
/// wakes nobody. A sealed token is
///
///     the token '.' base64url of BLAKE2b (16 bytes) over it, under a key of the folder
///
/// The actor knows nothing of the seal. Thread-safe.
class TokenSeal {
 public:
  /// Throws as KeyRing.
  explicit TokenSeal(std::filesystem::path folder);

  std::string seal(std::string_view token) const;

  /// A token as a client showed it.
  struct Opened {
    std::string token;
    bool sealed = false;  // false: made by a build that did not seal, or invented by anybody
  };
  /// Nothing where the seal is not ours.
  std::optional<Opened> open(std::string_view shown) const;

 private:
  mutable KeyRing keys_;
};

}  // namespace caravan::http
