#include "http/providers/places/ways.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <queue>

#include "http/providers/places/table_lines.hpp"
#include "http/providers/places/way_files.hpp"

namespace caravan {

namespace {

constexpr double sample_meters = 25'000;    // of a line whose countries are asked for
constexpr double attach_meters = 400'000;   // from an end to where it joins the graph
constexpr double around = 1.3;              // an end that sees no node goes around to the nearest ones
constexpr std::size_t ways_around = 3;      // how many of them
constexpr std::size_t most_attached = 24;   // nodes that an end is joined with
constexpr double always_straight = 30'000;  // meters on one landmass
constexpr std::size_t shortcut = 6;         // nodes that a straight line may leave out
constexpr double bus_share = 0.87;          // of a car's speed
constexpr double bike_speed = 4.5, walk_speed = 1.35;
constexpr std::size_t mode_count = 6;

/// Bits of the modes that a crossing's letters name.
std::uint8_t modes_of(std::string_view letters) {
  std::uint8_t modes = 0;
  const auto add = [&](TransportMode mode) {
    modes = static_cast<std::uint8_t>(modes | 1U << static_cast<unsigned>(mode));
  };
  for (const char letter : letters) {
    if (letter == 'c') add(TransportMode::car);
    if (letter == 'b') add(TransportMode::bus);
    if (letter == 't') add(TransportMode::train);
    if (letter != 'f') continue;
    add(TransportMode::bike);
    add(TransportMode::walk);
  }
  return modes;
}

constexpr std::size_t index_of(TransportMode mode) { return static_cast<std::size_t>(mode); }

constexpr double no_way = std::numeric_limits<double>::infinity();
constexpr std::uint32_t origin_itself = ~0U;

}  // namespace

struct Ways::Graph {
  /// How one gets on in a country.
  struct Pace {
    double winding = 1;  // times the straight line
    std::array<double, mode_count> speed{};
  };

  struct Edge {
    std::uint32_t to;
    float meters;            // over land
    std::uint16_t minutes;   // of a crossing; 0: over land
    std::uint8_t modes = 0;  // a bit for each that may cross
  };

  struct Node {
    Coordinates at;
    std::uint16_t mass;
    const Pace* pace = nullptr;  // of its country
  };

  std::vector<Node> nodes;
  std::vector<std::vector<Edge>> edges;
  std::map<std::uint16_t, Pace> paces;
  std::map<std::uint16_t, std::vector<std::uint32_t>> nodes_of;  // of a landmass

  explicit Graph(std::string_view countries) {
    each_line<5>(countries.substr(countries.find("\n0\t") + 1), [&](const auto& row) {
      Pace pace;
      pace.winding = table_number(row[4]) / 100.0;
      const double car = table_number(row[2]) / 3.6, train = table_number(row[3]) / 3.6;
      pace.speed = {car, train, car * bus_share, 230, bike_speed, walk_speed};
      paces.emplace(static_cast<std::uint16_t>(table_number(row[0])), pace);
    });
  }

  const Pace& pace(std::uint16_t country) const {
    const auto found = paces.find(country);
    return found == paces.end() ? paces.at(0) : found->second;
  }

  void read(std::string_view text) {
    each_line<5>(text, [&](const auto& row) {
      const std::int32_t a = table_number(row[1]), b = table_number(row[2]), c = table_number(row[3]);
      if (row[0] == "node") {
        nodes_of[static_cast<std::uint16_t>(c)].push_back(static_cast<std::uint32_t>(nodes.size()));
        nodes.push_back({{a / 1e4, b / 1e4}, static_cast<std::uint16_t>(c)});
        edges.emplace_back();
        return;
      }
      const auto from = static_cast<std::uint32_t>(a), to = static_cast<std::uint32_t>(b);
      Edge edge{to, 0, 0, 0};
      if (row[0] == "land") edge.meters = static_cast<float>(c) * 100;
      if (row[0] == "crossing") edge.minutes = static_cast<std::uint16_t>(std::max(1, c));
      edge.modes = modes_of(row[4]);
      edges.at(from).push_back(edge);
      edge.to = from;
      edges.at(to).push_back(edge);
    });
  }
};

Ways::Ways(std::string_view land, std::string_view graph, std::string_view countries)
    : land_(land), graph_(std::make_unique<Graph>(countries)) {
  graph_->read(graph);
  for (Graph::Node& node : graph_->nodes) node.pace = &graph_->pace(land_.at(node.at).country);
}

Ways::~Ways() = default;

const Ways& Ways::embedded() {
  static const Ways ways = [] {
    const WayFiles files = way_files();
    return Ways(files.land, files.graph, files.countries);
  }();
  return ways;
}

LandTravel Ways::over_land(Coordinates a, Coordinates b, TransportMode mode) const {
  const GreatCircle line(a, b);
  const int samples = std::clamp(static_cast<int>(line.meters() / sample_meters), 1, 400);
  LandTravel travel;
  const Graph::Pace* pace = nullptr;
  for (int i = 0; i < samples; ++i) {
    const LandCell cell = land_.at(line.at((i + 0.5) / samples));
    if (cell.mass != 0 || !pace) pace = &graph_->pace(cell.country);
    const double meters = line.meters() / samples * pace->winding;
    travel.meters += meters;
    travel.seconds += meters / pace->speed[index_of(mode)];
  }
  return travel;
}

bool Ways::is_straight(Coordinates a, Coordinates b) const {
  const std::uint16_t here = land_.at(a).mass, there = land_.at(b).mass;
  if (here != there && here != 0 && there != 0) return false;
  const std::uint16_t mass = std::max(here, there);
  if (mass == 0) return false;
  return distance_meters(a, b) <= always_straight || land_.keeps_to(mass, a, b);
}

WayEnd::WayEnd(const Ways& ways, Coordinates given, TransportMode mode)
    : ways_(ways), given_(given), ashore_(ways.land_.ashore(given)), mode_(mode) {}

const std::vector<WayEnd::Joint>& WayEnd::joints() {
  if (!joints_) joints_ = find_joints();
  return *joints_;
}

std::vector<WayEnd::Joint> WayEnd::find_joints() const {
  const Ways::Graph& graph = *ways_.graph_;
  std::vector<Joint> out;
  const std::uint16_t mass = ways_.land_.at(ashore_).mass;
  const auto found = graph.nodes_of.find(mass);
  if (mass == 0 || found == graph.nodes_of.end()) return out;
  std::vector<std::pair<double, std::uint32_t>> near;
  for (const std::uint32_t node : found->second)
    near.emplace_back(distance_meters(ashore_, graph.nodes[node].at), node);
  const std::size_t kept = std::min(near.size(), most_attached);
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
  near.resize(kept);
  const auto seconds_to = [&](std::uint32_t node) {
    return ways_.over_land(ashore_, graph.nodes[node].at, mode_).seconds;
  };
  for (const auto& [meters, node] : near)
    if (meters <= attach_meters && ways_.is_straight(ashore_, graph.nodes[node].at))
      out.push_back({node, seconds_to(node)});
  if (!out.empty()) return out;
  for (std::size_t i = 0; i < std::min(kept, ways_around); ++i)
    out.push_back({near[i].second, around * seconds_to(near[i].second)});
  return out;
}

struct WaysFrom::Search {
  using Joint = WayEnd::Joint;
  using Open = std::pair<double, std::uint32_t>;

  Search(const Ways& all, Coordinates given, TransportMode by)
      : ways(all), graph(*all.graph_), origin(all, given, by), mode(by) {}

  const Ways& ways;
  const Ways::Graph& graph;
  WayEnd origin;
  const TransportMode mode;
  bool begun = false;
  std::vector<double> cost;           // seconds to each node
  std::vector<std::uint32_t> before;  // the node that one comes from
  std::priority_queue<Open, std::vector<Open>, std::greater<>> open;

  void begin() {
    begun = true;
    cost.assign(graph.nodes.size(), no_way);
    before.assign(graph.nodes.size(), origin_itself);
    for (const Joint& joint : origin.joints()) {
      cost[joint.node] = joint.seconds;
      open.emplace(joint.seconds, joint.node);
    }
  }

  double seconds_of(std::uint32_t from, const Ways::Graph::Edge& edge) const {
    if (edge.minutes > 0) return (edge.modes >> static_cast<unsigned>(mode) & 1U) != 0 ? edge.minutes * 60.0 : no_way;
    const auto of = [&](std::uint32_t node) {
      const Ways::Graph::Pace& pace = *graph.nodes[node].pace;
      return pace.winding / pace.speed[index_of(mode)];
    };
    return static_cast<double>(edge.meters) * (of(from) + of(edge.to)) / 2;
  }

  /// Searches on until no node that is nearer than `limit` is left.
  void search(double limit, const std::vector<Joint>& ends) {
    while (!open.empty() && open.top().first < limit) {
      const auto [seconds, node] = open.top();
      open.pop();
      if (seconds > cost[node]) continue;
      for (const Ways::Graph::Edge& edge : graph.edges[node]) {
        const double there = seconds + seconds_of(node, edge);
        if (there >= cost[edge.to]) continue;
        cost[edge.to] = there;
        before[edge.to] = node;
        open.emplace(there, edge.to);
      }
      for (const Joint& end : ends)
        if (end.node == node) limit = std::min(limit, seconds + end.seconds);
    }
  }

  /// Minutes of the crossing between two nodes that the way takes; 0: over land.
  std::int32_t minutes_between(std::uint32_t a, std::uint32_t b) const {
    const Ways::Graph::Edge* best = nullptr;
    for (const Ways::Graph::Edge& edge : graph.edges[a])
      if (edge.to == b && (!best || seconds_of(a, edge) < seconds_of(a, *best))) best = &edge;
    return best ? best->minutes : 0;
  }

  /// Straight lines instead of the nodes between, where they keep to land.
  void straighten(std::vector<Stretch>& way) const {
    std::vector<Stretch> out;
    for (std::size_t i = 0; i < way.size();) {
      std::size_t end = i + 1;
      for (std::size_t next = i + 1; way[i].crossing_minutes == 0 && next < way.size() && next <= i + shortcut;
           ++next) {
        if (way[next].crossing_minutes > 0) break;
        if (ways.is_straight(way[i].from, way[next].to)) end = next + 1;
      }
      out.push_back({way[i].from, way[end - 1].to, way[i].crossing_minutes});
      i = end;
    }
    way = std::move(out);
  }

  std::optional<std::vector<Stretch>> by_graph(WayEnd& goal) {
    if (!begun) begin();
    const std::vector<Joint>& ends = goal.joints();
    const auto best_end = [&] {
      return std::min_element(ends.begin(), ends.end(), [&](const Joint& a, const Joint& b) {
        return cost[a.node] + a.seconds < cost[b.node] + b.seconds;
      });
    };
    if (ends.empty()) return std::nullopt;
    const auto known = best_end();
    search(cost[known->node] + known->seconds, ends);
    const auto best = best_end();
    if (cost[best->node] == no_way) return std::nullopt;
    std::vector<Stretch> way{{graph.nodes[best->node].at, goal.ashore_, 0}};
    std::uint32_t node = best->node;
    for (; before[node] != origin_itself; node = before[node])
      way.push_back({graph.nodes[before[node]].at, graph.nodes[node].at, minutes_between(before[node], node)});
    way.push_back({origin.ashore_, graph.nodes[node].at, 0});
    std::reverse(way.begin(), way.end());
    straighten(way);
    return way;
  }
};

WaysFrom::WaysFrom(const Ways& ways, Coordinates origin, TransportMode mode)
    : search_(std::make_unique<Search>(ways, origin, mode)) {}

WaysFrom::~WaysFrom() = default;

std::optional<std::vector<Stretch>> WaysFrom::to(Coordinates destination) {
  WayEnd end(search_->ways, destination, search_->mode);
  return to(end);
}

std::optional<std::vector<Stretch>> WaysFrom::to(WayEnd& destination) {
  Search& search = *search_;
  const Coordinates from = search.origin.given_, to = destination.given_;
  if (from == to) return std::vector<Stretch>{{to, to, 0}};
  if (search.ways.is_straight(search.origin.ashore_, destination.ashore_)) return std::vector<Stretch>{{from, to, 0}};
  auto way = search.by_graph(destination);
  if (way) {
    way->front().from = from;
    way->back().to = to;
  }
  return way;
}

}  // namespace caravan
