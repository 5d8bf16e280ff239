#pragma once

#include "http/call.hpp"

namespace caravan::http {

/// One event of an entity's past.
struct HistoryItem {
  static constexpr std::string_view record_name = "HistoryItem";
  std::int64_t sequence = 0;  // of the decision; several events may share it
  std::string type;
  Time at;
  std::string by;  // a user's id, "service", or what within the platform acted, e.g. "delivery/0190…" or "timer"
  static constexpr auto fields() {
    return std::array{field<&HistoryItem::sequence>(1, "sequence"), field<&HistoryItem::type>(2, "type"),
                      field<&HistoryItem::at>(3, "at"), field<&HistoryItem::by>(4, "by")};
  }
};

/// Where a page of an entity's entries begins: the sequence after the one that the cursor names.
std::uint64_t first_after(const std::optional<std::string>& cursor);

/// A page of an entity's events, oldest first, by the row's PageQuery; the cursor is the last sequence seen. A page has
/// at most `limit` decisions.
Response history_page(Call& call, Address entity);

}  // namespace caravan::http
