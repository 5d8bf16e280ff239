#include <algorithm>
#include <filesystem>

#include "storage/journal/open.hpp"
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
  sqlite::Connection source(from, sqlite::Access::read);
  sqlite3_db_config(source.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  journal_file::check_version(source);
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
         extension == ".part" || extension == ".lock" || extension == ".pid" || extension == ".sock";
}

void copy_files(const fs::path& from, const fs::path& to, CopyReport& report) {
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path relative = fs::relative(entry.path(), from);
    if (!entry.is_regular_file() || is_left_out(relative)) continue;
    fs::create_directories((to / relative).parent_path());
    fs::copy_file(entry.path(), to / relative);
    ++report.files;
    report.file_bytes += entry.file_size();
  }
}

CopyReport copy(const std::string& from, const std::string& to, const Progress& progress) {
  CopyReport report;
  const std::string source = journal_file::path_in(from), target = journal_file::path_in(to);
  if (!fs::exists(source)) throw StorageError(source + ": there is no journal: name the folder that has one");
  if (!store_of(from).empty())
    throw StorageError(from + ": the journal of this folder is in PostgreSQL: back that up with the database's tools");
  const fs::path inside = fs::weakly_canonical(to).lexically_relative(fs::weakly_canonical(from));
  if (inside.empty() || inside.begin()->string() != "..")
    throw StorageError(to + ": the copy would lie within its origin: name a folder outside of " + from);
  require_empty(to);
  try {
    copy_journal(source, target, progress);
    // An upload is written before the entry that names it, so all that the copied journal names are there by now.
    copy_files(from, to, report);
  } catch (const fs::filesystem_error& error) {
    throw StorageError(std::string(error.what()) + ": check free space and permissions");
  }
  sqlite::Connection database(target, sqlite::Access::read);
  report.journal_bytes = fs::file_size(target);
  report.head = static_cast<std::uint64_t>(database.integer("SELECT max(position) FROM entry"));
  return report;
}

}  // namespace

CopyReport backup(const std::string& data_dir, const std::string& to, const Progress& progress) {
  return copy(data_dir, to, progress);
}

CopyReport restore(const std::string& backup, const std::string& data_dir, const Progress& progress) {
  const CopyReport report = copy(backup, data_dir, progress);
  sqlite::Connection database(journal_file::path_in(data_dir), sqlite::Access::write);
  // Members of the cluster that was backed up are none of this one.
  database.run(
      "BEGIN IMMEDIATE; UPDATE shard SET epoch = epoch + 1, owner = '', phase = 0, target = '';"
      "UPDATE membership SET version = version + 1; DELETE FROM member; DELETE FROM setting WHERE name = 'store'; "
      "COMMIT");
  return report;
}

}  // namespace caravan::tools
