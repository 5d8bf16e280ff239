#pragma once

#include "storage/read_models/read_models.hpp"

namespace caravan {

/// Something about security that a person must look at: an account that was locked, a refresh token that came twice, a
/// scan that was refused, a code that locked itself, a user whom another one reported, a sign of fraud (signals.hpp).
struct SecurityAlertItem {
  static constexpr std::string_view record_name = "SecurityAlertItem";
  std::int64_t alert_id = 0;  // consecutive
  std::string type;           // the event's name
  std::string detail;         // what of it: "account_locked", "qr_expired", …
  std::string severity;       // "low", "medium", "high", "critical"
  std::string entity_type;
  Uuid entity_id;
  std::optional<UserId> user_id;  // who scanned; an account's owner, perhaps the victim; who was reported
  Time created_at;
  std::optional<UserId> other_user_id = {};  // of two accounts that have something in common, the other one
  std::optional<std::string> reason = {};    // in words
  std::vector<std::string> links = {};       // to the entity and the accounts
  static constexpr auto fields() {
    return std::array{field<&SecurityAlertItem::alert_id>(1, "alertId"),
                      field<&SecurityAlertItem::type>(2, "type"),
                      field<&SecurityAlertItem::detail>(3, "detail"),
                      field<&SecurityAlertItem::severity>(4, "severity"),
                      field<&SecurityAlertItem::entity_type>(5, "entityType"),
                      field<&SecurityAlertItem::entity_id>(6, "entityId"),
                      field<&SecurityAlertItem::user_id>(7, "userId"),
                      field<&SecurityAlertItem::created_at>(8, "createdAt"),
                      field<&SecurityAlertItem::other_user_id>(9, "otherUserId"),
                      field<&SecurityAlertItem::reason>(10, "reason"),
                      field<&SecurityAlertItem::links>(11, "links")};
  }
};

struct SecurityAlertFilter {
  std::optional<std::string> type;
  std::optional<std::string> severity;
  std::optional<UserId> user;  // whom it is about, as one or as the other
};

/// Newest first.
Page<SecurityAlertItem> security_alerts(const ReadModels& models, const SecurityAlertFilter& filter,
                                        const Paging& paging);

namespace read_models {
const Projection& alerts_projection();
}

}  // namespace caravan
