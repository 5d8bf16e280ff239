#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace caravan {

/// What a control group of Linux, ours or one around it, lets its processes have together.
struct GroupLimit {
  std::string file;  // that holds the limit
  std::int64_t limit = 0;
  std::int64_t in_use = 0;
};

/// The limits of processes and threads, in version 1 and 2 of control groups, from ours outwards; none where nothing is
/// limited. `root` stands for "/".
std::vector<GroupLimit> process_group_limits(const std::filesystem::path& root = "/");

/// The limits of memory in bytes. What the kernel keeps of files it gives back in need: that is not in use.
std::vector<GroupLimit> memory_group_limits(const std::filesystem::path& root = "/");

}  // namespace caravan
