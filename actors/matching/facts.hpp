#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"
#include "actors/values/time.hpp"
#include "actors/values/transport_mode.hpp"

/// What matching knows of the two sides.
namespace caravan {

struct RequestFacts {
  RequestId id;
  UserId customer;
  Coordinates pickup;
  Coordinates dropoff;
  Load load;
  std::optional<Money> max_price;
  std::optional<Time> pickup_from;
  std::optional<Time> deliver_by;  // the customer's, or the urgency's
  Urgency urgency = Urgency::standard;
  bool needs_verified = false;                  // of such a value that its traveler must be verified
  bool flies = true;                            // no plane carries what does not
  std::string title;                            // for people
  std::vector<std::string> goods = {};          // that travel only as declared, or not at all: their names
  std::optional<Declaration> declaration = {};  // what the traveler is told of it
  bool crosses_customs = false;
};

/// Where a trip is when.
struct TripPoint {
  Coordinates at;
  Time due;

  static constexpr std::string_view record_name = "TripPoint";
  static constexpr auto fields() {
    return std::array{field<&TripPoint::at>(1, "at"), field<&TripPoint::due>(2, "due")};
  }
};

struct TripFacts {
  TripId id;
  UserId traveler;
  TransportMode mode = TransportMode::car;
  std::vector<TripPoint> points;  // origin, stops, destination, in order: two or more
  std::vector<Load> available;    // room left on the leg from point i to point i + 1
  std::optional<Money> min_price;
  std::optional<double> rating;  // 1 to 5; absent: nobody rated the traveler yet
  std::int32_t ratings = 0;      // that it is the mean of
  bool verified = false;         // the traveler's identity
  std::int32_t deliveries = 0;   // that the traveler has done
  std::string first_name;        // for people

  /// The fields that an index stores. What is known of the traveler is not among them: it comes from the profile.
  static constexpr std::string_view record_name = "TripFacts";
  static constexpr auto fields() {
    return std::array{field<&TripFacts::mode>(1, "mode"), field<&TripFacts::points>(2, "points"),
                      field<&TripFacts::available>(3, "available"), field<&TripFacts::min_price>(4, "minPrice")};
  }
};

/// Why a trip does not serve a request, the nearest miss first; goods that do not fly are a farther one than the room.
enum class Misfit : std::uint8_t { verification, price, late, early, room, way, own, goods };
constexpr auto enum_labels(Misfit) {
  return std::to_array<std::string_view>({"verification", "price", "late", "early", "room", "way", "own", "goods"});
}

}  // namespace caravan
