#pragma once

#include <array>

#include "actors/user/resources.hpp"
#include "actors/wallet/commands.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// A quarter of the year, in minor units. What was taken back counts where it was taken back, so a quarter may be below
/// zero.
struct EarnedQuarter {
  static constexpr std::string_view record_name = "EarnedQuarter";
  std::int32_t quarter = 1;
  std::int64_t consideration = 0;  // credited to the traveler, less what was taken back
  std::int64_t fees = 0;           // that the platform kept, less what it gave back
  std::int64_t activities = 0;     // deliveries that were paid
  static constexpr auto fields() {
    return std::array{field<&EarnedQuarter::quarter>(1, "quarter"),
                      field<&EarnedQuarter::consideration>(2, "consideration"), field<&EarnedQuarter::fees>(3, "fees"),
                      field<&EarnedQuarter::activities>(4, "activities")};
  }
};

/// What a traveler was paid in a year (in UTC) and in a currency, in minor units, and who they are.
struct YearOfTraveler {
  static constexpr std::string_view record_name = "YearOfTraveler";
  UserId user_id;
  std::string first_name, last_name;  // of a deleted account: none
  std::string email;
  VerificationLevel verification_level = VerificationLevel::none;
  std::optional<std::string> address = {};  // the default one of those that they saved
  TaxFacts tax = {};
  Currency currency;
  std::int64_t gross = 0;       // what customers paid for the deliveries, fees and all
  std::int64_t credited = 0;    // of it, to the traveler
  std::int64_t taken_back = 0;  // of what was credited, in this year or before
  std::int64_t consideration = 0;
  std::int64_t fees = 0;
  std::int64_t activities = 0;
  std::vector<EarnedQuarter> quarters;      // four
  std::vector<std::int64_t> monthly_gross;  // twelve
  bool form_1099k = false;                  // above both limits of the law
  static constexpr auto fields() {
    return joined_rows(
        field<&YearOfTraveler::user_id>(1, "userId"), field<&YearOfTraveler::first_name>(2, "firstName"),
        field<&YearOfTraveler::last_name>(3, "lastName"), field<&YearOfTraveler::email>(4, "email"),
        field<&YearOfTraveler::verification_level>(5, "verificationLevel"),
        field<&YearOfTraveler::address>(6, "address"), spliced<&YearOfTraveler::tax>({7, 8}),
        field<&YearOfTraveler::currency>(9, "currency"), field<&YearOfTraveler::gross>(10, "gross"),
        field<&YearOfTraveler::credited>(11, "credited"), field<&YearOfTraveler::taken_back>(12, "takenBack"),
        field<&YearOfTraveler::consideration>(13, "consideration"), field<&YearOfTraveler::fees>(14, "fees"),
        field<&YearOfTraveler::activities>(15, "activities"), field<&YearOfTraveler::quarters>(16, "quarters"),
        field<&YearOfTraveler::monthly_gross>(17, "monthlyGross"), field<&YearOfTraveler::form_1099k>(18, "form1099k"));
  }
};

/// Ordered by traveler and currency. `viewer`: who may see saved addresses.
Page<YearOfTraveler> year_of_travelers(const ReadModels& models, int year, const Viewer& viewer, const Paging& paging);

/// All of a year in one currency.
struct YearTotal {
  static constexpr std::string_view record_name = "YearTotal";
  Currency currency;
  std::int64_t travelers = 0;
  std::int64_t gross = 0;
  std::int64_t consideration = 0;
  std::int64_t fees = 0;
  std::int64_t activities = 0;
  std::int64_t ledger = 0;  // what the postings of escrows in that year come to on the account traveler_payable
  static constexpr auto fields() {
    return std::array{field<&YearTotal::currency>(1, "currency"), field<&YearTotal::travelers>(2, "travelers"),
                      field<&YearTotal::gross>(3, "gross"),       field<&YearTotal::consideration>(4, "consideration"),
                      field<&YearTotal::fees>(5, "fees"),         field<&YearTotal::activities>(6, "activities"),
                      field<&YearTotal::ledger>(7, "ledger")};
  }
};
std::vector<YearTotal> year_totals(const ReadModels& models, int year);

namespace read_models {
const Projection& earnings_projection();
}  // namespace read_models

}  // namespace caravan
