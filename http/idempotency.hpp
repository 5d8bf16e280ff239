#pragma once

#include <string>

#include "http/route.hpp"

/// How a client's Idempotency-Key becomes the platform's.
namespace caravan::http {

inline constexpr std::size_t max_idempotency_key = 255;  // bytes, as the client sends it

/// "user/0190…", "service" or "anonymous": keys of two callers never meet.
std::string caller_text(const Caller& caller);
/// The text whose claim holds the id of what a key created.
std::string creation_claim(const Route& route, std::string_view scoped_key);
/// The claim actor of that text. Its hash is cryptographic, as clients choose the text.
Address creation_claim_address(std::string_view text);
/// A fingerprint of method, path, query and body: 32 hexadecimal digits.
std::string request_hash(const Request& request);

}  // namespace caravan::http
