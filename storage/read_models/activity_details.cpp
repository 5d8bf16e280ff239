#include "storage/read_models/activity_details.hpp"

#include <algorithm>

namespace caravan {

namespace {

using schema::Kind;

// No text that people write holds these.
constexpr char ends_name = '\x1f', ends_value = '\x1e';

constexpr auto shown_fields = std::to_array<std::string_view>(
    {"amount", "currency", "filter", "keyId", "level", "order", "paused", "permissions", "reason", "refundAmount",
     "resolution", "scopes", "serviceId", "status", "subject", "userType"});

std::string permissions_of(std::int64_t bits) {
  std::string out;
  for (const auto& [permission, name] : permission_names)
    if ((bits & static_cast<std::int64_t>(permission)) != 0) out += (out.empty() ? "" : ",") + std::string(name);
  return out.empty() ? "none" : out;
}

std::string text_of(const schema::Type& type, const void* value) {
  switch (type.kind) {
    case Kind::boolean:
      return type.get_integer(value) != 0 ? "true" : "false";
    case Kind::integer:
      return std::to_string(type.get_integer(value));
    case Kind::enumeration:
      return std::string(type.labels[static_cast<std::size_t>(type.get_integer(value))]);
    case Kind::text:
      return std::string(type.get_text(value));
    case Kind::uuid: {
      Uuid id;
      std::ranges::copy(type.get_text(value), id.bytes.begin());
      return id.text();
    }
    case Kind::optional:
    case Kind::list: {
      std::string out;
      for (std::size_t i = 0; i < type.size(value); ++i)
        out += (i == 0 ? "" : ",") + text_of(type.element(), type.at(value, i));
      return out;
    }
    default:
      return {};
  }
}

}  // namespace

std::map<std::string, std::string> activity_details(const JournalEntry& entry) {
  std::map<std::string, std::string> out;
  for (const AnyRecord& event : entry.events)
    for (const schema::Field& field : event.type().fields) {
      const bool names_service = field.name == "name" && event.type().name.starts_with("service.");
      if (field.internal || (!names_service && std::ranges::find(shown_fields, field.name) == shown_fields.end()))
        continue;
      const void* value = schema::member_of(field, event.value());
      std::string text = field.name == "permissions" && field.type().kind == Kind::integer
                             ? permissions_of(field.type().get_integer(value))
                             : text_of(field.type(), value);
      if (!text.empty()) out.emplace(field.name, std::move(text));
    }
  if (!entry.note.empty()) out.emplace("reason", entry.note);
  return out;
}

std::string packed_details(const std::map<std::string, std::string>& details) {
  std::string out;
  for (const auto& [name, value] : details) out += name + ends_name + value + ends_value;
  return out;
}

std::map<std::string, std::string> unpacked_details(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(ends_value));
    const std::size_t name = std::min(pair.find(ends_name), pair.size());
    out.emplace(pair.substr(0, name), pair.substr(std::min(name + 1, pair.size())));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return out;
}

}  // namespace caravan
