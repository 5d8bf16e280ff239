#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/parcel.hpp"
#include "http/language.hpp"

namespace caravan {

/// How exactly a place was found.
enum class Precision : std::uint8_t { address, postal_code, city, airport };
constexpr auto enum_labels(Precision) {
  return std::to_array<std::string_view>({"address", "postal_code", "city", "airport"});
}

/// Confidence from which on a place is taken for the one that is meant; below it there are only candidates.
inline constexpr double least_understood = 0.75;

/// A place that a geocoder knows.
struct FoundPlace {
  std::string address;  // in full: "New York, NY 10001, US"
  std::string name;     // "New York"
  std::string region;   // the state or province, as the country writes it: "NY"; may be empty
  std::string country;  // ISO 3166 alpha-2
  std::optional<std::string> postal_code;
  double lat = 0;
  double lng = 0;
  Precision precision = Precision::city;
  double confidence = 1;                  // in (0, 1]: how likely this is the place that is meant
  std::int64_t population = 0;            // of the city; 0: not known
  std::optional<double> distance_meters;  // reverse look-ups: from the point asked for

  std::string understood_as = {};  // in words: "Guadalajara, Jalisco, Mexico"

  Coordinates at() const { return {lat, lng}; }
  bool is_understood() const { return confidence >= least_understood; }
  /// How far from this point the place that is meant may lie: a city is larger the more people live in it.
  std::int32_t uncertainty_meters() const;

  static constexpr std::string_view record_name = "FoundPlace";
  static constexpr auto fields() {
    return std::array{field<&FoundPlace::address>(1, "address"),
                      field<&FoundPlace::lat>(2, "lat"),
                      field<&FoundPlace::lng>(3, "lng"),
                      field<&FoundPlace::name>(4, "name"),
                      field<&FoundPlace::region>(5, "region"),
                      field<&FoundPlace::country>(6, "country"),
                      field<&FoundPlace::postal_code>(7, "postalCode"),
                      field<&FoundPlace::precision>(8, "precision"),
                      field<&FoundPlace::confidence>(9, "confidence"),
                      field<&FoundPlace::population>(10, "population"),
                      field<&FoundPlace::distance_meters>(11, "distanceMeters"),
                      field<&FoundPlace::understood_as>(12, "understoodAs")};
  }
};

/// Turns addresses into places and back. Thread-safe; answers in milliseconds or throws ProviderUnavailable.
class Geocoder {
 public:
  virtual ~Geocoder() = default;

  /// The places that an address may mean, likeliest first; none where there is no such place. Where the first is not
  /// understood (see FoundPlace::is_understood), all are candidates to ask about. `country` (ISO 3166
  /// alpha-2, or empty) bounds the search.
  virtual std::vector<FoundPlace> geocode(std::string_view address, std::string_view country,
                                          std::size_t limit) const = 0;
  /// The places nearest to a point, nearest first, with their distance.
  virtual std::vector<FoundPlace> reverse(Coordinates point, std::size_t limit) const = 0;
  /// Places whose name begins like that, largest first.
  virtual std::vector<FoundPlace> autocomplete(std::string_view prefix, std::string_view country,
                                               std::size_t limit) const = 0;
  /// A place that it found, with the names that the language has for it, its region and its country. What is found is
  /// named in English; a geocoder that knows no other names leaves it so.
  virtual FoundPlace told_in(Language, FoundPlace place) const { return place; }
  /// Who answers: "embedded", or a provider's name.
  virtual std::string_view provider() const = 0;
};

/// Finds what an address means and notes its coordinates, where the client gave none. False where no such place is
/// known; the place is then left as it was. A stop remembers whether people set its point, and how far a guess may be
/// off. `meant`: the place that was found where the address alone told it.
bool locate(const Geocoder& geocoder, Place& place, std::optional<FoundPlace>* meant = nullptr);
bool locate(const Geocoder& geocoder, Stop& stop, std::optional<FoundPlace>* meant = nullptr);

}  // namespace caravan
