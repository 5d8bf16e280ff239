#include "tests/process/health.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace caravan::testing {

Health health_of(int pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const auto entries = [&](const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(process + folder), {}));
  };
  Health health{0, entries("/fd"), entries("/task")};
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) health.memory_mib = std::atof(line.c_str() + 6) / 1'024;
  return health;
}

}  // namespace caravan::testing
