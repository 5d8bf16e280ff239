#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <stdexcept>

#include "actors/values/coordinates.hpp"
#include "actors/values/money.hpp"
#include "actors/values/time.hpp"

namespace values_test {

using namespace caravan;

TEST_CASE("a price is parsed exactly, and refused where its currency has fewer digits") {
  CHECK(parse_decimal("35.00", Price::scale) == 350'000);
  CHECK(parse_decimal("1e2", Price::scale) == 1'000'000);
  CHECK_FALSE(parse_decimal("0.00001", Price::scale));
  CHECK_FALSE(parse_decimal("1e30", Price::scale));
  const Currency usd = *Currency::parse("USD"), jpy = *Currency::parse("JPY");
  CHECK(to_money(Price{350'000}, usd) == Money{3500, usd});
  CHECK_FALSE(to_money(Price{350'050}, usd).has_value());
  CHECK_FALSE(to_money(Price{5'000}, jpy).has_value());
  CHECK(money_text({5, usd}) == "0.05 USD");
  CHECK(money_text({-1234, usd}) == "-12.34 USD");
  CHECK(money_text({1234, jpy}) == "1234 JPY");
}

TEST_CASE("a share is rounded half up and does not overflow") {
  CHECK(share_of(105, 1, 10) == 11);
  CHECK(share_of(104, 1, 10) == 10);
  CHECK(share_of(-105, 1, 10) == -10);
  CHECK(share_of(INT64_MAX, 10'000, 10'000) == INT64_MAX);
}

TEST_CASE("a time is read with any offset, and refused where the date does not exist") {
  CHECK(to_rfc3339(Time::min()) == "0000-01-01T00:00:00Z");
  CHECK(to_rfc3339(Time::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(*parse_rfc3339("2027-02-01T10:00:00.5+01:00")) == "2027-02-01T09:00:00.500Z");
  CHECK(to_rfc3339(*parse_rfc3339("2027-02-01T00:00:00.007Z")) == "2027-02-01T00:00:00.007Z");
  CHECK(to_rfc3339(*parse_rfc3339("2024-02-29T23:59:59Z")) == "2024-02-29T23:59:59Z");
  CHECK_FALSE(parse_rfc3339("2023-02-29T00:00:00Z"));
  CHECK_FALSE(parse_rfc3339("2027-02-01"));
  CHECK_FALSE(parse_rfc3339("2027-02-01T10:00:00"));
}

TEST_CASE("money: what does not fit, or is of two currencies, throws and is never guessed at") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(),
                         least = std::numeric_limits<std::int64_t>::min();
  const Currency usd = *Currency::parse("USD"), jpy = *Currency::parse("JPY");
  const Money one{1, usd};
  CHECK_THROWS_AS((Money{most, usd} + one), std::overflow_error);
  CHECK_THROWS_AS((Money{least, usd} - one), std::overflow_error);
  CHECK_THROWS_AS((Money{0, usd} - Money{least, usd}), std::overflow_error);
  CHECK_THROWS_AS((one + Money{1, jpy}), std::domain_error);
  CHECK_THROWS_AS(to_price({most, usd}), std::overflow_error);
  CHECK_THROWS_AS(share_of(most, 3, 2), std::overflow_error);
  CHECK(share_of(most, 2, 2) == most);
  CHECK(-Money{most, usd} + Money{most, usd} == Money{0, usd});
  CHECK(money_text({least, usd}) == "-92233720368547758.08 USD");
}

TEST_CASE("money: sums are kept one a currency") {
  const Currency usd = *Currency::parse("USD"), jpy = *Currency::parse("JPY");
  std::vector<Money> sums;
  CHECK(sum_in(sums, usd) == Money{0, usd});
  add_to(sums, {5, usd});
  add_to(sums, {7, jpy});
  add_to(sums, {-8, usd});
  CHECK(sums == std::vector{Money{-3, usd}, Money{7, jpy}});
  CHECK(sum_in(sums, usd) == Money{-3, usd});
  CHECK(least({1, usd}, {2, usd}) == Money{1, usd});
}

TEST_CASE("coordinates: an area's middle is near, the same for all of its cell, and tells nothing more") {
  std::mt19937 random(7);
  const auto degrees = [&](double most) { return std::uniform_real_distribution(-most, most)(random); };
  for (int i = 0; i < 2'000; ++i) {
    const Coordinates exact{degrees(89), degrees(180)};
    const Coordinates middle = area_center(exact);
    CAPTURE(exact.lat);
    CAPTURE(exact.lng);
    CHECK(distance_meters(exact, middle) <= area_radius_meters);
    CHECK(area_center(middle) == middle);
  }
  // A house and its neighbours; and two ends of a street in one cell.
  CHECK(area_center({40.7484, -73.9857}) == area_center({40.7485, -73.9856}));
  for (const Coordinates edge : {Coordinates{90, 180}, {-90, -180}, {0, 0}, {90, -180}}) {
    CHECK(std::abs(area_center(edge).lat) <= 90);
    CHECK(std::abs(area_center(edge).lng) <= 180);
  }
}

}  // namespace values_test
