#include "storage/journal/open.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "storage/journal/postgres_format.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/postgres/session.hpp"

namespace caravan {

namespace {

constexpr std::chrono::seconds first_answer{5};

/// Holds the name of the journal that the folder belongs to, where that is not the folder's own.
std::filesystem::path mark_of(const std::filesystem::path& folder) { return folder / "journal.store"; }

void require_url(const std::string& flag, const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
    throw StorageError(flag + ": not a URL such as postgresql://user@host:5432/database");
}

bool write_and_sync(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return false;
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  return is_written;
}

bool sync_folder(const std::filesystem::path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  const bool is_synced = ::fsync(folder) == 0;
  ::close(folder);
  return is_synced;
}

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Holds the name of a folder that nodes of a cluster share.
std::filesystem::path shared_mark_of(const std::filesystem::path& folder) { return folder / "shared.id"; }

/// Gives the folder a name of its own, unless it has one or another node is just giving it one. Returns the name.
std::string name_shared(const std::filesystem::path& folder) {
  if (std::string name = first_line(shared_mark_of(folder)); !name.empty()) return name;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  Uuid fresh;
  randombytes_buf(fresh.bytes.data(), fresh.bytes.size());
  const std::filesystem::path part = folder / ("shared.id." + fresh.text());
  bool is_named = write_and_sync(part, fresh.text() + '\n');
  // A hard link fails if another node was first; a rename would replace its file.
  is_named = is_named && (::link(part.c_str(), shared_mark_of(folder).c_str()) == 0 || errno == EEXIST);
  std::filesystem::remove(part, failed);
  if (!is_named || !sync_folder(folder))
    throw StorageError("shared-data: " + folder.string() +
                       " cannot be written: see that it is mounted, and whose it is");
  return first_line(shared_mark_of(folder));
}

}  // namespace

std::string store_of(const std::filesystem::path& folder) { return first_line(mark_of(folder)); }

void give_folder(const std::filesystem::path& folder, const std::string& store) {
  const std::filesystem::path mark = mark_of(folder), part = folder / "journal.store.part";
  if (!write_and_sync(part, store + '\n') || std::rename(part.c_str(), mark.c_str()) != 0 || !sync_folder(folder))
    throw StorageError(folder.string() + ": the data folder cannot be written: name another with --data");
}

void require_shared_folder(const std::filesystem::path& folder, Journal& journal, const std::string& url) {
  auto agreed = journal.setting(journal_tables::shared_folder_setting);
  if (!agreed)
    agreed = postgres::Session(url, first_answer).run([name = name_shared(folder)](postgres::Connection& connection) {
      return journal_tables::agree_on_shared_folder(connection, name);
    });
  if (first_line(shared_mark_of(folder)) != *agreed)
    throw StorageError("shared-data: " + folder.string() +
                       " is not the folder that the nodes of this cluster share: is it mounted? Where that is lost for "
                       "good, give this one its name: echo " +
                       *agreed + " > " + shared_mark_of(folder).string());
}

void require_database(const std::string& flag, const std::string& url) {
  require_url(flag, url);
  try {
    postgres::Connection(url, first_answer);
  } catch (const postgres::Disconnected& error) {
    throw StorageError(std::string(error.what()) + ": see that the server runs, and that " + flag +
                       " has its address, name and password");
  }
}

std::unique_ptr<Journal> open_journal(const std::string& url, const DataFolder& folder, std::uint32_t shards) {
  const std::string name = store_of(folder.path());
  if (url.empty()) {
    if (!name.empty())
      throw StorageError(folder.text() +
                         ": this data folder belongs to a journal in PostgreSQL: name it with --journal");
    return open_sqlite_journal(folder.text(), {.shards = shards});
  }
  require_url("--journal", url);
  // A folder that belongs to a database may still have the file that was carried over.
  if (name.empty() && std::filesystem::exists(journal_file::path_in(folder.text())))
    throw StorageError(folder.text() +
                       ": this data folder has a journal of its own: carry it over with `caravan migrate`, or name "
                       "another folder with --data");
  auto journal = open_postgres_journal(url, {.shards = shards});
  const std::string store = journal->setting("store").value_or("");
  if (name.empty())
    give_folder(folder.path(), store);
  else if (name != store)
    throw StorageError(folder.text() +
                       ": this data folder belongs to another journal: name another folder with --data");
  return journal;
}

}  // namespace caravan
