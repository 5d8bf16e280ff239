#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "actors/values/uuid.hpp"
#include "http/access/key_ring.hpp"

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
  /// Throws as KeyRing. A key is the newest for 90 days.
  explicit CodeSealer(std::filesystem::path folder);

  std::string seal(const CodeContent& content) const;
  /// Nothing where the text was not sealed by one of these keys, or was changed.
  std::optional<CodeContent> open(std::string_view text) const;
  /// Makes a new key for new texts.
  void rotate() { keys_.rotate(); }

 private:
  mutable KeyRing keys_;
};

}  // namespace caravan::http
