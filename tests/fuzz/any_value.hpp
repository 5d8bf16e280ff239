#pragma once

#include <random>

#include "actors/schema/type.hpp"

namespace caravan::fuzz {

/// Fills a default value of the type with anything that its C++ type holds: bounds and odd texts more often than not.
void fill_any(const schema::Type& type, void* value, std::mt19937_64& chance, int depth = 0);

}  // namespace caravan::fuzz
