#include "tests/bench/stage.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace caravan::bench {

namespace {

using Clock = std::chrono::steady_clock;
using testing::Market;
using testing::MarketDelivery;

constexpr int stage_threads = 8;
constexpr int parcels_a_trip = 90;
constexpr int release_tries = 1'000;

/// Runs `work(thread)` on so many threads; throws what the first that failed threw.
template <class Work>
void in_threads(int count, const Work& work) {
  std::exception_ptr failure;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t)
    threads.emplace_back([&, t] {
      try {
        work(t);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

void wait_for_release(Market& market, const std::string& token, const std::string& escrow) {
  for (int i = 0; i < release_tries; ++i)
    if (testing::json_at(market.call("GET", "/payments/escrow/" + escrow, token).body, "status") == "released") return;
  throw std::runtime_error("the money of a delivery was not released");
}

}  // namespace

Stage set_stage(int port, int pairs, int deliveries) {
  Stage stage;
  stage.pairs.resize(static_cast<std::size_t>(pairs));
  stage.deliveries.resize(static_cast<std::size_t>(deliveries));
  std::atomic<int> done{0};
  in_threads(stage_threads, [&](int t) {
    Market market(port);
    for (std::size_t p = static_cast<std::size_t>(t); p < stage.pairs.size(); p += stage_threads) {
      Stage::Pair& pair = stage.pairs[p];
      pair.customer = market.person("customer" + std::to_string(p));
      pair.traveler = market.person("traveler" + std::to_string(p));
      const std::string trip = market.trip(pair.traveler);
      for (std::size_t d = p; d < stage.deliveries.size(); d += stage.pairs.size()) {
        MarketDelivery delivery = market.offered(pair.customer, pair.traveler, trip);
        stage.deliveries[d] = {market.accept(pair.customer, delivery), p};
        market.pick_up(pair.customer, pair.traveler, delivery);
        market.call("POST", "/location/tracking/start", pair.traveler.token,
                    R"({"deliveryId":")" + delivery.delivery + R"("})");
        if (++done % 100 == 0) std::fprintf(stderr, "\rsetting the stage: %d of %d deliveries", +done, deliveries);
      }
    }
  });
  std::fprintf(stderr, "\n");
  return stage;
}

Carriage carry_whole_deliveries(int port, const Stage& stage, int clients, double seconds) {
  std::mutex mutex;
  std::vector<double> times_ms;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  in_threads(clients, [&](int t) {
    Market market(port);
    const Stage::Pair& pair = stage.pairs[static_cast<std::size_t>(t) % stage.pairs.size()];
    std::string trip;
    for (int n = 0; Clock::now() < end; ++n) {
      if (n % parcels_a_trip == 0) trip = market.trip(pair.traveler);
      const auto began = Clock::now();
      MarketDelivery delivery = market.offered(pair.customer, pair.traveler, trip);
      market.accept(pair.customer, delivery);
      market.pick_up(pair.customer, pair.traveler, delivery);
      market.hand_over(pair.customer, pair.traveler, delivery);
      const std::string shown = market.call("GET", "/deliveries/" + delivery.delivery, pair.customer.token).body;
      wait_for_release(market, pair.customer.token, testing::json_at(shown, "escrowId"));
      const std::lock_guard lock(mutex);
      times_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    }
  });
  Carriage carriage;
  carriage.rate = static_cast<double>(times_ms.size()) / std::chrono::duration<double>(Clock::now() - begin).count();
  std::ranges::sort(times_ms);
  if (!times_ms.empty()) {
    carriage.p50_ms = times_ms[times_ms.size() / 2];
    carriage.p99_ms = times_ms[times_ms.size() * 99 / 100];
  }
  return carriage;
}

}  // namespace caravan::bench
