#pragma once

#include <string>
#include <string_view>

namespace caravan {

/// The packed files of config/gazetteer, which are part of the program; unpacked. Throws std::runtime_error where
/// damaged.
struct GazetteerFiles {
  std::string places;
  std::string names;
  std::string postal_codes;
  std::string countries;
  std::string regions;
  std::string airports;
  std::string german;
};
GazetteerFiles gazetteer_files();
/// Of the same folder: see time_zones.cpp.
std::string_view time_zone_file();

}  // namespace caravan
