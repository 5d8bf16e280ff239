#include "http/server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include "http/server/router.hpp"

namespace caravan::http {

namespace {

const prometheus::Histogram::BucketBoundaries bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,    0.25,  0.5,    1,     2.5,  10};

}  // namespace

struct Metrics::State {
  /// What is counted of a row of the router, from its first request on: most are never asked for on one node.
  struct Row {
    std::string method, route;
    std::once_flag added;
    std::array<prometheus::Counter*, 5> counts{};  // by the status's first digit
    prometheus::Histogram* durations = nullptr;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>* counts = nullptr;
  prometheus::Family<prometheus::Histogram>* durations = nullptr;
  std::deque<Row> rows;  // one more than the router's: without a row

  Row& row(std::size_t number) {
    Row& row = rows[std::min(number, rows.size() - 1)];
    std::call_once(row.added, [&] {
      for (std::size_t i = 0; i < row.counts.size(); ++i)
        row.counts[i] =
            &counts->Add({{"method", row.method}, {"route", row.route}, {"status", std::to_string(i + 1) + "xx"}});
      row.durations = &durations->Add({{"method", row.method}, {"route", row.route}}, bounds);
    });
    return row;
  }

  prometheus::Gauge* in_flight = nullptr;
  prometheus::Gauge* open = nullptr;
  std::atomic<std::uint64_t> requests{0};
  std::atomic<int> connections{0};
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  mutable std::mutex mutex;
  std::vector<std::function<void(MetricFamilies&)>> sources;
};

Metrics::Metrics(const Router& router) : state_(std::make_unique<State>()) {
  state_->counts = &prometheus::BuildCounter()
                        .Name("caravan_http_requests_total")
                        .Help("Requests answered, by row and class of status; rows that were asked for")
                        .Register(state_->registry);
  state_->durations = &prometheus::BuildHistogram()
                           .Name("caravan_http_request_duration_seconds")
                           .Help("Time from the request's last byte to its answer")
                           .Register(state_->registry);
  state_->in_flight = &prometheus::BuildGauge()
                           .Name("caravan_http_requests_in_flight")
                           .Help("Requests being handled")
                           .Register(state_->registry)
                           .Add({});
  state_->open = &prometheus::BuildGauge()
                      .Name("caravan_http_connections")
                      .Help("Connections that are open and have a thread")
                      .Register(state_->registry)
                      .Add({});
  const auto add = [&](std::string method, std::string route) {
    State::Row& row = state_->rows.emplace_back();
    row.method = std::move(method);
    row.route = std::move(route);
  };
  for (const Route& row : router.rows())
    add(std::string(to_text(row.method)), std::string(row.at_root ? "" : base_path) + std::string(row.path));
  add("", "none");
}

Metrics::~Metrics() = default;

void Metrics::request_began() { state_->in_flight->Increment(); }

void Metrics::request_ended(std::size_t row, int status, std::chrono::nanoseconds took) {
  state_->in_flight->Decrement();
  state_->requests.fetch_add(1, std::memory_order_relaxed);
  State::Row& counted = state_->row(row);
  counted.counts[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)]->Increment();
  counted.durations->Observe(std::chrono::duration<double>(took).count());
}

std::uint64_t Metrics::requests() const { return state_->requests; }
std::atomic<int>& Metrics::connections() const { return state_->connections; }
double Metrics::uptime_seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - state_->started).count();
}

void Metrics::add_source(std::function<void(MetricFamilies&)> source) {
  const std::lock_guard lock(state_->mutex);
  state_->sources.push_back(std::move(source));
}

std::string Metrics::text() const {
  state_->open->Set(state_->connections);
  MetricFamilies families = state_->registry.Collect();
  const std::lock_guard lock(state_->mutex);
  for (const auto& source : state_->sources) {
    try {
      source(families);
    } catch (const std::exception& error) {  // the others' numbers count all the more then
      spdlog::warn("some metrics cannot be told now: {}", error.what());
    }
  }
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace caravan::http
