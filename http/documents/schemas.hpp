#pragma once

#include <map>
#include <string>

#include "actors/schema/type.hpp"
#include "http/json/json_writer.hpp"

namespace caravan::http {

/// The JSON Schemas of record types, as components of an OpenAPI document. Two types of one name get two components.
class Schemas {
 public:
  /// The component's name of a record type; it will be written by write_components.
  const std::string& name_of(const schema::Type& type);
  /// `"$ref": …` or the schema's own keywords, into an open object.
  void write(JsonWriter& out, const schema::Type& type, const schema::Rules& rules = {});
  /// Every component asked for, and those they refer to, ordered by name.
  void write_components(JsonWriter& out);

  /// An example of a value, as JSON; short.
  static std::string example(const schema::Type& type, const schema::Rules& rules, std::string_view name,
                             int depth = 0);

 private:
  void write_record(JsonWriter& out, const schema::Type& type);
  void write_scalar(JsonWriter& out, const schema::Type& type, const schema::Rules& rules);
  static void write_length(JsonWriter& out, const schema::Type& type, const schema::Rules& rules);

  std::map<const schema::Type*, std::string> names_;
  std::map<std::string, const schema::Type*> types_;
};

/// "trip.created" and "publish_trip" as "TripCreated" and "PublishTrip".
std::string pascal_case(std::string_view name);

}  // namespace caravan::http
