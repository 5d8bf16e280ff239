#include "http/providers/places/gazetteer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <thread>

#include "http/embedded.hpp"
#include "http/providers/places/folding.hpp"
#include "http/providers/places/gazetteer_files.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "http/providers/places/german_names.hpp"

namespace gazetteer_test {

using namespace caravan;

namespace {

const Gazetteer& gazetteer() {
  static const Gazetteer loaded;
  return loaded;
}

/// The first place that an address is taken for; empty where there is none.
std::string found(std::string_view address, std::string_view country = {}) {
  const auto places = gazetteer().geocode(address, country, 5);
  return places.empty() ? std::string() : places.front().address;
}

}  // namespace

TEST_CASE("gazetteer: cities by name, region and country") {
  CHECK(found("Boston") == "Boston, MA, US");
  CHECK(found("Boston, MA") == "Boston, MA, US");
  CHECK(found("boston ma") == "Boston, MA, US");
  CHECK(found("Boston, Massachusetts, USA") == "Boston, MA, US");
  CHECK(found("Boston, UK") == "Boston, ENG, GB");
  CHECK(found("Boston", "GB") == "Boston, ENG, GB");
  CHECK(found("Springfield, IL, US") == "Springfield, IL, US");
  CHECK(found("Springfield") == "Springfield, MO, US");  // the largest, as a candidate
  CHECK(found("Paris") == "Paris, FR");
  CHECK(found("Paris, Texas") == "Paris, TX, US");
  CHECK(found("Washington, DC") == "Washington, D.C., DC, US");
  CHECK(found("Saint Louis, Missouri") == "St. Louis, MO, US");
  CHECK(found("Toronto, ON, Canada") == "Toronto, ON, CA");
}

TEST_CASE("gazetteer: other names, accents and letters") {
  CHECK(found("New York, NY") == "New York City, NY, US");
  CHECK(found("NYC") == "New York City, NY, US");
  CHECK(found("München") == "Munich, BY, DE");
  CHECK(found("Muenchen, Germany") == "Munich, BY, DE");
  CHECK(found("Cologne, Germany") == "Cologne, NW, DE");
  CHECK(found("sao paulo, brazil") == "São Paulo, BR");
  CHECK(found("Москва") == "Moscow, RU");
  CHECK(found("Łódź") == found("lodz"));
}

TEST_CASE("gazetteer: a code of two letters is a state or a country, whichever has the place") {
  CHECK(found("Berlin, DE") == "Berlin, BE, DE");
  CHECK(found("Dover, DE") == "Dover, DE, US");
  CHECK(found("London, CA") == "London, ON, CA");
  CHECK(found("Ontario, CA") == "Ontario, CA, US");
}

TEST_CASE("gazetteer: postal codes, alone and in addresses") {
  CHECK(found("10001") == "New York, NY 10001, US");
  CHECK(found("123 Main St, New York, NY 10001") == "New York, NY 10001, US");
  CHECK(found("123 Main St, New York, NY 10001-1234, USA") == "New York, NY 10001, US");
  CHECK(found("123 Main St New York NY 10001") == "New York, NY 10001, US");
  CHECK(found("80331 München, Germany") == "Munich, BY, DE");
  CHECK(found("75001 Paris, France") == "Paris, FR");
  CHECK(found("10001", "DE").empty());
  CHECK(found("12345 Main St, Boston, MA") == "Boston, MA, US");  // a house number
  const auto place = gazetteer().geocode("10001", "US", 1);
  REQUIRE(place.size() == 1);
  CHECK(place[0].precision == Precision::postal_code);
  CHECK(place[0].postal_code == "10001");
  CHECK(gazetteer().geocode("90210", "US", 1)[0].precision == Precision::city);  // its source's point is elsewhere
}

TEST_CASE("gazetteer: misspelt and abbreviated names, with less confidence") {
  CHECK(found("Bostn, MA") == "Boston, MA, US");
  CHECK(found("Chigago") == "Chicago, IL, US");
  CHECK(found("Los Angelos, California") == "Los Angeles, CA, US");
  CHECK(found("Philadelfia, PA") == "Philadelphia, PA, US");
  CHECK(found("San Fran") == "San Francisco, CA, US");
  CHECK(gazetteer().geocode("Bostn, MA", "", 1)[0].confidence < 0.8);
  CHECK(gazetteer().geocode("Boston, MA", "", 1)[0].confidence == 1.0);
}

TEST_CASE("gazetteer: streets are passed over, what is no place is not found") {
  CHECK(found("1600 Pennsylvania Avenue NW, Washington, DC 20500") == "Washington, D.C., DC, US");
  CHECK(found("Calle Mayor 1, Madrid, España") == "Madrid, ES");
  CHECK(found("123 Main St, New York") == "New York City, NY, US");
  for (const char* nowhere : {"", " ,,, ", "asdfghjkl", "no such place anywhere", "Qwertyville, ZZ", "Main Street",
                              "Atlantis City, Neverland", "99999999", "\xff\xfe\x80", "Nowhereville"})
    for (const FoundPlace& place : gazetteer().geocode(nowhere, {}, 5)) CHECK_MESSAGE(!place.is_understood(), nowhere);
  CHECK(found(std::string(100'000, 'a')).empty());
  CHECK(found(std::string(5'000, ',') + "Boston").empty());
}

TEST_CASE("gazetteer: alternatives come by size") {
  const auto places = gazetteer().geocode("Springfield", "US", 3);
  REQUIRE(places.size() == 3);
  CHECK(places[0].population >= places[1].population);
  CHECK(places[1].population >= places[2].population);
  CHECK(places[0].confidence < 1);
  CHECK(gazetteer().geocode("Springfield", "", 1'000'000).size() <= 50);
  CHECK(gazetteer().geocode("Springfield", "", 0).empty());
}

TEST_CASE("gazetteer: the place at a point") {
  const auto places = gazetteer().reverse({40.7128, -74.0060}, 3);
  REQUIRE(places.size() == 3);
  CHECK(places[0].name == "New York City");
  CHECK(places[0].postal_code.has_value());
  CHECK(*places[0].distance_meters < 1'000);
  CHECK(*places[0].distance_meters <= *places[1].distance_meters);
  CHECK(gazetteer().reverse({48.137, 11.575}, 1)[0].address == "Munich, BY, DE");
  CHECK(gazetteer().reverse({-89.9, 0}, 1)[0].country == "AQ");
  CHECK(gazetteer().reverse({-16.8, -179.99}, 1)[0].country == "FJ");  // across the date line
}

TEST_CASE("gazetteer: autocomplete") {
  const auto first = [](std::string_view prefix, std::string_view country = {}) {
    const auto places = gazetteer().autocomplete(prefix, country, 5);
    return places.empty() ? std::string() : places.front().address;
  };
  CHECK(first("san f") == "San Francisco, CA, US");
  CHECK(first("münch") == "Munich, BY, DE");
  CHECK(first("boston, m") == "Boston, MA, US");
  CHECK(first("paris", "US") == "Paris, TX, US");
  CHECK(first("paris, fra") == "Paris, FR");
  CHECK(first("1000") == "New York, NY 10001, US");
  // More names begin with this letter than with any other; those that end it in the alphabet count like the first.
  CHECK(first("S", "AU").starts_with("Sydney"));
  CHECK(first("s", "DE").starts_with("Stuttgart"));
  CHECK(first("").empty());
  CHECK(first("zzzzqq").empty());
}

TEST_CASE("gazetteer: places, regions and countries have the names of the language that was asked for") {
  const auto told = [](std::string_view address, Language language) {
    const auto places = gazetteer().geocode(address, {}, 1);
    return places.empty() ? std::string() : gazetteer().told_in(language, places[0]).understood_as;
  };
  for (const char* asked : {"Munich", "München", "munich, germany", "München, Bayern, Deutschland"}) {
    CHECK(told(asked, Language::german) == "München, Bayern, Deutschland");
    CHECK(told(asked, Language::english) == "Munich, Bavaria, Germany");
  }
  struct Pair {
    std::string_view english, german, country;
  };
  for (const auto& [english, german, country] : std::initializer_list<Pair>{{"Cologne", "Köln", "DE"},
                                                                            {"Vienna", "Wien", "AT"},
                                                                            {"Milan", "Mailand", "IT"},
                                                                            {"Geneva", "Genf", "CH"},
                                                                            {"Zurich", "Zürich", "CH"},
                                                                            {"Copenhagen", "Kopenhagen", "DK"},
                                                                            {"Wroclaw", "Breslau", "PL"},
                                                                            {"Strasbourg", "Straßburg", "FR"},
                                                                            {"Beijing", "Peking", "CN"},
                                                                            {"Mecca", "Mekka", "SA"},
                                                                            {"Kaliningrad", "Kaliningrad", "RU"},
                                                                            {"Limerick", "Limerick", "IE"},
                                                                            {"Berlin", "Berlin", "DE"}}) {
    for (const std::string_view asked : {english, german}) {
      const auto places = gazetteer().geocode(asked, country, 1);
      REQUIRE_MESSAGE(!places.empty(), asked);
      CHECK(gazetteer().told_in(Language::english, places[0]).name == english);
      const FoundPlace in_german = gazetteer().told_in(Language::german, places[0]);
      CHECK(in_german.name == german);
      CHECK(in_german.address.starts_with(german));
      CHECK(in_german.at() == places[0].at());
      if (country == "IE") continue;                                     // its provinces' letters are in no address
      const auto again = gazetteer().geocode(in_german.address, {}, 1);  // what is shown is understood
      REQUIRE_MESSAGE(!again.empty(), in_german.address);
      CHECK_MESSAGE(again[0].at() == places[0].at(), in_german.address);
    }
  }
  CHECK(told("Boston, MA", Language::german) == "Boston, Massachusetts, Vereinigte Staaten");
  CHECK(told("Konya", Language::german) == "Konya, Türkei");  // and not the province of that name again
  CHECK(told("MUC", Language::german).ends_with(", München, Deutschland"));
  CHECK(told("10001", Language::german) == "New York 10001, New York, Vereinigte Staaten");
}

TEST_CASE("gazetteer: autocomplete takes regions and countries in German") {
  for (const char* begun : {"münch, bay", "münch, deutschl", "munich, bavar"})
    CHECK(gazetteer().autocomplete(begun, {}, 1).at(0).address == "Munich, BY, DE");
}

TEST_CASE("gazetteer: a German name without a street is kept as a place's area") {
  Place place{"München, BY", {}, {}};
  REQUIRE(locate(gazetteer(), place));
  CHECK(place.area == "München, BY");
  Place street{"Marienplatz 1, 80331 München", {}, {}};
  REQUIRE(locate(gazetteer(), street));
  CHECK(street.area == "Munich, BY");
}

TEST_CASE("gazetteer: German names are of places that there are, and in order") {
  const GermanNames names(gazetteer_files().german, 1'000'000);
  CHECK(names.country("AT") == "Österreich");
  CHECK(names.region("DE", "02") == "Bayern");
  CHECK(names.region("DE", "16").empty());
  CHECK_THROWS(GermanNames("3\tWien\n", 3));
  CHECK_THROWS(GermanNames("3\tWien\n2\tRom\n", 9));
  CHECK_THROWS(GermanNames("3\n", 9));
}

TEST_CASE("gazetteer: a place without coordinates is located, one with them is left") {
  Place place{"Boston, MA", {}, {}};
  REQUIRE(locate(gazetteer(), place));
  CHECK(distance_meters(place.at(), {42.3601, -71.0589}) < 5'000);
  Place given{"nowhere at all zzz", 1.0, 2.0};
  CHECK(locate(gazetteer(), given));
  CHECK(given.at() == Coordinates{1, 2});
  Place unknown{"qqqqqq zzzzzz", {}, {}};
  CHECK_FALSE(locate(gazetteer(), unknown));
  CHECK_FALSE(unknown.located());
}

TEST_CASE("gazetteer: a stop tells a pin that people set from a guess, and how far the guess may be off") {
  const auto located = [](Stop stop) {
    REQUIRE(locate(gazetteer(), stop));
    return stop;
  };
  const Stop pinned = located({"350 5th Ave, New York, NY 10118", 40.7484, -73.9857, "Ann", "+12125550100", {}});
  CHECK(pinned.is_pinned());
  const Stop postal = located({"350 5th Ave, New York, NY 10001", {}, {}, "Ann", "+12125550100", {}});
  CHECK_FALSE(postal.is_pinned());
  CHECK(postal.uncertainty_meters == 5'000);
  CHECK(distance_meters(postal.at(), pinned.at()) < 5'000);
  const Stop village = located({"Hyannis, MA", {}, {}, "Ann", "+12125550100", {}});
  const Stop city = located({"New York, NY", {}, {}, "Ann", "+12125550100", {}});
  CHECK(village.uncertainty_meters == 5'000);
  CHECK(city.uncertainty_meters > 15'000);
  CHECK_FALSE(Stop{"of an old journal", 1, 2, "Ann", "+12125550100", {}}.is_pinned());
}

TEST_CASE("gazetteer: a point that lies off its address is no pin, by as much as is known of the address") {
  const auto located = [](const std::string& address, std::optional<double> lat, std::optional<double> lng) {
    Stop stop{address, lat, lng, "Ann", "+12125550100", {}};
    stop.off_address_meters = 1;  // of another point
    REQUIRE(locate(gazetteer(), stop));
    return stop;
  };
  const Stop moved = located("350 5th Ave, New York, NY 10001", 40.90, -73.90);
  CHECK_FALSE(moved.is_pinned());
  CHECK(moved.uncertainty_meters == 0);
  REQUIRE(moved.off_address_meters);
  CHECK(*moved.off_address_meters > 10'000);
  CHECK(*moved.off_address_meters < 20'000);
  CHECK(located("350 5th Ave, New York, NY 10001", 40.7484, -73.9857).is_pinned());
  CHECK(located("New York, NY", 40.80, -73.90).is_pinned());       // somewhere in the city
  CHECK(located("Springfield", 39.78, -89.65).is_pinned());        // whichever of them is meant
  CHECK(located("qqqqqq zzzzzz", 40.7484, -73.9857).is_pinned());  // nobody knows better
  CHECK_FALSE(located("Boston, MA", {}, {}).off_address_meters);   // a guess
}

TEST_CASE("gazetteer: an address is looked up once, whoever asks what of it") {
  struct Counted : Geocoder {
    std::vector<FoundPlace> geocode(std::string_view address, std::string_view country,
                                    std::size_t limit) const override {
      ++asked;
      return gazetteer().geocode(address, country, limit);
    }
    std::vector<FoundPlace> reverse(Coordinates point, std::size_t limit) const override {
      return gazetteer().reverse(point, limit);
    }
    std::vector<FoundPlace> autocomplete(std::string_view, std::string_view, std::size_t) const override { return {}; }
    std::string_view provider() const override { return "counted"; }
    mutable int asked = 0;
  };
  const Counted counted;
  Stop pinned{"350 5th Ave, New York, NY 10001", 40.90, -73.90, "Ann", "+12125550100", {}};
  CHECK(locate(counted, pinned));
  CHECK(pinned.off_address_meters);
  CHECK(pinned.area == "New York, NY");
  CHECK(counted.asked == 1);
  Stop bare{"Boston, MA", {}, {}, "Ann", "+12125550100", {}};
  CHECK(locate(counted, bare));
  CHECK(counted.asked == 2);
}

TEST_CASE("gazetteer: a place's area is named without a word of its street") {
  const auto area = [](const std::string& address, std::optional<double> lat = {}, std::optional<double> lng = {}) {
    Place place{address, lat, lng};
    REQUIRE(locate(gazetteer(), place));
    return place.area.value_or("none");
  };
  CHECK(area("New York, NY") == "New York, NY");
  CHECK(area("Boston, MA, US") == "Boston, MA, US");
  CHECK(area("350 5th Ave, New York, NY 10001") == "New York, NY");
  CHECK(area("Elm Street, Boston, MA") == "Boston, MA");
  CHECK(area("the blue door", 42.3601, -71.0589).find("blue") == std::string::npos);
  // An address that means another place than the point does not name the point's area.
  CHECK(area("Paris, France", 42.3601, -71.0589).find("MA") != std::string::npos);
}

TEST_CASE("gazetteer: is found by many threads at once") {
  std::vector<std::thread> threads;
  std::array<int, 4> right{};
  for (std::size_t t = 0; t < right.size(); ++t)
    threads.emplace_back([&right, t] {
      for (int i = 0; i < 50; ++i) {
        right[t] += found("Bostn, MA") == "Boston, MA, US" ? 1 : 0;
        right[t] += gazetteer().reverse({48.137, 11.575}, 1)[0].country == "DE" ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) CHECK(count == 100);
}

TEST_CASE("gazetteer: the first to look for misspelt names may be many at once") {
  const GazetteerFiles files = gazetteer_files();
  const GazetteerIndex index(files.places, files.names, files.postal_codes);
  std::vector<std::thread> threads;
  std::array<std::string, 4> first;
  for (std::string& name : first)
    threads.emplace_back([&index, &name] {
      const auto similar = index.similar("chigago", {"US", "IL"}, 0.5, 1);
      if (!similar.empty()) name = index.places()[similar[0].place].name;
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& name : first) CHECK(name == "Chicago");
}

TEST_CASE("gazetteer: its file is in order, so that nothing is sorted at the start; damage is noticed") {
  GazetteerFiles files = gazetteer_files();
  CHECK(files.places.size() < 12'000'000);
  const GazetteerIndex index(files.places, files.names, files.postal_codes);
  CHECK(index.was_sorted());
  CHECK(index.places().size() > 150'000);
  CHECK(index.postal_codes().size() > 77'000);
  CHECK_THROWS(GazetteerIndex("Boston\tUS\n", "", ""));
  CHECK_THROWS(GazetteerIndex("Boston\tUS\tMA\tx\t1\t2\t\n", "", ""));
  CHECK_THROWS(GazetteerIndex("Boston\tUS\tMA\t1\t1\t2\t\n", "hub\t1\n", ""));  // a name of no place
  CHECK_THROWS(gunzip("not gzip", 1'000));
}

TEST_CASE("gazetteer: other names are folded as the program folds, by build.py") {
  const std::string names = gazetteer_files().names;
  int others = 0;
  for (std::size_t at = 0; at < names.size(); at = names.find('\n', at) + 1, ++others) {
    const std::string name = names.substr(at, names.find('\t', at) - at);
    if (others % 7 == 0 && fold_name(name) != name) FAIL_CHECK(name);
  }
  CHECK(others > 150'000);
}

TEST_CASE("gazetteer: no postal code of the USA lies far from its own town") {
  const GazetteerIndex index(gazetteer_files().places, gazetteer_files().names, gazetteer_files().postal_codes);
  const auto at = [&](std::string_view code) { return index.postal_code("US", code)->at(); };
  CHECK(distance_meters(at("90210"), {34.0901, -118.4065}) < 5'000);
  CHECK(distance_meters(at("96795"), {21.3461, -157.7238}) < 10'000);
  CHECK(distance_meters(at("95014"), {37.3230, -122.0322}) < 15'000);
  CHECK(index.postal_code("GB", "SW1A")->city == "London");
  CHECK(index.postal_code("GB", "SE1")->city == "London");  // not S, Sheffield
  CHECK(index.postal_code("GB", "SA19") == nullptr);        // nor SA1, Swansea
  CHECK(index.postal_code("FR", "75001")->city == "Paris");
}

TEST_CASE("folding: names that people write in several ways are one") {
  CHECK(fold_name("Saint-Étienne") == "st etienne");
  CHECK(fold_name("ST. ETIENNE") == "st etienne");
  CHECK(fold_name("O’Fallon") == fold_name("O'Fallon"));
  CHECK(fold_name("København") == "kobenhavn");
  CHECK(fold_name("Straße") == "strasse");
  CHECK(fold_name("  a -- b  ") == "a b");
}

}  // namespace gazetteer_test
