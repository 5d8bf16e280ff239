#include <cstdio>

#include "config/commands/commands.hpp"
#include "config/commands/progress.hpp"
#include "storage/journal/migrate.hpp"

namespace caravan {

namespace {

unsigned long long to_print(std::uint64_t number) { return static_cast<unsigned long long>(number); }

}  // namespace

int migrate_journal(const Settings& settings, const std::string& target) {
  tools::MigrationReport report;
  {
    ProgressBar bar("copying");
    bool has_told = false;
    const tools::MigrationWatch watch{.progress = [&](std::uint64_t done, std::uint64_t of) { bar.show(done, of); },
                                      .waits =
                                          [&](std::uint64_t position) {
                                            if (has_told) return;
                                            has_told = true;
                                            std::printf(
                                                "copied up to position %llu, and follows the node that serves %s: stop "
                                                "that node to end this; what is "
                                                "left then takes moments\n",
                                                to_print(position), settings.data.c_str());
                                            std::fflush(stdout);
                                          }};
    report = tools::migrate(settings.data, target, watch);
  }
  if (report.was_complete) {
    std::printf("this journal was carried over before; nothing is left to do\n");
  } else {
    std::printf(
        "carried over and compared: %llu entries up to position %llu, %llu of tracks, %llu effects, %llu timers, %llu "
        "snapshots, %llu settings\n",
        to_print(report.entries), to_print(report.head), to_print(report.track_entries), to_print(report.effects),
        to_print(report.timers), to_print(report.snapshots), to_print(report.settings));
  }
  std::printf("keys, uploads and read models stay in %s; start it with: caravan serve --data %s --journal URL\n",
              settings.data.c_str(), settings.data.c_str());
  return 0;
}

}  // namespace caravan
