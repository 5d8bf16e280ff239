#include "storage/journal/checksum.hpp"

#include <zlib.h>

#include "storage/storage_error.hpp"

namespace caravan::journal_file {

std::uint32_t checksum(const Address& entity, std::uint64_t number, std::string_view bytes) {
  std::array<std::uint8_t, 25> key;
  key[0] = static_cast<std::uint8_t>(entity.kind);
  std::copy(entity.id.bytes.begin(), entity.id.bytes.end(), key.begin() + 1);
  for (std::size_t i = 0; i < 8; ++i) key[17 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  auto crc = crc32_z(0, key.data(), key.size());
  crc = crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return static_cast<std::uint32_t>(crc);
}

void verify(std::int64_t stored, const Address& entity, std::uint64_t number, std::string_view bytes,
            std::string_view what) {
  if (stored == static_cast<std::int64_t>(checksum(entity, number, bytes))) return;
  throw StorageError(std::string(what) + " " + std::to_string(number) + " of " + to_text(entity) +
                     ": wrong checksum, the journal is damaged: run `caravan journal verify`, then restore a backup");
}

}  // namespace caravan::journal_file
