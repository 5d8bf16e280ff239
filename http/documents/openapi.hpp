#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Of the contract, not of the program: changes when clients must.
inline constexpr std::string_view contract_version = "1.0.0";

/// OpenAPI 3.1 of these rows, as indented JSON that ends with a newline. The same rows give the same bytes.
std::string openapi_json(const std::vector<Route>& rows);

/// "cancelTrip" and the like: unique among the rows, made of method and path.
std::string operation_id(const Route& row);

}  // namespace caravan::http
