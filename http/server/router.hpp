#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Finds the row of a method and path, in a trie of path segments. Literal segments win over parameters.
class Router {
 public:
  struct Match {
    const Route* route = nullptr;  // null: not found, or the method is not among `allowed`
    std::vector<std::pair<std::string_view, std::string>> path_values;
    std::vector<Method> allowed;  // methods of the path, where the route is null
  };

  /// Throws std::logic_error where two rows have the same method and path.
  explicit Router(std::vector<Route> rows);
  ~Router();

  /// `path` as on the wire, without the query. HEAD finds the row of GET. A path has one spelling: with one more slash,
  /// at its end or within, it is not found. A proxy that closes "/x" would otherwise leave "/x/" open.
  Match find(std::string_view method, std::string_view path) const;
  /// The row with a secret in its path whose fixed beginning stands in this one, whether or not it is found by it;
  /// null: none. What follows there may be the secret.
  const Route* secret_in(std::string_view path) const;
  const std::vector<Route>& rows() const { return rows_; }
  std::size_t index(const Route& row) const { return static_cast<std::size_t>(&row - rows_.data()); }

 private:
  struct Node;
  const Node* walk(const Node& node, std::string_view rest, std::vector<std::string_view>& parameters) const;

  std::vector<Route> rows_;
  std::unique_ptr<Node> root_;
};

inline constexpr std::string_view base_path = "/api/v1";
inline constexpr std::size_t max_path_segment = 200;  // bytes, as on the wire

/// What of a path stands before its first parameter: "/trips/" of "/trips/:tripId/x".
constexpr std::string_view fixed_beginning(std::string_view path) { return path.substr(0, path.find(':')); }
/// The names of a path's parameters, in order: "/trips/:tripId/x" has "tripId".
std::vector<std::string_view> path_parameters(std::string_view path);
/// The fields of a row's query type that come from the query string: neither internal nor filled from the path.
std::vector<const schema::Field*> query_parameters(const Route& row);

}  // namespace caravan::http
