#include "actors/schema/type.hpp"

#include <algorithm>

namespace caravan::schema {

const Field* find_field(const Type& record, std::string_view name) {
  auto found = std::ranges::find(record.fields, name, &Field::name);
  return found == record.fields.end() ? nullptr : &*found;
}

const Field* find_field(const Type& record, std::uint16_t id) {
  auto found = std::ranges::find(record.fields, id, &Field::id);
  return found == record.fields.end() ? nullptr : &*found;
}

}  // namespace caravan::schema
