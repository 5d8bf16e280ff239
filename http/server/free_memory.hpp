#pragma once

namespace caravan::http {

/// Gives memory that nobody uses back to the system, which an allocator by itself keeps for later.
void give_memory_back();

}  // namespace caravan::http
