#include <cstdio>

#include "actors/registry.hpp"
#include "actors/values/time.hpp"
#include "config/commands/commands.hpp"
#include "config/commands/progress.hpp"
#include "http/json/write.hpp"
#include "storage/journal/backup.hpp"
#include "storage/journal/inspection.hpp"

namespace caravan {

namespace {

unsigned long long plain(std::uint64_t number) { return static_cast<unsigned long long>(number); }

std::string mebibytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  return text;
}

/// One entry as a line of JSON. Internal fields (secrets, facts between entities) are left out.
std::string json_line(std::uint64_t position, const JournalEntry& entry) {
  std::string out = "{\"position\":" + std::to_string(position) + ",\"entity\":";
  http::write_json_text(to_text(entry.entity), out);
  out += ",\"sequence\":" + std::to_string(entry.sequence) + ",\"at\":";
  http::write_json_text(to_rfc3339(entry.origin.at), out);
  out += ",\"command\":";
  http::write_json_text(entry.origin.command, out);
  out += ",\"by\":";
  const Caller& by = entry.origin.caller;
  http::write_json_text(entry.origin.sender.kind != EntityKind::none ? to_text(entry.origin.sender)
                        : by.kind == Caller::Kind::user
                            ? "user/" + by.user.text()
                            : std::string(enum_labels(Caller::Kind{})[static_cast<std::size_t>(by.kind)]),
                        out);
  out += ",\"events\":[";
  for (std::size_t i = 0; i < entry.events.size(); ++i) {
    out += i == 0 ? "{\"type\":" : ",{\"type\":";
    http::write_json_text(entry.events[i].type().name, out);
    out += ",\"facts\":" + http::to_json(entry.events[i]) + '}';
  }
  return out + "]}";
}

}  // namespace

int verify_journal(const Settings& settings) {
  JournalCheck check;
  {
    ProgressBar bar("checking");
    check = check_journal(settings.data, [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); });
  }
  for (const std::string& fault : check.faults) std::printf("fault: %s\n", fault.c_str());
  std::printf("%llu entries, %llu track entries, %llu snapshots, %llu effects checked: ", plain(check.entries),
              plain(check.track_entries), plain(check.snapshots), plain(check.effects));
  if (check.fault_count == 0) {
    std::printf("sound\n");
    return 0;
  }
  std::printf("%llu faults: stop the node and restore a backup with `caravan restore`\n", plain(check.fault_count));
  return 1;
}

int dump_journal(const Settings& settings, const JournalDump& dump) {
  std::uint64_t written = 0;
  read_journal(settings.data, dump.after, [&](std::uint64_t position, const JournalEntry& entry) {
    const bool wanted = dump.entity.empty() || to_text(entry.entity).starts_with(dump.entity);
    if (!wanted) return true;
    std::printf("%s\n", json_line(position, entry).c_str());
    return dump.limit == 0 || ++written < dump.limit;
  });
  return 0;
}

int print_journal_stats(const Settings& settings) {
  JournalStats stats;
  {
    ProgressBar bar("reading");
    stats = journal_stats(settings.data, [&](std::uint64_t done, std::uint64_t total) { bar.show(done, total); });
  }
  std::printf("%-12s %10s %10s %12s %12s %10s\n", "kind", "entities", "entries", "track", "bytes", "snapshots");
  for (const auto& [name, kind] : stats.kinds)
    std::printf("%-12s %10llu %10llu %12llu %12llu %10llu\n", name.c_str(), plain(kind.entities), plain(kind.entries),
                plain(kind.track_entries), plain(kind.body_bytes), plain(kind.snapshots));
  std::printf("\n%-40s %10s\n", "event", "count");
  for (const auto& [name, count] : stats.events) std::printf("%-40s %10llu\n", name.c_str(), plain(count));
  std::printf("\nhead %llu, %llu shards (highest epoch %llu), %llu effects under way, %llu timers, %s on disk\n",
              plain(stats.head), plain(stats.shards), plain(stats.highest_epoch), plain(stats.pending_effects),
              plain(stats.timers), mebibytes(stats.file_bytes).c_str());
  if (stats.first_at)
    std::printf("from %s to %s\n", to_rfc3339(*stats.first_at).c_str(), to_rfc3339(*stats.last_at).c_str());
  return 0;
}

int back_up_data(const Settings& settings, const std::string& target) {
  const CopiedData copied = back_up(settings.data, target);
  std::printf("backed up %llu entries and %llu files (%s) into %s\n", plain(copied.entries), plain(copied.files),
              mebibytes(copied.bytes).c_str(), target.c_str());
  return 0;
}

int restore_data(const Settings& settings, const std::string& backup) {
  const CopiedData copied = restore_backup(backup, settings.data);
  std::printf("restored %llu entries and %llu files (%s) into %s; start it with `caravan serve --data %s`\n",
              plain(copied.entries), plain(copied.files), mebibytes(copied.bytes).c_str(), settings.data.c_str(),
              settings.data.c_str());
  return 0;
}

}  // namespace caravan
