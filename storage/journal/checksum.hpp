#pragma once

#include <cstdint>
#include <string_view>

#include "actors/entity/address.hpp"

namespace caravan::journal_file {

/// CRC-32 over the entity's kind and id, the number (little endian) and the bytes: a row that was damaged or put in
/// another's place does not match.
std::uint32_t checksum(const Address& entity, std::uint64_t number, std::string_view bytes);
/// Throws StorageError where the checksum is wrong. `what` names the row: "entry", "snapshot", "effect".
void verify(std::int64_t stored, const Address& entity, std::uint64_t number, std::string_view bytes,
            std::string_view what);

}  // namespace caravan::journal_file
