#pragma once

#include <optional>

#include "http/route.hpp"

namespace caravan::http {

/// The scope that a row has by its path and method; nothing where it is open to all, or of a part that is not listed
/// there (a test asks for one of every row). A row of administrators has that of their permission.
std::optional<Scope> scope_by_path(Method method, std::string_view path, const Access& access);

}  // namespace caravan::http
