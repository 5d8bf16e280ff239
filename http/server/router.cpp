#include "http/server/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/json/read.hpp"

namespace caravan::http {

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::array<const Route*, 5> rows{};

  bool has_rows() const {
    return std::ranges::any_of(rows, [](const Route* row) { return row != nullptr; });
  }
  Node& child(std::string_view segment) {
    if (segment.starts_with(':')) {
      if (!parameter) parameter = std::make_unique<Node>();
      return *parameter;
    }
    for (auto& [name, node] : literals)
      if (name == segment) return *node;
    return *literals.emplace_back(std::string(segment), std::make_unique<Node>()).second;
  }
};

namespace {

/// Takes the first segment off "/a/b": "a", leaving "/b".
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::optional<Method> to_method(std::string_view text) {
  if (text == "GET" || text == "HEAD") return Method::get;
  for (Method method : {Method::post, Method::put, Method::patch, Method::del})
    if (text == to_text(method)) return method;
  return std::nullopt;
}

}  // namespace

std::vector<std::string_view> path_parameters(std::string_view path) {
  std::vector<std::string_view> names;
  while (!path.empty())
    if (const auto segment = take_segment(path); segment.starts_with(':')) names.push_back(segment.substr(1));
  return names;
}

std::vector<const schema::Field*> query_parameters(const Route& row) {
  std::vector<const schema::Field*> fields;
  if (!row.query_type) return fields;
  const auto names = path_parameters(row.path);
  for (const schema::Field& field : row.query_type->fields)
    if (!field.internal && std::ranges::find(names, field.name) == names.end()) fields.push_back(&field);
  return fields;
}

Router::Router(std::vector<Route> rows) : rows_(std::move(rows)), root_(std::make_unique<Node>()) {
  for (const Route& row : rows_) {
    Node* node = root_.get();
    for (std::string_view part : {row.at_root ? std::string_view{} : base_path, row.path})
      while (!part.empty() && part != "/") node = &node->child(take_segment(part));
    const Route*& place = node->rows[static_cast<std::size_t>(row.method)];
    if (place) throw std::logic_error("two rows for " + std::string(to_text(row.method)) + ' ' + std::string(row.path));
    place = &row;
  }
}

Router::~Router() = default;

const Router::Node* Router::walk(const Node& node, std::string_view rest,
                                 std::vector<std::string_view>& parameters) const {
  if (rest.empty()) return node.has_rows() ? &node : nullptr;
  const std::string_view segment = take_segment(rest);
  for (const auto& [name, child] : node.literals)
    if (name == segment)
      if (const Node* found = walk(*child, rest, parameters)) return found;
  if (!node.parameter || segment.empty() || segment.size() > max_path_segment) return nullptr;
  parameters.push_back(segment);
  if (const Node* found = walk(*node.parameter, rest, parameters)) return found;
  parameters.pop_back();
  return nullptr;
}

const Route* Router::secret_in(std::string_view path) const {
  const auto holds = [&](const Route& row) {
    return row.secret_path && path.find(fixed_beginning(row.path)) != std::string_view::npos;
  };
  const auto found = std::ranges::find_if(rows_, holds);
  return found == rows_.end() ? nullptr : &*found;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  std::vector<std::string_view> parameters;
  const Node* node = walk(*root_, path == "/" ? std::string_view{} : path, parameters);
  if (!node) return match;
  const auto wanted = to_method(method);
  const Route* row = wanted ? node->rows[static_cast<std::size_t>(*wanted)] : nullptr;
  if (!row) {
    for (const Route* other : node->rows)
      if (other) match.allowed.push_back(other->method);
    return match;
  }
  const auto names = path_parameters(row->path);
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto decoded = decode_percent(parameters[i], false);
    if (!decoded) return {};  // such a thing cannot exist
    match.path_values.emplace_back(names[i], std::move(*decoded));
  }
  match.route = row;
  return match;
}

}  // namespace caravan::http
