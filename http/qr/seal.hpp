#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/time.hpp"
#include "actors/values/uuid.hpp"

namespace caravan::http {

/// What a QR code carries.
struct CodeContent {
  QrCodeId qr_code_id;
  DeliveryId delivery_id;
  std::string secret;  // 16 bytes
};

/// Seals the content of QR codes, so that a picture tells nothing and cannot be made by anyone else: encrypted and
/// authenticated (XChaCha20-Poly1305), then signed (Ed25519). The text is base64url of
///
///     version 1 | key id, 4 bytes | nonce, 24 | encrypted content and tag, 64 | signature of all before, 64
///
/// The nonce is a keyed hash of the content: the same content always gives the same text. Keys live in a folder, one
/// file a key, from which the encryption key is derived; new texts take the newest, older ones still open theirs.
/// Thread-safe.
class CodeSealer {
 public:
  /// Reads the keys of the folder, or makes the first; makes a new one where the newest is older than 90 days. Throws
  /// std::runtime_error with the remedy.
  explicit CodeSealer(std::filesystem::path folder);
  ~CodeSealer();

  std::string seal(const CodeContent& content) const;
  /// Nothing where the text was not sealed by one of these keys, or was changed.
  std::optional<CodeContent> open(std::string_view text) const;
  /// Makes a new key for new texts.
  void rotate();

 private:
  struct Key;
  void load() const;
  bool knows(std::span<const unsigned char> key_id) const;
  /// Reads the keys again where this one is not among them: another node of the folder may have made it.
  void reload_for(std::span<const unsigned char> key_id) const;

  std::filesystem::path folder_;
  mutable std::shared_mutex mutex_;
  mutable std::vector<std::unique_ptr<const Key>> keys_;  // newest last
  mutable Time next_reload_ = {};
};

}  // namespace caravan::http
