#include <cstdio>

#include "config/alone.hpp"
#include "config/cluster.hpp"
#include "config/commands/commands.hpp"
#include "config/commands/progress.hpp"
#include "config/import/trip_import.hpp"
#include "runtime/node.hpp"
#include "runtime/sandbox_clock.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal/open.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

namespace {

constexpr std::size_t entries_a_batch = 2'000;

/// A node without HTTP, for the time of the import.
struct ImportingNode {
  explicit ImportingNode(const Settings& settings)
      : folder(settings.data),
        journal(open_journal(settings.journal, folder, static_cast<std::uint32_t>(settings.shards))),
        clock(ClockMover::stored_offset(*journal)),
        node(alone(settings)) {
    node->start();
  }
  ~ImportingNode() { node->stop(); }
  ImportingNode(const ImportingNode&) = delete;
  ImportingNode& operator=(const ImportingNode&) = delete;

  std::unique_ptr<Node> alone(const Settings& settings) {
    refuse_living_members(settings);
    return make_node(*journal, clock, system_random(), {.name = "import"});
  }

  DataFolder folder;
  std::unique_ptr<Journal> journal;
  OffsetClock clock;
  std::unique_ptr<Node> node;
};

/// Brings the read models up to the journal, so that the node that serves next shows at once what was imported.
void take_into_read_models(Journal& journal, const std::string& folder) {
  ReadModels models(folder);
  ProgressBar bar("indexing");
  for (;;) {
    const std::vector<FeedEntry> entries = journal.feed(models.position(), entries_a_batch);
    if (entries.empty()) return;
    models.apply(entries);
    bar.show(models.position(), journal.head());
  }
}

Time midnight_after(Time now) { return std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1); }

/// "2030-02-01"; throws SettingsError.
Time parse_day(const std::string& text, Time now) {
  const std::optional<Time> day = parse_rfc3339(text + "T00:00:00Z");
  if (!day) throw SettingsError("--first-day: \"" + text + "\" is not a day such as 2030-02-01");
  if (*day <= now) throw SettingsError("--first-day: " + text + " is past: name a day in the future");
  return *day;
}

}  // namespace

int import_trips_file(const Settings& settings, const TripImport& import) {
  ImportingNode running(settings);
  TripImportOptions options;
  options.file = import.file;
  options.bad_lines = import.refuse_bad_lines ? BadLines::refuse : BadLines::skip;
  if (import.most > 0) options.most = static_cast<std::size_t>(import.most);
  const Time now = running.node->now();
  options.first_day = import.first_day.empty() ? midnight_after(now) : parse_day(import.first_day, now);
  TripImportReport report;
  {
    ProgressBar bar("importing");
    report = import_trips(options, *running.node, EmbeddedRoutes(), [&](const TripImportProgress& progress) {
      bar.show(static_cast<std::uint64_t>(progress.done), static_cast<std::uint64_t>(progress.total));
    });
  }
  take_into_read_models(*running.journal, running.folder.text());
  for (const BadLine& line : report.bad_lines)
    std::printf("line %lld: %s\n", static_cast<long long>(line.number), line.fault.c_str());
  std::printf("%lld lines: %lld trips imported, %lld were there, %lld bad lines%s\n",
              static_cast<long long>(report.lines), static_cast<long long>(report.imported),
              static_cast<long long>(report.present), static_cast<long long>(report.bad),
              report.refused ? ": nothing imported; mend them, or skip them with --bad-lines skip" : "");
  return report.refused ? 1 : 0;
}

}  // namespace caravan
