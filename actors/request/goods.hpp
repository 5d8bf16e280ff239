#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/values/parcel.hpp"
#include "actors/values/transport_mode.hpp"

/// What may not travel, or only as its sender has declared it. The table is in goods.cpp.
namespace caravan {

enum class Carried : std::uint8_t { freely, declared, never };
constexpr auto enum_labels(Carried) { return std::to_array<std::string_view>({"freely", "declared", "never"}); }

/// Goods of one kind, and how they travel.
struct GoodsRule {
  std::string_view goods;  // "weapons"
  Carried by_land = Carried::freely;
  Carried by_air = Carried::freely;
  std::string_view categories;  // of an item, each between two bars
  std::string_view words;       // in its title, description or declaration, each between two bars
  std::string_view but_after;   // a word before one of those that makes something else of it: "toy gun"

  Carried by(TransportMode mode) const { return mode == TransportMode::plane ? by_air : by_land; }
};

const std::vector<GoodsRule>& goods_rules();

/// The rules that the item comes under, by its category and by the words that it is described with. Words tell honest
/// people what they may not send; what is hidden the traveler sees at the pickup, and refuses as not declared.
std::vector<const GoodsRule*> goods_of(const std::string& title, const Item& item);
/// Their names.
std::vector<std::string> goods_names(const std::string& title, const Item& item);

}  // namespace caravan
