#pragma once

#include <algorithm>

#include "actors/pricing/policy.hpp"
#include "actors/user/invitations.hpp"
#include "actors/user/resources.hpp"

namespace caravan {

inline constexpr std::size_t max_addresses = 20;
inline constexpr std::size_t max_blocked = 1'000;
inline constexpr std::size_t max_reviews_kept = 500;     // received; older ones drop, their rating stays counted
inline constexpr std::size_t max_deliveries_kept = 500;  // finished ones; older ones cannot be reviewed any more
inline constexpr std::size_t max_reports_kept = 100;     // one a person and delivery
inline constexpr std::size_t max_whereabouts = 64;  // the newest; more than a traveler has in the day a fee is held

/// A delivery that is over, with what was written about it.
struct FinishedDelivery {
  static constexpr std::string_view record_name = "FinishedDelivery";
  DeliveryId delivery_id;
  UserId counterpart;
  DeliveryRole role = DeliveryRole::customer;
  bool successful = false;
  Time at;
  bool wrote = false;     // this user about the counterpart
  bool reviewed = false;  // the counterpart about this user
  std::optional<Time> wrote_at = {};
  bool failed = false;              // it counts as no success of this user's; never set by earlier builds
  bool slight = false;              // a success that makes nobody known
  bool counterpart_failed = false;  // as a judge found: that side reviews nothing of it
  std::optional<std::int32_t> policy_version = {};
  std::optional<Time> judged_until = {};  // so long after a verdict whoever is not at fault reviews the other
  bool cheap = false;                     // its reviews are no part of the mean; never set by earlier builds
  bool given_back = false;  // the price went back since: as if it were cheap, unless this side is at fault
  bool counts() const { return !cheap && (!given_back || failed); }
  /// Until when a side may write. Whoever is reviewed near the end still has some days for their own. A review that was
  /// published by time is answered by none: nobody's own is revenge for what they read.
  Time reviewed_until(std::optional<Time> others_review) const {
    using std::chrono::days;
    const Time open_until = at + days{terms().open_days};
    Time until = open_until;
    if (others_review)
      until = std::min(std::max(open_until, *others_review + days{terms().answer_days}),
                       *others_review + days{terms().hidden_days});
    return std::max(until, this->judged_until.value_or(until));
  }
  /// By the policy that the two sides agreed under.
  const ReviewPolicy& terms() const { return kept_policy(policy_version).reviews; }
  static constexpr auto fields() {
    return std::array{field<&FinishedDelivery::delivery_id>(1, "deliveryId"),
                      field<&FinishedDelivery::counterpart>(2, "counterpart"),
                      field<&FinishedDelivery::role>(3, "role"),
                      field<&FinishedDelivery::successful>(4, "successful"),
                      field<&FinishedDelivery::at>(5, "at"),
                      field<&FinishedDelivery::wrote>(6, "wrote"),
                      field<&FinishedDelivery::reviewed>(7, "reviewed"),
                      field<&FinishedDelivery::wrote_at>(8, "wroteAt"),
                      field<&FinishedDelivery::failed>(9, "failed"),
                      field<&FinishedDelivery::slight>(10, "slight"),
                      field<&FinishedDelivery::counterpart_failed>(11, "counterpartFailed"),
                      field<&FinishedDelivery::policy_version>(12, "policyVersion"),
                      field<&FinishedDelivery::judged_until>(13, "judgedUntil"),
                      field<&FinishedDelivery::cheap>(14, "cheap"),
                      field<&FinishedDelivery::given_back>(15, "givenBack")};
  }
};

struct SavedAddress {
  static constexpr std::string_view record_name = "StoredAddress";
  Uuid id;
  std::optional<std::string> label = {};
  std::string address;
  Coordinates location;
  bool is_default = false;
  static constexpr auto fields() {
    return std::array{field<&SavedAddress::id>(1, "id"), field<&SavedAddress::label>(2, "label"),
                      field<&SavedAddress::address>(3, "address"), field<&SavedAddress::location>(4, "location"),
                      field<&SavedAddress::is_default>(5, "isDefault")};
  }
};

/// So long after a decision, or another name, papers that no level rests on are kept, should somebody object; then
/// their files go.
inline constexpr std::chrono::days papers_outlive_decision{30};
inline constexpr std::chrono::days proven_name_life{7};  // since another took its place
inline constexpr std::size_t max_former_papers = 50;     // then the former ones go at once

inline constexpr Duration former_preferences_kept = std::chrono::days{7};
inline constexpr std::size_t max_former_preferences = 20;  // those of the first changes, which a thief cannot push out

/// Preferences as they were until somebody changed them.
struct FormerPreferences {
  static constexpr std::string_view record_name = "StoredFormerPreferences";
  PreferencesResource preferences;
  Time until;
  static constexpr auto fields() {
    return std::array{field<&FormerPreferences::preferences>(1, "preferences"),
                      field<&FormerPreferences::until>(2, "until")};
  }
};

/// A person on the platform: profile, preferences, reputation.
struct UserState {
  bool created = false;
  bool closed = false;
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::string phone;
  std::string bio;
  std::optional<UploadId> avatar;
  PreferencesResource preferences;
  std::vector<SavedAddress> addresses;
  VerificationLevel level = VerificationLevel::none;
  VerificationState verification = VerificationState::none;
  std::vector<VerificationDocument> documents;
  std::optional<std::string> verification_note;
  std::optional<Time> submitted_at;
  std::optional<Time> decided_at;
  std::int64_t successful = 0;
  std::int64_t unsuccessful = 0;
  std::int64_t rating_sum = 0;  // of published reviews
  std::int64_t rating_count = 0;
  std::vector<Money> earned;  // one a currency
  std::vector<Money> spent;
  std::vector<FinishedDelivery> deliveries;  // oldest first
  std::vector<ReviewResource> reviews;       // received, oldest first
  std::vector<UserId> blocked;
  std::vector<UserReport> reports;
  Time created_at;
  std::optional<VerificationLevel> fallen_from;       // comes back once the new number is proven
  std::optional<VerificationLevel> before_papers;     // the level without the papers that were looked at
  std::vector<UploadId> former_papers;                // of `documents` before these, see papers_outlive_decision
  std::vector<Whereabouts> whereabouts;               // as a traveler, oldest first
  std::int64_t slight = 0;                            // of the successful deliveries: those that make nobody known
  std::optional<std::string> said_number = {};        // of a paper on which whoever decided read another
  std::optional<ProvenName> proven_name = {};         // that brings the identity back
  std::vector<FormerPreferences> former_preferences;  // of a week, oldest first
  std::vector<CountedInvitation> asked, invited;      // of a day: to travelers, and by customers; oldest first

  bool exists() const { return created; }
  const FinishedDelivery* find_delivery(DeliveryId id) const;
  const ReviewResource* find_review(const Uuid& id) const;
  bool blocks(UserId other) const;
  /// Neither verified nor with a delivery that makes them known: anybody has such accounts for the asking.
  bool is_newcomer() const { return level != VerificationLevel::identity && successful <= slight; }
  /// Whether they are needed for the level that is there, or comes back with the number's proof.
  bool rests_on_papers() const {
    return level == VerificationLevel::identity || fallen_from == VerificationLevel::identity;
  }
  double average_rating() const {
    return rating_count == 0 ? 0.0 : static_cast<double>(rating_sum) / static_cast<double>(rating_count);
  }

  static constexpr std::string_view record_name = "UserState";
  static constexpr auto fields() {
    return std::array{field<&UserState::created>(1, "created"),
                      field<&UserState::closed>(2, "closed"),
                      field<&UserState::email>(3, "email"),
                      field<&UserState::first_name>(4, "firstName"),
                      field<&UserState::last_name>(5, "lastName"),
                      field<&UserState::user_type>(6, "userType"),
                      field<&UserState::phone>(7, "phone"),
                      field<&UserState::bio>(8, "bio"),
                      field<&UserState::avatar>(9, "avatar"),
                      field<&UserState::preferences>(10, "preferences"),
                      field<&UserState::addresses>(11, "addresses"),
                      field<&UserState::level>(12, "level"),
                      field<&UserState::verification>(13, "verification"),
                      field<&UserState::documents>(14, "documents"),
                      field<&UserState::verification_note>(15, "verificationNote"),
                      field<&UserState::submitted_at>(16, "submittedAt"),
                      field<&UserState::decided_at>(17, "decidedAt"),
                      field<&UserState::successful>(18, "successful"),
                      field<&UserState::unsuccessful>(19, "unsuccessful"),
                      field<&UserState::rating_sum>(20, "ratingSum"),
                      field<&UserState::rating_count>(21, "ratingCount"),
                      field<&UserState::earned>(22, "earned"),
                      field<&UserState::spent>(23, "spent"),
                      field<&UserState::deliveries>(24, "deliveries", length(0, max_deliveries_kept)),
                      field<&UserState::reviews>(25, "reviews", length(0, max_reviews_kept)),
                      field<&UserState::blocked>(26, "blocked", length(0, max_blocked)),
                      field<&UserState::reports>(27, "reports"),
                      field<&UserState::created_at>(28, "createdAt"),
                      field<&UserState::fallen_from>(29, "fallenFrom"),
                      field<&UserState::before_papers>(30, "beforePapers"),
                      field<&UserState::former_papers>(31, "formerPapers", length(0, max_former_papers)),
                      field<&UserState::whereabouts>(32, "whereabouts", length(0, max_whereabouts)),
                      field<&UserState::slight>(33, "slight"),
                      field<&UserState::said_number>(34, "saidNumber"),
                      field<&UserState::proven_name>(35, "provenName"),
                      field<&UserState::former_preferences>(36, "formerPreferences"),
                      field<&UserState::asked>(37, "asked", length(0, max_asked_a_day)),
                      field<&UserState::invited>(38, "invited", length(0, max_invited_a_day))};
  }
};

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class UserRejection {
  not_found,
  not_owner,
  permission_denied,
  self_not_allowed,
  not_a_party,
  review_window_closed,
  already_reviewed,
  no_review,
  no_address,
  limit_reached,
  invalid_quiet_hours,
  already_verified,
  verification_pending,
  nothing_submitted,
  paper_taken,
  by_key,
  step_up_required,
  no_level,
};
constexpr auto enum_labels(UserRejection) {
  return std::to_array<std::string_view>(
      {"not_found", "not_owner", "permission_denied", "self_not_allowed", "not_a_party", "review_window_closed",
       "already_reviewed", "not_found", "not_found", "limit_reached", "validation_failed", "already_verified",
       "invalid_state", "invalid_state", "paper_taken", "forbidden", "step_up_required", "no_level"});
}

}  // namespace caravan
