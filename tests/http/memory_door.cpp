#include "tests/http/memory_door.hpp"

#include <algorithm>

#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::testkit {

MemoryDoor::Cell& MemoryDoor::cell_of(Address address) {
  const EntityClass* entity = find_entity(address.kind);
  REQUIRE_MESSAGE(entity, "no such kind of entity");
  Cell& cell = cells_[address];
  if (!cell.state) cell.state = entity->new_state();
  return cell;
}

Reply MemoryDoor::take(const Ask& ask) {
  asked.push_back(ask);
  if (!forced_asks_.empty()) {
    Reply reply = std::move(forced_asks_.front());
    forced_asks_.erase(forced_asks_.begin());
    return reply;
  }
  if (!forced_.empty()) {
    Reply reply = std::move(forced_.front());
    forced_.erase(forced_.begin());
    return reply;
  }
  const EntityClass& entity = *find_entity(ask.to.kind);
  Cell& cell = cell_of(ask.to);
  const std::string& key = ask.origin.idempotency_key;
  if (auto known = cell.replies.find(key); !key.empty() && known != cell.replies.end()) {
    if (known->second.first != ask.origin.request_hash) return {.outcome = Outcome::key_reused};
    Reply again = known->second.second;
    again.is_replay = true;
    if (again.resource) again.replayed = codec::encode(again.resource);
    again.resource = {};
    return again;
  }
  if (!ask.expected_versions.empty() &&
      std::ranges::find(ask.expected_versions, cell.version) == ask.expected_versions.end())
    return {.outcome = Outcome::stale};
  const Context context{now_, ask.origin.caller, ask.to, random_, sodium_crypto};
  Decision decision = entity.decide(cell.state.get(), context, ask.command);
  Reply reply{.outcome = Outcome::done};
  if (decision.rejection) {
    reply.outcome = Outcome::rejected;
    reply.rejection = decision.rejection;
  } else {
    for (const AnyRecord& event : decision.events) entity.evolve(cell.state.get(), event);
    if (!decision.events.empty()) {
      reply.position = ++position_;
      JournalEntry& entry = cell.entries.emplace_back();
      entry.entity = ask.to;
      entry.sequence = ++cell.version;
      entry.events = decision.events;
      const auto kind = std::ranges::find(entity.events, &entry.events.front().type(), &Alternative::type);
      entry.lane = kind->lane;
    }
    for (Effect& effect : decision.effects) sent.push_back(std::move(effect));
    reply.resource = decision.reply;
    if (ask.then) {
      const Answer answer = entity.answer(cell.state.get(), context, ask.then);
      reply.resource = answer.resource;
      if (answer.rejection) reply.outcome = Outcome::rejected, reply.rejection = answer.rejection;
    }
  }
  reply.version = cell.version;
  if (!key.empty()) cell.replies[key] = {ask.origin.request_hash, reply};
  return reply;
}

Reply MemoryDoor::look(Address to, const AnyRecord& query, const Caller& caller) {
  ++questions;
  if (!forced_.empty()) {
    Reply reply = std::move(forced_.front());
    forced_.erase(forced_.begin());
    return reply;
  }
  Cell& cell = cell_of(to);
  const Context context{now_, caller, to, random_, sodium_crypto};
  Answer answer = find_entity(to.kind)->answer(cell.state.get(), context, query);
  Reply reply{.outcome = answer.rejection ? Outcome::rejected : Outcome::done};
  reply.resource = answer.resource;
  reply.rejection = answer.rejection;
  reply.version = cell.version;
  return reply;
}

bool MemoryDoor::exists(Address entity) {
  const std::lock_guard lock(mutex_);
  const auto found = cells_.find(entity);
  return found != cells_.end() && found->second.version > 0;
}

std::vector<Address> MemoryDoor::woken_in_vain() {
  const std::lock_guard lock(mutex_);
  std::vector<Address> found;
  for (const auto& [address, cell] : cells_)
    if (cell.version == 0) found.push_back(address);
  return found;
}

void MemoryDoor::ask(Ask ask, ReplyHandler handler) {
  Reply reply;
  {
    const std::lock_guard lock(mutex_);
    reply = take(ask);
  }
  handler(std::move(reply));
}

void MemoryDoor::query(Address to, AnyRecord query, Caller caller, ReplyHandler handler) {
  if (silent_ == to) return;
  Reply reply;
  {
    const std::lock_guard lock(mutex_);
    reply = look(to, query, caller);
  }
  handler(std::move(reply));
}

void MemoryDoor::await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)>,
                       std::chrono::milliseconds, ReplyHandler handler) {
  this->query(to, std::move(query), caller, std::move(handler));
}

std::vector<JournalEntry> MemoryDoor::history(Address entity, std::uint64_t from, std::size_t limit,
                                              std::optional<Lane> lane) {
  const std::lock_guard lock(mutex_);
  std::vector<JournalEntry> page;
  for (const JournalEntry& entry : cell_of(entity).entries)
    if (entry.sequence >= from && page.size() < limit && (!lane || entry.lane == *lane)) page.push_back(entry);
  most_read = std::max(most_read, page.size());
  return page;
}

void MemoryDoor::remember(Address entity, AnyRecord event) {
  const std::lock_guard lock(mutex_);
  Cell& cell = cell_of(entity);
  JournalEntry& entry = cell.entries.emplace_back();
  entry.entity = entity;
  entry.sequence = ++cell.version;
  entry.lane = std::ranges::find(find_entity(entity.kind)->events, &event.type(), &Alternative::type)->lane;
  entry.events.push_back(std::move(event));
}

}  // namespace caravan::testkit
