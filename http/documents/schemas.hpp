#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "actors/schema/type.hpp"

namespace caravan::http {

/// The JSON Schemas of record types, as components of an OpenAPI document. Two types of one name get two components.
class Schemas {
 public:
  /// `{"$ref": …}` or the schema itself. Each record that is referred to will be among the components.
  nlohmann::ordered_json schema(const schema::Type& type, const schema::Rules& rules = {});
  /// Every component asked for, and those they refer to, ordered by name.
  nlohmann::ordered_json components();

  /// An example of a value; short.
  static nlohmann::ordered_json example(const schema::Type& type, const schema::Rules& rules, std::string_view name,
                                        int depth = 0);

 private:
  const std::string& name_of(const schema::Type& type);
  nlohmann::ordered_json record(const schema::Type& type);

  std::map<const schema::Type*, std::string> names_;
  std::map<std::string, const schema::Type*> types_;
};

/// "trip.created" and "publish_trip" as "TripCreated" and "PublishTrip".
std::string pascal_case(std::string_view name);

}  // namespace caravan::http
