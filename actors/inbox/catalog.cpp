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
constexpr TemplateRule mail_only(std::string_view id) { return {id, false, false, true, false, false}; }
constexpr TemplateRule push_only(std::string_view id) { return {id, false, false, false, false, true}; }
/// As between the notices of a chat: each is an answer to another one, or they are few.
constexpr TemplateRule paused(TemplateRule rule, std::string_view told_apart_by = {}) {
  rule.pause = std::chrono::minutes{2};
  rule.told_apart_by = told_apart_by;
  return rule;
}
/// Of what comes and goes, and comes again, as one side likes. The rest stands in the inbox.
constexpr TemplateRule hourly(TemplateRule rule, std::string_view told_apart_by) {
  rule.pause = std::chrono::minutes{60};
  rule.told_apart_by = told_apart_by;
  return rule;
}

/// Nothing in this program sends profile_updated_template, trip_weather_alert, payment_released,
/// payment_refunded or dispute_message: they are for the operator's programs, through POST /notifications/send, with
/// the variables that their texts name.
constexpr auto rules = std::to_array<TemplateRule>({
    secret_email("email_verification_template"),
    secret_email("password_reset_template"),
    secret_email("email_change_template"),
    secret_email("email_change_undo_template"),
    secret_email("email_changed_undo_template"),
    secret_email("address_back_template"),
    secret_email("deletion_undo_template"),
    secret_email("two_factor_undo_template"),
    secret_email("password_undo_template"),
    secret_email("payout_account_undo_template"),
    secret_email("changes_undone_template"),
    secret_email("two_factor_removal_template"),
    secret_sms("phone_code_template"),
    security("password_changed"),
    security("password_reset_done"),
    security("recovery_codes_replaced"),
    security("api_key_created"),
    security("payout_account_added"),
    security("payout_account_removed"),
    security("payout_account_chosen"),
    security("payout_account_taxed"),
    security("payout_account_held"),
    security("payout_account_restored"),
    security("payout_choice_taken_back"),
    security("tax_facts_taken_back"),
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
    security("preferences_restored"),
    security("changes_undone"),
    paused(security("tracking_link_made")),
    security("service_changed"),
    security("made_lately_ended"),
    security("critical_act"),
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
    notice("review_due"),
    notice("trip_cancelled"),
    push_only("trip_updated"),
    hourly(push_only("trip_match"), "customerId"),
    mail_only("match_digest"),
    push_only("trip_weather_alert"),
    paused(security("request_changed_by_key"), "what"),
    security("request_places_changed"),
    notice("request_expired"),
    notice("request_cancelled"),
    notice("request_reopened"),
    urgent("relay_broken"),
    notice("request_changed"),
    hourly(notice("offer_received"), "travelerId"),
    paused(notice("offer_countered"), "travelerId"),
    notice("offer_accepted"),
    notice("offer_rejected"),
    notice("offer_wanted_again"),
    notice("invitation_received"),
    push_only("invitation_declined"),
    push_only("invitation_refused"),
    hourly(push_only("offer_withdrawn"), "travelerId"),
    notice("offer_expired"),
    notice("acceptance_failed"),
    notice("delivery_created"),
    notice("pickup_reminder"),
    notice("picked_up"),
    push_only("in_transit"),
    push_only("arriving"),
    urgent("traveler_waiting"),
    urgent("attempt_failed"),
    notice("delivered"),
    notice("handed_on"),
    notice("next_traveler"),
    notice("hold_reminder"),
    notice("delivery_cancelled"),
    notice("delivery_returned"),
    urgent("return_started"),
    urgent("delivery_late"),
    urgent("trip_delayed"),
    urgent("other_side_inactive"),
    push_only("message_received"),
    push_only("messages_received"),
    mail_only("messages_waiting"),
    hourly(notice("pin_proposed"), "type"),
    push_only("pin_agreed"),
    hourly(push_only("pin_withdrawn"), "type"),
    hourly(urgent("customer_present"), "place"),
    money("pin_moved"),
    push_only("qr_rotated"),
    urgent("codes_renewed"),
    hourly(urgent("qr_scan_failed"), "reason"),
    push_only("tracking_started"),
    money("payment_held"),
    notice("payment_failed"),
    urgent("payment_owed"),
    money("payment_released"),
    money("escrow_released"),
    money("payment_refunded"),
    money("refund_processed"),
    money("refunded_by_hand"),
    paused(notice("split_proposed")),
    security("split_accepted"),
    money("split_taken_back"),
    money("split_agreed"),
    push_only("payout_requested"),
    notice("hold_expiring"),
    money("payout_processed"),
    money("payout_failed"),
    money("payout_withheld"),
    money("cover_returned"),
    money("cover_paid"),
    money("cover_waits"),
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

// What messages are about, where it is not a delivery: see opened_by.
constexpr auto about_request = std::to_array<std::string_view>(
    {"trip_match", "request_changed_by_key", "request_places_changed", "request_expired", "request_cancelled",
     "request_reopened", "relay_broken", "request_changed", "offer_received", "offer_countered", "offer_rejected",
     "offer_wanted_again", "invitation_received", "invitation_declined", "invitation_refused", "offer_withdrawn",
     "offer_expired", "acceptance_failed"});
constexpr auto about_trip =
    std::to_array<std::string_view>({"trip_cancelled", "trip_updated", "match_digest", "trip_weather_alert"});
constexpr auto about_wallet = std::to_array<std::string_view>(
    {"payment_owed", "payment_failed", "wallet_debt", "wallet_debt_paid", "cover_paid", "tax_facts_taken_back"});
constexpr auto about_account = std::to_array<std::string_view>(
    {"welcome", "profile_updated_template", "verification_completed", "verification_rejected", "identity_unproven"});
constexpr auto about_admin = std::to_array<std::string_view>({"service_changed", "made_lately_ended", "critical_act"});

}  // namespace

std::span<const TemplateRule> template_rules() { return rules; }

std::string_view opened_by(std::string_view template_id) {
  const auto is_among = [&](const auto& ids) { return std::ranges::find(ids, template_id) != ids.end(); };
  const TemplateRule rule = template_rule(template_id);
  if (rule.secret || template_id == "account_deleted") return {};
  if (template_id.starts_with("dispute_")) return "dispute";
  if (is_among(about_admin)) return "admin";
  if (is_among(about_request)) return "request";
  if (is_among(about_trip)) return "trip";
  if (is_among(about_wallet) || template_id.starts_with("payout_")) return "wallet";
  if (template_id == "split_accepted") return "delivery";  // where it is taken back, until it is paid
  return rule.mandatory || is_among(about_account) ? "account" : "delivery";
}

TemplateRule template_rule(std::string_view id) {
  const auto found = std::ranges::find(rules, id, &TemplateRule::id);
  return found == rules.end() ? notice(id) : *found;
}

}  // namespace caravan
