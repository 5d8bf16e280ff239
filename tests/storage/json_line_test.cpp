#include "storage/journal/json_line.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "actors/schema/field.hpp"

namespace json_line_test {

using namespace caravan;

namespace {

/// What no entity writes, but bytes may hold.
struct Extremes {
  static constexpr std::string_view record_name = "Extremes";
  Time at = Time::min();
  Decimal<4> price{INT64_MIN};
  double measured = std::numeric_limits<double>::quiet_NaN();
  std::string text = "a\nb";
  static constexpr auto fields() {
    return std::array{field<&Extremes::at>(1, "at"), field<&Extremes::price>(2, "price"),
                      field<&Extremes::measured>(3, "measured"), field<&Extremes::text>(4, "text")};
  }
};

}  // namespace

TEST_CASE("json line: whatever a value holds, it is a line of JSON") {
  const Extremes value;
  std::string out;
  append_json(schema::type_of<Extremes>(), &value, out);
  CHECK(out == R"({"at":"0000-01-01T00:00:00Z","price":-922337203685477.5808,"measured":null,"text":"a\u000ab"})");
}

}  // namespace json_line_test
