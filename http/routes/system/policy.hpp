#pragma once

#include <string>

#include "actors/payments/ledger.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/goods.hpp"

namespace caravan::http {

struct OfferPolicy {
  std::int64_t open_seconds = 0;  // unless the request ends before
  std::int64_t max_offers = 0;    // of a request
  static constexpr std::string_view record_name = "OfferPolicy";
  static constexpr auto fields() {
    return std::array{field<&OfferPolicy::open_seconds>(1, "openSeconds"),
                      field<&OfferPolicy::max_offers>(2, "maxOffers")};
  }
};

struct CodePolicy {
  std::int64_t place_radius_meters = 0;
  std::int64_t max_failed_scans = 0;  // then the code is locked
  static constexpr std::string_view record_name = "CodePolicy";
  static constexpr auto fields() {
    return std::array{field<&CodePolicy::place_radius_meters>(1, "placeRadiusMeters"),
                      field<&CodePolicy::max_failed_scans>(2, "maxFailedScans")};
  }
};

/// Goods that nobody carries, or only as they were declared.
struct GoodsTerms {
  std::string goods;
  Carried by_land = Carried::freely, by_air = Carried::freely;
  static constexpr std::string_view record_name = "GoodsTerms";
  static constexpr auto fields() {
    return std::array{field<&GoodsTerms::goods>(1, "goods"), field<&GoodsTerms::by_land>(2, "byLand"),
                      field<&GoodsTerms::by_air>(3, "byAir")};
  }
};

/// What one language says of each section.
struct PolicyText {
  std::string fees, cancellation, waiting, lateness, standstill, disputes, reviews, payout, offers, codes, delays,
      prohibited, accounts, cover;
  static constexpr std::string_view record_name = "PolicyText";
  static constexpr auto fields() {
    return std::array{field<&PolicyText::fees>(1, "fees"),
                      field<&PolicyText::cancellation>(2, "cancellation"),
                      field<&PolicyText::waiting>(3, "waiting"),
                      field<&PolicyText::lateness>(4, "lateness"),
                      field<&PolicyText::standstill>(5, "standstill"),
                      field<&PolicyText::disputes>(6, "disputes"),
                      field<&PolicyText::reviews>(7, "reviews"),
                      field<&PolicyText::payout>(8, "payout"),
                      field<&PolicyText::offers>(9, "offers"),
                      field<&PolicyText::codes>(10, "codes"),
                      field<&PolicyText::delays>(11, "delays"),
                      field<&PolicyText::prohibited>(12, "prohibited"),
                      field<&PolicyText::accounts>(13, "accounts"),
                      field<&PolicyText::cover>(14, "cover")};
  }
};
struct PolicyTexts {
  PolicyText en, de;
  static constexpr std::string_view record_name = "PolicyTexts";
  static constexpr auto fields() {
    return std::array{field<&PolicyTexts::en>(1, "en"), field<&PolicyTexts::de>(2, "de")};
  }
};

/// The numbers that decide, and what they mean in words.
struct PolicyResource {
  std::int32_t version = 0;
  DealTerms fees;
  CancellationPolicy cancellation;
  WaitingPolicy waiting;
  LatenessPolicy lateness;
  StandstillPolicy standstill;
  DisputePolicy disputes;
  ReviewPolicy reviews;
  PayoutPolicy payout;
  OfferPolicy offers;
  CodePolicy codes;
  DelayPolicy delays = policy.delays;
  std::optional<PolicyTexts> texts;
  std::vector<GoodsTerms> prohibited;
  AccountPolicy accounts = policy.accounts;
  CoverPolicy cover;
  std::vector<std::string> covered;  // categories of items: nothing else is
  static constexpr std::string_view record_name = "PolicyTerms";
  static constexpr auto fields() {
    return std::array{field<&PolicyResource::version>(1, "version"),
                      field<&PolicyResource::fees>(2, "fees"),
                      field<&PolicyResource::cancellation>(3, "cancellation"),
                      field<&PolicyResource::waiting>(4, "waiting"),
                      field<&PolicyResource::lateness>(5, "lateness"),
                      field<&PolicyResource::standstill>(6, "standstill"),
                      field<&PolicyResource::disputes>(7, "disputes"),
                      field<&PolicyResource::reviews>(8, "reviews"),
                      field<&PolicyResource::payout>(9, "payout"),
                      field<&PolicyResource::offers>(10, "offers"),
                      field<&PolicyResource::codes>(11, "codes"),
                      field<&PolicyResource::texts>(12, "texts"),
                      field<&PolicyResource::delays>(13, "delays"),
                      field<&PolicyResource::prohibited>(14, "prohibited"),
                      field<&PolicyResource::accounts>(15, "accounts"),
                      field<&PolicyResource::cover>(16, "cover"),
                      field<&PolicyResource::covered>(17, "covered")};
  }
};

/// The terms of that version; `fees`, and what is said of offers and codes, is what holds now.
PolicyResource policy_terms(const Policy& of, const DealTerms& fees);

}  // namespace caravan::http
