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

TEST_CASE("claim: a paper's number is the same however it is spaced or spelt, and whatever kind it is said to be of") {
  const auto paper = [](std::string_view number) { return paper_claim_address(sodium_crypto, number); };
  const auto former = [](std::string_view kind, std::string_view number) {
    return former_paper_claim_address(sodium_crypto, kind, number);
  };
  CHECK(paper("P 77-7a") == paper("p777A"));
  CHECK(paper("P777") != paper("P778"));
  // As builds before claimed it: these claims are looked up still.
  CHECK(former("passport", "P 777") == claim_address(sodium_crypto, "paper:passport:P777"));
  CHECK(former("passport", "P777") != former("id_card", "P777"));
  CHECK(plain_paper_number(" - ").empty());
}

}  // namespace claim_address_test
