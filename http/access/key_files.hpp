#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/time.hpp"

namespace caravan::http {

/// An Ed25519 key pair: it signs, and other secrets are derived from its seed.
struct SigningKey {
  SigningKey() = default;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  /// Leaves nothing in memory.
  ~SigningKey();

  std::string id;  // when it was made, in milliseconds, and eight random hexadecimal digits
  Time made_at;
  std::array<unsigned char, 64> secret{};  // the seed, 32 bytes, then the public key
  std::array<unsigned char, 32> public_key{};
  /// A hash of the public key, in place of `id` where its 22 characters are too long.
  std::array<unsigned char, 4> short_id{};
};
using SigningKeyPtr = std::shared_ptr<const SigningKey>;

/// A key of 32 bytes to encrypt or to seal tokens with, derived from a signing key: only who has that one can make it.
/// Each purpose gets a key of its own.
class DerivedKey {
 public:
  DerivedKey(const SigningKey& from, std::string_view purpose);
  DerivedKey(const DerivedKey&) = delete;
  DerivedKey& operator=(const DerivedKey&) = delete;
  /// Leaves nothing in memory.
  ~DerivedKey();
  const unsigned char* data() const { return bytes_.data(); }
  static constexpr std::size_t size() { return 32; }

 private:
  std::array<unsigned char, 32> bytes_{};
};

/// What a folder of keys holds. A key is a file `<id>.ed25519` (mode 0600) with its 32-byte seed.
struct KeyFolder {
  std::vector<std::string> ids;  // of all its files
  std::vector<SigningKeyPtr> keys;
  std::vector<std::string> faults;  // why the others cannot be read, with the remedy; for people
};
/// Reads those of its keys that are not `known`. A folder that is missing has none; nothing where it cannot be listed.
std::optional<KeyFolder> read_keys(const std::filesystem::path& folder, const std::vector<SigningKeyPtr>& known);
/// A new key, durable in the folder before it is returned. Throws std::runtime_error with the remedy.
SigningKeyPtr make_key(const std::filesystem::path& folder, Time now);
/// Nothing where it is gone already.
void remove_key(const std::filesystem::path& folder, const SigningKey& key);

/// Keeps other processes from changing a folder's keys while it lives.
class KeyFolderLock {
 public:
  /// Waits at most that long. Throws std::runtime_error with the remedy where the folder cannot be used.
  KeyFolderLock(const std::filesystem::path& folder, std::chrono::milliseconds patience);
  KeyFolderLock(const KeyFolderLock&) = delete;
  KeyFolderLock& operator=(const KeyFolderLock&) = delete;
  ~KeyFolderLock();
  /// False: another process has it.
  bool is_held() const { return held_; }

 private:
  int file_ = -1;
  bool held_ = false;
};

}  // namespace caravan::http
