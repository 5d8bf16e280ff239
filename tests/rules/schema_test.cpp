// How a struct declares its fields: a record whose rows stand among those of the struct that has it.
#include "actors/schema/field.hpp"

#include <doctest/doctest.h>

namespace schema_test {

using namespace caravan;

namespace {

struct Seen {
  std::string by;
  std::int64_t at = 0;
  static constexpr auto fields() {
    return std::array{field<&Seen::by>(1, "by", length(1, 9)), field<&Seen::at>(2, "at", internal())};
  }
};

struct Told {
  static constexpr std::string_view record_name = "Told";
  std::string first;
  Seen seen;
  Seen again;
  std::string last;
  static constexpr auto fields() {
    return joined_rows(field<&Told::first>(1, "first"), field<&Told::last>(4, "last"), spliced<&Told::seen>({3, 2}),
                       spliced<&Told::again>({7, 5}));
  }
};

}  // namespace

TEST_CASE("schema: spliced rows stand in the order of their ids, and lead to the inner record's members") {
  const schema::Type& type = schema::type_of<Told>();
  std::string order;
  for (const schema::Field& row : type.fields) order += std::to_string(row.id) + std::string(row.name) + ' ';
  CHECK(order == "1first 2at 3by 4last 5at 7by ");

  Told told;
  const auto member = [&](std::uint16_t id) { return schema::find_field(type, id)->member(&told); };
  CHECK(member(1) == &told.first);
  CHECK(member(2) == &told.seen.at);
  CHECK(member(3) == &told.seen.by);
  CHECK(member(4) == &told.last);
  CHECK(member(5) == &told.again.at);
  CHECK(member(7) == &told.again.by);
}

TEST_CASE("schema: spliced rows keep their type and rules") {
  const schema::Type& type = schema::type_of<Told>();
  CHECK(schema::find_field(type, 3)->rules.max_length == 9);
  CHECK(schema::find_field(type, 2)->internal);
  CHECK_FALSE(schema::find_field(type, 3)->internal);
  CHECK(&schema::find_field(type, 2)->type() == &schema::type_of<std::int64_t>());
}

}  // namespace schema_test
