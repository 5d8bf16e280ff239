#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/schema/record.hpp"

namespace caravan::http {

/// The JSON of a record in parts, so that its long lists are never in memory as a whole: each of those is asked for a
/// page at a time, and the record's own list of that name is passed over.
class JsonParts {
 public:
  /// The next elements of a list; nothing after the last ones.
  using NextPage = std::function<std::optional<std::vector<AnyRecord>>()>;

  JsonParts(AnyRecord record, std::map<std::string_view, NextPage> long_lists);

  /// The next part; empty after the last one.
  std::string next();

 private:
  void begin_field(std::string_view name, std::string& out);
  /// Adds the next page of a long list; false where the list is over.
  bool add_page(std::string_view name, const NextPage& next_page, std::string& out);

  AnyRecord record_;
  std::map<std::string_view, NextPage> long_lists_;
  std::size_t field_ = 0;  // that is written next
  bool any_field_ = false, in_list_ = false, any_element_ = false, is_over_ = false;
};

}  // namespace caravan::http
