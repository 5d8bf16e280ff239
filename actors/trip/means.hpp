#pragma once

#include <array>

#include "actors/trip/details.hpp"

/// What a means of transport can do at most. It refuses what nobody does, not what few do: who is refused can name a
/// later arrival, or another means.
namespace caravan {

struct Means {
  /// Of the time that the estimate takes for the way: nobody arrives in less. The rest allows for what it does not
  /// know.
  double least_time;
  Kilograms most_weight{max_load_grams};
  Litres most_volume{max_load_millilitres};
};

/// In the order of TransportMode.
inline constexpr std::array<Means, 6> all_means{{
    {.least_time = 0.8},   // car: an empty motorway. Vans and trucks are cars here, so the load has no other bound
    {.least_time = 0.35},  // train: fast lines go three times as fast as the 120 km/h of the estimate
    {.least_time = 0.65},  // bus: a coach without a stop
    {.least_time = 0.5},   // plane: a short hop with the wind. A passenger may pay for any number of pieces
    // bike: in a race, or with a motor. A cargo bike with a trailer.
    {.least_time = 0.5, .most_weight = {200'000}, .most_volume = {1'000'000}},
    // walk: a runner. A handcart.
    {.least_time = 0.5, .most_weight = {60'000}, .most_volume = {300'000}},
}};
static_assert(all_means.size() == enum_labels(TransportMode{}).size());

constexpr const Means& means_of(TransportMode mode) { return all_means[static_cast<std::size_t>(mode)]; }

}  // namespace caravan
