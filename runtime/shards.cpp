#include "runtime/shards.hpp"

#include <string_view>

#include "actors/values/stable_hash.hpp"

namespace caravan {

std::uint32_t shard_of(const Address& address, std::uint32_t shard_count) {
  const std::string_view bytes(reinterpret_cast<const char*>(address.id.bytes.data()), address.id.bytes.size());
  return static_cast<std::uint32_t>(stable_hash(bytes) % shard_count);
}

}  // namespace caravan
