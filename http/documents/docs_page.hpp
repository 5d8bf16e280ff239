#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// The page that documents the rows and needs nothing but this server: every endpoint with its access, parameters and
/// an example body, and a form to try it.
std::string docs_page(const std::vector<Route>& rows);
std::string_view docs_style();
std::string_view docs_script();

}  // namespace caravan::http
