#include "config/needs.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include "http/server/server.hpp"

namespace caravan {

namespace {

namespace fs = std::filesystem;

// Counted in running nodes of each kind, with room: tests/deploy counts them again.
constexpr std::int64_t fixed_threads =
    28;  // journal, timers, effects, links, read models, providers, passwords, traces
constexpr std::int64_t fixed_files = 96;
constexpr std::int64_t mebibyte = 1 << 20;
constexpr std::int64_t fixed_memory = 80 * mebibyte;
constexpr std::int64_t memory_of_http_thread = 32 * 1'024;  // what it touches of its stack, and its buffers
constexpr std::int64_t commits_at_once = 2;                 // one is written while the next gathers

/// A line of /proc/…/status.
std::optional<std::string> status_line(const fs::path& process, const std::string& name) {
  std::ifstream in(process / "status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return std::nullopt;
}

std::int64_t threads_in(const fs::path& process) {
  const auto text = status_line(process, "Threads");
  return text ? std::atoll(text->c_str()) : 0;
}

/// Whether the user's limit of processes is none: the kernel does not hold processes to it that may change it.
bool is_privileged(const fs::path& root) {
  constexpr std::uint64_t sys_admin = 1ULL << 21, sys_resource = 1ULL << 24;
  const auto text = status_line(root / "proc/self", "CapEff");
  const std::uint64_t capabilities = text ? std::strtoull(text->c_str(), nullptr, 16) : 0;
  return ::getuid() == 0 || (capabilities & (sys_admin | sys_resource)) != 0;
}

std::optional<GroupLimit> user_limit(const fs::path& root) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NPROC, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || is_privileged(root))
    return std::nullopt;
  GroupLimit out{"the user's limit of processes (ulimit -u)", static_cast<std::int64_t>(limit.rlim_cur), 0};
  const std::string mine = std::to_string(::getuid()) + '\t';
  std::error_code failed;
  for (const auto& process : fs::directory_iterator(root / "proc", failed))
    if (process.is_symlink())
      continue;  // "self" is one of the others
    else if (const auto user = status_line(process.path(), "Uid"); user && user->starts_with(mine))
      out.in_use += threads_in(process.path());
  return out;
}

std::int64_t raised_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT64_MAX;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur == RLIM_INFINITY ? INT64_MAX : static_cast<std::int64_t>(limit.rlim_cur);
}

std::string or_fewer(std::int64_t most) {
  return most < 2 ? "" : fmt::format(", or set http-threads to {} or less", most);
}

}  // namespace

std::size_t entity_threads(const Settings& settings) {
  if (settings.worker_threads > 0) return static_cast<std::size_t>(settings.worker_threads);
  return std::max(2U, std::thread::hardware_concurrency());
}

Needs needs_of(const Settings& settings) {
  const std::int64_t http = settings.http_threads;
  constexpr std::int64_t accepting = 2;  // threads of a listener besides
  const std::int64_t operators = settings.admin_http.empty() ? 0 : operators_threads;
  return {.http_threads = http,
          .other_threads = fixed_threads + static_cast<std::int64_t>(entity_threads(settings)) +
                           (operators > 0 ? operators + accepting : 0),
          .connections = http + http::ServerSettings{}.queue + 2 * operators,
          .other_files = fixed_files,
          .memory_bytes = fixed_memory + http * memory_of_http_thread + (settings.password_memory_kib << 10) +
                          commits_at_once * settings.commit_bytes.count};
}

Limits limits_here(const fs::path& root) {
  Limits out;
  out.threads = process_group_limits(root);
  out.user_threads = user_limit(root);
  out.descriptors = raised_descriptor_limit();
  out.memory = memory_group_limits(root);
  out.own_threads = threads_in(root / "proc/self");
  return out;
}

std::vector<std::string> shortages(const Settings& settings, const Limits& limits) {
  const Needs needs = needs_of(settings);
  std::vector<std::string> out;
  std::vector<GroupLimit> thread_limits = limits.threads;
  if (limits.user_threads) thread_limits.push_back(*limits.user_threads);
  for (const auto& [name, limit, in_use] : thread_limits)
    if (const std::int64_t left = std::max<std::int64_t>(limit - in_use + limits.own_threads, 0);
        left < needs.threads())
      out.push_back(fmt::format(
          "http-threads wants {} threads, and {} more are needed: {} allows {}, and leaves {}: raise it{}",
          needs.http_threads, needs.other_threads, name, limit, left, or_fewer(left - needs.other_threads)));
  if (limits.descriptors && *limits.descriptors < needs.descriptors())
    out.push_back(
        fmt::format("http-threads wants {} descriptors for connections, and {} more are needed: the limit of open "
                    "files (ulimit -n) "
                    "is {}: raise it{}",
                    needs.connections, needs.other_files, *limits.descriptors,
                    or_fewer(*limits.descriptors - needs.descriptors() + needs.http_threads)));
  for (const auto& [name, limit, in_use] : limits.memory)
    if (const std::int64_t left = std::max<std::int64_t>(limit - in_use, 0); left < needs.memory_bytes)
      out.push_back(
          fmt::format("memory: these settings need {} MiB at least: {} allows {} MiB, and leaves {}: raise it, or "
                      "lower http-threads, "
                      "password-memory-kib or commit-bytes",
                      (needs.memory_bytes + mebibyte - 1) / mebibyte, name, limit / mebibyte, left / mebibyte));
  return out;
}

}  // namespace caravan
