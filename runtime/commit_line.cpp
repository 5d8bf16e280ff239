#include "runtime/commit_line.hpp"

#include <chrono>

#include "storage/worker/failures.hpp"

namespace caravan {

CommitLine::CommitLine(Journal& journal, Limits limits, Hooks hooks)
    : journal_(journal), limits_(limits), hooks_(std::move(hooks)) {}

void CommitLine::push(CommitItem item) {
  item.activation->held.fetch_add(1, std::memory_order_relaxed);
  if (item.write) gate_bytes_.fetch_add(item.write->body.size(), std::memory_order_relaxed);
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    was_empty = line_.empty();
    line_.push_back(std::move(item));
  }
  if (was_empty) ready_.notify_one();
}

std::vector<CommitItem> CommitLine::take_batch(bool wait) {
  std::vector<CommitItem> batch;
  std::unique_lock lock(mutex_);
  if (wait) ready_.wait(lock, [&] { return closed_ || !line_.empty(); });
  std::size_t bytes = 0;
  while (!line_.empty() && batch.size() < limits_.batch_items && bytes < limits_.batch_bytes) {
    if (line_.front().write) bytes += line_.front().write->body.size();
    batch.push_back(std::move(line_.front()));
    line_.pop_front();
  }
  return batch;
}

bool CommitLine::commit_batch(bool wait) {
  std::vector<CommitItem> batch = take_batch(wait);
  if (batch.empty()) return false;
  std::vector<Write> writes;
  std::vector<Committed> fates(batch.size());
  std::vector<std::size_t> written;
  std::size_t held_bytes = 0;
  for (const CommitItem& item : batch) held_bytes += item.write ? item.write->body.size() : 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (broken_ || batch[i].activation->lost) {
      fates[i].status = CommitStatus::fenced;  // never tried
      continue;
    }
    if (!batch[i].write) {
      fates[i].status = CommitStatus::committed;
      continue;
    }
    writes.push_back(std::move(*batch[i].write));
    written.push_back(i);
  }
  if (!writes.empty()) {
    const std::vector<Committed> results = write(writes);
    for (std::size_t n = 0; n < written.size(); ++n) {
      fates[written[n]] = results[n];
      if (results[n].status == CommitStatus::fenced) ++fenced_;
      if (results[n].status == CommitStatus::committed) {
        ++writes_;
        bytes_ += writes[n].body.size();
      }
      batch[written[n]].write = std::move(writes[n]);
    }
  }
  gate_bytes_ -= held_bytes;
  ++batches_;
  for (std::size_t i = 0; i < batch.size(); ++i) finish(batch[i], fates[i]);
  return true;
}

std::vector<Committed> CommitLine::write(const std::vector<Write>& writes) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Committed> results(writes.size());
  try {
    results = journal_.commit(writes);
  } catch (...) {
    tell_failure("commit line", "writing a batch");  // whether it landed nobody knows
  }
  commit_seconds_.add(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  batch_writes_.add(static_cast<double>(writes.size()));
  return results;
}

void CommitLine::break_down() {
  if (!std::exchange(broken_, true)) hooks_.broken();
}

bool CommitLine::let_out(CommitItem& item, std::uint64_t position) {
  try {
    hooks_.landed(item, position);
    return true;
  } catch (...) {
    tell_failure("commit line", "letting effects and timers out");
    return false;
  }
}

void CommitLine::finish(CommitItem& item, const Committed& fate) {
  Activation& activation = *item.activation;
  // A write that failed earlier in this very batch takes the later ones of its activation with it.
  const bool good = fate.status == CommitStatus::committed && !activation.lost;
  if (good) {
    if (item.write && item.write->sequence != 0) activation.committed = item.write->sequence;
    // Effects and timers that are in the journal but did not get into memory would wait until the next start.
    if (item.write && !let_out(item, fate.position)) break_down();
  } else {
    if (!activation.lost.exchange(true)) hooks_.lost(item.activation);
    if (fate.status == CommitStatus::unknown) break_down();
  }
  const bool never_landed = fate.status == CommitStatus::fenced || fate.status == CommitStatus::conflict;
  try {
    if (item.done)
      item.done(good           ? CommitStatus::committed
                : never_landed ? CommitStatus::fenced
                               : CommitStatus::unknown,
                fate.position);
  } catch (...) {
    tell_failure("commit line", "answering");
  }
  activation.held.fetch_sub(1, std::memory_order_relaxed);
}

void CommitLine::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

CommitLine::Stats CommitLine::stats() const {
  std::lock_guard lock(mutex_);
  return {
      batches_, writes_, bytes_, fenced_, line_.size(), gate_bytes_, commit_seconds_.counts(), batch_writes_.counts()};
}

}  // namespace caravan
