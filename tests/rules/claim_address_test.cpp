#include "actors/claim/address.hpp"

#include <doctest/doctest.h>

#include "storage/codec/digest.hpp"

namespace claim_address_test {

using namespace caravan;

TEST_CASE("claim: one address a text, one space a kind, and e-mail in any letter case") {
  const auto claim = [](std::string_view text) { return claim_address(sodium_crypto, text); };
  CHECK(claim("a") == claim("a"));
  CHECK(claim("a") != claim("b"));
  CHECK(claim("a").id != sequence_address(sodium_crypto, "a").id);
  CHECK(email_claim_address(sodium_crypto, "Ann@Example.COM") == claim("email:ann@example.com"));
}

}  // namespace claim_address_test
