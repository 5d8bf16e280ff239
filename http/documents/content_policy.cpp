#include "http/documents/content_policy.hpp"

#include "storage/codec/base64.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

std::string source_of(std::string_view text) {
  const Sha256 hash = sha256(text);
  const std::string_view bytes(reinterpret_cast<const char*>(hash.data()), hash.size());
  return "'sha256-" + to_base64(bytes, Base64::padded) + '\'';
}

}  // namespace caravan::http
