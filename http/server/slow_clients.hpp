#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "http/server/accepted.hpp"
#include "http/server/trusted_proxies.hpp"
#include "storage/worker/worker.hpp"

namespace caravan::http {

/// Sees to it that clients who are slow to send their requests do not keep the threads from others. CivetWeb gives each
/// connection a thread while it is open, and waits anew for every byte of a body. So one thread looks at the sockets,
/// and hangs up:
///
/// - a request whose header and body are not here within the limit for both, counted from its first byte;
/// - the oldest unfinished requests, beyond half of the threads, or of one client beyond an eighth, but at least four;
/// - the oldest connections that rest between requests, while nine tenths of the threads are taken.
///
/// A request that is here whole is never touched.
class SlowClients {
 public:
  struct Limits {
    int threads = 1;
    std::chrono::milliseconds request{};  // for its header and body together
    TrustedProxies proxies = {};          // whose own address is nobody's
  };

  /// What one of the server's threads does with its connection.
  class Seat {
   public:
    /// A request's header is here, and it is being answered.
    void serves(std::string_view peer, int port);
    /// Its body is awaited, from this client (the address that a proxy tells).
    void receives(const std::string& client);
    /// All of it is here.
    void goes_on() { phase_ = Phase::serves; }
    /// It was answered, and what is left of it is taken.
    void drains();
    /// It waits for a request, or has no connection.
    void rests() { phase_ = Phase::rests; }

   private:
    friend SlowClients;
    using Clock = std::chrono::steady_clock;
    enum class Phase : std::uint8_t { rests, serves, receives, drains };
    std::atomic<Phase> phase_{Phase::rests};
    std::atomic<std::uint64_t> peer_{0}, client_{0};
    std::atomic<std::int64_t> since_{0};
  };

  explicit SlowClients(Limits limits);
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;

  /// The seat of a server's thread that begins; it is the thread's own from then on.
  Seat& take_seat();
  /// Looks at what is accepted on the port, from now on.
  void watch(int port);
  /// A connection was opened and threads may run short: the next look follows soon.
  void look_soon();
  /// A big body is gone: its memory is given back soon.
  void body_is_gone() { has_free_memory_ = true; }
  /// The connection of that client was hung up on.
  bool was_hung_up(std::string_view peer, int port) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Sighting;
  bool step(const std::stop_token& stop);
  /// One look at all sockets: hangs up on those that the rules above name.
  void look();
  std::vector<Sighting> sightings(const std::vector<AcceptedSocket>& all, Clock::time_point now);
  void hang_up_on(const Sighting& sighting);
  /// Forgets clients that were hung up on, once their connection is closed.
  void forget_closed(const std::vector<AcceptedSocket>& all);
  /// How many connections may be open before resting ones are hung up on: nine tenths of the threads.
  std::size_t most_open() const;
  bool is_crowded(const std::vector<AcceptedSocket>& all) const;

  const Limits limits_;
  int port_ = 0;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::atomic<std::size_t> seats_taken_{0};
  /// When each unfinished request was first seen, by peer; only the looking thread uses it.
  std::unordered_map<std::uint64_t, Clock::time_point> begun_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  bool is_awaited_ = false;
  std::atomic<bool> has_free_memory_{false};
  std::unordered_set<std::uint64_t> hung_up_;
  Worker thread_;  // declared last, so that it ends before what it uses
};

}  // namespace caravan::http
