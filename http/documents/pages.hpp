#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "http/route.hpp"
#include "http/server/health.hpp"

namespace caravan::http {

/// Where tests/http/openapi_lint puts the files of Swagger UI, seen from the program in build/<preset>; empty where
/// they are not there.
std::filesystem::path installed_docs_folder();

/// What the node shows of itself: health, metrics, its contract and the page over it.
class SystemPages {
 public:
  /// `docs_folder`: where the files of Swagger UI are; a page of our own serves where they are not.
  SystemPages(Health& health, Metrics& metrics, const std::vector<Route>& rows, std::filesystem::path docs_folder = {});

  Health& health() { return health_; }
  std::string metrics_text() const;
  const std::string& openapi() const { return openapi_; }
  Response docs() const;
  /// A file that the page loads: one of a few names, nothing else.
  Response docs_file(const std::string& name) const;

 private:
  Health& health_;
  Metrics& metrics_;
  std::string openapi_;
  std::string own_page_;
  std::filesystem::path docs_folder_;
};

}  // namespace caravan::http
