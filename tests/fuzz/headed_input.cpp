#include "tests/fuzz/headed_input.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t limit);

namespace caravan::fuzz {

HeadedInput split(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(all.find('\n'), size);
  return {all.substr(0, line), all.substr(std::min(line + 1, size))};
}

std::size_t chosen(std::string_view head, std::span<const std::string> heads) {
  const auto found = std::ranges::find(heads, head);
  if (found != heads.end()) return static_cast<std::size_t>(found - heads.begin());
  std::uint32_t hash = 2'166'136'261;  // FNV-1a: std::hash may differ between builds
  for (char c : head) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  return hash % heads.size();
}

std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t limit, std::mt19937_64& chance,
                   std::span<const std::string> heads,
                   std::string (*fresh)(std::size_t head, std::mt19937_64& chance)) {
  const auto dice = chance() % 32;
  const auto [old_head, old_rest] = split(data, size);
  const std::size_t which = dice < 4 ? chance() % heads.size() : chosen(old_head, heads);
  std::string rest = dice < 3 ? fresh(which, chance) : std::string(old_rest);
  const std::string start = heads[which] + '\n';
  if (start.size() >= limit) return LLVMFuzzerMutate(data, size, limit);
  std::memcpy(data, start.data(), start.size());
  const std::size_t kept = std::min(rest.size(), limit - start.size());
  std::memcpy(data + start.size(), rest.data(), kept);
  if (dice == 0) return start.size() + kept;  // as it was made
  return start.size() + LLVMFuzzerMutate(data + start.size(), kept, limit - start.size());
}

void found(const char* what, std::string_view text) {
  std::fprintf(stderr, "FOUND: %s\n%.*s\n", what, static_cast<int>(std::min<std::size_t>(text.size(), 4'000)),
               text.data());
  std::abort();
}

}  // namespace caravan::fuzz
