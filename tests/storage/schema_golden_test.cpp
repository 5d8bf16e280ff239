// The meaning of the bytes: every field of every event, command and state, as it has once been written. Lines may be
// added; one that goes or changes would make old journals unreadable.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "actors/registry.hpp"
#include "tests/testkit/entity.hpp"

namespace schema_golden_test {

using namespace caravan;
using schema::Kind;
using schema::Type;

namespace {

constexpr const char* golden_path = "tests/storage/golden/fields.txt";

class Describer {
 public:
  explicit Describer(std::string entity) : entity_(std::move(entity)) {}

  void record(const Type& type) {
    if (!seen_.insert(&type).second) return;
    for (const schema::Field& field : type.fields) {
      const std::string head = entity_ + ' ' + std::string(type.name) + ' ' + std::to_string(field.id) + ' ';
      lines.insert(head + std::string(field.name) + ": " + text_of(field.type()));
      labels(head, field.type());
    }
  }

  std::set<std::string> lines;

 private:
  /// What the bytes depend on. An optional is written as its element is.
  std::string text_of(const Type& type) {
    constexpr std::array<std::string_view, 10> scalars{"boolean", "integer", "decimal", "time", "enumeration",
                                                       "real",    "text",    "bytes",   "uuid", ""};
    switch (type.kind) {
      case Kind::optional:
        return text_of(type.element());
      case Kind::list:
        return "list of " + text_of(type.element());
      case Kind::dictionary:
        return "dictionary";
      case Kind::record:
        record(type);
        return std::string(type.name);
      case Kind::decimal:
        return "decimal of " + std::to_string(type.scale) + " digits";
      default:
        return std::string(scalars.at(static_cast<std::size_t>(type.kind)));
    }
  }

  void labels(const std::string& head, const Type& type) {
    if (type.kind == Kind::optional || type.kind == Kind::list) return labels(head, type.element());
    if (type.kind != Kind::enumeration) return;
    for (std::size_t i = 0; i < type.labels.size(); ++i)
      lines.insert(head + "value " + std::to_string(i) + " is " + std::string(type.labels[i]));
  }

  const std::string entity_;
  std::set<const Type*> seen_;
};

std::set<std::string> describe_all() {
  std::set<std::string> all;
  for (const EntityClass* entity : all_entities()) {
    Describer describer{std::string(entity->name)};
    describer.record(*entity->state);
    for (const Alternative& event : entity->events) {
      describer.lines.insert(std::string(entity->name) + " event " + std::to_string(event.type->tag) + " is " +
                             std::string(event.type->name));
      describer.record(*event.type);
    }
    // Commands wait in the outbox.
    for (const Alternative& command : entity->commands) {
      describer.lines.insert(std::string(entity->name) + " command " + std::to_string(command.type->tag) + " is " +
                             std::string(command.type->name));
      describer.record(*command.type);
    }
    all.merge(describer.lines);
  }
  return all;
}

}  // namespace

TEST_CASE("golden: no field, tag or enumeration value that a journal may hold has gone or changed") {
  const std::set<std::string> now = describe_all();
  if (std::getenv("CARAVAN_UPDATE_GOLDEN")) {
    std::ofstream file(golden_path);
    for (const std::string& line : now) file << line << '\n';
  }
  std::ifstream file(golden_path);
  REQUIRE_MESSAGE(file, "missing: run this test with CARAVAN_UPDATE_GOLDEN=1");
  std::size_t known = 0;
  for (std::string line; std::getline(file, line); ++known)
    CHECK_MESSAGE(now.contains(line), "gone or changed: ", line);
  const std::size_t added = now.size() - known;
  CHECK_MESSAGE(known == now.size(), added, " new lines: run this test with CARAVAN_UPDATE_GOLDEN=1");
}

}  // namespace schema_golden_test
