#include "config/control_groups.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace caravan {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> words_of(const std::string& text, char separator) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; std::getline(in, word, separator);) words.push_back(word);
  return words;
}

/// The number that a file holds; nothing for "max", or where there is no such file.
std::optional<std::int64_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  std::string text;
  std::int64_t number = 0;
  if (!(in >> text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// The sum of the named lines of a file such as memory.stat.
std::int64_t sum_in(const fs::path& file, const std::vector<std::string>& names) {
  std::ifstream in(file);
  std::string name;
  std::int64_t value = 0, sum = 0;
  while (in >> name >> value)
    if (std::ranges::find(names, name) != names.end()) sum += value;
  return sum;
}

/// Where one kind of control groups is mounted, and which of its groups that mount shows as its top.
struct Mount {
  fs::path point, top;
};

std::optional<Mount> find_mount(const fs::path& root, const std::string& type, const std::string& controller) {
  std::ifstream in(root / "proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    // 36 31 0:29 /top /sys/fs/cgroup/memory rw,relatime [tags] - cgroup cgroup rw,memory
    const auto words = words_of(line, ' ');
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 6 || words.end() - dash < 4 || dash[1] != type) continue;
    const auto options = words_of(dash[3], ',');
    if (controller.empty() || std::ranges::find(options, controller) != options.end())
      return Mount{root / fs::path(words[4]).relative_path(), words[3]};
  }
  return std::nullopt;
}

/// The folders of our group and of those around it, the innermost first.
std::vector<fs::path> folders(const Mount& mount, const fs::path& group) {
  fs::path inside = group.lexically_relative(mount.top);
  if (inside.empty() || *inside.begin() == "..") inside = ".";  // of a namespace that we do not see into
  std::vector<fs::path> out;
  for (fs::path at = inside.lexically_normal(); at != "." && !at.empty(); at = at.parent_path())
    out.push_back(mount.point / at);
  out.push_back(mount.point);
  return out;
}

struct Groups {
  std::vector<fs::path> folders;
  bool unified = false;  // version 2
};

Groups groups_with(const std::string& controller, const fs::path& root) {
  std::ifstream in(root / "proc/self/cgroup");
  Groups found;
  for (std::string line; std::getline(in, line);) {
    // "8:pids:/group", or "0::/group" of version 2
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = words_of(line.substr(first + 1, second - first - 1), ',');
    const fs::path group = line.substr(second + 1);
    if (std::ranges::find(controllers, controller) != controllers.end()) {
      if (const auto mount = find_mount(root, "cgroup", controller)) return {folders(*mount, group), false};
    } else if (controllers.empty()) {
      if (const auto mount = find_mount(root, "cgroup2", {})) found = {folders(*mount, group), true};
    }
  }
  return found;
}

}  // namespace

std::vector<GroupLimit> process_group_limits(const fs::path& root) {
  std::vector<GroupLimit> out;
  for (const fs::path& folder : groups_with("pids", root).folders)
    if (const auto limit = number_in(folder / "pids.max"))
      out.push_back({folder / "pids.max", *limit, number_in(folder / "pids.current").value_or(0)});
  return out;
}

std::vector<GroupLimit> memory_group_limits(const fs::path& root) {
  const Groups groups = groups_with("memory", root);
  const char* const limit_file = groups.unified ? "memory.max" : "memory.limit_in_bytes";
  const char* const use_file = groups.unified ? "memory.current" : "memory.usage_in_bytes";
  const std::string prefix = groups.unified ? "" : "total_";
  std::vector<GroupLimit> out;
  for (const fs::path& folder : groups.folders)
    if (const auto limit = number_in(folder / limit_file)) {
      const std::int64_t files = sum_in(folder / "memory.stat", {prefix + "active_file", prefix + "inactive_file"});
      const std::int64_t in_use = number_in(folder / use_file).value_or(0) - files;
      out.push_back({folder / limit_file, *limit, std::max<std::int64_t>(in_use, 0)});
    }
  return out;
}

}  // namespace caravan
