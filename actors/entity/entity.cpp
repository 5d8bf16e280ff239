#include "actors/entity/entity.hpp"

#include <algorithm>

namespace caravan {

const schema::Type* find_tag(std::span<const Alternative> alternatives, std::uint16_t id) {
  auto found = std::ranges::find_if(alternatives, [&](const Alternative& a) { return a.type->tag == id; });
  return found == alternatives.end() ? nullptr : found->type;
}

}  // namespace caravan
