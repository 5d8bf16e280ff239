#pragma once

#include "actors/entity/address.hpp"

namespace caravan {

/// Does an entity of this kind remember the Idempotency-Keys of what has happened as long as it lives? An escrow does:
/// two refunds of one amount differ by nothing but their keys, so a late repeat would pay twice. The escrow bounds how
/// many of them clients can make (max_refunds).
constexpr bool keeps_keys(EntityKind kind) { return kind == EntityKind::escrow; }

}  // namespace caravan
