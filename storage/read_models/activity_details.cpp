#include "storage/read_models/activity_details.hpp"

#include <algorithm>

namespace caravan {

namespace {

using schema::Kind;

// No text that people write holds these.
constexpr char ends_name = '\x1f', ends_value = '\x1e';

constexpr auto shown_fields = std::to_array<std::string_view>(
    {"amount",    "assigneeId", "currency",  "filter",      "keyId",   "level",        "newStatus",
     "order",     "path",       "paused",    "permissions", "reason",  "refundAmount", "resolution",
     "scannedBy", "scopes",     "serviceId", "status",      "subject", "userType"});

/// Records within events whose fields are shown as the event's own: who scanned, and why a delivery ended.
constexpr auto opened_fields = std::to_array<std::string_view>({"scan", "settlement"});

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

bool is_shown(const schema::Field& field, std::string_view event) {
  if (field.internal) return false;
  if (field.name == "name") return event.starts_with("service.");
  // Why a code became void is the platform's own word; why somebody did what made it void stands in another event.
  if (field.name == "reason" && event.starts_with("qr.")) return false;
  return std::ranges::find(shown_fields, field.name) != shown_fields.end();
}

void add_details(const schema::Type& record, const void* from, std::string_view event,
                 std::map<std::string, std::string>& out) {
  for (const schema::Field& field : record.fields) {
    const void* value = schema::member_of(field, from);
    if (field.type().kind == Kind::record && !field.internal &&
        std::ranges::find(opened_fields, field.name) != opened_fields.end())
      add_details(field.type(), value, event, out);
    if (!is_shown(field, event)) continue;
    std::string text = field.name == "permissions" && field.type().kind == Kind::integer
                           ? permissions_of(field.type().get_integer(value))
                           : text_of(field.type(), value);
    const std::string_view name = field.name == "newStatus" ? "status" : field.name;
    if (!text.empty()) out.emplace(name, std::move(text));
  }
}

}  // namespace

std::map<std::string, std::string> activity_details(const JournalEntry& entry) {
  std::map<std::string, std::string> out;
  for (const AnyRecord& event : entry.events) add_details(event.type(), event.value(), event.type().name, out);
  if (!entry.note.empty()) out.emplace("reason", entry.note);
  if (!entry.about.empty()) out.emplace("about", entry.about);
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
