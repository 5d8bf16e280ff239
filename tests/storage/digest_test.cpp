#include "storage/codec/digest.hpp"

#include <doctest/doctest.h>

#include "actors/claim/address.hpp"
#include "storage/codec/base64.hpp"

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

TEST_CASE("digest: hexadecimal digits, and texts compared") {
  CHECK(hex_text(std::string_view("\x00\x7f\xff", 3)) == "007fff");
  CHECK(hex_text("").empty());
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("same", "same"));
  CHECK_FALSE(equal_in_constant_time("same", "samE"));
  CHECK_FALSE(equal_in_constant_time("same", "same "));
}

TEST_CASE("digest: base64 for URLs, one text a value") {
  const auto url = sodium_crypto.base64url;
  CHECK(url("") == "");
  CHECK(url("f") == "Zg");
  CHECK(url("fo") == "Zm8");
  CHECK(url("foobar") == "Zm9vYmFy");
  CHECK(url("\xff\xfe\xfd") == "__79");
  CHECK(sodium_crypto.from_base64url("Zm8") == "fo");
  for (const char* other : {"Zm8=", "Zm9", "Zm 8", "Zm8\n", "Z", "/+79"})
    CHECK_FALSE(sodium_crypto.from_base64url(other));
}

TEST_CASE("digest: addresses that are in journals since the first release are the same for ever") {
  CHECK(claim_address(sodium_crypto, "email:ann@example.com").id.text() == "f1a383ea-f7bd-8c9c-84c2-42aa087e065b");
  CHECK(sequence_address(sodium_crypto, "delivery-number").id.text() == "96f66801-c54f-85f6-b65d-b8985047ae4d");
}

}  // namespace digest_test
