#include "actors/inbox/catalog.hpp"

#include <algorithm>

namespace caravan {

namespace {

constexpr TemplateRule secret_email(std::string_view id) { return {id, true, true, true, false, false}; }
constexpr TemplateRule secret_sms(std::string_view id) { return {id, true, true, false, true, false}; }
constexpr TemplateRule security(std::string_view id) { return {id, false, true, true, false, true}; }
constexpr TemplateRule money(std::string_view id) { return {id, false, false, true, false, true, true}; }
constexpr TemplateRule notice(std::string_view id) { return {id, false, false, true, false, true}; }
constexpr TemplateRule urgent(std::string_view id) { return {id, false, false, true, true, true}; }
constexpr TemplateRule push_only(std::string_view id) { return {id, false, false, false, false, true}; }
constexpr TemplateRule paused(TemplateRule rule, std::string_view told_apart_by = {}) {
  rule.paused = true;
  rule.told_apart_by = told_apart_by;
  return rule;
}

/// Nothing in this program sends profile_updated_template, trip_match, trip_weather_alert, payment_released,
/// payment_refunded or dispute_message: they are for the operator's programs, through POST /notifications/send, with
/// the variables that their texts name.
constexpr auto rules = std::to_array<TemplateRule>({
    secret_email("email_verification_template"),
    secret_email("password_reset_template"),
    secret_email("email_change_template"),
    secret_email("email_change_undo_template"),
    secret_email("email_changed_undo_template"),
    secret_email("two_factor_undo_template"),
    secret_email("password_undo_template"),
    secret_email("changes_undone_template"),
    secret_email("two_factor_removal_template"),
    secret_sms("phone_code_template"),
    security("password_changed"),
    security("password_reset_done"),
    security("recovery_codes_replaced"),
    security("api_key_created"),
    security("payout_account_added"),
    security("payout_account_removed"),
    security("email_change_requested"),
    security("email_changed"),
    security("two_factor_enabled"),
    security("two_factor_disabled"),
    security("two_factor_removal_requested"),
    security("two_factor_kept"),
    security("new_login"),
    security("second_factor_asked"),
    security("account_deleted"),
    security("account_locked"),
    security("sessions_revoked"),
    security("security_alert"),
    security("device_added"),
    security("phone_verified"),
    security("phone_changed"),
    security("channels_switched_off"),
    security("quiet_hours_changed"),
    security("changes_undone"),
    security("service_changed"),
    security("roles_changed"),
    security("account_suspended"),
    security("account_reactivated"),
    notice("welcome"),
    notice("profile_updated_template"),
    notice("verification_completed"),
    notice("verification_rejected"),
    notice("identity_unproven"),
    notice("review_received"),
    push_only("review_reminder"),
    notice("trip_cancelled"),
    push_only("trip_updated"),
    push_only("trip_match"),
    push_only("trip_weather_alert"),
    notice("request_expired"),
    notice("request_cancelled"),
    paused(notice("offer_received"), "travelerId"),
    paused(push_only("offer_countered"), "travelerId"),
    notice("offer_accepted"),
    notice("offer_rejected"),
    paused(push_only("offer_withdrawn"), "travelerId"),
    push_only("offer_expired"),
    notice("acceptance_failed"),
    notice("delivery_created"),
    notice("picked_up"),
    push_only("in_transit"),
    push_only("arriving"),
    urgent("traveler_waiting"),
    urgent("attempt_failed"),
    notice("delivered"),
    notice("delivery_cancelled"),
    notice("delivery_returned"),
    urgent("return_started"),
    urgent("delivery_late"),
    urgent("other_side_inactive"),
    push_only("message_received"),
    push_only("messages_received"),
    paused(push_only("pin_proposed"), "type"),
    push_only("pin_agreed"),
    paused(push_only("pin_withdrawn"), "type"),
    urgent("customer_present"),
    money("pin_moved"),
    push_only("qr_rotated"),
    urgent("qr_scan_failed"),
    push_only("tracking_started"),
    money("payment_held"),
    notice("payment_failed"),
    urgent("payment_owed"),
    money("payment_released"),
    money("escrow_released"),
    money("payment_refunded"),
    money("refund_processed"),
    paused(notice("split_proposed")),
    money("split_agreed"),
    push_only("payout_requested"),
    notice("hold_expiring"),
    money("payout_processed"),
    money("payout_failed"),
    money("payout_withheld"),
    urgent("payment_uncollected"),
    money("payout_account_missing"),
    money("wallet_debt"),
    money("wallet_debt_paid"),
    notice("dispute_opened"),
    notice("dispute_assigned"),
    notice("dispute_taken_over"),
    notice("dispute_message"),
    notice("dispute_resolved"),
    notice("dispute_withdrawn"),
});

}  // namespace

std::span<const TemplateRule> template_rules() { return rules; }

TemplateRule template_rule(std::string_view id) {
  const auto found = std::ranges::find(rules, id, &TemplateRule::id);
  return found == rules.end() ? notice(id) : *found;
}

}  // namespace caravan
