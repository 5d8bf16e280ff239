#pragma once

#include "storage/read_models/read_models.hpp"

/// Lists whose items are what an entity itself shows. A projection's table names its entities by `id` and when they
/// were made by `created`; the states come from `entity_state`.
namespace caravan::read_models {

/// Of the rows of a table whose customer or traveler is ?1, a column. Two queries, so that SQLite takes the index of
/// each role.
inline std::string of_either_side(std::string_view column, std::string_view table, std::string_view condition) {
  std::string out;
  for (const std::string_view role : {"customer", "traveler"}) {
    if (!out.empty()) out += " UNION ALL ";
    (out += "SELECT ").append(column).append(" FROM ").append(table).append(" WHERE ").append(condition);
    out.append(" AND ").append(role).append(" = ?1");
  }
  return out;
}
/// The ids in the first column of what is found.
template <class Id>
std::vector<Id> ids_of(sqlite::Query query) {
  std::vector<Id> out;
  while (query.step()) out.push_back(Id{query.uuid(0)});
  return out;
}

/// The SQL of such a list, newest first: rows of (created, id, state, sequence). `condition` is over the table `t`, its
/// parameters from ?5 on; ?1 to ?4 are the kind, the cursor's key and id, and the number of rows.
inline std::string newest_first(std::string_view table, std::string_view condition) {
  return "SELECT t.created, t.id, s.body, s.sequence FROM " + std::string(table) +
         " t JOIN entity_state s ON s.kind = ?1 AND s.id = t.id WHERE (t.created, t.id) < (?2, ?3) AND " +
         std::string(condition) + " ORDER BY t.created DESC, t.id DESC LIMIT ?4";
}

/// Binds ?1 to ?4, the first parameters.
inline sqlite::Query& bind_page(sqlite::Query& query, EntityKind kind, const Paging& paging) {
  const Cursor after = paging.after().value_or(Cursor{INT64_MAX, {}});
  return query.bind(kind, after.key, after.id, paging.rows());
}

/// The page of a query whose first columns are (sort key, id, state): each state answers `view` for the viewer. The
/// fourth is the sequence, which a resource that has a version shows. It is its ETag, or, where entries of the track
/// lane came since (messages), an older one, which If-Match refuses.
template <class Resource>
Page<Resource> state_page(sqlite::Query& query, EntityKind kind, const Viewer& viewer, const Paging& paging,
                          const AnyRecord& view) {
  Page<Resource> page;
  while (query.step()) {
    const Cursor cursor{query.integer(0), query.uuid(1)};
    const AnyRecord shown = show_state({kind, cursor.id}, query.view(2), viewer, view);
    const Resource* resource = shown ? shown.get_if<Resource>() : nullptr;
    std::optional<Resource> item = resource ? std::optional<Resource>(*resource) : std::nullopt;
    if constexpr (requires { item->version; })
      if (item) item->version = query.integer(3);
    if (!page.add(paging, cursor, std::move(item))) break;
  }
  return page;
}

}  // namespace caravan::read_models
