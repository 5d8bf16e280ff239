#include "storage/read_models/read_models.hpp"

#include <filesystem>

#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

using read_models::ReadModelFile;

namespace {

constexpr int reader_cache_mib = 32;          // searches come back to the same pages
constexpr std::size_t rebuild_batch = 1'000;  // entries a transaction

std::string file_in(const std::string& data_dir) { return data_dir + "/read_models.sqlite"; }

}  // namespace

bool ReadModels::forget_other_history(const std::string& data_dir, Journal& journal) {
  return read_models::forget_other_history(file_in(data_dir), journal);
}

ReadModels::ReadModels(const std::string& data_dir, std::size_t readers)
    : path_(file_in(data_dir)), reader_count_(readers) {
  file_ = std::make_unique<ReadModelFile>(path_);
  readers_ = std::make_unique<journal_file::Readers>(path_, "", reader_count_, reader_cache_mib);
  position_ = file_->position();
}

void ReadModels::apply(std::span<const FeedEntry> entries) {
  std::lock_guard lock(writing_);
  file_->apply(entries);
  reached(file_->position());
}

void ReadModels::reached(std::uint64_t position) {
  {
    std::lock_guard lock(waiting_);
    position_ = position;
  }
  moved_.notify_all();
}

std::uint64_t ReadModels::position() const {
  std::lock_guard lock(waiting_);
  return position_;
}

bool ReadModels::wait_for(std::uint64_t position, std::chrono::milliseconds limit) const {
  std::unique_lock lock(waiting_);
  if (position_ >= position) return true;
  ++waiters_;
  if (hurry_) hurry_();
  const bool there = moved_.wait_for(lock, limit, [&] { return position_ >= position; });
  --waiters_;
  return there;
}

bool ReadModels::is_awaited() const {
  std::lock_guard lock(waiting_);
  return waiters_ > 0;
}

void ReadModels::when_awaited(std::function<void()> hurry) {
  std::lock_guard lock(waiting_);
  hurry_ = std::move(hurry);
}

void ReadModels::rebuild(Journal& journal, const std::function<void(std::uint64_t done, std::uint64_t of)>& progress) {
  std::lock_guard one(rebuilding_);
  const std::string path = path_ + ".new";
  read_models::remove_file(path);
  auto fresh = std::make_unique<ReadModelFile>(path);
  const auto take = [&] {
    const auto entries = journal.feed(fresh->position(), rebuild_batch);
    fresh->apply(entries);
    return entries.size();
  };
  while (take() == rebuild_batch)
    if (progress) progress(fresh->position(), journal.head());

  std::lock_guard lock(writing_);  // from here the present file stands still; little is left to take
  while (take() != 0) {
  }
  const std::uint64_t position = fresh->position();
  ReadModelFile::settle(std::move(fresh));
  {
    std::unique_lock swap(swap_);
    readers_.reset();
    file_.reset();
    read_models::remove_file(path_);
    std::filesystem::rename(path, path_);
    file_ = std::make_unique<ReadModelFile>(path_, ReadModelFile::Made::by_this_process);
    readers_ = std::make_unique<journal_file::Readers>(path_, "", reader_count_, reader_cache_mib);
  }
  reached(position);
  if (progress) progress(position, position);
}

namespace {

/// For queries, which use no chance.
class NoRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

}  // namespace

AnyRecord show_state(const Address& entity, std::string_view state, const Viewer& viewer, const AnyRecord& query) {
  const EntityClass* type = find_entity(entity.kind);
  if (!type) return {};
  const std::shared_ptr<void> value = type->new_state();
  if (!codec::decode(*type->state, state, value.get())) return {};
  NoRandom none;
  // Lists show nothing private: each look at that is written down, one by one.
  Caller caller = viewer.caller;
  caller.permissions &= ~static_cast<std::uint32_t>(Permission::private_data);
  const Context context{viewer.now, caller, entity, none, sodium_crypto, &unicode::first_characters};
  return type->answer(value.get(), context, query).resource;
}

}  // namespace caravan
