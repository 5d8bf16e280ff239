#pragma once

#include "actors/account/resources.hpp"
#include "actors/user/resources.hpp"

namespace caravan::http {

struct CreateProfileBody {
  static constexpr std::string_view record_name = "NewProfile";
  UserId user_id;
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::optional<std::string> preferred_language = {};
  std::optional<std::string> time_zone = {};
  static constexpr auto fields() {
    return std::array{
        field<&CreateProfileBody::user_id>(1, "userId"),
        field<&CreateProfileBody::email>(2, "email", format(schema::Format::email) | length(3, 254)),
        field<&CreateProfileBody::first_name>(3, "firstName", format(schema::Format::name) | length(1, 100)),
        field<&CreateProfileBody::last_name>(4, "lastName", format(schema::Format::name) | length(1, 100)),
        field<&CreateProfileBody::user_type>(5, "userType"),
        field<&CreateProfileBody::phone_number>(6, "phoneNumber", format(schema::Format::phone)),
        field<&CreateProfileBody::preferred_language>(7, "preferredLanguage", format(schema::Format::language)),
        field<&CreateProfileBody::time_zone>(8, "timezone", format(schema::Format::time_zone))};
  }
};

/// Everything an administrator sees of a person at a glance.
struct UserOverview {
  static constexpr std::string_view record_name = "UserOverview";
  UserId user_id;
  AccountResource account;
  std::optional<ProfileResource> profile = {};
  std::optional<Statistics> statistics = {};
  std::optional<VerificationResource> verification = {};
  std::vector<DeliveryId> active_deliveries;
  std::vector<Money> spend;
  std::vector<TakenPaper> taken_papers = {};            // of `verification`
  std::optional<std::int64_t> report_count = {};        // not of oneself
  std::optional<std::vector<UserReport>> reports = {};  // with the permission `private`
  static constexpr auto fields() {
    return std::array{field<&UserOverview::user_id>(1, "userId"),
                      field<&UserOverview::account>(2, "account"),
                      field<&UserOverview::profile>(3, "profile"),
                      field<&UserOverview::statistics>(4, "statistics"),
                      field<&UserOverview::verification>(5, "verification"),
                      field<&UserOverview::active_deliveries>(6, "activeDeliveries"),
                      field<&UserOverview::spend>(7, "spend"),
                      field<&UserOverview::report_count>(8, "reportCount"),
                      field<&UserOverview::reports>(9, "reports"),
                      field<&UserOverview::taken_papers>(10, "takenPapers")};
  }
};

}  // namespace caravan::http
