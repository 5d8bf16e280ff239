#include "actors/schema/type.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

namespace caravan::schema {

namespace {

std::unordered_map<std::string_view, const Type*>& records() {
  static std::unordered_map<std::string_view, const Type*> all;
  return all;
}

}  // namespace

const Type* find_record(std::string_view name) {
  const auto found = records().find(name);
  return found == records().end() ? nullptr : found->second;
}

bool remember_record(const Type& record) {
  if (record.tag != 0) return true;  // commands, events and queries are found by tag within their entity, not by name
  const auto [known, fresh] = records().try_emplace(record.name, &record);
  if (fresh || known->second == &record) return true;
  std::fprintf(stderr, "two records are called %s\n", std::string(record.name).c_str());
  std::abort();
}

const Field* find_field(const Type& record, std::string_view name) {
  auto found = std::ranges::find(record.fields, name, &Field::name);
  return found == record.fields.end() ? nullptr : &*found;
}

const Field* find_field(const Type& record, std::uint16_t id) {
  auto found = std::ranges::find(record.fields, id, &Field::id);
  return found == record.fields.end() ? nullptr : &*found;
}

}  // namespace caravan::schema
