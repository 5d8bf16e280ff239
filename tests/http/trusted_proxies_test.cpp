#include "http/server/trusted_proxies.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace trusted_proxies_test {

using namespace caravan::http;

TEST_CASE("trusted proxies: the client is the last address that is no proxy of ours") {
  const TrustedProxies proxies("127.0.0.1, 10.0.0.0/8,fd00::/8");
  CHECK(proxies.client("127.0.0.1", "203.0.113.7") == "203.0.113.7");
  CHECK(proxies.client("127.0.0.1", "203.0.113.7, 10.1.2.3") == "203.0.113.7");
  CHECK(proxies.client("fd00::1", "2001:db8::5") == "2001:db8::5");
  CHECK(proxies.client("::ffff:10.9.9.9", "::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(proxies.client("127.0.0.1", "") == "127.0.0.1");
  CHECK(proxies.client("127.0.0.1", " , ") == "127.0.0.1");
}

TEST_CASE("trusted proxies: what a client says of itself is not believed") {
  const TrustedProxies proxies("127.0.0.1,10.0.0.0/8");
  CHECK(proxies.client("203.0.113.7", "198.51.100.1") == "203.0.113.7");  // it came past the proxies
  CHECK(proxies.client("127.0.0.1", "198.51.100.1, 203.0.113.7") == "203.0.113.7");
  CHECK(proxies.client("127.0.0.1", "10.0.0.1, 203.0.113.7") == "203.0.113.7");
  CHECK(proxies.client("127.0.0.1", "198.51.100.1, nonsense") == "127.0.0.1");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, 203.0.113.7:4711") == "203.0.113.7");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, [2001:db8::1]") == "2001:db8::1");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, [2001:db8::1]:99") == "2001:db8::1");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, 2001:db8::1") == "2001:db8::1");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, [2001:db8::1") == "2001:db8::1");
  CHECK(proxies.client("10.0.0.5", "198.51.100.1, nobody") == "10.0.0.5");
  CHECK(TrustedProxies().client("127.0.0.1", "203.0.113.7") == "127.0.0.1");
  std::string chain = "203.0.113.7";
  for (int i = 0; i < 40; ++i) chain += ",10.0.0.1";
  CHECK(proxies.client("10.0.0.2", chain) == "10.0.0.1");  // too long a chain ends within the proxies
}

TEST_CASE("trusted proxies: a list that cannot be read is refused with the faulty part") {
  CHECK(TrustedProxies("").empty());
  CHECK_FALSE(TrustedProxies("::1").empty());
  for (const char* bad : {"proxy.example", "10.0.0.0/33", "10.0.0.0/", "127.0.0.1,,::1", "127.0.0.1:80", "/8"})
    CHECK_THROWS_WITH_AS(TrustedProxies{bad}, doctest::Contains("is not an address or a network"),
                         std::invalid_argument);
  std::string many = "10.0.0.1";
  for (std::size_t i = 0; i < TrustedProxies::limit; ++i) many += ",10.0.0.1";
  CHECK_THROWS_WITH_AS(TrustedProxies{many}, doctest::Contains("more than 64"), std::invalid_argument);
}

}  // namespace trusted_proxies_test
