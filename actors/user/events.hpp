#pragma once

#include "actors/user/state.hpp"

namespace caravan {

struct ProfileCreated {
  static constexpr Tag tag{1, "profile.created"};
  NewProfile profile;
  Time at;
  static constexpr auto fields() {
    return joined_rows(spliced<&ProfileCreated::profile>({1, 2, 3, 4, 5, 6, 7}), field<&ProfileCreated::at>(8, "at"));
  }
};

struct UserUpdated {
  static constexpr Tag tag{2, "user.updated"};
  ProfileChange change;
  std::optional<UploadId> avatar = {};
  Time at;
  static constexpr auto fields() {
    return joined_rows(spliced<&UserUpdated::change>({1, 2, 3, 4}), field<&UserUpdated::avatar>(5, "avatar"),
                       field<&UserUpdated::at>(6, "at"));
  }
};

struct PreferencesReplaced {
  static constexpr Tag tag{3, "preferences.replaced"};
  PreferencesResource preferences;
  std::optional<Time> at = {};  // absent in older entries, and where earlier ones come back
  static constexpr auto fields() {
    return std::array{field<&PreferencesReplaced::preferences>(1, "preferences"),
                      field<&PreferencesReplaced::at>(2, "at")};
  }
};

/// Added, or changed where the id is known.
struct AddressSaved {
  static constexpr Tag tag{4, "address.saved"};
  SavedAddress address;
  static constexpr auto fields() { return std::array{field<&AddressSaved::address>(1, "address")}; }
};

struct AddressRemoved {
  static constexpr Tag tag{5, "address.removed"};
  Uuid address_id;
  static constexpr auto fields() { return std::array{field<&AddressRemoved::address_id>(1, "addressId")}; }
};

struct ContactVerified {
  static constexpr Tag tag{6, "contact.verified"};
  std::optional<std::string> email = {};
  std::optional<std::string> phone = {};
  Time at;
  std::optional<VerificationLevel> proven = {};  // the level that it gives by itself; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&ContactVerified::email>(1, "email"), field<&ContactVerified::phone>(2, "phone"),
                      field<&ContactVerified::at>(3, "at"), field<&ContactVerified::proven>(4, "proven", internal())};
  }
};

/// The telephone number is another now, or may be a thief's: nobody has proven that it is theirs.
struct PhoneUnproven {
  static constexpr Tag tag{19, "phone.unproven"};
  Time at;
  static constexpr auto fields() { return std::array{field<&PhoneUnproven::at>(1, "at")}; }
};

/// The name is another now than on the papers that were looked at.
struct IdentityUnproven {
  static constexpr Tag tag{20, "identity.unproven"};
  Time at;
  std::optional<ProvenName> proven = {};  // whom the papers name; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&IdentityUnproven::at>(1, "at"), field<&IdentityUnproven::proven>(2, "proven", internal())};
  }
};

/// The name that the papers proved is back within a week: so is what rested on them.
struct IdentityProvenAgain {
  static constexpr Tag tag{25, "identity.proven_again"};
  Time at;
  static constexpr auto fields() { return std::array{field<&IdentityProvenAgain::at>(1, "at")}; }
};

struct VerificationSubmitted {
  static constexpr Tag tag{7, "verification.submitted"};
  std::vector<VerificationDocument> documents;
  std::optional<std::string> note = {};
  Time at;
  static constexpr auto fields() {
    return std::array{field<&VerificationSubmitted::documents>(1, "documents", internal()),
                      field<&VerificationSubmitted::note>(2, "note"), field<&VerificationSubmitted::at>(3, "at")};
  }
};

struct VerificationCompleted {
  static constexpr Tag tag{8, "verification.completed"};
  VerificationDecision decision = VerificationDecision::approved;
  VerificationLevel level = VerificationLevel::none;
  std::optional<std::string> note = {};
  UserId by;
  Time at;
  std::optional<VerificationLevel> before = {};  // absent in older entries
  std::optional<std::string> number = {};        // of the first paper without one, as who decided read it
  std::vector<TakenPaper> taken = {};            // accepted all the same
  std::optional<std::int32_t> document = {};     // that shows `number`; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&VerificationCompleted::decision>(1, "decision"),
                      field<&VerificationCompleted::level>(2, "level"),
                      field<&VerificationCompleted::note>(3, "note"),
                      field<&VerificationCompleted::by>(4, "by"),
                      field<&VerificationCompleted::at>(5, "at"),
                      field<&VerificationCompleted::before>(6, "before", internal()),
                      field<&VerificationCompleted::number>(7, "number", internal()),
                      field<&VerificationCompleted::taken>(8, "taken", internal()),
                      field<&VerificationCompleted::document>(9, "document", internal())};
  }
};

struct DeliveryRecorded {
  static constexpr Tag tag{9, "delivery.recorded"};
  DeliveryOutcome outcome;
  bool failed = false;  // it counts as no success; not written by earlier builds
  static constexpr auto fields() {
    return joined_rows(spliced<&DeliveryRecorded::outcome>({1, 2, 3, 4, 5, 6, 8, 9, 10}),
                       field<&DeliveryRecorded::failed>(7, "failed"));
  }
};

struct FailureRecorded {
  static constexpr Tag tag{23, "delivery.failure_recorded"};
  DeliveryId delivery_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&FailureRecorded::delivery_id>(1, "deliveryId"), field<&FailureRecorded::at>(2, "at")};
  }
};

/// A judge found whose failure the delivery was.
struct VerdictRecorded {
  static constexpr Tag tag{24, "delivery.verdict_recorded"};
  DeliveryId delivery_id;
  bool failed = false;              // this user's
  bool counterpart_failed = false;  // what that side wrote goes, also where it was shown
  Time at;
  // Whoever is not at fault reviews the other until then. Absent: nobody is at fault, and nobody was before.
  std::optional<Time> reviewed_until = {};
  static constexpr auto fields() {
    return std::array{
        field<&VerdictRecorded::delivery_id>(1, "deliveryId"), field<&VerdictRecorded::failed>(2, "failed"),
        field<&VerdictRecorded::counterpart_failed>(3, "counterpartFailed"), field<&VerdictRecorded::at>(4, "at"),
        field<&VerdictRecorded::reviewed_until>(5, "reviewedUntil")};
  }
};

/// Its price has gone back: it makes nobody known, and its reviews count no more.
struct CheapRecorded {
  static constexpr Tag tag{26, "delivery.cheap_recorded"};
  DeliveryId delivery_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&CheapRecorded::delivery_id>(1, "deliveryId"), field<&CheapRecorded::at>(2, "at")};
  }
};

struct MoneyRecorded {
  static constexpr Tag tag{10, "money.recorded"};
  DeliveryMoney money;
  static constexpr auto fields() { return joined_rows(spliced<&MoneyRecorded::money>({1, 2, 3})); }
};

/// Somebody reviewed this user. What they wrote stays off the feed until it is published.
struct ReviewSubmitted {
  static constexpr Tag tag{11, "review.submitted"};
  Uuid review_id;
  DeliveryId delivery_id;
  UserId author_id;
  DeliveryRole author_role = DeliveryRole::customer;
  int rating = 0;
  std::optional<std::string> comment = {};
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ReviewSubmitted::review_id>(1, "reviewId"),
                      field<&ReviewSubmitted::delivery_id>(2, "deliveryId"),
                      field<&ReviewSubmitted::author_id>(3, "authorId"),
                      field<&ReviewSubmitted::author_role>(4, "authorRole"),
                      field<&ReviewSubmitted::rating>(5, "rating", internal()),
                      field<&ReviewSubmitted::comment>(6, "comment", internal()),
                      field<&ReviewSubmitted::at>(7, "at")};
  }
};

struct ReviewPublished {
  static constexpr Tag tag{12, "review.published"};
  Uuid review_id;
  DeliveryId delivery_id;
  UserId author_id;
  int rating = 0;
  Time at;
  bool uncounted = false;  // of a cheap delivery: no part of the mean; never set by earlier builds
  bool only_one = false;   // its author's earlier ones count no more; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&ReviewPublished::review_id>(1, "reviewId"),
                      field<&ReviewPublished::delivery_id>(2, "deliveryId"),
                      field<&ReviewPublished::author_id>(3, "authorId"),
                      field<&ReviewPublished::rating>(4, "rating"),
                      field<&ReviewPublished::at>(5, "at"),
                      field<&ReviewPublished::uncounted>(6, "uncounted"),
                      field<&ReviewPublished::only_one>(7, "onlyOne")};
  }
};

/// This user's review of the counterpart is in.
struct CounterReviewRecorded {
  static constexpr Tag tag{13, "review.written"};
  DeliveryId delivery_id;
  std::optional<Time> at = {};  // absent in older entries
  static constexpr auto fields() {
    return std::array{field<&CounterReviewRecorded::delivery_id>(1, "deliveryId"),
                      field<&CounterReviewRecorded::at>(2, "timestamp")};
  }
};

struct ReviewAnswered {
  static constexpr Tag tag{14, "review.answered"};
  Uuid review_id;
  std::string text;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ReviewAnswered::review_id>(1, "reviewId"), field<&ReviewAnswered::text>(2, "text"),
                      field<&ReviewAnswered::at>(3, "at")};
  }
};

struct UserReported {
  static constexpr Tag tag{15, "user.reported"};
  UserReport report;
  bool replaces = false;  // what that person reported of that delivery before; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&UserReported::report>(1, "report", internal()),
                      field<&UserReported::replaces>(2, "replaces", internal())};
  }
};

struct UserBlocked {
  static constexpr Tag tag{16, "user.blocked"};
  UserId user_id;
  static constexpr auto fields() { return std::array{field<&UserBlocked::user_id>(1, "userId")}; }
};

struct UserUnblocked {
  static constexpr Tag tag{17, "user.unblocked"};
  UserId user_id;
  static constexpr auto fields() { return std::array{field<&UserUnblocked::user_id>(1, "userId")}; }
};

struct WhereaboutsRecorded {
  static constexpr Tag tag{22, "user.whereabouts_recorded"};
  Whereabouts seen;
  static constexpr auto fields() { return std::array{field<&WhereaboutsRecorded::seen>(1, "seen", internal())}; }
};

struct ProfileClosed {
  static constexpr Tag tag{18, "profile.closed"};
  Time at;
  static constexpr auto fields() { return std::array{field<&ProfileClosed::at>(1, "at")}; }
};

/// The files of papers that were refused, or that others took the place of.
struct PapersRemoved {
  static constexpr Tag tag{21, "verification.papers_removed"};
  std::vector<UploadId> upload_ids;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PapersRemoved::upload_ids>(1, "uploadIds", internal()),
                      field<&PapersRemoved::at>(2, "at")};
  }
};

}  // namespace caravan
