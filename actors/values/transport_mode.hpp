#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace caravan {

/// How a trip moves. The numbers are in the journal.
enum class TransportMode : std::uint8_t { car, train, bus, plane, bike, walk };
constexpr auto enum_labels(TransportMode) {
  return std::to_array<std::string_view>({"car", "train", "bus", "plane", "bike", "walk"});
}

/// Metres a second, as the crow flies, that nobody who travels like this is faster than over any part of the way.
/// Whoever rides or walks may be driven to where they begin.
constexpr double fastest_speed(TransportMode mode) {
  if (mode == TransportMode::plane) return 300;
  return mode == TransportMode::train ? 95 : 60;
}

/// True where the vehicle keeps to its stops, so that a parcel changes hands there and not along the way.
constexpr bool keeps_to_stops(TransportMode mode) {
  return mode == TransportMode::train || mode == TransportMode::bus || mode == TransportMode::plane;
}

}  // namespace caravan
