#include <cstdio>

#include "config/commands/commands.hpp"

namespace caravan {

int print_settings(const ResolvedSettings& settings) {
  std::fputs(describe_settings(settings).c_str(), stdout);
  if (settings.values.environment != Environment::production) return 0;
  const auto faults = production_faults(settings.values);
  for (const std::string& fault : faults) std::printf("unsafe in production: %s\n", fault.c_str());
  return faults.empty() ? 0 : 1;
}

int print_version() {
  std::printf("caravan %s\n", CARAVAN_VERSION);
  return 0;
}

}  // namespace caravan
