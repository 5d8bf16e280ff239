#pragma once

#include "actors/entity/decision.hpp"
#include "actors/inbox/preferences.hpp"
#include "actors/values/coordinates.hpp"
#include "actors/values/money.hpp"
#include "actors/values/transport_mode.hpp"

namespace caravan {

/// What a person means to do on the platform.
enum class UserType { customer, traveler, both };
constexpr auto enum_labels(UserType) { return std::to_array<std::string_view>({"customer", "traveler", "both"}); }

/// A person's side of one delivery.
enum class DeliveryRole { customer, traveler };
constexpr auto enum_labels(DeliveryRole) { return std::to_array<std::string_view>({"customer", "traveler"}); }

inline Address user_address(UserId user) { return {EntityKind::user, user.value}; }

/// Who a new account is.
struct NewProfile {
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::string preferred_language = "en";
  std::string time_zone = "UTC";
  static constexpr auto fields() {
    return std::array{field<&NewProfile::email>(1, "email", format(schema::Format::email)),
                      field<&NewProfile::first_name>(2, "firstName", format(schema::Format::name) | length(1, 100)),
                      field<&NewProfile::last_name>(3, "lastName", format(schema::Format::name) | length(1, 100)),
                      field<&NewProfile::user_type>(4, "userType"),
                      field<&NewProfile::phone_number>(5, "phoneNumber", format(schema::Format::phone)),
                      field<&NewProfile::preferred_language>(6, "preferredLanguage", format(schema::Format::language)),
                      field<&NewProfile::time_zone>(7, "timezone", format(schema::Format::time_zone))};
  }
};

/// Profile, preferences and statistics of a new account. Again for the same user: nothing happens.
struct CreateProfile {
  static constexpr Tag tag{1, "create_profile"};
  NewProfile profile;
  static constexpr auto fields() { return joined_rows(spliced<&CreateProfile::profile>({1, 2, 3, 4, 5, 6, 7})); }
};

/// How a delivery ended for one of its sides.
struct DeliveryOutcome {
  DeliveryId delivery_id;
  UserId counterpart;
  DeliveryRole role = DeliveryRole::customer;
  bool successful = false;
  Time at;
  bool by_other = false;  // it was no success, and not by this side: it does not count for it
  bool slight = false;    // worth too little, or over too soon, to make anybody known; not written by earlier builds
  std::optional<std::int32_t> policy_version = {};  // that the two sides agreed under
  bool cheap = false;  // worth too little for its reviews to count; not written by earlier builds
  static constexpr auto fields() {
    return std::array{field<&DeliveryOutcome::delivery_id>(1, "deliveryId"),
                      field<&DeliveryOutcome::counterpart>(2, "counterpart"),
                      field<&DeliveryOutcome::role>(3, "role"),
                      field<&DeliveryOutcome::successful>(4, "successful"),
                      field<&DeliveryOutcome::at>(5, "at"),
                      field<&DeliveryOutcome::by_other>(6, "byOther"),
                      field<&DeliveryOutcome::slight>(7, "slight"),
                      field<&DeliveryOutcome::policy_version>(8, "policyVersion"),
                      field<&DeliveryOutcome::cheap>(9, "cheap")};
  }
};

/// From a delivery to both its sides when it ends. Counts; a successful one opens the review window.
struct RecordDelivery {
  static constexpr Tag tag{2, "record_delivery"};
  DeliveryOutcome outcome;
  static constexpr auto fields() { return joined_rows(spliced<&RecordDelivery::outcome>({1, 2, 3, 4, 5, 6, 7, 8, 9})); }
};

/// Where a traveler was, as a delivery knows it by a scan or by a wait that it pays for.
struct Whereabouts {
  static constexpr std::string_view record_name = "Whereabouts";
  DeliveryId delivery_id;
  Coordinates place;
  double radius = 0;  // metres around it
  Time since;
  Time until;
  bool waited = false;  // it earned a fee
  std::optional<TransportMode> mode;
  static constexpr auto fields() {
    return std::array{field<&Whereabouts::delivery_id>(1, "deliveryId"),
                      field<&Whereabouts::place>(2, "place"),
                      field<&Whereabouts::radius>(3, "radius"),
                      field<&Whereabouts::since>(4, "since"),
                      field<&Whereabouts::until>(5, "until"),
                      field<&Whereabouts::waited>(6, "waited"),
                      field<&Whereabouts::mode>(7, "mode")};
  }
};

/// From a delivery to its traveler. A person has one place: where others contradict a wait, its delivery is told.
struct RecordWhereabouts {
  static constexpr Tag tag{21, "record_whereabouts"};
  Whereabouts seen;
  static constexpr auto fields() { return std::array{field<&RecordWhereabouts::seen>(1, "seen")}; }
};

/// From a delivery, when it turns out only later that its end was this side's failure. Whatever it counted as before,
/// it counts as no success from then on; the other side may write its review all the same.
struct RecordFailure {
  static constexpr Tag tag{22, "record_failure"};
  DeliveryId delivery_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RecordFailure::delivery_id>(1, "deliveryId"), field<&RecordFailure::at>(2, "at")};
  }
};

/// From a delivery to both its sides: by a judge's decision its end was that side's failure. Whatever was counted
/// before, it counts for that side alone. What that side wrote of the other goes, shown or not; the other has some days
/// for its own review.
struct RecordVerdict {
  static constexpr Tag tag{24, "record_verdict"};
  DeliveryId delivery_id;
  std::optional<UserId> at_fault;  // absent: of what was delivered, nobody after all
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RecordVerdict::delivery_id>(1, "deliveryId"),
                      field<&RecordVerdict::at_fault>(2, "atFault"), field<&RecordVerdict::at>(3, "at")};
  }
};

/// From a delivery: so much of its price has gone back, or was never paid, that it does not make this side known, and
/// no review of this side counts, unless this side is at fault.
struct RecordCheap {
  static constexpr Tag tag{26, "record_cheap"};
  DeliveryId delivery_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RecordCheap::delivery_id>(1, "deliveryId"), field<&RecordCheap::at>(2, "at")};
  }
};

/// What somebody earned or spent by a delivery. Amounts add up; a refund is a negative `spent`.
struct DeliveryMoney {
  DeliveryId delivery_id;
  std::optional<Money> earned = {};
  std::optional<Money> spent = {};
  static constexpr auto fields() {
    return std::array{field<&DeliveryMoney::delivery_id>(1, "deliveryId"), field<&DeliveryMoney::earned>(2, "earned"),
                      field<&DeliveryMoney::spent>(3, "spent")};
  }
};

/// From an escrow.
struct RecordMoney {
  static constexpr Tag tag{3, "record_money"};
  DeliveryMoney money;
  static constexpr auto fields() { return joined_rows(spliced<&RecordMoney::money>({1, 2, 3})); }
};

/// From the user who was reviewed to the one who wrote: your review of that delivery has arrived.
struct CounterReviewWritten {
  static constexpr Tag tag{4, "counter_review_written"};
  DeliveryId delivery_id;
  std::optional<Time> at = {};  // when it was written; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&CounterReviewWritten::delivery_id>(1, "deliveryId"),
                      field<&CounterReviewWritten::at>(2, "at")};
  }
};

/// From the account: the person left. Name, addresses and documents go; reviews of others stay, without a name.
struct CloseProfile {
  static constexpr Tag tag{5, "close_profile"};
  static constexpr auto fields() { return no_fields; }
};

/// From the account: the e-mail address or telephone number was verified as the user's.
struct RecordContactVerified {
  static constexpr Tag tag{6, "record_contact_verified"};
  std::optional<std::string> email = {};
  std::optional<std::string> phone = {};
  static constexpr auto fields() {
    return std::array{field<&RecordContactVerified::email>(1, "email"),
                      field<&RecordContactVerified::phone>(2, "phone")};
  }
};

/// From the account: somebody else may have proven the telephone number.
struct RecordPhoneUnproven {
  static constexpr Tag tag{23, "record_phone_unproven"};
  std::string phone;
  static constexpr auto fields() { return std::array{field<&RecordPhoneUnproven::phone>(1, "phone")}; }
};

/// Absent fields stay as they are; an empty bio clears it. A telephone number can be replaced, not taken away.
struct ProfileChange {
  std::optional<std::string> first_name = {};
  std::optional<std::string> last_name = {};
  std::optional<std::string> bio = {};
  std::optional<std::string> phone_number = {};
  static constexpr auto fields() {
    return std::array{field<&ProfileChange::first_name>(1, "firstName", format(schema::Format::name) | length(1, 100)),
                      field<&ProfileChange::last_name>(2, "lastName", format(schema::Format::name) | length(1, 100)),
                      field<&ProfileChange::bio>(3, "bio", length(0, 1'000)),
                      field<&ProfileChange::phone_number>(4, "phoneNumber", format(schema::Format::phone))};
  }
};

struct UpdateProfile {
  static constexpr Tag tag{7, "update_profile"};
  ProfileChange change;
  static constexpr auto fields() { return joined_rows(spliced<&UpdateProfile::change>({1, 2, 3, 4})); }
};

struct ReplacePreferences {
  static constexpr Tag tag{8, "replace_preferences"};
  std::string language = "en";
  std::string time_zone = "UTC";
  Currency currency;
  ChannelPreferences channels;
  std::optional<QuietHours> quiet_hours = {};
  std::optional<MatchDigest> digest = {};  // absent: stays as it is
  static constexpr auto fields() {
    return std::array{field<&ReplacePreferences::language>(1, "language", format(schema::Format::language)),
                      field<&ReplacePreferences::time_zone>(2, "timezone", format(schema::Format::time_zone)),
                      field<&ReplacePreferences::currency>(3, "currency"),
                      field<&ReplacePreferences::channels>(4, "channels"),
                      field<&ReplacePreferences::quiet_hours>(5, "quietHours"),
                      field<&ReplacePreferences::digest>(6, "digest")};
  }
};

/// A saved address. Where there are no coordinates, the edge finds them.
struct AddAddress {
  static constexpr Tag tag{9, "add_address"};
  std::optional<std::string> label = {};
  std::string address;
  std::optional<double> lat = {};
  std::optional<double> lng = {};
  std::optional<bool> is_default = {};
  Coordinates location;
  static constexpr auto fields() {
    return std::array{field<&AddAddress::label>(1, "label", length(1, 60)),
                      field<&AddAddress::address>(2, "address", length(2, 300)),
                      field<&AddAddress::lat>(3, "lat", between_real(-90, 90)),
                      field<&AddAddress::lng>(4, "lng", between_real(-180, 180)),
                      field<&AddAddress::is_default>(5, "isDefault"),
                      field<&AddAddress::location>(6, "location", internal())};
  }
};

struct EditAddress {
  static constexpr Tag tag{10, "edit_address"};
  Uuid address_id;
  std::optional<std::string> label = {};
  std::optional<std::string> address = {};
  std::optional<double> lat = {};
  std::optional<double> lng = {};
  std::optional<bool> is_default = {};
  std::optional<Coordinates> location = {};
  static constexpr auto fields() {
    return std::array{field<&EditAddress::address_id>(1, "addressId", internal()),
                      field<&EditAddress::label>(2, "label", length(1, 60)),
                      field<&EditAddress::address>(3, "address", length(2, 300)),
                      field<&EditAddress::lat>(4, "lat", between_real(-90, 90)),
                      field<&EditAddress::lng>(5, "lng", between_real(-180, 180)),
                      field<&EditAddress::is_default>(6, "isDefault"),
                      field<&EditAddress::location>(7, "location", internal())};
  }
};

struct RemoveAddress {
  static constexpr Tag tag{11, "remove_address"};
  Uuid address_id;
  static constexpr auto fields() { return std::array{field<&RemoveAddress::address_id>(1, "addressId", internal())}; }
};

struct SetAvatar {
  static constexpr Tag tag{12, "set_avatar"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&SetAvatar::upload_id>(1, "uploadId", internal())}; }
};

enum class DocumentType { passport, id_card, driving_licence, residence_permit, other };
constexpr auto enum_labels(DocumentType) {
  return std::to_array<std::string_view>({"passport", "id_card", "driving_licence", "residence_permit", "other"});
}

struct VerificationDocument {
  static constexpr std::string_view record_name = "VerificationDocument";
  DocumentType type = DocumentType::passport;
  std::optional<UploadId> upload_id = {};
  std::optional<std::string> number = {};
  static constexpr auto fields() {
    return std::array{field<&VerificationDocument::type>(1, "type"),
                      field<&VerificationDocument::upload_id>(2, "uploadId", length(1, 64)),
                      field<&VerificationDocument::number>(3, "number", format(schema::Format::plain) | length(1, 60))};
  }
};

struct SubmitVerification {
  static constexpr Tag tag{13, "submit_verification"};
  std::vector<VerificationDocument> documents;
  std::optional<std::string> note = {};
  static constexpr auto fields() {
    return std::array{field<&SubmitVerification::documents>(1, "documents", length(1, 5)),
                      field<&SubmitVerification::note>(2, "note", length(0, 500))};
  }
};

/// The name that papers proved, for as long as it brings back what rested on them.
struct ProvenName {
  static constexpr std::string_view record_name = "ProvenName";
  std::string first_name, last_name;
  Time until;
  std::vector<VerificationDocument> papers;  // that proved it
  static constexpr auto fields() {
    return std::array{field<&ProvenName::first_name>(1, "firstName"), field<&ProvenName::last_name>(2, "lastName"),
                      field<&ProvenName::until>(3, "until"), field<&ProvenName::papers>(4, "papers", internal())};
  }
};

/// How well a person is known, each level including those before.
enum class VerificationLevel { none, email, phone, identity };
constexpr auto enum_labels(VerificationLevel) {
  return std::to_array<std::string_view>({"none", "email", "phone", "identity"});
}

enum class VerificationDecision { approved, rejected };
constexpr auto enum_labels(VerificationDecision) { return std::to_array<std::string_view>({"approved", "rejected"}); }

/// A paper that has verified somebody else before.
struct TakenPaper {
  static constexpr std::string_view record_name = "TakenPaper";
  DocumentType type = DocumentType::passport;
  std::string number;
  UserId user_id;  // whom it has verified, whatever became of that account
  static constexpr auto fields() {
    return std::array{field<&TakenPaper::type>(1, "type"), field<&TakenPaper::number>(2, "number"),
                      field<&TakenPaper::user_id>(3, "userId")};
  }
};

/// What the administrator says of a paper that has verified somebody else.
enum class DuplicatePaper { accepted };
constexpr auto enum_labels(DuplicatePaper) { return std::to_array<std::string_view>({"accepted"}); }

/// An administrator decides what was submitted; with a level, also what was not.
struct DecideVerification {
  static constexpr Tag tag{14, "decide_verification"};
  VerificationDecision decision = VerificationDecision::approved;
  std::optional<VerificationLevel> level = {};
  std::optional<std::string> note = {};
  std::optional<DuplicatePaper> duplicate = {};
  std::optional<std::string> number = {};     // as the picture of a paper shows it: it counts, whatever was said before
  std::vector<TakenPaper> taken = {};         // of the papers, by their claims
  std::optional<std::int32_t> document = {};  // which of the documents shows the number; absent: the first that counts
  static constexpr auto fields() {
    return std::array{field<&DecideVerification::decision>(1, "decision"),
                      field<&DecideVerification::level>(2, "level"),
                      field<&DecideVerification::note>(3, "note", length(0, 500)),
                      field<&DecideVerification::duplicate>(4, "duplicate"),
                      field<&DecideVerification::number>(5, "number", format(schema::Format::plain) | length(1, 60)),
                      field<&DecideVerification::taken>(6, "taken", internal()),
                      field<&DecideVerification::document>(7, "document", between(0, 4))};
  }
};

/// About the actor's user, by the other side of a finished delivery.
struct SubmitReview {
  static constexpr Tag tag{15, "submit_review"};
  DeliveryId delivery_id;
  int rating = 0;
  std::optional<std::string> comment = {};
  static constexpr auto fields() {
    return std::array{field<&SubmitReview::delivery_id>(1, "deliveryId"),
                      field<&SubmitReview::rating>(2, "rating", between(1, 5)),
                      field<&SubmitReview::comment>(3, "comment", length(0, 2'000))};
  }
};

struct RespondToReview {
  static constexpr Tag tag{16, "respond_to_review"};
  Uuid review_id;
  std::string text;
  static constexpr auto fields() {
    return std::array{field<&RespondToReview::review_id>(1, "reviewId", internal()),
                      field<&RespondToReview::text>(2, "text", length(1, 2'000))};
  }
};

/// Tells the platform about the actor's user.
struct ReportUser {
  static constexpr Tag tag{17, "report_user"};
  std::string reason;
  std::optional<std::string> description = {};
  std::optional<DeliveryId> delivery_id = {};
  static constexpr auto fields() {
    return std::array{field<&ReportUser::reason>(1, "reason", length(2, 100)),
                      field<&ReportUser::description>(2, "description", length(0, 2'000)),
                      field<&ReportUser::delivery_id>(3, "deliveryId")};
  }
};

/// The actor's user wants nothing to do with another.
struct BlockUser {
  static constexpr Tag tag{18, "block_user"};
  UserId user_id;
  static constexpr auto fields() { return std::array{field<&BlockUser::user_id>(1, "userId", internal())}; }
};

struct UnblockUser {
  static constexpr Tag tag{19, "unblock_user"};
  UserId user_id;
  static constexpr auto fields() { return std::array{field<&UnblockUser::user_id>(1, "userId", internal())}; }
};

/// From the account, whose owner has shut a thief out: preferences that were changed since then are as before.
struct RestorePreferences {
  static constexpr Tag tag{25, "restore_preferences"};
  Time since;
  static constexpr auto fields() { return std::array{field<&RestorePreferences::since>(1, "since")}; }
};

/// From the inbox: the link under a mail was used, and no more of them are wanted.
struct RecordUnsubscribed {
  static constexpr Tag tag{20, "record_unsubscribed"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
