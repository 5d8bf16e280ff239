#pragma once

#include "actors/user/commands.hpp"

namespace caravan {

/// The user itself, administrators with `users`, services and the platform see more than others.
struct ViewProfile {
  static constexpr Tag tag{1, "view_profile"};
  static constexpr auto fields() { return no_fields; }
};

struct ViewPreferences {
  static constexpr Tag tag{2, "view_preferences"};
  static constexpr auto fields() { return no_fields; }
};

struct ListAddresses {
  static constexpr Tag tag{3, "list_addresses"};
  static constexpr auto fields() { return no_fields; }
};

struct ViewVerification {
  static constexpr Tag tag{4, "view_verification"};
  static constexpr auto fields() { return no_fields; }
};

struct ListPendingReviews {
  static constexpr Tag tag{5, "list_pending_reviews"};
  static constexpr auto fields() { return no_fields; }
};

struct ViewStatistics {
  static constexpr Tag tag{6, "view_statistics"};
  static constexpr auto fields() { return no_fields; }
};

/// Published ones, newest first; administrators with `users` see hidden ones too.
struct ListReviews {
  static constexpr Tag tag{7, "list_reviews"};
  std::optional<int> limit = {};
  std::optional<Uuid> cursor = {};
  static constexpr auto fields() {
    return std::array{field<&ListReviews::limit>(1, "limit", between(1, 200)),
                      field<&ListReviews::cursor>(2, "cursor")};
  }
};

/// What other parts of the platform must know before they let this user and `other` deal with each other.
struct ViewStanding {
  static constexpr Tag tag{8, "view_standing"};
  std::optional<UserId> other = {};
  static constexpr auto fields() { return std::array{field<&ViewStanding::other>(1, "other")}; }
};

/// May the user be reviewed for that delivery, and by whom?
struct ViewReviewWindow {
  static constexpr Tag tag{9, "view_review_window"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&ViewReviewWindow::delivery_id>(1, "deliveryId")}; }
};

/// What others reported about the user: to administrators with `users` how many, with `private` too what, and never to
/// the user.
struct ListReports {
  static constexpr Tag tag{11, "list_reports"};
  static constexpr auto fields() { return no_fields; }
};

struct ViewReview {
  static constexpr Tag tag{10, "view_review"};
  Uuid review_id;
  static constexpr auto fields() { return std::array{field<&ViewReview::review_id>(1, "reviewId", internal())}; }
};

}  // namespace caravan
