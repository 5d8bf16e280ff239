#include "http/routes/deliveries/conversation.hpp"

#include "actors/delivery/events.hpp"
#include "storage/journal/entry.hpp"

namespace caravan::http {

Conversation conversation_of(Door& door, Address delivery, std::uint64_t from, std::size_t limit) {
  auto entries = door.history(delivery, from, limit + 1, Lane::track);
  Conversation page;
  if (entries.size() > limit) {
    page.next = entries.back().sequence;
    entries.pop_back();
  }
  for (const JournalEntry& entry : entries)
    for (const AnyRecord& event : entry.events)
      if (const auto* posted = event.get_if<DeliveryMessagePosted>()) page.messages.push_back(posted->message);
  return page;
}

}  // namespace caravan::http
