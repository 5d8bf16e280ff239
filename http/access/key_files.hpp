#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "actors/values/time.hpp"

namespace caravan::http {

/// An Ed25519 key pair that signs access tokens.
struct SigningKey {
  std::string id;  // "kid": when it was made, in milliseconds, and eight random hexadecimal digits
  Time made_at;
  std::array<unsigned char, 64> secret{};
  std::array<unsigned char, 32> public_key{};
};

/// The keys of a folder, oldest first; makes the folder (mode 0700) where it is missing. A key is a file
/// `<id>.ed25519` (mode 0600) with its 32-byte seed. Throws std::runtime_error with the remedy.
std::vector<SigningKey> read_signing_keys(const std::filesystem::path& folder);
/// The same; makes the first where there is none. Of processes that do so at once, one makes it for all.
std::vector<SigningKey> read_or_make_signing_keys(const std::filesystem::path& folder, Time now);
/// A new key, durable in the folder before it is returned.
SigningKey make_signing_key(const std::filesystem::path& folder, Time now);
void remove_signing_key(const std::filesystem::path& folder, const SigningKey& key);

}  // namespace caravan::http
