#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <fstream>
#include <string>
#include <vector>

#include "http/providers/places/gazetteer.hpp"

namespace place_cases_test {

using namespace caravan;

namespace {

/// A line of tests/http/place_cases.
struct Case {
  std::string input;
  std::optional<Coordinates> at;  // absent: no such place
};

double number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE(error == std::errc{});
  return value;
}

std::vector<Case> read_cases(const std::string& file) {
  std::ifstream in("tests/http/place_cases/" + file);
  std::vector<Case> cases;
  std::string line;
  REQUIRE(std::getline(in, line));
  while (std::getline(in, line)) {
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    REQUIRE(second != std::string::npos);
    Case each{line.substr(0, first), {}};
    if (second > first + 1)
      each.at = Coordinates{number(line.substr(first + 1, second - first - 1)), number(line.substr(second + 1))};
    cases.push_back(std::move(each));
  }
  return cases;
}

struct Shares {
  int all = 0, right = 0, wrong = 0, refused = 0;
  std::string wrongly;  // the inputs
};

/// Right within 30 km, or where a refusal is right; what is not understood counts as refused.
Shares measure(const Gazetteer& gazetteer, const std::string& file) {
  constexpr double near_meters = 30'000;
  Shares shares;
  for (const Case& each : read_cases(file)) {
    ++shares.all;
    const auto found = gazetteer.geocode(each.input, {}, 5);
    const bool is_refused = found.empty() || !found[0].is_understood();
    const bool is_right = is_refused ? !each.at : each.at && distance_meters(*each.at, found[0].at()) <= near_meters;
    if (is_right) {
      ++shares.right;
    } else if (is_refused) {
      ++shares.refused;
    } else {
      ++shares.wrong;
      shares.wrongly += each.input + " -> " + found[0].understood_as + "; ";
    }
  }
  MESSAGE(file << ": of " << shares.all << " right " << shares.right << ", wrong " << shares.wrong << ", refused "
               << shares.refused);
  return shares;
}

const Gazetteer& gazetteer() {
  static const Gazetteer loaded;
  return loaded;
}

}  // namespace

TEST_CASE("place cases: nine in ten are right, three in a hundred wrong at most") {
  for (const std::string file : {"given.tsv", "own.tsv"}) {
    const Shares shares = measure(gazetteer(), file);
    CHECK(shares.all > 100);
    CHECK(shares.right * 10 >= shares.all * 9);
    CHECK_MESSAGE(shares.wrong * 100 <= shares.all * 3, shares.wrongly);
  }
}

TEST_CASE("place cases: what says its country is never found in another") {
  struct Said {
    std::string_view address, country;
  };
  constexpr std::array<Said, 16> said{{{"Moscow, RU", "RU"},
                                       {"Zürich, CH", "CH"},
                                       {"00184 Roma RM, Italy", "IT"},
                                       {"1000 Bruxelles, Belgium", "BE"},
                                       {"1550 København, Denmark", "DK"},
                                       {"Oslo, Norway", "NO"},
                                       {"São Paulo - SP, 01310-200, Brazil", "BR"},
                                       {"31-042 Kraków, Poland", "PL"},
                                       {"Qwxz 7, Poland", "PL"},
                                       {"Italy, Texas", "US"},
                                       {"Lima, Perú", "PE"},
                                       {"Athens, Georgia", "US"},
                                       {"Tbilisi, Georgia", "GE"},
                                       {"Vancouver, BC V6B 1A1, Canada", "CA"},
                                       {"Sydney NSW 2000, Australia", "AU"},
                                       {"Xyz, Mexico", "MX"}}};
  for (const Said& each : said)
    for (const FoundPlace& place : gazetteer().geocode(each.address, {}, 1))
      if (place.is_understood()) CHECK_MESSAGE(place.country == each.country, each.address);
  CHECK(gazetteer().geocode("Moscow, RU", {}, 1)[0].is_understood());
}

TEST_CASE("place cases: a name of several like places, a country or a bare number is asked about") {
  for (const char* unsure : {"Springfield", "Germany", "USA", "Bayern", "10115", "75001", "Main Street", "Street",
                             "Rue de la Paix", "123 Main Street", "London Airport", "Xyz, Mexico"}) {
    const auto found = gazetteer().geocode(unsure, {}, 5);
    CHECK_MESSAGE((found.empty() || !found[0].is_understood()), unsure);
  }
  CHECK(gazetteer().geocode("Germany", {}, 5).size() == 5);  // its largest towns, to choose from
  CHECK(gazetteer().geocode("10115", {}, 5).size() >= 2);
  CHECK(gazetteer().geocode("10115", "DE", 1)[0].understood_as == "Berlin 10115, Berlin, Germany");
}

TEST_CASE("place cases: airports by code and name, in words of many languages") {
  const auto name = [](std::string_view address) {
    const auto found = gazetteer().geocode(address, {}, 1);
    if (found.empty() || !found[0].is_understood()) return std::string("?");
    CHECK(found[0].precision == Precision::airport);
    return found[0].name;
  };
  CHECK(name("JFK") == "John F Kennedy International Airport");
  CHECK(name("jfk airport") == "John F Kennedy International Airport");
  CHECK(name("Chicago, IL (ORD)") == "Chicago O'Hare International Airport");
  CHECK(name("Heathrow") == "London Heathrow Airport");
  CHECK(name("Terminal 5, Heathrow Airport, London") == "London Heathrow Airport");
  CHECK(name("Flughafen München") == "Munich Airport");
  CHECK(name("San Francisco International Airport") == "San Francisco International Airport");
  CHECK(name("羽田空港") != "London Heathrow Airport");
}

TEST_CASE("place cases: autocomplete knows codes, scripts and umlauts, and shows one convention of names") {
  const auto first = [](std::string_view prefix) {
    const auto places = gazetteer().autocomplete(prefix, {}, 5);
    return places.empty() ? std::string() : places.front().name;
  };
  CHECK(first("LAX") == "Los Angeles International Airport");
  CHECK(first("cdg") == "Charles de Gaulle International Airport");
  CHECK(first("heathrow") == "London Heathrow Airport");
  CHECK(first("новос") == "Novosibirsk");
  CHECK(first("北") == "Beijing");
  CHECK(first("köl") == "Cologne");
  CHECK(first("kol") == "Kolkata");
  CHECK(first("wien") == "Vienna");
}

}  // namespace place_cases_test
