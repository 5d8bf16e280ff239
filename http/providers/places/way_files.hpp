#pragma once

#include <string>

namespace caravan {

/// The files of config/ways, which are part of the program; unpacked. Throws std::runtime_error where damaged.
struct WayFiles {
  std::string land;
  std::string graph;
  std::string countries;
};
WayFiles way_files();

}  // namespace caravan
