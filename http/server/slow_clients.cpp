#include "http/server/slow_clients.hpp"

#include <algorithm>
#include <functional>

#include "http/server/free_memory.hpp"
#include "http/server/rate_limiter.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::milliseconds look_every{250}, look_pause{20};
// While there are threads left, a request counts as unfinished only after this time: even a quick client may send
// header and body in two packets.
constexpr std::chrono::seconds grace{1};
// A client who was told no has this long to stop sending.
constexpr std::chrono::milliseconds drain_limit{2'000};
constexpr std::size_t least_of_address = 4;  // where an eighth of few threads is less

std::uint64_t key_of(std::string_view text, int port = 0) {
  return std::hash<std::string_view>{}(text) + static_cast<std::uint64_t>(port) * 0x9e3779b97f4a7c15U;
}

std::int64_t ticks(std::chrono::steady_clock::time_point moment) { return moment.time_since_epoch().count(); }

}  // namespace

/// An accepted connection whose thread waits for its client.
struct SlowClients::Sighting {
  AcceptedSocket connection;
  std::uint64_t peer = 0;
  std::uint64_t client = 0;  // 0: a proxy, whose client is not known yet
  bool is_unfinished = false;
  bool is_overdue = false;
  Clock::time_point since;  // when the request began, or when the connection came to rest
};

void SlowClients::Seat::serves(std::string_view peer, int port) {
  peer_ = key_of(peer, port);
  phase_ = Phase::serves;
}

void SlowClients::Seat::receives(const std::string& client) {
  client_ = key_of(address_block(client));
  since_ = ticks(Clock::now());
  phase_ = Phase::receives;
}

void SlowClients::Seat::drains() {
  since_ = ticks(Clock::now());
  phase_ = Phase::drains;
}

SlowClients::SlowClients(Limits limits) : limits_(std::move(limits)) {
  for (int i = 0; i < limits_.threads; ++i) seats_.push_back(std::make_unique<Seat>());
}

SlowClients::Seat& SlowClients::take_seat() { return *seats_.at(seats_taken_.fetch_add(1, std::memory_order_relaxed)); }

void SlowClients::watch(int port) {
  port_ = port;
  thread_.start({.name = "slow-clients",
                 .doing = "looking for slow clients",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{}});
}

void SlowClients::look_soon() {
  {
    const std::lock_guard lock(mutex_);
    is_awaited_ = true;
  }
  woken_.notify_one();
}

bool SlowClients::was_hung_up(std::string_view peer, int port) const {
  const std::lock_guard lock(mutex_);
  return hung_up_.contains(key_of(peer, port));
}

bool SlowClients::step(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, look_pause, [] { return false; });
    woken_.wait_for(lock, stop, look_every - look_pause, [this] { return is_awaited_; });
    is_awaited_ = false;
  }
  if (stop.stop_requested()) return false;
  look();
  if (has_free_memory_.exchange(false)) give_memory_back();
  return true;
}

std::size_t SlowClients::most_open() const { return static_cast<std::size_t>(std::max(limits_.threads * 9 / 10, 1)); }

bool SlowClients::is_crowded(const std::vector<AcceptedSocket>& all) const { return all.size() > most_open(); }

/// The connections that wait for their client, oldest first. Left out are those that are being answered, and those that
/// wait for a thread with bytes of a request already here.
std::vector<SlowClients::Sighting> SlowClients::sightings(const std::vector<AcceptedSocket>& all,
                                                          Clock::time_point now) {
  std::unordered_map<std::uint64_t, const Seat*> seats;
  for (const auto& seat : seats_)
    if (seat->phase_.load() != Seat::Phase::rests) seats.emplace(seat->peer_.load(), seat.get());
  decltype(begun_) begun;
  std::vector<Sighting> found;
  for (const AcceptedSocket& connection : all) {
    Sighting seen{.connection = connection, .peer = key_of(connection.address, connection.port)};
    const auto seat = seats.find(seen.peer);
    const Seat::Phase phase = seat == seats.end() ? Seat::Phase::rests : seat->second->phase_.load();
    if (phase == Seat::Phase::serves || (phase == Seat::Phase::rests && connection.unread > 0)) continue;
    seen.is_unfinished = phase != Seat::Phase::rests || connection.received < connection.sent;
    seen.since = now - connection.sent;
    if (phase != Seat::Phase::rests) {
      seen.client = seat->second->client_;
      seen.since = Clock::time_point(Clock::duration(seat->second->since_.load()));
    } else if (!limits_.proxies.trusts(connection.address)) {
      seen.client = key_of(address_block(connection.address));
    }
    if (phase == Seat::Phase::drains) {
      seen.is_overdue = now - seen.since > (is_crowded(all) ? look_pause : drain_limit);
      if (!seen.is_overdue) continue;
    } else if (seen.is_unfinished) {
      const auto before = begun_.find(seen.peer);
      const auto first_seen = before == begun_.end() ? now : before->second;
      seen.since = phase == Seat::Phase::receives ? std::min(seen.since, first_seen) : first_seen;
      begun.emplace(seen.peer, seen.since);
      seen.is_overdue = now - seen.since > limits_.request;
    }
    found.push_back(std::move(seen));
  }
  begun_ = std::move(begun);
  std::ranges::sort(found, {}, &Sighting::since);
  return found;
}

void SlowClients::hang_up_on(const Sighting& sighting) {
  {
    const std::lock_guard lock(mutex_);
    hung_up_.insert(sighting.peer);
  }
  hang_up(sighting.connection, port_);
}

void SlowClients::forget_closed(const std::vector<AcceptedSocket>& all) {
  std::unordered_set<std::uint64_t> open;
  for (const AcceptedSocket& connection : all) open.insert(key_of(connection.address, connection.port));
  const std::lock_guard lock(mutex_);
  std::erase_if(hung_up_, [&](std::uint64_t peer) { return !open.contains(peer); });
}

void SlowClients::look() {
  const auto now = Clock::now();
  const std::vector<AcceptedSocket> all = accepted_on(port_);
  forget_closed(all);
  const auto threads = static_cast<std::size_t>(limits_.threads);
  const std::size_t half = std::max<std::size_t>(threads / 2, 1);
  std::vector<const Sighting*> unfinished, resting;
  const std::vector<Sighting> found = sightings(all, now);
  for (const Sighting& seen : found) {
    if (seen.is_overdue)
      hang_up_on(seen);
    else if (!seen.is_unfinished)
      resting.push_back(&seen);
    else if (is_crowded(all) || now - seen.since > grace)
      unfinished.push_back(&seen);
  }
  std::unordered_map<std::uint64_t, std::size_t> of_client;
  for (const Sighting* seen : unfinished) ++of_client[seen->client];
  std::size_t left = unfinished.size();
  for (const Sighting* seen : unfinished) {  // the oldest first
    std::size_t& others = of_client[seen->client];
    const bool is_too_many = seen->client != 0 && others > std::max(threads / 8, least_of_address);
    if (!is_too_many && left <= half) continue;
    hang_up_on(*seen);
    --others;
    --left;
  }
  if (!is_crowded(all)) return;
  resting.resize(std::min(resting.size(), all.size() - most_open()));
  for (const Sighting* seen : resting) hang_up_on(*seen);
}

}  // namespace caravan::http
