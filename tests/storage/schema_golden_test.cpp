// The meaning of the bytes: every field of every event, command and state, and every kind of entity, as it has once
// been written. Lines may be added; one that goes or changes would make old journals unreadable.
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

// Ids that must stay free: an earlier layout had another thing under them.
const std::set<std::string> retired_ids = {
    "delivery DeliveryState 12",  // the messages, until they got an order of their own as 28
};

class Describer {
 public:
  explicit Describer(std::string entity) : entity_(std::move(entity)) {}

  void record(const Type& type) {
    if (!seen_.insert(&type).second) return;
    std::set<int> ids;
    for (const schema::Field& field : type.fields) {
      const std::string head = head_of(type, field.id) + ' ';
      ids.insert(field.id);
      lines.insert(head + std::string(field.name) + ": " + text_of(field.type()));
      labels(head, field.type());
    }
    for (int id = 1; !ids.empty() && id < *ids.rbegin(); ++id)
      if (!ids.contains(id)) left_out.insert(head_of(type, id));
  }

  std::set<std::string> lines;
  std::set<std::string> left_out;  // ids below the highest that no field has

 private:
  std::string head_of(const Type& type, int id) const {
    return entity_ + ' ' + std::string(type.name) + ' ' + std::to_string(id);
  }

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

struct Description {
  std::set<std::string> lines, left_out;
};

Description describe_all() {
  Description all;
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
    all.lines.merge(describer.lines);
    all.left_out.merge(describer.left_out);
  }
  // Each row of the journal names its entity by the kind's number.
  const auto kinds = enum_labels(EntityKind{});
  for (std::size_t i = 0; i < kinds.size(); ++i)
    all.lines.insert("EntityKind value " + std::to_string(i) + " is " + std::string(kinds.at(i)));
  return all;
}

std::set<std::string> known_lines() {
  std::set<std::string> known;
  std::ifstream file(golden_path);
  for (std::string line; std::getline(file, line);) known.insert(line);
  return known;
}

}  // namespace

TEST_CASE("golden: no field, tag, enumeration value or kind of entity that a journal may hold has gone or changed") {
  const std::set<std::string> now = describe_all().lines;
  if (std::getenv("CARAVAN_UPDATE_GOLDEN")) {
    // Only adds: a line that a field has lost stays, and fails below.
    std::set<std::string> all = known_lines();
    all.insert(now.begin(), now.end());
    std::ofstream file(golden_path);
    for (const std::string& line : all) file << line << '\n';
  }
  const std::set<std::string> known = known_lines();
  REQUIRE_MESSAGE(!known.empty(), "missing: run this test with CARAVAN_UPDATE_GOLDEN=1");
  for (const std::string& line : known) CHECK_MESSAGE(now.contains(line), "gone or changed: ", line);
  for (const std::string& line : now)
    CHECK_MESSAGE(known.contains(line), "new: run this test with CARAVAN_UPDATE_GOLDEN=1: ", line);
}

TEST_CASE("golden: an id that no field has any more is not given to another") {
  const std::set<std::string> left_out = describe_all().left_out;
  for (const std::string& id : left_out)
    CHECK_MESSAGE(retired_ids.contains(id), "take this id, or add it to retired_ids if a build has written it: ", id);
  for (const std::string& id : retired_ids) CHECK_MESSAGE(left_out.contains(id), "an earlier build wrote it: ", id);
}

}  // namespace schema_golden_test
