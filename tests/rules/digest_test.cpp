#include <doctest/doctest.h>

#include "actors/claim/address.hpp"
#include "actors/directory/questions.hpp"
#include "actors/messages/requests.hpp"
#include "actors/user/commands.hpp"
#include "actors/values/digest.hpp"

namespace digest_test {

using namespace caravan;

TEST_CASE("digest: SHA-256 of the standard's own examples, and around the block's edge") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(64, 'a')) == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("digest: base64 for URLs") {
  CHECK(base64url_text("") == "");
  CHECK(base64url_text("f") == "Zg");
  CHECK(base64url_text("fo") == "Zm8");
  CHECK(base64url_text("foobar") == "Zm9vYmFy");
  CHECK(base64url_text("\xff\xfe\xfd") == "__79");
}

TEST_CASE("claim: one address a text, one space a kind, and e-mail in any letter case") {
  CHECK(claim_address("a") == claim_address("a"));
  CHECK(claim_address("a") != claim_address("b"));
  CHECK(claim_address("a").id != sequence_address("a").id);
  CHECK(email_claim_address("Ann@Example.COM") == claim_address("email:ann@example.com"));
}

}  // namespace digest_test
