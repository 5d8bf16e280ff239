#pragma once

#include "actors/delivery/resources.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

/// A page of what a delivery's parties wrote to each other. The journal keeps the texts, the delivery only counts them.
struct Conversation {
  std::vector<MessageResource> messages;  // oldest first
  std::optional<std::uint64_t> next;      // where the next page begins
};

/// `from` is a sequence of the delivery: 1, or the page before's `next`. At most `limit` messages.
Conversation conversation_of(Door& door, Address delivery, std::uint64_t from, std::size_t limit);

}  // namespace caravan::http
