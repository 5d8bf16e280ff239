#include "storage/journal/backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "storage/journal/sqlite_format.hpp"
#include "storage/sqlite/database.hpp"

namespace caravan {

namespace {

namespace files = std::filesystem;

// Beyond any epoch that the original may have reached since the backup was made: each start of a node raises it by one.
constexpr std::int64_t epoch_jump = 1'000'000;

bool has_content(const std::string& folder) {
  std::error_code none;
  return files::exists(folder, none) && !files::is_empty(folder, none);
}

/// Databases have their own way to be copied, or are made anew.
bool is_database(const files::path& path) {
  const std::string name = path.filename().string();
  return name.find(".sqlite") != std::string::npos;
}

void copy_files(const files::path& from, const files::path& to, CopiedData& copied) {
  for (auto at = files::recursive_directory_iterator(from); at != files::recursive_directory_iterator(); ++at) {
    if (!at->is_regular_file() || is_database(at->path())) continue;
    const files::path target = to / files::relative(at->path(), from);
    files::create_directories(target.parent_path());
    files::permissions(target.parent_path(), files::status(at->path().parent_path()).permissions());
    files::copy_file(at->path(), target);
    ++copied.files;
    copied.bytes += at->file_size();
  }
}

/// A backup that the power takes away is none.
void sync_to_disk(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!synced) throw StorageError(path + " cannot be synced to the disk: check the disk");
}

void copy_journal(const std::string& from, const std::string& to, CopiedData& copied) {
  sqlite::Database source(journal_file::path_in(from), sqlite::Access::read);
  journal_file::check_version(source);
  const std::string target = journal_file::path_in(to);
  sqlite::Query copy = source.query("VACUUM INTO ?");
  copy.bind(target);
  copy.run();
  sqlite::Database made(target, sqlite::Access::write);
  journal_file::check_version(made);
  made.run("PRAGMA journal_mode=WAL");
  copied.entries = static_cast<std::uint64_t>(made.integer("SELECT count(*) FROM entry"));
  copied.bytes += files::file_size(target);
  sync_to_disk(target);
  sync_to_disk(to);
}

void require_journal(const std::string& folder, const char* remedy) {
  if (!files::exists(journal_file::path_in(folder))) throw StorageError("no journal in " + folder + ": " + remedy);
}

}  // namespace

CopiedData back_up(const std::string& data_dir, const std::string& target) {
  require_journal(data_dir, "name the data folder with --data");
  if (has_content(target)) throw StorageError(target + " is not empty: name a new folder for the backup");
  try {
    files::create_directories(target);
    CopiedData copied;
    copy_journal(data_dir, target, copied);
    // Files are written before the journal names them, and never changed: those that it names are all there by now.
    copy_files(data_dir, target, copied);
    return copied;
  } catch (const files::filesystem_error& error) {
    throw StorageError(std::string("the backup failed: ") + error.what() + ": check space and permissions");
  }
}

CopiedData restore_backup(const std::string& backup, const std::string& data_dir) {
  require_journal(backup, "name a folder that `caravan backup` made");
  if (has_content(data_dir))
    throw StorageError(data_dir + " is not empty: move it away, or name another data folder with --data");
  try {
    files::create_directories(data_dir);
    CopiedData copied;
    copy_journal(backup, data_dir, copied);
    copy_files(backup, data_dir, copied);
    sqlite::Database database(journal_file::path_in(data_dir), sqlite::Access::write);
    sqlite::Query raise = database.query("UPDATE shard SET epoch = epoch + ?, owner = ''");
    raise.bind(epoch_jump);
    raise.run();
    return copied;
  } catch (const files::filesystem_error& error) {
    throw StorageError(std::string("the restore failed: ") + error.what() + ": check space and permissions");
  }
}

}  // namespace caravan
