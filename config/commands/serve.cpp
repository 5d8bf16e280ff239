#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <ctime>

#include "config/cluster.hpp"
#include "config/commands/commands.hpp"
#include "config/log.hpp"
#include "config/needs.hpp"
#include "config/node.hpp"

namespace caravan {

namespace {

/// Blocks the signals that stop a node, in this thread and in those that it starts, so that one place waits for them.
sigset_t block_stop_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return stop;
}

/// Tells whoever started the node: plain words, or a line of the log when that is JSON.
void tell(const Settings& settings, const std::string& text) {
  if (settings.log_format == "json") return spdlog::info(text);
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

void tell_fault(const Settings& settings, const std::string& text) {
  if (settings.log_format == "json") return spdlog::critical(text);
  std::fprintf(stderr, "caravan: %s\n", text.c_str());
}

/// Serves on until the drain time has passed and other nodes own what this one owned (the latter for 30 s at most). A
/// second signal ends that at once.
void drain(ServingNode& node, const Settings& settings, const sigset_t& stop) {
  constexpr std::chrono::milliseconds longest_handover{30'000}, look_every{100};
  tell(settings, fmt::format("caravan drains for {} ms", settings.drain_time.count()));
  node.drain();
  const auto since = std::chrono::steady_clock::now();
  const timespec step{0, std::chrono::nanoseconds(look_every).count()};
  while (sigtimedwait(&stop, nullptr, &step) < 0) {
    const auto passed = std::chrono::steady_clock::now() - since;
    if (passed < settings.drain_time) continue;
    if (node.has_handed_over() || passed >= longest_handover) return;
  }
}

}  // namespace

int serve(const Settings& settings) {
  if (settings.environment == Environment::production) {
    const std::vector<std::string> faults = production_faults(settings);
    for (const std::string& fault : faults) std::fprintf(stderr, "caravan: %s\n", fault.c_str());
    if (!faults.empty()) return 1;
  }
  if (const std::string fault = open_sandbox_fault(settings); !fault.empty()) throw SettingsError(fault);
  if (const std::string fault = link_files_fault(settings); !fault.empty()) throw SettingsError(fault);
  const std::vector<std::string> short_of = shortages(settings, limits_here());
  for (const std::string& one : short_of) std::fprintf(stderr, "caravan: %s\n", one.c_str());
  if (!short_of.empty()) return 1;
  set_up_log(settings);
  const sigset_t stop = block_stop_signals();
  ServingNode node(settings);
  tell(settings,
       fmt::format("caravan {} at {} ({}, data in {})", settings.cluster ? "joins its cluster to serve" : "serves",
                   node.url(), settings.environment == Environment::sandbox ? "sandbox" : "production", settings.data));
  if (!settings.admin_http.empty()) tell(settings, "operators read /health and /metrics at " + node.operators_url());
  const timespec look_again{1, 0};
  while (sigtimedwait(&stop, nullptr, &look_again) < 0) {
    if (node.is_broken()) {
      tell_fault(settings, node.why_broken());
      return 1;
    }
    if (const std::string news = node.news_of_administrators(); !news.empty()) spdlog::warn(news);
  }
  if (settings.drain_time.count() > 0 || settings.cluster) drain(node, settings, stop);
  tell(settings, "caravan stops");
  return 0;
}

}  // namespace caravan
