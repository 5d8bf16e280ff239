#include <cstdio>

#include "config/commands/commands.hpp"
#include "http/edge.hpp"

namespace caravan {

int print_openapi() {
  const std::string text = http::openapi_of_all_routes();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}

}  // namespace caravan
