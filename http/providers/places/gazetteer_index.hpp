#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/coordinates.hpp"

namespace caravan {

/// A line of the gazetteer. Texts point into the index's own storage.
struct PlaceRow {
  std::string_view name;
  std::string_view country;  // ISO 3166 alpha-2
  std::string_view admin1;   // GeoNames' code; the state's letters in the USA
  std::int32_t lat = 0;      // ten-thousandths of a degree
  std::int32_t lng = 0;
  std::int32_t population = 0;  // 0: not known, or too small for GeoNames' list
  bool is_part = false;         // of another place: a borough, a quarter

  Coordinates at() const { return {lat / 10'000.0, lng / 10'000.0}; }
  /// What it ranks by among its namesakes.
  std::int64_t weight() const { return is_part ? population / 4 : population; }
};

/// What an address says of where its town lies.
struct PlaceBounds {
  std::string_view country;  // alpha-2; empty: any
  std::string_view admin1;   // GeoNames' code; empty: any

  bool hold(const PlaceRow& place) const {
    return (country.empty() || place.country == country) && (admin1.empty() || place.admin1 == admin1);
  }
};

struct PostalCodeRow {
  std::string_view country;  // ISO 3166 alpha-2
  std::string_view code;     // or the first characters of many
  std::string_view city;
  std::string_view admin1;
  std::int32_t lat = 0;
  std::int32_t lng = 0;
  bool is_town = false;  // the point is its town's, as no better one is known

  Coordinates at() const { return {lat / 10'000.0, lng / 10'000.0}; }
};

/// The gazetteer's rows, and its names in order and by their trigrams. Thread-safe; immutable once made but for the
/// trigrams, which cost as much time as the rest: they are indexed when the first misspelt name is looked for.
class GazetteerIndex {
 public:
  /// The unpacked files. Throws std::runtime_error on a line that is not as it must be.
  GazetteerIndex(std::string places, std::string names, std::string postal_codes);
  GazetteerIndex(const GazetteerIndex&) = delete;
  GazetteerIndex& operator=(const GazetteerIndex&) = delete;

  const std::vector<PlaceRow>& places() const { return places_; }
  const std::vector<PostalCodeRow>& postal_codes() const { return postal_codes_; }

  /// A place of a name; `is_other` where the name is not the one that it is shown by.
  struct Named {
    std::uint32_t place;
    bool is_other;
  };
  /// The places of exactly that folded name.
  std::vector<Named> named(std::string_view folded) const;
  /// The places of all names that begin like that, in the order of names: some 26,000 where it is one letter. Whoever
  /// wants a few takes the largest of all of them: the first ones end somewhere in the alphabet.
  std::vector<Named> beginning(std::string_view folded) const;

  /// A place whose name resembles what was asked for.
  struct Similar {
    std::uint32_t place;
    double likeness;  // in [0, 1]; 1 is the same text
  };
  /// The places with the names most like that one by shared trigrams, then by their edit distance: likeness at least
  /// `least`, best first, at most `most`.
  std::vector<Similar> similar(std::string_view folded, const PlaceBounds& bounds, double least,
                               std::size_t most) const;

  /// The row of a country's code, in capitals without spaces, or of its longest beginning; nullptr where there is none.
  const PostalCodeRow* postal_code(std::string_view country, std::string_view code) const;
  /// The rows of a country whose codes begin like that.
  std::span<const PostalCodeRow> postal_codes_beginning(std::string_view country, std::string_view code) const;
  /// True where the rows came in the order of their folded names, as build.py writes them.
  bool was_sorted() const { return was_sorted_; }

 private:
  struct Name {
    std::string_view text;
    std::uint32_t place = 0;
    bool is_other = false;
  };
  /// Names by trigram: those of bucket b are names[begin[b]] up to names[begin[b + 1]].
  struct Trigrams {
    std::once_flag made;
    std::vector<std::uint32_t> begin;
    std::vector<std::uint32_t> names;
  };
  void read_places();
  void read_names();
  void read_postal_codes();
  void index_trigrams() const;
  std::vector<Name>::const_iterator first_from(std::string_view folded) const;

  std::string place_text_;
  std::string name_text_;
  std::string postal_text_;
  std::string folded_;  // names; names_ points into it
  std::vector<PlaceRow> places_;
  std::vector<PostalCodeRow> postal_codes_;
  std::vector<Name> names_;  // by text
  bool was_sorted_ = true;
  mutable Trigrams trigrams_;
};

}  // namespace caravan
