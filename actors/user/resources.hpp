#pragma once

#include "actors/user/commands.hpp"

namespace caravan {

/// A person. What is absent is not for the reader.
/// The name that stands where somebody has left.
inline constexpr std::string_view name_of_deleted = "Deleted user";

struct ProfileResource {
  static constexpr std::string_view record_name = "Profile";
  UserId user_id;
  std::optional<std::string> email = {};
  std::string first_name;
  std::string last_name;  // to others the initial alone
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::optional<std::string> bio = {};
  std::optional<UploadId> avatar = {};
  VerificationLevel verification_level = VerificationLevel::none;
  double average_rating = 0;
  std::int64_t rating_count = 0;
  std::int64_t successful_deliveries = 0;
  std::optional<std::string> preferred_language = {};
  std::optional<std::string> time_zone = {};
  std::optional<bool> blocked = {};  // by the reader
  Time created_at;
  static constexpr auto fields() {
    return std::array{field<&ProfileResource::user_id>(1, "userId"),
                      field<&ProfileResource::email>(2, "email"),
                      field<&ProfileResource::first_name>(3, "firstName"),
                      field<&ProfileResource::last_name>(4, "lastName"),
                      field<&ProfileResource::user_type>(5, "userType"),
                      field<&ProfileResource::phone_number>(6, "phoneNumber"),
                      field<&ProfileResource::bio>(7, "bio"),
                      field<&ProfileResource::avatar>(8, "avatar"),
                      field<&ProfileResource::verification_level>(9, "verificationLevel"),
                      field<&ProfileResource::average_rating>(10, "averageRating"),
                      field<&ProfileResource::rating_count>(11, "ratingCount"),
                      field<&ProfileResource::successful_deliveries>(12, "successfulDeliveries"),
                      field<&ProfileResource::preferred_language>(13, "preferredLanguage"),
                      field<&ProfileResource::time_zone>(14, "timezone"),
                      field<&ProfileResource::blocked>(15, "blocked"),
                      field<&ProfileResource::created_at>(16, "createdAt")};
  }
};

struct PreferencesResource {
  static constexpr std::string_view record_name = "Preferences";
  std::string language = "en";
  std::string time_zone = "UTC";
  Currency currency;
  ChannelPreferences channels;
  std::optional<QuietHours> quiet_hours = {};
  MatchDigest digest = MatchDigest::daily;
  static constexpr auto fields() {
    return std::array{field<&PreferencesResource::language>(1, "language"),
                      field<&PreferencesResource::time_zone>(2, "timezone"),
                      field<&PreferencesResource::currency>(3, "currency"),
                      field<&PreferencesResource::channels>(4, "channels"),
                      field<&PreferencesResource::quiet_hours>(5, "quietHours"),
                      field<&PreferencesResource::digest>(6, "digest")};
  }
};

struct AddressResource {
  static constexpr std::string_view record_name = "SavedAddress";
  Uuid address_id;
  std::optional<std::string> label = {};
  std::string address;
  double lat = 0;
  double lng = 0;
  bool is_default = false;
  static constexpr auto fields() {
    return std::array{field<&AddressResource::address_id>(1, "addressId"),
                      field<&AddressResource::label>(2, "label"),
                      field<&AddressResource::address>(3, "address"),
                      field<&AddressResource::lat>(4, "lat"),
                      field<&AddressResource::lng>(5, "lng"),
                      field<&AddressResource::is_default>(6, "isDefault")};
  }
};

struct AddressList {
  static constexpr std::string_view record_name = "AddressList";
  std::vector<AddressResource> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&AddressList::items>(1, "items"), field<&AddressList::next_cursor>(2, "nextCursor")};
  }
};

enum class VerificationState { none, pending, approved, rejected };
constexpr auto enum_labels(VerificationState) {
  return std::to_array<std::string_view>({"none", "pending", "approved", "rejected"});
}

struct VerificationResource {
  static constexpr std::string_view record_name = "Verification";
  UserId user_id;
  VerificationLevel level = VerificationLevel::none;
  VerificationState status = VerificationState::none;
  std::vector<VerificationDocument> documents;
  std::optional<std::string> note = {};  // of who decided
  std::optional<Time> submitted_at = {};
  std::optional<Time> decided_at = {};
  std::optional<std::string> said_number = {};  // where whoever decided read another on the paper
  static constexpr auto fields() {
    return std::array{field<&VerificationResource::user_id>(1, "userId"),
                      field<&VerificationResource::level>(2, "level"),
                      field<&VerificationResource::status>(3, "status"),
                      field<&VerificationResource::documents>(4, "documents"),
                      field<&VerificationResource::note>(5, "note"),
                      field<&VerificationResource::submitted_at>(6, "submittedAt"),
                      field<&VerificationResource::decided_at>(7, "decidedAt"),
                      field<&VerificationResource::said_number>(8, "saidNumber")};
  }
};

struct PendingReview {
  static constexpr std::string_view record_name = "PendingReview";
  DeliveryId delivery_id;
  UserId user_id;                              // whom to review
  DeliveryRole role = DeliveryRole::customer;  // the caller's own
  Time completed_at;
  Time review_until;
  static constexpr auto fields() {
    return std::array{field<&PendingReview::delivery_id>(1, "deliveryId"), field<&PendingReview::user_id>(2, "userId"),
                      field<&PendingReview::role>(3, "role"), field<&PendingReview::completed_at>(4, "completedAt"),
                      field<&PendingReview::review_until>(5, "reviewUntil")};
  }
};

struct PendingReviewList {
  static constexpr std::string_view record_name = "PendingReviewList";
  std::vector<PendingReview> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&PendingReviewList::items>(1, "items"),
                      field<&PendingReviewList::next_cursor>(2, "nextCursor")};
  }
};

struct Statistics {
  static constexpr std::string_view record_name = "Statistics";
  UserId user_id;
  std::int64_t total_deliveries = 0;
  std::int64_t successful_deliveries = 0;
  std::int64_t cancelled_deliveries = 0;
  double completion_rate = 0;  // 0 to 1
  double average_rating = 0;
  std::int64_t rating_count = 0;
  std::optional<std::vector<Money>> total_earnings = {};
  std::optional<std::vector<Money>> total_spent = {};
  static constexpr auto fields() {
    return std::array{field<&Statistics::user_id>(1, "userId"),
                      field<&Statistics::total_deliveries>(2, "totalDeliveries"),
                      field<&Statistics::successful_deliveries>(3, "successfulDeliveries"),
                      field<&Statistics::cancelled_deliveries>(4, "cancelledDeliveries"),
                      field<&Statistics::completion_rate>(5, "completionRate"),
                      field<&Statistics::average_rating>(6, "averageRating"),
                      field<&Statistics::rating_count>(7, "ratingCount"),
                      field<&Statistics::total_earnings>(8, "totalEarnings"),
                      field<&Statistics::total_spent>(9, "totalSpent")};
  }
};

enum class ReviewStatus { hidden, published };
constexpr auto enum_labels(ReviewStatus) { return std::to_array<std::string_view>({"hidden", "published"}); }

struct ReviewResource {
  static constexpr std::string_view record_name = "Review";
  Uuid review_id;
  DeliveryId delivery_id;
  UserId author_id;
  UserId subject_id;
  DeliveryRole author_role = DeliveryRole::customer;
  int rating = 0;
  std::optional<std::string> comment = {};
  ReviewStatus status = ReviewStatus::hidden;
  Time created_at;
  std::optional<Time> published_at = {};
  std::optional<std::string> response = {};
  std::optional<Time> responded_at = {};
  std::vector<std::string> flags = {};  // of comment and response: "payment", "contact"
  bool uncounted =
      false;  // no part of the mean: of a delivery that was worth too little, or an older one of its author
  static constexpr auto fields() {
    return std::array{
        field<&ReviewResource::review_id>(1, "reviewId"),     field<&ReviewResource::delivery_id>(2, "deliveryId"),
        field<&ReviewResource::author_id>(3, "authorId"),     field<&ReviewResource::subject_id>(4, "subjectId"),
        field<&ReviewResource::author_role>(5, "authorRole"), field<&ReviewResource::rating>(6, "rating"),
        field<&ReviewResource::comment>(7, "comment"),        field<&ReviewResource::status>(8, "status"),
        field<&ReviewResource::created_at>(9, "createdAt"),   field<&ReviewResource::published_at>(10, "publishedAt"),
        field<&ReviewResource::response>(11, "response"),     field<&ReviewResource::responded_at>(12, "respondedAt"),
        field<&ReviewResource::flags>(13, "flags"),           field<&ReviewResource::uncounted>(14, "uncounted")};
  }
};

struct ReviewList {
  static constexpr std::string_view record_name = "ReviewList";
  std::vector<ReviewResource> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&ReviewList::items>(1, "items"), field<&ReviewList::next_cursor>(2, "nextCursor")};
  }
};

/// What somebody told the platform about a person.
struct UserReport {
  static constexpr std::string_view record_name = "UserReport";
  UserId by;
  std::string reason;
  std::optional<std::string> description = {};
  std::optional<DeliveryId> delivery_id = {};
  Time at;
  static constexpr auto fields() {
    return std::array{field<&UserReport::by>(1, "by"), field<&UserReport::reason>(2, "reason"),
                      field<&UserReport::description>(3, "description"),
                      field<&UserReport::delivery_id>(4, "deliveryId"), field<&UserReport::at>(5, "at")};
  }
};

/// Newest first. How many there are may be known to more than what they say, and who says it.
struct ReportList {
  static constexpr std::string_view record_name = "ReportList";
  std::int64_t total = 0;
  std::vector<UserReport> items;
  static constexpr auto fields() {
    return std::array{field<&ReportList::total>(1, "total"), field<&ReportList::items>(2, "items")};
  }
};

struct Standing {
  static constexpr std::string_view record_name = "Standing";
  UserId user_id;
  bool closed = false;
  UserType user_type = UserType::both;
  VerificationLevel verification_level = VerificationLevel::none;
  double average_rating = 0;
  std::int64_t rating_count = 0;
  bool blocks_other = false;
  std::string first_name;
  Currency currency;
  bool has_delivered = false;          // some delivery that was no slight one, in either role, came to a good end
  std::int64_t deliveries = 0;         // that came to a good end, in either role
  std::int64_t recent_deliveries = 0;  // of those, in the last 30 days; at most as many as are kept
  // Invitations of the last 24 hours: to travelers, by customers, and of those by the other, and by new ones.
  std::int32_t asked_today = 0, invited_today = 0, invited_by_other_today = 0, invited_by_newcomers_today = 0;
  bool is_newcomer() const { return verification_level != VerificationLevel::identity && !has_delivered; }
  static constexpr auto fields() {
    return std::array{field<&Standing::user_id>(1, "userId"),
                      field<&Standing::closed>(2, "closed"),
                      field<&Standing::user_type>(3, "userType"),
                      field<&Standing::verification_level>(4, "verificationLevel"),
                      field<&Standing::average_rating>(5, "averageRating"),
                      field<&Standing::rating_count>(6, "ratingCount"),
                      field<&Standing::blocks_other>(7, "blocksOther"),
                      field<&Standing::first_name>(8, "firstName"),
                      field<&Standing::currency>(9, "currency"),
                      field<&Standing::has_delivered>(10, "hasDelivered"),
                      field<&Standing::deliveries>(11, "deliveries"),
                      field<&Standing::recent_deliveries>(12, "recentDeliveries"),
                      field<&Standing::asked_today>(13, "askedToday"),
                      field<&Standing::invited_today>(14, "invitedToday"),
                      field<&Standing::invited_by_other_today>(15, "invitedByOtherToday"),
                      field<&Standing::invited_by_newcomers_today>(16, "invitedByNewcomersToday")};
  }
};

struct ReviewWindow {
  static constexpr std::string_view record_name = "ReviewWindow";
  DeliveryId delivery_id;
  bool known = false;
  UserId counterpart;
  static constexpr auto fields() {
    return std::array{field<&ReviewWindow::delivery_id>(1, "deliveryId"), field<&ReviewWindow::known>(2, "known"),
                      field<&ReviewWindow::counterpart>(3, "counterpart")};
  }
};

}  // namespace caravan
