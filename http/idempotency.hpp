#pragma once

#include <string>

#include "http/route.hpp"

/// How a client's Idempotency-Key becomes the platform's.
namespace caravan::http {

inline constexpr std::size_t max_idempotency_key = 255;  // bytes, as the client sends it

/// Whose a request is, in logs and limits: "user/0190…", "service", "service/accounting",
/// "service/accounting for user/0190…" or "anonymous".
std::string caller_text(const Identity& identity);
/// The same, and by which of the user's keys: programs with keys of their own take nothing from each other, nor from
/// the owner's sessions.
std::string program_text(const Identity& identity);
/// The key as the platform knows it: keys of two callers never meet. Callers who are not signed in cannot be told
/// apart, so their key contains the request. A stranger's repeat then finds its answer, and another stranger's request
/// with the same key is new.
std::string scoped_key(const Identity& identity, std::string_view key, std::string_view request_hash);
/// The text whose claim holds the request that a caller's key belongs to.
std::string request_claim(std::string_view scoped_key);
/// The text whose claim holds the id of what a key created.
std::string creation_claim(const Route& route, std::string_view scoped_key);
/// The claim actor of such a text. Its hash is cryptographic, as clients choose the text.
Address key_claim_address(std::string_view text);
/// A fingerprint of method, path, query and body: 32 hexadecimal digits.
std::string request_hash(const Request& request);

}  // namespace caravan::http
