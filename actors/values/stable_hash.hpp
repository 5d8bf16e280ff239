#pragma once

#include <cstdint>
#include <string_view>

namespace caravan {

/// FNV-1a, 64 bits: the same in every build and on every node. Kept in snapshots, and what a shard follows from: it
/// must never change. `hash` goes on from a former text's.
constexpr std::uint64_t stable_hash(std::string_view text, std::uint64_t hash = 14695981039346656037ULL) {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace caravan
