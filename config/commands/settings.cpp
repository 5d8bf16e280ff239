#include <cstdio>

#include "config/cluster.hpp"
#include "config/commands/commands.hpp"

namespace caravan {

int print_settings(const ResolvedSettings& settings) {
  std::fputs(describe_settings(settings).c_str(), stdout);
  const std::string open = open_sandbox_fault(settings.values), links = link_files_fault(settings.values);
  for (const std::string& fault : {open, links})
    if (!fault.empty()) std::printf("cannot serve: %s\n", fault.c_str());
  std::vector<std::string> faults;
  if (settings.values.environment == Environment::production) faults = production_faults(settings.values);
  for (const std::string& fault : faults) std::printf("unsafe in production: %s\n", fault.c_str());
  return open.empty() && links.empty() && faults.empty() ? 0 : 1;
}

int print_version() {
  std::printf("caravan %s\n", CARAVAN_VERSION);
  return 0;
}

}  // namespace caravan
