#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/entity/caller.hpp"

namespace caravan {

inline constexpr std::size_t max_page_limit = 200;
inline constexpr std::size_t default_list_limit = 50;

/// A cursor that this build did not make.
class BadCursor : public std::runtime_error {
 public:
  BadCursor() : std::runtime_error("the cursor is not one of this list") {}
};

/// Where a page begins: after the row with this sort key and id. Opaque text outside.
struct Cursor {
  std::int64_t key = 0;
  Uuid id;
  std::string text() const;
  /// Throws BadCursor.
  static Cursor parse(std::string_view text);
};

/// Which page of a list.
struct Paging {
  std::size_t limit = default_list_limit;  // rows; more than max_page_limit is cut
  std::string cursor = {};                 // nextCursor of the page before; empty: the first page

  /// Rows to ask for: one more than is shown, which tells whether there is a next page.
  std::int64_t rows() const;
  /// Rows to show.
  std::size_t shown() const;
  std::optional<Cursor> after() const;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;

  /// Adds a row that was read; without an item it only counts a row that the viewer may not see. False when the page
  /// was full already: the row then only tells that there is a next page.
  bool add(const Paging& paging, const Cursor& cursor, std::optional<T> item) {
    if (rows_ == paging.shown()) {
      next_cursor = last_.text();
      return false;
    }
    if (item) items.push_back(std::move(*item));
    last_ = cursor;
    ++rows_;
    return true;
  }

 private:
  Cursor last_;
  std::size_t rows_ = 0;
};

/// For whom a list is shown, and when.
struct Viewer {
  Time now;
  Caller caller;
};

}  // namespace caravan
