#pragma once

#include <cstddef>

namespace caravan::testing {

/// What a process holds, as the system counts it.
struct Health {
  double memory_mib = 0;   // resident
  double cpu_seconds = 0;  // of its threads, in user mode and in the kernel
  std::size_t handles = 0, threads = 0;
};
Health health_of(int pid);

}  // namespace caravan::testing
