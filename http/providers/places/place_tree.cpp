#include "http/providers/places/place_tree.hpp"

#include <GeographicLib/NearestNeighbor.hpp>
#include <cmath>
#include <mutex>
#include <numbers>

namespace caravan {

struct PlaceTree::Data {
  /// On the unit sphere: chords order points as great circles do, and cost a hundredth of a geodesic.
  struct Point {
    double x, y, z;
  };
  struct Chord {
    double operator()(const Point& a, const Point& b) const {
      return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
    }
  };

  static Point on_sphere(Coordinates c) {
    constexpr double radians = std::numbers::pi / 180;
    const double ring = std::cos(c.lat * radians);
    return {ring * std::cos(c.lng * radians), ring * std::sin(c.lng * radians), std::sin(c.lat * radians)};
  }

  void build() {
    points.reserve(given.size());
    for (const Coordinates& point : given) points.push_back(on_sphere(point));
    tree.Initialize(points, Chord{}, 8);
    given = {};
  }

  std::vector<Coordinates> given;
  std::once_flag built;
  std::vector<Point> points;
  GeographicLib::NearestNeighbor<double, Point, Chord> tree;
  std::mutex one_at_a_time;  // the tree counts its searches, without a lock of its own
};

PlaceTree::PlaceTree(std::vector<Coordinates> points) : data_(std::make_unique<Data>()) {
  data_->given = std::move(points);
}

PlaceTree::~PlaceTree() = default;

std::vector<std::uint32_t> PlaceTree::nearest(Coordinates point, std::size_t count) const {
  std::call_once(data_->built, [&] { data_->build(); });
  std::vector<int> found;
  const std::lock_guard lock(data_->one_at_a_time);
  data_->tree.Search(data_->points, Data::Chord{}, Data::on_sphere(point), found, static_cast<int>(count));
  return {found.begin(), found.end()};
}

}  // namespace caravan
