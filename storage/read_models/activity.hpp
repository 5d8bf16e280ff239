#pragma once

#include "storage/read_models/read_models.hpp"

namespace caravan {

/// One thing that an administrator or a service did, or looked at.
struct ActivityItem {
  static constexpr std::string_view record_name = "Activity";
  std::int64_t activity_id = 0;  // consecutive
  Time at;
  std::optional<UserId> admin_id = {};  // where an administrator did it
  std::string action;                   // the command's name, or "look_at_…"
  std::string entity_type;
  Uuid entity_id;
  std::vector<std::string> events;  // what came of it
  std::string trace_id;
  std::optional<Uuid> service_id = {};              // where a service did it
  std::optional<std::string> service = {};          // its name
  std::optional<UserId> on_behalf_of = {};          // for whom the service did it
  std::map<std::string, std::string> details = {};  // amounts, permissions, scopes, reasons, what was searched for
  std::optional<Uuid> api_key_id = {};              // the key by which it was done; absent: by a session
  static constexpr auto fields() {
    return std::array{field<&ActivityItem::activity_id>(1, "activityId"),
                      field<&ActivityItem::at>(2, "at"),
                      field<&ActivityItem::admin_id>(3, "adminId"),
                      field<&ActivityItem::action>(4, "action"),
                      field<&ActivityItem::entity_type>(5, "entityType"),
                      field<&ActivityItem::entity_id>(6, "entityId"),
                      field<&ActivityItem::events>(7, "events"),
                      field<&ActivityItem::trace_id>(8, "traceId"),
                      field<&ActivityItem::service_id>(9, "serviceId"),
                      field<&ActivityItem::service>(10, "service"),
                      field<&ActivityItem::on_behalf_of>(11, "onBehalfOf"),
                      field<&ActivityItem::details>(12, "details"),
                      field<&ActivityItem::api_key_id>(13, "apiKeyId")};
  }
};

struct ActivityFilter {
  std::optional<UserId> admin;
  std::optional<Uuid> entity;
  std::optional<std::string> action;
  std::optional<Uuid> service = {};
};

/// Newest first.
Page<ActivityItem> activity(const ReadModels& models, const ActivityFilter& filter, const Paging& paging);

namespace read_models {
const Projection& activity_projection();
}

}  // namespace caravan
