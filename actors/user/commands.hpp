#pragma once

#include "actors/entity/decision.hpp"
#include "actors/values/money.hpp"

namespace caravan {

/// What a person means to do on the platform.
enum class UserType { customer, traveler, both };
constexpr auto enum_labels(UserType) { return std::to_array<std::string_view>({"customer", "traveler", "both"}); }

/// A person's side of one delivery.
enum class DeliveryRole { customer, traveler };
constexpr auto enum_labels(DeliveryRole) { return std::to_array<std::string_view>({"customer", "traveler"}); }

inline Address user_address(UserId user) { return {EntityKind::user, user.value}; }

/// Profile, preferences and statistics of a new account. Again for the same user: nothing happens.
struct CreateProfile {
  static constexpr Tag tag{1, "create_profile"};
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::string preferred_language = "en";
  std::string time_zone = "UTC";
  static constexpr auto fields() {
    return std::array{
        field<&CreateProfile::email>(1, "email", format(schema::Format::email)),
        field<&CreateProfile::first_name>(2, "firstName", length(1, 100)),
        field<&CreateProfile::last_name>(3, "lastName", length(1, 100)),
        field<&CreateProfile::user_type>(4, "userType"),
        field<&CreateProfile::phone_number>(5, "phoneNumber", format(schema::Format::phone)),
        field<&CreateProfile::preferred_language>(6, "preferredLanguage", format(schema::Format::language)),
        field<&CreateProfile::time_zone>(7, "timezone", format(schema::Format::time_zone))};
  }
};

/// From a delivery to both its sides when it ends. Counts; a successful one opens the review window.
struct RecordDelivery {
  static constexpr Tag tag{2, "record_delivery"};
  DeliveryId delivery_id;
  UserId counterpart;
  DeliveryRole role = DeliveryRole::customer;
  bool successful = false;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RecordDelivery::delivery_id>(1, "deliveryId"),
                      field<&RecordDelivery::counterpart>(2, "counterpart"), field<&RecordDelivery::role>(3, "role"),
                      field<&RecordDelivery::successful>(4, "successful"), field<&RecordDelivery::at>(5, "at")};
  }
};

/// From an escrow: what its owner earned or spent by a delivery. Amounts add up; a refund is a negative `spent`.
struct RecordMoney {
  static constexpr Tag tag{3, "record_money"};
  DeliveryId delivery_id;
  std::optional<Money> earned = {};
  std::optional<Money> spent = {};
  static constexpr auto fields() {
    return std::array{field<&RecordMoney::delivery_id>(1, "deliveryId"), field<&RecordMoney::earned>(2, "earned"),
                      field<&RecordMoney::spent>(3, "spent")};
  }
};

/// From the user who was reviewed to the one who wrote: your review of that delivery is in.
struct CounterReviewWritten {
  static constexpr Tag tag{4, "counter_review_written"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&CounterReviewWritten::delivery_id>(1, "deliveryId")}; }
};

/// From the account: the person left. Name, addresses and documents go; reviews of others stay, without a name.
struct CloseProfile {
  static constexpr Tag tag{5, "close_profile"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
