#include <algorithm>
#include <filesystem>

#include "storage/journal/open.hpp"
#include "storage/journal/points.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/tools.hpp"

namespace caravan::tools {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view lock_file = "lock";  // see data_folder.hpp
constexpr int pages_a_step = 2'000;

void require_empty(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw StorageError(folder + ": cannot make the folder: " + error.message() + ": name another");
  const bool is_empty = std::ranges::all_of(fs::directory_iterator(folder), [](const fs::directory_entry& entry) {
    return entry.path().filename() == lock_file;  // the caller's own
  });
  if (!is_empty) throw StorageError(folder + ": the folder is not empty: name an empty or a new one");
}

/// One moment's content of a journal that may be in use, into a new file.
void copy_journal(const std::string& from, const std::string& to, const Progress& progress) {
  journal_file::Reader reader(from);
  sqlite::Connection& source = reader.database;
  // An open read transaction keeps the moment: without it every commit of the running node would start the copy anew.
  sqlite::Transaction moment(source, "BEGIN");
  source.integer("SELECT count(*) FROM shard");
  sqlite::Connection target(to, sqlite::Access::create);
  sqlite3_backup* copy = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (!copy) sqlite::fail(target.handle(), sqlite3_errcode(target.handle()));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(copy, pages_a_step);
    const int of = sqlite3_backup_pagecount(copy);
    if (progress)
      progress(static_cast<std::uint64_t>(of - sqlite3_backup_remaining(copy)), static_cast<std::uint64_t>(of));
  }
  sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) sqlite::fail(target.handle(), code);
  moment.commit();
}

bool is_left_out(const fs::path& relative) {
  const std::string first = relative.begin()->string();
  const fs::path extension = relative.extension();
  return first == lock_file || first.starts_with(journal_file::file_name) || first.starts_with("read_models.sqlite") ||
         first == "nodes" || extension == ".part" || extension == ".lock" || extension == ".pid" ||
         extension == ".sock";
}

void copy_files(const fs::path& from, const fs::path& to, CopyReport& report) {
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path relative = fs::relative(entry.path(), from);
    if (is_left_out(relative)) continue;
    if (entry.is_directory()) fs::create_directory(to / relative, entry.path());  // with the same permissions
    if (!entry.is_regular_file()) continue;
    std::error_code error;
    const bool is_new = fs::copy_file(entry.path(), to / relative, fs::copy_options::update_existing, error);
    if (error == std::errc::no_such_file_or_directory) continue;  // an upload that was removed meanwhile
    if (error) throw fs::filesystem_error("cannot copy", entry.path(), to / relative, error);
    if (!is_new) continue;
    ++report.files;
    report.file_bytes += fs::file_size(to / relative);
  }
}

/// Throws StorageError where the journal is not in the folder `from`, or `to` is no place for it.
void check_folders(const std::string& from, const std::string& to) {
  if (!store_of(from).empty())
    throw StorageError(from + ": the journal of this folder is in PostgreSQL: back that up with the database's tools");
  // A relative path of which nothing exists stays relative.
  const auto whole = [](const std::string& path) { return fs::weakly_canonical(fs::absolute(path)); };
  const fs::path inside = whole(to).lexically_relative(whole(from));
  if (inside.empty() || inside.begin()->string() != "..")
    throw StorageError(to + ": the copy would lie within its origin: name a folder outside of " + from);
}

/// Copies a folder into an empty one. The journal gets its name last, once `finish` is done with it: a copy that was
/// broken off has none.
template <class Finish>
void copy(const std::string& from, const std::string& to, const Progress& progress, CopyReport& report,
          const Finish& finish) {
  require_empty(to);
  const std::string target = journal_file::path_in(to), part = target + ".part";
  copy_journal(from, part, progress);
  // An upload's bytes are there before anything uses it, so all that the copied entries use are there by now. One that
  // was on its way just then is used by nobody yet.
  copy_files(from, to, report);
  {
    sqlite::Connection database(part, sqlite::Access::write);
    finish(database);
  }
  fs::rename(part, target);
}

void measure(const std::string& folder, CopyReport& report) {
  report.journal_bytes = fs::file_size(journal_file::path_in(folder));
  report.head =
      static_cast<std::uint64_t>(journal_file::Reader(folder).database.integer("SELECT max(position) FROM entry"));
}

bool is_backup(const std::string& folder) {
  if (!fs::exists(journal_file::path_in(folder))) return false;
  journal_file::Reader reader(folder);
  return journal_file::has_points(reader.database);
}

}  // namespace

CopyReport backup(const std::string& data_dir, const std::string& to, const Progress& progress) {
  journal_file::existing_path(data_dir);
  check_folders(data_dir, to);
  const std::string source = journal_file::path_in(data_dir);
  CopyReport report;
  const auto add_point = [&](sqlite::Connection& database) {
    const journal_file::Point point = journal_file::add_point(database, source);
    report.point = point.number;
    report.as_of = point.at;
  };
  try {
    if (is_backup(to)) {
      journal_file::Reader check(data_dir);
      sqlite::Connection database(journal_file::path_in(to), sqlite::Access::write);
      add_point(database);
      copy_files(data_dir, to, report);
    } else {
      copy(data_dir, to, progress, report, [&](sqlite::Connection& database) {
        journal_file::make_points(database);
        add_point(database);
      });
    }
    measure(to, report);
  } catch (const fs::filesystem_error& error) {
    throw StorageError(std::string(error.what()) + ": check free space and permissions");
  }
  return report;
}

CopyReport restore(const std::string& backup, const std::string& data_dir, const Until& until,
                   const Progress& progress) {
  journal_file::existing_path(backup, "name a folder that `caravan backup` made");
  check_folders(backup, data_dir);
  CopyReport report;
  std::optional<journal_file::Point> point;
  if (journal_file::Reader reader(backup); journal_file::has_points(reader.database)) {
    point = journal_file::find_point(reader.database, until.time, until.position);
    if (!point)
      throw StorageError(backup +
                         ": the backup has no point as early as that: leave --until out, or take an older backup");
    report.point = point->number;
    report.as_of = point->at;
  } else if (until.time || until.position) {
    throw StorageError(backup + ": this is a backup of one moment: leave --until out");
  }
  try {
    copy(backup, data_dir, progress, report, [&](sqlite::Connection& database) {
      if (point) journal_file::cut_at(database, *point);
      // Members of the cluster that was backed up are none of this one.
      database.run(
          "BEGIN IMMEDIATE; UPDATE shard SET epoch = epoch + 1, owner = '', phase = 0, target = '';"
          "UPDATE membership SET version = version + 1; DELETE FROM member;"
          "DELETE FROM setting WHERE name = 'store'; COMMIT");
    });
    measure(data_dir, report);
  } catch (const fs::filesystem_error& error) {
    throw StorageError(std::string(error.what()) + ": check free space and permissions");
  }
  return report;
}

}  // namespace caravan::tools
