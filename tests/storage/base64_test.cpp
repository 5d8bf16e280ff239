#include "storage/codec/base64.hpp"

#include <doctest/doctest.h>

namespace base64_test {

using namespace caravan;

TEST_CASE("base64: bytes come back from their text, with the padding and letters of the variant") {
  CHECK(to_base64("", Base64::padded).empty());
  CHECK(to_base64("\xfb\xff", Base64::padded) == "+/8=");
  CHECK(to_base64("\xfb\xff", Base64::url) == "-_8");
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes.push_back(static_cast<char>(byte));
    for (const Base64 variant : {Base64::padded, Base64::url})
      CHECK(from_base64(to_base64(bytes, variant), variant) == bytes);
  }
}

TEST_CASE("base64: some bytes have one text") {
  for (const char* text : {"-_8=", "-_9", "-_8 ", "+/8", "-", "-_8-A"}) CHECK_FALSE(from_base64(text, Base64::url));
  for (const char* text : {"+/8", "+/9=", "-_8=", "+/8=="}) CHECK_FALSE(from_base64(text, Base64::padded));
  for (const Base64 variant : {Base64::padded, Base64::url})
    for (int byte = 0x80; byte <= 0xff; ++byte)
      for (std::size_t at = 0; at < 4; ++at) {
        std::string text = "AAAA";
        text[at] = static_cast<char>(byte);
        CHECK_FALSE(from_base64(text, variant));
      }
}

}  // namespace base64_test
