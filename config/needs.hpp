#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/control_groups.hpp"
#include "config/settings.hpp"

namespace caravan {

/// What a node with certain settings takes of its machine. Nothing else computes this.
struct Needs {
  std::int64_t http_threads = 0;   // one a connection
  std::int64_t other_threads = 0;  // entities, the journal, links, providers, …
  std::int64_t connections = 0;    // descriptors of connections, served or waiting
  std::int64_t other_files = 0;    // descriptors of databases, links, the log, …
  std::int64_t memory_bytes = 0;   // to serve at all: entities at rest and large bodies come on top

  std::int64_t threads() const { return http_threads + other_threads; }
  std::int64_t descriptors() const { return connections + other_files; }
};

Needs needs_of(const Settings& settings);

/// Threads that serve admin-http, where that is set; as many connections may wait.
inline constexpr int operators_threads = 8;

/// CAF's threads: worker-threads, or what that takes for 0.
std::size_t entity_threads(const Settings& settings);

/// What the system lets this process have, besides what is in use already.
struct Limits {
  std::vector<GroupLimit> threads;  // of control groups
  std::optional<GroupLimit> user_threads;
  std::optional<std::int64_t> descriptors;
  std::vector<GroupLimit> memory;
  std::int64_t own_threads = 1;  // of this process, in use already; its needs have them too, so they count once
};

/// The limits as the system has them now. Raises the limit of open files first, as far as this process may.
Limits limits_here(const std::filesystem::path& root = "/");

/// Which limits are less than the needs: a line each, with the setting, the figures and the remedy.
std::vector<std::string> shortages(const Settings& settings, const Limits& limits);

}  // namespace caravan
