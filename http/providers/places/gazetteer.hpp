#pragma once

#include "http/providers/places/geocoder.hpp"

namespace caravan {

/// The geocoder on the gazetteer that is part of the program (config/gazetteer): the world's places of 1,000
/// inhabitants or more, airports, and postal codes of many countries. Immutable once made; some 80 MB.
///
/// It reads "Boston, MA", "Boston Massachusetts", "10001", "123 Main St, New York, NY 10001", "München",
/// "東京都千代田区", "Chicago, IL (ORD)", "Flughafen München", "Bostn, MA". What precedes the city (street and number)
/// is not looked up: the answer is the postal code's or the city's centre.
class Gazetteer : public Geocoder {
 public:
  /// Unpacks and indexes it. Throws std::runtime_error where its bytes are damaged.
  Gazetteer();
  ~Gazetteer() override;

  std::vector<FoundPlace> geocode(std::string_view address, std::string_view country, std::size_t limit) const override;
  std::vector<FoundPlace> reverse(Coordinates point, std::size_t limit) const override;
  std::vector<FoundPlace> autocomplete(std::string_view prefix, std::string_view country,
                                       std::size_t limit) const override;
  FoundPlace told_in(Language language, FoundPlace place) const override;
  std::string_view provider() const override { return "embedded"; }

 private:
  struct Data;
  std::unique_ptr<const Data> data_;
};

}  // namespace caravan
