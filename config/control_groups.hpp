#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace caravan {

/// A limit of a control group of Linux, ours or one around it, for all its processes together.
struct GroupLimit {
  std::string file;  // that holds the limit
  std::int64_t limit = 0;
  std::int64_t in_use = 0;
};

/// The limits of processes and threads, in version 1 and 2 of control groups, from ours outwards; none where nothing is
/// limited. `root` stands for "/".
std::vector<GroupLimit> process_group_limits(const std::filesystem::path& root = "/");

/// The limits of memory in bytes. The kernel's cache of files does not count as in use: it is given back when memory is
/// short.
std::vector<GroupLimit> memory_group_limits(const std::filesystem::path& root = "/");

}  // namespace caravan
