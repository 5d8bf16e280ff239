#include <cstdio>
#include <cstdlib>

#include "actors/registry.hpp"
#include "actors/values/time.hpp"
#include "config/commands/commands.hpp"
#include "config/commands/progress.hpp"
#include "http/json/journal_line.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/tools.hpp"

namespace caravan {

namespace {

unsigned long long plain(std::uint64_t number) { return static_cast<unsigned long long>(number); }

std::string mebibytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  return text;
}

/// "trip/0190…". Throws SettingsError.
Address parse_address(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto labels = enum_labels(EntityKind{});
  std::vector<std::string> kinds;
  for (std::size_t i = 1; i < labels.size(); ++i) {
    if (is_outside(static_cast<EntityKind>(i))) continue;
    kinds.emplace_back(labels[i]);
    if (labels[i] != text.substr(0, slash)) continue;
    const auto id = slash == std::string::npos ? std::nullopt : Uuid::parse(text.substr(slash + 1));
    if (!id) throw SettingsError("--entity: " + text + " has no id: write it as " + kinds.back() + "/0190a0b0-…");
    return {static_cast<EntityKind>(i), *id};
  }
  const std::string near = nearest_word(text.substr(0, slash), kinds);
  throw SettingsError("--entity: there is no kind of entity " + text.substr(0, slash) +
                      (near.empty() ? ": write it as trip/0190a0b0-…" : ": did you mean " + near + "?"));
}

void print_copied(const char* what, const tools::CopyReport& report, const std::string& to) {
  std::printf("%s the journal up to position %llu (%s) and %llu files (%s) into %s\n", what, plain(report.head),
              mebibytes(report.journal_bytes).c_str(), plain(report.files), mebibytes(report.file_bytes).c_str(),
              to.c_str());
  if (report.point > 0)
    std::printf("point %llu of the backup, as of %s\n", plain(report.point), to_rfc3339(report.as_of).c_str());
}

/// Refuses a journal in a database: for that the database's own tools are meant.
void require_file(const Settings& settings) {
  if (!settings.journal.empty())
    throw SettingsError(
        "--journal: this command is for a journal in the data folder; for a database use its own tools: "
        "pg_basebackup, or pg_dump");
}

tools::Progress shown_by(ProgressBar& bar) {
  return [&bar](std::uint64_t done, std::uint64_t of) { bar.show(done, of); };
}

}  // namespace

int verify_journal(const Settings& settings) {
  tools::VerifyReport report;
  {
    ProgressBar bar("checking");
    report = settings.journal.empty() ? tools::verify(settings.data, shown_by(bar))
                                      : tools::verify_database(settings.journal, shown_by(bar));
  }
  for (const std::string& problem : report.problems) std::printf("fault: %s\n", problem.c_str());
  std::printf("%llu entries and %llu track entries of %llu entities, %llu snapshots, %llu effects checked: ",
              plain(report.entries), plain(report.track_entries), plain(report.entities), plain(report.snapshots),
              plain(report.effects));
  if (report.ok()) {
    std::printf("sound\n");
    return 0;
  }
  std::printf("%llu faults: stop the node and restore a backup%s\n", plain(report.problem_count),
              settings.journal.empty() ? " with `caravan restore`" : " of the database");
  return 1;
}

int dump_journal(const Settings& settings, const JournalDump& dump) {
  tools::DumpOptions options;
  if (!dump.entity.empty()) options.entity = parse_address(dump.entity);
  options.after = dump.after;
  if (dump.limit > 0) options.limit = dump.limit;
  const auto print = [](const JournalEntry& entry, std::uint64_t position) {
    const std::string line = http::journal_line(entry, position);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
  };
  if (settings.journal.empty())
    tools::dump(settings.data, options, print);
  else
    tools::dump(*open_postgres_journal(settings.journal, {.shards = 0}), options, print);
  return 0;
}

int print_journal_stats(const Settings& settings) {
  const tools::JournalStats stats =
      settings.journal.empty() ? tools::stats(settings.data) : tools::database_stats(settings.journal);
  std::printf("%-12s %12s %12s %14s\n", "kind", "entities", "entries", "bytes");
  for (const tools::KindStats& kind : stats.kinds)
    std::printf("%-12s %12llu %12llu %14llu\n",
                std::string(enum_labels(EntityKind{})[static_cast<std::size_t>(kind.kind)]).c_str(),
                plain(kind.entities), plain(kind.entries), plain(kind.bytes));
  std::uint64_t epoch = 0;
  for (const auto& shard : stats.shards) epoch = std::max(epoch, shard.epoch);
  std::printf("\nentries          %llu, and %llu of tracks\n", plain(stats.entries), plain(stats.track_entries));
  std::printf("feed             up to position %llu\n", plain(stats.head));
  std::printf("snapshots        %llu\n", plain(stats.snapshots));
  std::printf("pending effects  %llu\n", plain(stats.pending_effects));
  std::printf("timers           %llu%s\n", plain(stats.timers),
              stats.next_due ? (", the next at " + to_rfc3339(*stats.next_due)).c_str() : "");
  std::printf("shards           %zu, highest epoch %llu\n", stats.shards.size(), plain(epoch));
  std::printf("format           %lld\n", static_cast<long long>(stats.format));
  if (settings.journal.empty())
    std::printf("on disk          %s, and %s of write-ahead log\n", mebibytes(stats.file_bytes).c_str(),
                mebibytes(stats.wal_bytes).c_str());
  return 0;
}

int back_up_data(const Settings& settings, const std::string& target) {
  require_file(settings);
  tools::CopyReport report;
  {
    ProgressBar bar("copying");
    report = tools::backup(settings.data, target, shown_by(bar));
  }
  print_copied("backed up", report, target);
  return 0;
}

int restore_data(const Settings& settings, const std::string& backup, const std::string& until) {
  tools::Until point;
  if (until.find_first_not_of("0123456789") != std::string::npos) {
    point.time = parse_rfc3339(until);
    if (!point.time)
      throw SettingsError("--until: " + until + " is neither a time such as 2030-02-01T12:00:00Z nor a position");
  } else if (!until.empty()) {
    point.position = std::strtoull(until.c_str(), nullptr, 10);
  }
  tools::CopyReport report;
  {
    ProgressBar bar("copying");
    report = tools::restore(backup, settings.data, point, shown_by(bar));
  }
  print_copied("restored", report, settings.data);
  Settings restored = settings;
  restored.journal.clear();
  if (verify_journal(restored) != 0) {
    std::fprintf(stderr,
                 "caravan: the backup is damaged: do not start what was restored; go back to an earlier point with "
                 "--until, or take another backup\n");
    return 1;
  }
  std::printf("start it with: caravan serve --data %s\n", settings.data.c_str());
  return 0;
}

}  // namespace caravan
