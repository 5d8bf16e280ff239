#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "actors/matching/passing.hpp"
#include "actors/matching/score.hpp"
#include "tests/testkit/entity.hpp"

/// Who should match whom, in which order, and why: tests/rules/tables/matching.txt says it in a few words a case. A
/// title says what common sense expects; then come the parcel and the trips; the lines with `=` are what the rules make
/// of them.
namespace market_sense_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const std::map<std::string, Coordinates>& places() {
  static const std::map<std::string, Coordinates> all{
      {"New York", {40.7128, -74.0060}},     {"Brooklyn", {40.6782, -73.9442}},
      {"Harlem", {40.8116, -73.9465}},       {"JFK", {40.6413, -73.7781}},
      {"Newark", {40.7357, -74.1724}},       {"White Plains", {41.0340, -73.7629}},
      {"New Haven", {41.3083, -72.9279}},    {"Hartford", {41.7658, -72.6734}},
      {"Providence", {41.8240, -71.4128}},   {"Boston", {42.3601, -71.0589}},
      {"Cambridge", {42.3736, -71.1097}},    {"Albany", {42.6526, -73.7562}},
      {"Philadelphia", {39.9526, -75.1652}}, {"Baltimore", {39.2904, -76.6122}},
      {"Washington", {38.9072, -77.0369}},   {"Chicago", {41.8781, -87.6298}},
      {"Des Moines", {41.5868, -93.6250}},   {"Omaha", {41.2565, -95.9345}},
      {"Denver", {39.7392, -104.9903}},      {"Los Angeles", {34.0522, -118.2437}},
      {"San Diego", {32.7157, -117.1611}},   {"Miami", {25.7617, -80.1918}},
      {"London", {51.5074, -0.1278}},        {"Paris", {48.8566, 2.3522}},
      {"Brussels", {50.8503, 4.3517}},       {"Cologne", {50.9375, 6.9603}},
      {"Frankfurt", {50.1109, 8.6821}},      {"Munich", {48.1351, 11.5820}},
      {"Berlin", {52.5200, 13.4050}},        {"Potsdam", {52.3906, 13.0645}},
      {"Leipzig", {51.3397, 12.3731}},       {"Hamburg", {53.5511, 9.9937}},
      {"Keflavik", {63.9850, -22.6056}},     {"Reykjavik", {64.1466, -21.9426}},
      {"Tokyo", {35.6762, 139.6503}},        {"Osaka", {34.6937, 135.5023}},
      {"Suva", {-18.1416, 178.4419}},        {"Taveuni", {-16.8500, -179.9700}},
      {"Labasa", {-16.4332, 179.3645}}};
  return all;
}

// By means of transport, in the order of TransportMode: km/h from place to place.
constexpr std::array<double, 6> speeds{80, 110, 70, 750, 16, 5};

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(by); at != std::string::npos; at = text.find(by, from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + by.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

Coordinates place(const std::string& name) {
  const auto found = places().find(name);
  REQUIRE_MESSAGE(found != places().end(), "no place ", name);
  return found->second;
}

Duration span(double number, const std::string& unit) {
  const double minutes = unit == "d" ? 24 * 60 : unit == "h" ? 60 : 1;
  REQUIRE_MESSAGE((unit == "d" || unit == "h" || unit == "min"), "no unit ", unit);
  return std::chrono::minutes(std::lround(number * minutes));
}

Money money(double number, const std::string& currency) {
  return {std::lround(number * 100), *Currency::parse(currency)};
}

/// One word after the way: "2 kg", "by 30 h", "asks 20 USD".
struct Said {
  std::string what;
  double number = 0;
  std::string unit;

  explicit Said(const std::string& text) {
    std::istringstream in(text);
    if (!(in >> number)) {
      in.clear();
      in.seekg(0);
      in >> what >> number;
    }
    in >> unit;
    if (what.empty()) what = unit;
  }
};

RequestFacts parcel(const std::string& line) {
  const auto words = split(line, ", ");
  const auto way = split(words[0], " > ");
  RequestFacts request;
  request.id = test_id<RequestId>(1);
  request.customer = test_id<UserId>(1);
  request.pickup = place(way[0]);
  request.dropoff = place(way[1]);
  request.load = {{2'000}, {3'000}, 1};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Said said(words[i]);
    if (words[i] == "same day")
      request.urgency = Urgency::same_day;
    else if (words[i] == "express")
      request.urgency = Urgency::express;
    else if (words[i] == "valuable")
      request.needs_verified = true;
    else if (words[i] == "does not fly")
      request.flies = false;
    else if (said.what == "kg")
      request.load.weight.units = std::lround(said.number * 1'000);
    else if (said.what == "litres")
      request.load.volume.units = std::lround(said.number * 1'000);
    else if (said.what == "by")
      request.deliver_by = test_start + span(said.number, said.unit);
    else if (said.what == "from")
      request.pickup_from = test_start + span(said.number, said.unit);
    else if (said.what == "pays")
      request.max_price = money(said.number, said.unit);
    else
      FAIL("of a parcel nobody says: ", words[i]);
  }
  if (!request.deliver_by) request.deliver_by = request.pickup_from.value_or(test_start) + horizon_of(request.urgency);
  return request;
}

TripFacts trip(char name, const std::string& line) {
  const auto words = split(line, ", ");
  const std::size_t gap = words[0].find(' ');
  constexpr auto modes = enum_labels(TransportMode{});
  const auto mode = std::ranges::find(modes, words[0].substr(0, gap));
  REQUIRE_MESSAGE(mode != modes.end(), "no means of transport: ", line);
  TripFacts facts;
  facts.id = test_id<TripId>(static_cast<std::uint8_t>(name));
  facts.traveler = test_id<UserId>(static_cast<std::uint8_t>(name));
  facts.mode = static_cast<TransportMode>(mode - modes.begin());
  Load room{{20'000}, {60'000}, 20};
  Time leaves = test_start + std::chrono::hours{24};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Said said(words[i]);
    if (words[i] == "verified")
      facts.verified = true;
    else if (words[i] == "the customer's own")
      facts.traveler = test_id<UserId>(1);
    else if (said.what == "in")
      leaves = test_start + span(said.number, said.unit);
    else if (said.what == "kg")
      room.weight.units = std::lround(said.number * 1'000);
    else if (said.what == "litres")
      room.volume.units = std::lround(said.number * 1'000);
    else if (said.what == "asks")
      facts.min_price = money(said.number, said.unit);
    else if (said.what == "rated")
      facts.rating = said.number, facts.ratings = std::stoi(split(words[i], " by ").at(1));
    else
      FAIL("of a trip nobody says: ", words[i]);
  }
  for (const std::string& stop : split(words[0].substr(gap + 1), " > ")) {
    const Coordinates at = place(stop);
    if (!facts.points.empty())
      leaves +=
          span(distance_meters(facts.points.back().at, at) / 1'000 / speeds[static_cast<std::size_t>(facts.mode)], "h");
    facts.points.push_back({at, leaves});
  }
  facts.available.assign(facts.points.size() - 1, room);
  return facts;
}

/// What the rules make of a case: one line for each trip, those that fit in their order.
std::vector<std::string> judged(const RequestFacts& request, const std::vector<std::pair<char, TripFacts>>& trips) {
  std::vector<std::pair<double, std::string>> fitting;
  std::vector<std::string> out, left_out;
  for (const auto& [name, facts] : trips) {
    const auto found = judge(request, facts, test_start);
    if (const auto* fits = std::get_if<Fit>(&found)) {
      std::string why;
      for (const std::string& reason : reasons(request, facts, *fits)) why += (why.empty() ? "" : "; ") + reason;
      fitting.emplace_back(score_by_rules(fits->features, request.urgency), std::string("= ") + name + ": " + why);
    } else {
      const Misfit why = std::get<Misfit>(found);
      left_out.push_back(std::string("= not ") + name + ": " +
                         std::string(enum_labels(why)[static_cast<std::size_t>(why)]));
    }
  }
  std::ranges::stable_sort(fitting, [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [score, line] : fitting) out.push_back(std::move(line));
  out.insert(out.end(), left_out.begin(), left_out.end());
  return out;
}

}  // namespace

TEST_CASE("matching: common sense, case by case") {
  std::ifstream in("tests/rules/tables/matching.txt");
  REQUIRE(in);
  std::vector<std::string> lines;
  std::optional<RequestFacts> request;
  std::vector<std::pair<char, TripFacts>> trips;
  int cases = 0;
  const auto end_case = [&] {
    if (!request) return;
    ++cases;
    for (std::string& line : judged(*request, trips)) lines.push_back(std::move(line));
    request.reset();
    trips.clear();
  };
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=")) continue;
    if (line.empty()) end_case();
    lines.push_back(line);
    if (line.starts_with("  parcel "))
      request = parcel(line.substr(9));
    else if (line.starts_with("  "))
      trips.emplace_back(line[2], trip(line[2], line.substr(4)));
  }
  end_case();
  CHECK(cases >= 60);
  check_golden("matching.txt", lines);
}

}  // namespace market_sense_test
