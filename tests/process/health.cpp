#include "tests/process/health.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace caravan::testing {

Health health_of(int pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const auto entries = [&](const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(process + folder), {}));
  };
  Health health{0, 0, entries("/fd"), entries("/task")};
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) health.memory_mib = std::atof(line.c_str() + 6) / 1'024;
  std::ifstream counts(process + "/stat");
  counts.ignore(std::numeric_limits<std::streamsize>::max(), ')');  // behind the name: state, ten numbers, then the two
  std::string passed_over;
  for (int i = 0; i < 11; ++i) counts >> passed_over;
  double user = 0, kernel = 0;
  if (counts >> user >> kernel) health.cpu_seconds = (user + kernel) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return health;
}

}  // namespace caravan::testing
