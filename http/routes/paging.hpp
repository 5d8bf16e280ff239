#pragma once

#include "http/call.hpp"
#include "storage/read_models/page.hpp"

namespace caravan::http {

/// The page that a query with `limit` and `cursor` asks for; 400 where the cursor is not one.
template <class Query>
Paging paging_of(const Query& query) {
  const Paging paging{static_cast<std::size_t>(query.limit.value_or(default_page_limit)), query.cursor.value_or("")};
  try {
    paging.after();
  } catch (const BadCursor&) {
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", "not a cursor of this list"}}};
  }
  return paging;
}

}  // namespace caravan::http
