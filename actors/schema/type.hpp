#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// Run-time descriptions of the plain structs that make up commands, events, states and resources.
///
/// A struct declares its fields once (see field.hpp). From that one declaration come the journal's bytes
/// (storage/codec), JSON in both directions, validation and OpenAPI (http). Whoever reads a description works
/// on `const void*` and this table alone, so none of those four is a template.
namespace caravan::schema {

/// What a value is. The comment names the accessors that serve the kind.
enum class Kind : std::uint8_t {
  boolean,      // get_integer, set_integer: 0 or 1
  integer,      // get_integer, set_integer
  decimal,      // get_integer, set_integer: units of 10^-scale; a JSON number parsed exactly
  time,         // get_integer, set_integer: milliseconds since 1970; RFC 3339 text in JSON
  enumeration,  // get_integer, set_integer: index into labels; its label in JSON
  real,         // get_real, set_real: finite only
  text,         // get_text, set_text: UTF-8
  bytes,        // get_text, set_text: base64 in JSON
  uuid,         // get_text, set_text: 16 raw bytes; canonical text in JSON
  optional,     // size, at, append, clear: nought or one element
  list,         // size, at, append, clear
  dictionary,   // get_entry, set_entry, size, clear: text to text, ordered by key
  record,       // fields
};

/// Text formats that a rule can ask for.
enum class Format : std::uint8_t {
  none,
  email,
  phone,
  currency,
  language,
  time_zone,
  country,
  url,
  date,
  token,   // what a program made: visible characters of ASCII
  secret,  // a password: any characters, as they are typed, and never shown
  name,    // of a person: it greets in mails and strangers read it, so no link, address or number may stand in it
  plain,   // a name that people tell from others at a glance: printable ASCII without blanks at its ends
  nested,  // a list that is shown, and whose elements may be lists of their like
};

/// What a value must satisfy beyond its type. Numbers: min and max, inclusive, in the value's own units.
/// Text, bytes and lists: min_length and max_length, in code points, bytes and elements.
struct Rules {
  std::int64_t min = INT64_MIN;
  std::int64_t max = INT64_MAX;
  double min_real = -1.7e308;
  double max_real = 1.7e308;
  std::size_t min_length = 0;
  std::size_t max_length = 0;  // 0: default_max_list of a list, default_max_text of others
  Format format = Format::none;
};

inline constexpr std::size_t default_max_text = 1'000;  // code points, of bytes: bytes
inline constexpr std::size_t default_max_list = 200;    // elements

struct Type;

/// One row of a struct's declaration: {id, wire name, member}, and its rules. Ids are never reused.
struct Field {
  std::uint16_t id;
  std::string_view name;
  const Type& (*type)();
  void* (*member)(void* record);
  Rules rules;
  /// Never shown to a client and never taken from one (a fact that the edge or another entity adds).
  bool internal = false;
};

struct Type {
  Kind kind;
  std::string_view name;  // records: that of their tag or their record_name, e.g. "trip.created"; and "Currency"
  std::uint16_t tag = 0;  // records that are commands, events or queries: their id within the entity; else 0
  int scale = 0;          // decimal: digits after the point
  std::int64_t low = INT64_MIN, high = INT64_MAX;  // integer: what the C++ type holds
  std::int64_t (*get_integer)(const void*) = nullptr;
  void (*set_integer)(void*, std::int64_t) = nullptr;
  double (*get_real)(const void*) = nullptr;
  void (*set_real)(void*, double) = nullptr;
  std::string_view (*get_text)(const void*) = nullptr;
  bool (*set_text)(void*, std::string_view) = nullptr;  // false: not a text of this type
  const Type& (*element)() = nullptr;
  std::size_t (*size)(const void*) = nullptr;
  const void* (*at)(const void*, std::size_t) = nullptr;
  void* (*append)(void*) = nullptr;
  void (*clear)(void*) = nullptr;
  std::pair<std::string_view, std::string_view> (*get_entry)(const void*, std::size_t) = nullptr;
  void (*set_entry)(void*, std::string, std::string) = nullptr;
  std::span<const std::string_view> labels;
  std::span<const Field> fields;
  std::shared_ptr<void> (*make)() = nullptr;  // records: a fresh one
};

/// The field of a record type with this wire name, or nullptr.
const Field* find_field(const Type& record, std::string_view name);
/// The field of a record type with this id, or nullptr.
const Field* find_field(const Type& record, std::uint16_t id);

/// The record without a tag (a resource, an answer) of this name, among all that an AnyRecord of this program may hold;
/// nullptr where there is none.
const Type* find_record(std::string_view name);
/// Adds a record to those that find_record knows; called before main. Two records of one name are a fault of the
/// program, which then ends.
bool remember_record(const Type& record);

/// The member that a field names, within a value of its record type.
inline const void* member_of(const Field& field, const void* record) { return field.member(const_cast<void*>(record)); }

}  // namespace caravan::schema
