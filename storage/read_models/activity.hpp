#pragma once

#include "storage/read_models/read_models.hpp"

namespace caravan {

/// One thing that an administrator did.
struct ActivityItem {
  static constexpr std::string_view record_name = "Activity";
  std::int64_t activity_id = 0;  // consecutive
  Time at;
  UserId admin_id;
  std::string action;  // the command's name
  std::string entity_type;
  Uuid entity_id;
  std::vector<std::string> events;  // what came of it
  std::string trace_id;
  std::string hash;  // over this row and the hash of the row before
  static constexpr auto fields() {
    return std::array{field<&ActivityItem::activity_id>(1, "activityId"),
                      field<&ActivityItem::at>(2, "at"),
                      field<&ActivityItem::admin_id>(3, "adminId"),
                      field<&ActivityItem::action>(4, "action"),
                      field<&ActivityItem::entity_type>(5, "entityType"),
                      field<&ActivityItem::entity_id>(6, "entityId"),
                      field<&ActivityItem::events>(7, "events"),
                      field<&ActivityItem::trace_id>(8, "traceId"),
                      field<&ActivityItem::hash>(9, "hash")};
  }
};

struct ActivityFilter {
  std::optional<UserId> admin;
  std::optional<Uuid> entity;
  std::optional<std::string> action;
};

/// Newest first.
Page<ActivityItem> activity(const ReadModels& models, const ActivityFilter& filter, const Paging& paging);

/// Whether every row's hash follows from the rows before it.
struct ActivityCheck {
  static constexpr std::string_view record_name = "ActivityCheck";
  bool valid = true;
  std::int64_t checked = 0;
  std::optional<std::int64_t> first_invalid;  // activityId
  static constexpr auto fields() {
    return std::array{field<&ActivityCheck::valid>(1, "valid"), field<&ActivityCheck::checked>(2, "checked"),
                      field<&ActivityCheck::first_invalid>(3, "firstInvalid")};
  }
};
ActivityCheck check_activity(const ReadModels& models);

namespace read_models {
const Projection& activity_projection();
}

}  // namespace caravan
