#include "http/json/journal_line.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "actors/schema/field.hpp"
#include "http/json/write.hpp"

namespace journal_line_test {

using namespace caravan;

namespace {

/// What no entity writes, but bytes may hold.
struct Extremes {
  static constexpr std::string_view record_name = "Extremes";
  Time at = Time::min();
  Decimal<4> price{INT64_MIN};
  double measured = std::numeric_limits<double>::quiet_NaN();
  std::string text = "a\nb\t";
  std::string seal = "kept";
  static constexpr auto fields() {
    return std::array{field<&Extremes::at>(1, "at"), field<&Extremes::price>(2, "price"),
                      field<&Extremes::measured>(3, "measured"), field<&Extremes::text>(4, "text"),
                      field<&Extremes::seal>(6, "seal", internal())};
  }
};

}  // namespace

TEST_CASE("journal line: whatever a value holds, it is JSON; operators see internal fields too") {
  const Extremes value;
  const std::string shown =
      R"({"at":"0000-01-01T00:00:00Z","price":-922337203685477.5808,"measured":null,"text":"a\nb\u0009")";
  std::string out;
  http::write_json(schema::type_of<Extremes>(), &value, out);
  CHECK(out == shown + "}");
  out.clear();
  http::write_json(schema::type_of<Extremes>(), &value, out, true);
  CHECK(out == shown + R"(,"seal":"kept"})");
}

TEST_CASE("journal line: an entry is one line") {
  JournalEntry entry{.entity = {EntityKind::claim, {}}, .sequence = 3, .lane = Lane::track};
  entry.origin.command = "take\n";
  entry.timers = {{"expiry", 2, {}}};
  const std::string line = http::journal_line(entry, 7);
  CHECK(line.starts_with(
      R"({"position":7,"entity":"claim/00000000-0000-0000-0000-000000000000","sequence":3,"lane":"track",)"));
  CHECK(line.ends_with(R"("events":[],"effectsSent":0,"timers":[{"name":"expiry","generation":2}]})"));
  CHECK(line.find('\n') == std::string::npos);
  entry.note = "why \"so\"";
  CHECK(http::journal_line(entry, 7).ends_with(R"(,"note":"why \"so\""})"));
  CHECK_FALSE(http::journal_line(entry, 0).starts_with(R"({"position")"));
}

}  // namespace journal_line_test
