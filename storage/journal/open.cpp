#include "storage/journal/open.hpp"

#include <fstream>

#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"

namespace caravan {

namespace {

/// Holds the name of the journal that the folder belongs to, where that is not the folder's own.
std::filesystem::path mark_of(const DataFolder& folder) { return folder.path() / "journal.store"; }

std::string marked(const DataFolder& folder) {
  std::ifstream file(mark_of(folder));
  std::string name;
  std::getline(file, name);
  return name;
}

void mark(const DataFolder& folder, const std::string& name) {
  std::ofstream file(mark_of(folder));
  if (!(file << name << '\n' << std::flush))
    throw StorageError(folder.text() + ": the data folder cannot be written: name another with --data");
}

}  // namespace

std::unique_ptr<Journal> open_journal(const std::string& url, const DataFolder& folder, std::uint32_t shards) {
  const std::string name = marked(folder);
  if (url.empty()) {
    if (!name.empty())
      throw StorageError(folder.text() +
                         ": this data folder belongs to a journal in PostgreSQL: name it with --journal");
    return open_sqlite_journal(folder.text(), {.shards = shards});
  }
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
    throw StorageError("--journal: not a URL such as postgresql://user@host:5432/database");
  if (std::filesystem::exists(journal_file::path_in(folder.text())))
    throw StorageError(folder.text() + ": this data folder has a journal of its own: name another folder with --data");
  auto journal = open_postgres_journal(url, {.shards = shards});
  const std::string store = journal->setting("store").value_or("");
  if (name.empty())
    mark(folder, store);
  else if (name != store)
    throw StorageError(folder.text() +
                       ": this data folder belongs to another journal: name another folder with --data");
  return journal;
}

}  // namespace caravan
