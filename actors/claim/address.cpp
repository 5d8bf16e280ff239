#include "actors/claim/address.hpp"

#include <algorithm>

namespace caravan {

namespace {

Uuid name_uuid(const Crypto& crypto, std::string_view space, std::string_view text) {
  const Sha256 hash = crypto.sha256(std::string(space) + ':' + std::string(text));
  Uuid id;
  std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8: made in a way of our own
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

}  // namespace

Address claim_address(const Crypto& crypto, std::string_view text) {
  return {EntityKind::claim, name_uuid(crypto, "claim", text)};
}

Address sequence_address(const Crypto& crypto, std::string_view name) {
  return {EntityKind::sequence, name_uuid(crypto, "sequence", name)};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Address email_claim_address(const Crypto& crypto, std::string_view email) {
  return claim_address(crypto, "email:" + lower_case(email));
}

Address phone_claim_address(const Crypto& crypto, std::string_view phone) {
  return claim_address(crypto, "phone:" + std::string(phone));
}

std::string plain_paper_number(std::string_view number) {
  std::string out;
  for (const char c : number) {
    const bool is_small = c >= 'a' && c <= 'z';
    const bool is_kept = is_small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
    if (is_kept) out += is_small ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

Address paper_claim_address(const Crypto& crypto, std::string_view number) {
  return claim_address(crypto, "paper number:" + plain_paper_number(number));
}

Address former_paper_claim_address(const Crypto& crypto, std::string_view kind, std::string_view number) {
  return claim_address(crypto, "paper:" + std::string(kind) + ':' + plain_paper_number(number));
}

}  // namespace caravan
