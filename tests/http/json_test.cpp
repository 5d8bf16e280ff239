#include <doctest/doctest.h>

#include <random>

#include "actors/values/coordinates.hpp"
#include "actors/values/money.hpp"
#include "http/json/format.hpp"
#include "http/json/read.hpp"
#include "http/json/write.hpp"
#include "storage/text/unicode.hpp"

namespace json_test {

using namespace caravan;
using namespace caravan::http;

namespace {

enum class Colour { red, green };
constexpr auto enum_labels(Colour) { return std::to_array<std::string_view>({"red", "green"}); }

/// A field of every kind.
struct Sample {
  static constexpr std::string_view record_name = "Sample";
  std::string title, story;
  Kilograms weight;
  std::optional<Price> price;
  std::int32_t count = 0;
  bool open = false;
  Colour colour = Colour::red;
  Time at;
  Uuid id;
  Coordinates place;
  std::vector<Coordinates> points;
  std::map<std::string, std::string> notes;
  std::optional<Bytes> seal;
  Currency currency;
  std::string secret;
  static constexpr auto fields() {
    return std::array{field<&Sample::title>(1, "title", length(1, 10)),
                      field<&Sample::story>(15, "story"),
                      field<&Sample::weight>(2, "weight", between(1, 50'000)),
                      field<&Sample::price>(3, "price"),
                      field<&Sample::count>(4, "count"),
                      field<&Sample::open>(5, "open"),
                      field<&Sample::colour>(6, "colour"),
                      field<&Sample::at>(7, "at"),
                      field<&Sample::id>(8, "id"),
                      field<&Sample::place>(9, "place"),
                      field<&Sample::points>(10, "points", length(0, 3)),
                      field<&Sample::notes>(11, "notes"),
                      field<&Sample::seal>(12, "seal"),
                      field<&Sample::currency>(13, "currency"),
                      field<&Sample::secret>(14, "secret", internal())};
  }
};

struct Search {
  static constexpr std::string_view record_name = "Search";
  std::optional<std::string> origin;
  std::optional<Kilograms> weight;
  std::vector<std::string> tags;
  std::optional<std::string> cursor;
  std::optional<double> lat, lng;
  static constexpr auto fields() {
    return std::array{field<&Search::origin>(1, "origin"), field<&Search::weight>(2, "weight"),
                      field<&Search::tags>(3, "tags"),     field<&Search::cursor>(4, "cursor"),
                      field<&Search::lat>(5, "lat"),       field<&Search::lng>(6, "lng")};
  }
};

const std::string whole =
    R"({"title":"a \"b\"","story":"one\n\u0009two","weight":2.5,"price":35.01,"count":7,"open":true,"colour":"green",)"
    R"("at":"2027-02-01T10:00:00.250Z","id":"0190b6a4-7e5c-7c3a-9f0e-3b1d2c4a5e6f",)"
    R"("place":{"lat":40.7128,"lng":-74.006},)"
    R"("points":[{"lat":1,"lng":2}],"notes":{"k":"v"},"seal":"AP8=","currency":"EUR"})";

std::shared_ptr<void> read(std::string_view text) { return record_from_json(text, schema::type_of<Sample>()); }

/// "weight: out_of_range; …", or "fine", or the code of a problem that is not about fields.
std::string judged(std::string_view text) {
  try {
    read(text);
    return "fine";
  } catch (const Problem& problem) {
    if (problem.errors.empty()) return problem.code;
    std::string out;
    for (const FieldError& error : problem.errors) out += (out.empty() ? "" : "; ") + error.field + ": " + error.code;
    return out;
  }
}

/// The whole sample with one member's text replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string text = whole;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("json: what is read is written again, byte for byte") {
  const auto value = read(whole);
  std::string out;
  write_json(schema::type_of<Sample>(), value.get(), out);
  CHECK(out == whole);
  CHECK(static_cast<const Sample*>(value.get())->weight.units == 2'500);
}

TEST_CASE("json: a decimal is exact, however it is written") {
  const auto price = [](const std::string& text) {
    return static_cast<const Sample*>(read(with("35.01", text)).get())->price->units;
  };
  CHECK(price("0.1") == 1'000);
  CHECK(price("1e2") == 1'000'000);
  CHECK(price("99999999999.9999") == 999'999'999'999'999);
  CHECK(price("-0") == 0);
  CHECK(judged(with("35.01", "0.00001")) == "price: invalid_format");
  CHECK(judged(with("35.01", "1e30")) == "price: out_of_range");
  CHECK(judged(with("35.01", "123456789012345678901234567890")) == "price: out_of_range");
}

TEST_CASE("json: each wrong field is named with its code") {
  CHECK(judged(with("\"title\":\"a \\\"b\\\"\"", "\"title\":\"\"")) == "title: too_short");
  CHECK(judged(with("a \\\"b", "a \\\"bcdefghijk")) == "title: too_long");
  for (const char* line_end : {"\\n", "\\t", "\\r", "\u2028", "\u0085"})
    CHECK(judged(with("a \\\"b\\\"", std::string("a") + line_end)) == "title: invalid_value");
  CHECK(judged(with("2.5", "0")) == "weight: out_of_range");
  CHECK(judged(with("2.5", "\"2.5\"")) == "weight: wrong_type");
  CHECK(judged(with(":7", ":7.5")) == "count: wrong_type");
  CHECK(judged(with(":7", ":99999999999")) == "count: out_of_range");
  CHECK(judged(with(":true", ":1")) == "open: wrong_type");
  CHECK(judged(with("green", "blue")) == "colour: invalid_value");
  CHECK(judged(with("2027-02-01", "2027-02-31")) == "at: invalid_format");
  CHECK(judged(with("0190b6a4", "0190b6a")) == "id: invalid_format");
  CHECK(judged(with("40.7128", "90.5")) == "place.lat: out_of_range");
  CHECK(judged(with("\"lng\":2", "\"lng\":\"x\"")) == "points[0].lng: wrong_type");
  CHECK(judged(with("[{\"lat\":1,\"lng\":2}]", "[{},{},{},{}]")) == "points: too_long");
  CHECK(judged(with("\"v\"", "1")) == "notes.k: wrong_type");
  CHECK(judged(with("AP8=", "AP8")) == "seal: invalid_format");
  CHECK(judged(with("EUR", "EUX")) == "currency: invalid_value");
  CHECK(judged(with("\"price\":35.01", "\"secret\":\"x\"")) == "secret: unknown_field");
  CHECK(judged(with("\"price\":35.01", "\"price\":null")) == "fine");
  CHECK(judged(with("\"count\":7", "\"count\":null")) == "count: wrong_type");
  CHECK(judged(with("\"count\":7,", "")) == "count: required");
  CHECK(judged(with("\"points\":[{\"lat\":1,\"lng\":2}],", "")) == "fine");
  CHECK(judged(with("a \\\"b", "a\\u0007")) == "title: invalid_value");
  CHECK(judged(with("a \\\"b\\\"", " ")) == "title: too_short");
  CHECK(judged(with("2027-02-01", "2200-01-01")) == "at: out_of_range");
  CHECK(judged(with("2027-02-01", "1969-12-31")) == "at: out_of_range");
  CHECK(judged("{}").starts_with("title: required; story: required; weight: required"));
}

TEST_CASE("json: what is not a JSON object is malformed or of the wrong type") {
  for (const char* text : {"", "{", "{]", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "NaN", "{\"a\":01}", "\xEF\xBB",
                           "{\"a\":\"\xC0\"}", "{} {}", "{\"a\":\"\\ud800\"}"})
    CHECK_MESSAGE(judged(text) == "malformed_json", text);
  CHECK(judged("[]") == ": wrong_type");
  CHECK(judged(std::string(100'000, '[')) == "malformed_json");
  CHECK(judged("{\"points\":[" + std::string(300'000, ',') + "]}") == "malformed_json");
}

TEST_CASE("json: no mutation of a body does more than be refused") {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    const int changes = static_cast<int>(random() % 4 + 1);
    for (int i = 0; i < changes; ++i) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 9);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 9));
      }
      if (text.empty()) text = " ";
    }
    CHECK_FALSE(judged(text).empty());
  }
}

TEST_CASE("json: formats") {
  using schema::Format;
  for (const char* good : {"ann@example.com", "a.b+c@x-y.co.uk", "x@1.de"})
    CHECK_MESSAGE(matches(Format::email, good), good);
  for (const char* bad :
       {"", "ann", "@x.de", "a@b", "a..b@x.de", ".a@x.de", "a@-x.de", "a@x..de", "a b@x.de", "a@x.de."})
    CHECK_FALSE_MESSAGE(matches(Format::email, bad), bad);
  CHECK(matches(Format::phone, "+12125550100"));
  CHECK_FALSE(matches(Format::phone, "2125550100"));
  CHECK(matches(Format::time_zone, "America/New_York"));
  CHECK_FALSE(matches(Format::time_zone, "../../etc/passwd"));
  CHECK(matches(Format::language, "pt-BR"));
  CHECK_FALSE(matches(Format::language, "English"));
  CHECK(matches(Format::url, "https://example.com/x?y"));
  CHECK_FALSE(matches(Format::url, "javascript:alert(1)"));
  CHECK(matches(Format::date, "2024-02-29"));
  CHECK_FALSE(matches(Format::date, "2023-02-29"));
}

TEST_CASE("json: queries") {
  const auto value =
      record_from_query("origin=New+York%2C%20NY&weight=2.50&tags=a,b&tags=c", schema::type_of<Search>());
  const auto& search = *static_cast<const Search*>(value.get());
  CHECK(search.origin == "New York, NY");
  CHECK(search.weight->units == 2'500);
  CHECK(search.tags == std::vector<std::string>{"a", "b", "c"});
  for (const char* bad :
       {"origin=%zz", "origin=%00", "origin=%ff", "x=1", "weight=", "weight=1&weight=2", "weight=abc"})
    CHECK_THROWS_AS_MESSAGE(record_from_query(bad, schema::type_of<Search>()), Problem, bad);
}

TEST_CASE("json: half a point is a mistake, where a point may be left out") {
  const auto& type = schema::type_of<Search>();
  CHECK_NOTHROW(record_from_query("lat=1&lng=2", type));
  for (const char* half : {"lat=1", "lng=2"}) CHECK_THROWS_AS_MESSAGE(record_from_query(half, type), Problem, half);
}

TEST_CASE("json: a cursor belongs to its list") {
  const auto& type = schema::type_of<Search>();
  const auto value = record_from_query("cursor=abc.12ef", type, ".12ef");
  CHECK(static_cast<const Search*>(value.get())->cursor == "abc");
  CHECK_THROWS_AS(record_from_query("cursor=abc.12ee", type, ".12ef"), Problem);
  CHECK_THROWS_AS(record_from_query("cursor=", type, ".12ef"), Problem);
}

TEST_CASE("json: a repeated name is refused among few members and among many") {
  for (const int count : {2, 16, 17, 40}) {
    std::string members;
    for (int i = 0; i < count; ++i) members += (i ? ",\"m" : "\"m") + std::to_string(i) + "\":1";
    std::string error;
    CHECK(parse_json('{' + members + '}', error));
    CHECK_FALSE(parse_json('{' + members + ",\"m" + std::to_string(count / 2) + "\":2}", error));
    CHECK(error == "a member's name is repeated");
  }
}

TEST_CASE("json: a problem is UTF-8 and does not repeat the body, whatever the client sent") {
  for (const std::string& body :
       {std::string("{\"title\":\"a secret \xFF\"}"), "{\"" + std::string(99, 'x') + "\xC3\xA9\":1}"}) {
    try {
      read(body);
      FAIL("must be refused");
    } catch (const Problem& problem) {
      const std::string shown = to_response(problem, "1").body;
      CHECK_MESSAGE(unicode::is_utf8(shown), shown);
      CHECK(shown.find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("json: lengths are code points, of texts, keys and queries alike") {
  const std::string ten = "नमस्तेनमस्";
  REQUIRE(unicode::length(ten) == 10);
  CHECK(judged(with("a \\\"b\\\"", ten)) == "fine");
  CHECK(judged(with("a \\\"b\\\"", ten + "a")) == "title: too_long");
  std::string thousand;
  for (int i = 0; i < 1'000; ++i) thousand += "é";
  CHECK(judged(with("\"v\"", '"' + thousand + '"')) == "fine");
  CHECK(judged(with("\"v\"", '"' + thousand + "e\"")) == "notes.k: too_long");
  CHECK(judged(with("\"k\"", '"' + thousand + '"')) == "fine");
  CHECK(judged(with("one\\n", thousand)) == "story: too_long");
}

TEST_CASE("json: every text goes through the rule of texts") {
  for (const char* bad : {"a\u202E", "\u200Ba", "a\uFEFF", "a\U000E0041", "a\uFFFF", "\u200Da"}) {
    CHECK_MESSAGE(judged(with("a \\\"b\\\"", bad)) == "title: invalid_value", bad);
    CHECK_MESSAGE(judged(with("one\\n", std::string("one\\n") + bad)) == "story: invalid_value", bad);
    CHECK_MESSAGE(judged(with("\"v\"", '"' + std::string(bad) + '"')) == "notes.k: invalid_value", bad);
    CHECK(judged(with("\"k\"", '"' + std::string(bad) + '"')).ends_with(": invalid_value"));
  }
  for (const char* blank : {"\u00A0", "\u3000", "\u2800", "\u200E"})
    CHECK_MESSAGE(judged(with("a \\\"b\\\"", blank)) == "title: too_short", blank);
  CHECK_THROWS_AS(record_from_query("origin=a%E2%80%AEb", schema::type_of<Search>()), Problem);
  CHECK_THROWS_AS(record_from_query("tags=a%E2%80%8Bb", schema::type_of<Search>()), Problem);
  CHECK_NOTHROW(record_from_query("origin=%D9%85%DB%8C%E2%80%8C%D8%AE", schema::type_of<Search>()));
}

TEST_CASE("json: what is written is UTF-8, whatever an old journal holds") {
  std::string out;
  write_json_text("caf\xC3 \xFF\"", out);
  CHECK(out == "\"caf\uFFFD \uFFFD\\\"\"");
}

}  // namespace json_test
