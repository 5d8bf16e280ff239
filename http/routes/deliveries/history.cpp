#include "http/routes/deliveries/history.hpp"

#include <charconv>

#include "storage/journal/entry.hpp"

namespace caravan::http {

namespace {

std::string actor(const Caller& caller) {
  if (caller.kind == Caller::Kind::user) return caller.user.text();
  if (caller.kind == Caller::Kind::entity) return to_text(caller.entity);
  return std::string(enum_labels(Caller::Kind{})[static_cast<std::size_t>(caller.kind)]);
}

}  // namespace

std::uint64_t first_after(const std::optional<std::string>& cursor) {
  if (!cursor) return 1;
  std::uint64_t seen = 0;
  const auto [end, error] = std::from_chars(cursor->data(), cursor->data() + cursor->size(), seen);
  if (error != std::errc{} || end != cursor->data() + cursor->size())
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", "not a cursor of this list"}}};
  return seen + 1;
}

Response history_page(Call& call, Address entity) {
  const auto& page = call.query<PageQuery>();
  const auto limit = static_cast<std::size_t>(page.limit.value_or(default_page_limit));
  const auto entries = call.door().history(entity, first_after(page.cursor), limit + 1);
  std::vector<HistoryItem> items;
  for (std::size_t i = 0; i < std::min(limit, entries.size()); ++i)
    for (const AnyRecord& event : entries[i].events)
      items.push_back({static_cast<std::int64_t>(entries[i].sequence), std::string(event.type().name),
                       entries[i].origin.at, actor(entries[i].origin.caller)});
  std::optional<std::string> next;
  if (entries.size() > limit) next = std::to_string(entries[limit - 1].sequence);
  return call.list(items, next);
}

}  // namespace caravan::http
