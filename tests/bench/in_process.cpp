#include "tests/bench/in_process.hpp"

#include <cstring>
#include <random>
#include <stdexcept>

#include "actors/claim/commands.hpp"

namespace caravan::bench {

InProcess::InProcess(Journal& journal, int under_way) : journal_(journal), under_way_(under_way) { restart(); }
InProcess::~InProcess() { node_->stop(); }

void InProcess::restart() {
  if (node_) node_->stop();
  node_.reset();
  node_ = make_node(journal_, clock_, system_random(), {});
  node_->start();
}

double InProcess::run(std::size_t count, const std::function<Ask(std::size_t)>& make) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return waiting_ < under_way_; });
      ++waiting_;
    }
    node_->ask(make(i), [this](Reply reply) {
      const std::lock_guard lock(mutex_);
      failed_ += reply.outcome == Outcome::done ? 0 : 1;
      --waiting_;
      room_.notify_one();
    });
  }
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return waiting_ == 0; });
  if (failed_ > 0) throw std::runtime_error(std::to_string(failed_) + " commands failed");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Address nth_claim(std::uint64_t n) {
  Address address{EntityKind::claim, {}};
  std::mt19937_64 spread(n);
  for (std::size_t at = 0; at < 16; at += 8) {
    const std::uint64_t bits = spread();
    std::memcpy(address.id.bytes.data() + at, &bits, 8);
  }
  return address;
}

Ask touch_claim(std::uint64_t n, bool take, std::string fingerprint) {
  const Address address = nth_claim(n);
  if (take) return {.to = address, .command = TakeClaim{address.id, std::move(fingerprint), {}}};
  return {.to = address, .command = ReleaseClaim{address.id}};
}

}  // namespace caravan::bench
