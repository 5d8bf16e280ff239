#pragma once

#include <optional>

#include "http/route.hpp"

namespace caravan::http {

/// The scope that a row has by its path and method; nothing where it is open to all. A row of administrators has that
/// of their permission. Throws std::logic_error where the path is of no part of the platform that has scopes.
std::optional<Scope> scope_by_path(Method method, std::string_view path, const Access& access);

}  // namespace caravan::http
