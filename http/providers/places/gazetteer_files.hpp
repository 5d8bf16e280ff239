#pragma once

#include <string>
#include <string_view>

namespace caravan {

/// The files of config/gazetteer, which are part of the program; unpacked. Throws std::runtime_error where damaged.
struct GazetteerFiles {
  std::string places;
  std::string postal_codes;
  std::string_view countries;
  std::string_view regions;
};
GazetteerFiles gazetteer_files();

/// Unpacks gzip. Throws std::runtime_error where it is damaged or larger than `most` bytes.
std::string gunzip(std::string_view packed, std::size_t most);

}  // namespace caravan
