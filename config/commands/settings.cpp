#include <cstdio>
#include <nlohmann/json.hpp>

#include "config/cluster.hpp"
#include "config/commands/commands.hpp"

namespace caravan {

namespace {

void print_as_json(const ResolvedSettings& settings, const std::vector<std::string>& hindrances,
                   const std::vector<std::string>& unsafe) {
  const Settings defaults = default_settings(settings.values.environment);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Setting& setting : setting_table()) {
    const auto by = settings.set_by.find(setting.name);
    rows.push_back({{"name", setting.name},
                    {"value", setting_text(setting, settings.values)},
                    {"default", setting_text(setting, defaults)},
                    {"bounds", setting_bounds(setting)},
                    {"source", by == settings.set_by.end() ? "default" : by->second},
                    {"secret", setting.secret},
                    {"help", setting.help}});
  }
  const nlohmann::ordered_json all{{"settings", rows}, {"cannotServe", hindrances}, {"unsafeInProduction", unsafe}};
  std::printf("%s\n", all.dump(2).c_str());
}

}  // namespace

int print_settings(const ResolvedSettings& settings, bool as_json) {
  std::vector<std::string> hindrances, unsafe;
  for (const std::string& fault : {open_sandbox_fault(settings.values), link_files_fault(settings.values)})
    if (!fault.empty()) hindrances.push_back(fault);
  if (settings.values.environment == Environment::production) unsafe = production_faults(settings.values);
  if (as_json) {
    print_as_json(settings, hindrances, unsafe);
  } else {
    std::fputs(describe_settings(settings).c_str(), stdout);
    for (const std::string& fault : hindrances) std::printf("cannot serve: %s\n", fault.c_str());
    for (const std::string& fault : unsafe) std::printf("unsafe in production: %s\n", fault.c_str());
  }
  return hindrances.empty() && unsafe.empty() ? 0 : 1;
}

int print_version() {
  std::printf("caravan %s\n", CARAVAN_VERSION);
  return 0;
}

}  // namespace caravan
