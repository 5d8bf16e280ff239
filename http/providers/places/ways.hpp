#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/values/coordinates.hpp"
#include "actors/values/transport_mode.hpp"
#include "http/providers/places/land.hpp"

namespace caravan {

/// A part of a way: over land in a straight line, or a crossing.
struct Stretch {
  Coordinates from, to;
  std::int32_t crossing_minutes = 0;  // with boarding; 0: over land
};

/// What a stretch over land takes: its ways are longer than the line, and as fast as is usual in its countries.
struct LandTravel {
  double meters = 0;
  double seconds = 0;
};

/// Ways of modes that keep to land, by config/ways: straight over a landmass where that is possible, else by a graph of
/// the land's parts and of the crossings between them. Thread-safe.
class Ways {
 public:
  /// Texts of land.txt.gz and graph.tsv.gz, unpacked, and of countries.tsv. Throws std::runtime_error where they are
  /// none.
  Ways(std::string_view land, std::string_view graph, std::string_view countries);
  ~Ways();
  /// Those that are part of the program.
  static const Ways& embedded();

  LandTravel over_land(Coordinates a, Coordinates b, TransportMode mode) const;
  /// Whether a line keeps to one landmass. One of its ends may be a quay, in a cell that is mostly sea.
  bool is_straight(Coordinates a, Coordinates b) const;

 private:
  friend class WaysFrom;
  friend class WayEnd;
  struct Graph;
  Land land_;
  std::unique_ptr<Graph> graph_;
};

/// A point that ways begin or end at; what is found out about it serves all of them.
class WayEnd {
 public:
  WayEnd(const Ways& ways, Coordinates given, TransportMode mode);

 private:
  friend class WaysFrom;
  /// A node of the graph that it is joined with, and the seconds to it.
  struct Joint {
    std::uint32_t node;
    double seconds;
  };
  /// Those that a straight line reaches, else the nearest ones.
  const std::vector<Joint>& joints();
  std::vector<Joint> find_joints() const;

  const Ways& ways_;
  Coordinates given_, ashore_;
  TransportMode mode_;
  std::optional<std::vector<Joint>> joints_;
};

/// The ways from one point; what is searched for one destination serves the next.
class WaysFrom {
 public:
  WaysFrom(const Ways& ways, Coordinates origin, TransportMode mode);
  ~WaysFrom();
  /// The fastest way to a point, which is of the same mode; nothing where neither land nor a crossing for it leads
  /// there.
  std::optional<std::vector<Stretch>> to(WayEnd& destination);
  std::optional<std::vector<Stretch>> to(Coordinates destination);

 private:
  struct Search;
  std::unique_ptr<Search> search_;
};

}  // namespace caravan
