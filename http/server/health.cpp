#include "http/server/health.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "http/server/metrics.hpp"

namespace caravan::http {

namespace {

/// The process's memory in RAM, as Linux counts it; 0 where it does not tell.
std::int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// A check that throws counts as unhealthy.
DependencyHealth result_of(const Health::Check& check) {
  try {
    return check();
  } catch (const std::exception& error) {
    return {false, error.what()};
  }
}

std::string_view word_for(bool healthy) { return healthy ? "healthy" : "unhealthy"; }

}  // namespace

void Health::add(std::string name, Check check, bool decides) {
  const std::lock_guard lock(mutex_);
  dependencies_.push_back({std::move(name), std::move(check), decides});
}

void Health::set_serving(bool serving) {
  const std::lock_guard lock(mutex_);
  serving_ = serving;
}

std::pair<std::vector<Health::Dependency>, bool> Health::state() const {
  const std::lock_guard lock(mutex_);
  return {dependencies_, serving_};
}

bool Health::is_healthy(const std::vector<Dependency>& dependencies, bool serving) {
  return serving && std::ranges::all_of(dependencies, [](const Dependency& dependency) {
           return !dependency.decides || result_of(dependency.check).healthy;
         });
}

Response Health::report(Time now, bool details) const {
  const auto [dependencies, serving] = state();
  std::vector<DependencyHealth> found;
  bool healthy = serving;
  if (!details)
    healthy = is_healthy(dependencies, serving);
  else
    for (const Dependency& dependency : dependencies) {
      found.push_back(result_of(dependency.check));
      healthy = healthy && (found.back().healthy || !dependency.decides);
    }
  nlohmann::ordered_json out{
      {"service", "caravan"}, {"status", word_for(healthy)}, {"timestamp", to_rfc3339(now)}, {"version", version_}};
  if (details) {
    auto& shown = out["dependencies"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < dependencies.size(); ++i) {
      auto& one = shown[dependencies[i].name] = {{"status", word_for(found[i].healthy)}};
      if (!found[i].detail.empty()) one["detail"] = found[i].detail;
    }
    out["metrics"] = {{"uptime", static_cast<std::int64_t>(metrics_.uptime_seconds())},
                      {"memoryUsage", {{"rss", resident_bytes()}}},
                      {"activeConnections", metrics_.connections().load()},
                      {"requests", metrics_.requests()}};
  }
  // The texts of failures come from anywhere: what is not UTF-8 in them is replaced.
  return {healthy ? 200 : 503, out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

void Health::write_metrics(MetricFamilies& out) const {
  const auto [dependencies, serving] = state();
  const auto family = [&out](const char* name, const char* help) -> std::vector<prometheus::ClientMetric>& {
    return out.emplace_back(prometheus::MetricFamily{name, help, prometheus::MetricType::Gauge, {}}).metric;
  };
  family("caravan_serving", "Does the node take requests? 0 at the start and while it drains")
      .emplace_back()
      .gauge.value = serving ? 1 : 0;
  if (dependencies.empty()) return;
  auto& healthy = family("caravan_dependency_healthy", "Is what the node needs well?");
  for (const Dependency& dependency : dependencies) {
    prometheus::ClientMetric& metric = healthy.emplace_back();
    metric.label = {{"dependency", dependency.name}};
    metric.gauge.value = result_of(dependency.check).healthy ? 1 : 0;
  }
}

Response Health::live() const { return {200, "{\"status\":\"alive\"}"}; }

Response Health::ready() const {
  const auto [dependencies, serving] = state();
  const bool ready = is_healthy(dependencies, serving);
  return {ready ? 200 : 503, ready ? "{\"status\":\"ready\"}" : "{\"status\":\"not_ready\"}"};
}

}  // namespace caravan::http
