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
  static constexpr auto fields() {
    return std::array{
        field<&ActivityItem::activity_id>(1, "activityId"), field<&ActivityItem::at>(2, "at"),
        field<&ActivityItem::admin_id>(3, "adminId"),       field<&ActivityItem::action>(4, "action"),
        field<&ActivityItem::entity_type>(5, "entityType"), field<&ActivityItem::entity_id>(6, "entityId"),
        field<&ActivityItem::events>(7, "events"),          field<&ActivityItem::trace_id>(8, "traceId")};
  }
};

struct ActivityFilter {
  std::optional<UserId> admin;
  std::optional<Uuid> entity;
  std::optional<std::string> action;
};

/// Newest first.
Page<ActivityItem> activity(const ReadModels& models, const ActivityFilter& filter, const Paging& paging);

namespace read_models {
const Projection& activity_projection();
}

}  // namespace caravan
