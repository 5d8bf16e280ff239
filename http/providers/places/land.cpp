#include "http/providers/places/land.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace caravan {

namespace {

constexpr int row_count = 1'800, column_count = 3'600;
constexpr double cells_a_degree = 10;
constexpr double radians = std::numbers::pi / 180;
constexpr double earth_radius_meters = 6'371'000;
// As in config/ways/build.py, which draws the graph by the same rule.
constexpr double step_meters = 10'000;
constexpr int longest_gap = 2;     // steps over water in a row
constexpr double most_sea = 0.08;  // of all steps

int row_of(double lat) { return std::clamp(static_cast<int>((lat + 90) * cells_a_degree), 0, row_count - 1); }

/// Longitudes are angles: 180° is -180°.
int column_of(double lng) {
  const int column = static_cast<int>(std::floor((lng + 180) * cells_a_degree)) % column_count;
  return column < 0 ? column + column_count : column;
}

Coordinates middle_of(int row, int column) {
  return {(row + 0.5) / cells_a_degree - 90, (column + 0.5) / cells_a_degree - 180};
}

/// Reads "LENGTH" or "LENGTH,MASS,COUNTRY" and what parts it from the next.
std::array<std::uint16_t, 3> read_run(const char*& at, const char* end) {
  std::array<std::uint16_t, 3> numbers{};
  for (std::uint16_t& number : numbers) {
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || after == end) throw std::runtime_error("ways: a bad row of land");
    at = after + 1;
    if (*after != ',') break;
  }
  return numbers;
}

}  // namespace

Land::Land(std::string_view text) {
  const char *at = text.data(), *const end = at + text.size();
  int column = 0;
  rows_.push_back(0);
  while (at < end) {
    const auto [length, mass, country] = read_run(at, end);
    column += length;
    if (column > column_count) throw std::runtime_error("ways: a row of land is too long");
    runs_.push_back({static_cast<std::uint16_t>(column), {mass, country}});
    if (column < column_count) continue;
    rows_.push_back(static_cast<std::uint32_t>(runs_.size()));
    column = 0;
  }
  if (rows_.size() != row_count + 1) throw std::runtime_error("ways: land has too few rows");
}

LandCell Land::at(Coordinates point) const {
  const auto row = static_cast<std::size_t>(row_of(point.lat));
  const auto first = runs_.begin() + rows_[row], last = runs_.begin() + rows_[row + 1];
  const int column = column_of(point.lng);
  return std::upper_bound(first, last, column, [](int wanted, const Run& run) { return wanted < run.end; })->cell;
}

Coordinates Land::ashore(Coordinates point) const {
  if (at(point).mass != 0) return point;
  constexpr int reach = 3;  // cells
  const int row = row_of(point.lat), column = column_of(point.lng);
  const int wide = std::min(4 * reach, static_cast<int>(reach / std::max(0.1, std::cos(point.lat * radians))));
  Coordinates nearest = point;
  double least = 0;
  for (int r = std::max(0, row - reach); r <= std::min(row_count - 1, row + reach); ++r)
    for (int c = column - wide; c <= column + wide; ++c) {
      const Coordinates other = middle_of(r, (c + column_count) % column_count);
      if (at(other).mass == 0) continue;
      const double meters = distance_meters(point, other);
      if (least > 0 && meters >= least) continue;
      nearest = other;
      least = meters;
    }
  return nearest;
}

bool Land::keeps_to(std::uint16_t mass, Coordinates a, Coordinates b) const {
  const GreatCircle line(a, b);
  const int steps = std::max(1, static_cast<int>(line.meters() / step_meters));
  int sea = 0, gap = 0;
  for (int i = 1; i < steps; ++i) {
    if (at(line.at(static_cast<double>(i) / steps)).mass == mass) {
      gap = 0;
      continue;
    }
    ++sea;
    if (++gap > longest_gap) return false;
  }
  return sea <= std::max(2.0, most_sea * steps);
}

GreatCircle::GreatCircle(Coordinates a, Coordinates b) : from_(on_sphere(a)), to_(on_sphere(b)) {
  const double chord = std::hypot(from_[0] - to_[0], from_[1] - to_[1], from_[2] - to_[2]);
  angle_ = 2 * std::asin(std::min(1.0, chord / 2));
}

double GreatCircle::meters() const { return angle_ * earth_radius_meters; }

Coordinates GreatCircle::at(double share) const {
  // Of points that lie together or opposite each other there is no circle.
  const double sine = std::sin(angle_);
  const bool has_none = sine < 1e-9;
  const double p = has_none ? 1 - share : std::sin(angle_ * (1 - share)) / sine;
  const double q = has_none ? share : std::sin(angle_ * share) / sine;
  const double x = p * from_[0] + q * to_[0], y = p * from_[1] + q * to_[1], z = p * from_[2] + q * to_[2];
  return {std::atan2(z, std::hypot(x, y)) / radians, std::atan2(y, x) / radians};
}

}  // namespace caravan
