#include "actors/files/entity.hpp"

namespace caravan {

const EntityClass& files_class() { return entity_class<Files>(); }

}  // namespace caravan
