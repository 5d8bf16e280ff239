#include "http/providers/places/place_tree.hpp"

#include <GeographicLib/NearestNeighbor.hpp>
#include <cmath>
#include <mutex>

namespace caravan {

struct PlaceTree::Data {
  /// Chords order points as great circles do, and cost a hundredth of a geodesic.
  struct Chord {
    double operator()(const SpherePoint& a, const SpherePoint& b) const {
      const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
      return std::sqrt(x * x + y * y + z * z);
    }
  };

  void build() {
    points.reserve(given.size());
    for (const Coordinates& point : given) points.push_back(on_sphere(point));
    tree.Initialize(points, Chord{}, 8);
    given = {};
  }

  std::vector<Coordinates> given;
  std::once_flag built;
  std::vector<SpherePoint> points;
  GeographicLib::NearestNeighbor<double, SpherePoint, Chord> tree;
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
  data_->tree.Search(data_->points, Data::Chord{}, on_sphere(point), found, static_cast<int>(count));
  return {found.begin(), found.end()};
}

}  // namespace caravan
