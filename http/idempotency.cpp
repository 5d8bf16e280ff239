#include "http/idempotency.hpp"

#include <sodium.h>

#include "storage/codec/digest.hpp"

namespace caravan::http {

std::string caller_text(const Identity& identity) {
  const Caller& caller = identity.caller;
  const std::string user = "user/" + caller.user.text();
  if (caller.kind == Caller::Kind::user && !caller.is_acting()) return user;
  if (caller.kind != Caller::Kind::service && !caller.is_acting()) return "anonymous";
  const std::string service = identity.service.empty() ? "service" : "service/" + identity.service;
  return caller.is_acting() ? service + " for " + user : service;
}

std::string program_text(const Identity& identity) {
  std::string text = caller_text(identity);
  if (!identity.api_key.empty()) (text += " by key ") += identity.api_key;
  return text;
}

std::string scoped_key(const Identity& identity, std::string_view key, std::string_view request_hash) {
  // Programs choose keys of their own, so that one may well be that of another program, or of the owner's session.
  std::string scoped = program_text(identity);
  (scoped += ':') += key;
  if (!identity.signed_in()) (scoped += ':') += request_hash;
  return scoped;
}

std::string request_claim(std::string_view scoped_key) { return "key:" + std::string(scoped_key); }

std::string creation_claim(const Route& route, std::string_view scoped_key) {
  std::string text = "idem:";
  text += scoped_key;
  text += ':';
  text += to_text(route.method);
  text += ' ';
  text += route.path;
  return text;
}

Address key_claim_address(std::string_view text) {
  Address address{EntityKind::claim, {}};
  static_assert(sizeof address.id.bytes == crypto_generichash_BYTES_MIN);
  crypto_generichash(address.id.bytes.data(), address.id.bytes.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return address;
}

std::string request_hash(const Request& request) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES_MIN);
  const auto add = [&](std::string_view part) {
    const std::uint64_t size = part.size();  // framed, so that parts cannot run into each other
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  };
  for (std::string_view part : {std::string_view(request.method), std::string_view(request.path),
                                std::string_view(request.query), std::string_view(request.body)})
    add(part);
  std::string hash(crypto_generichash_BYTES_MIN, '\0');
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
  return hex_text(hash);
}

}  // namespace caravan::http
