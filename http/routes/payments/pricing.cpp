#include "http/routes/payments/pricing.hpp"

#include "actors/request/cover.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/trips/trip_facts.hpp"

namespace caravan::http {

namespace {

struct PricedRoute {
  static constexpr std::string_view record_name = "PricedRoute";
  Coordinates origin, destination;
  static constexpr auto fields() {
    return std::array{field<&PricedRoute::origin>(1, "origin"), field<&PricedRoute::destination>(2, "destination")};
  }
};

/// An item as far as its price depends on it.
struct PricedItem {
  static constexpr std::string_view record_name = "PricedItem";
  Kilograms weight;
  std::optional<Litres> volume;
  std::optional<std::int32_t> items;       // unused: weight and volume stand for the whole load
  std::optional<std::string> category;     // its surcharge counts; absent: "other"
  std::optional<std::string> description;  // of what travels only as declared there is no cover
  std::optional<Price> value;
  static constexpr auto fields() {
    return std::array{field<&PricedItem::weight>(1, "weight", between(1, max_load_grams)),
                      field<&PricedItem::volume>(2, "volume", between(1, max_load_millilitres)),
                      field<&PricedItem::items>(3, "items", between(1, max_load_items)),
                      field<&PricedItem::category>(4, "category", length(1, 50)),
                      field<&PricedItem::description>(5, "description"),
                      field<&PricedItem::value>(6, "value", between(0, most_price_units))};
  }
};

struct PricedDelivery {
  static constexpr std::string_view record_name = "PricedDelivery";
  PricedRoute route;
  PricedItem item;
  std::optional<Urgency> urgency;
  std::optional<Currency> currency;
  std::optional<bool> cover;  // true: the total is with it
  static constexpr auto fields() {
    return std::array{field<&PricedDelivery::route>(1, "route"), field<&PricedDelivery::item>(2, "item"),
                      field<&PricedDelivery::urgency>(3, "urgency"), field<&PricedDelivery::currency>(4, "currency"),
                      field<&PricedDelivery::cover>(5, "cover")};
  }
};

struct CalculatePrice {
  static constexpr std::string_view record_name = "CalculatePrice";
  PricedDelivery delivery_request;
  static constexpr auto fields() { return std::array{field<&CalculatePrice::delivery_request>(1, "deliveryRequest")}; }
};

/// PriceQuote, until when it stands, and what a cover would be: a line of its own, in no part of the amount. `total`
/// has its fee only where it was asked for.
struct CalculatedPrice {
  static constexpr std::string_view record_name = "CalculatedPrice";
  std::int64_t amount = 0;
  Currency currency;
  std::int64_t platform_fee = 0;
  std::int64_t traveler_amount = 0;
  std::vector<PricePart> breakdown;
  std::int32_t rules_version = 0;
  Carriage carriage = Carriage::road;
  Time expires_at;
  std::optional<CoverTerms> cover;
  std::optional<std::string> no_cover;  // why there is none for this item
  bool cover_taken = false;
  std::int64_t total = 0;
  static constexpr auto fields() {
    return std::array{field<&CalculatedPrice::amount>(1, "amount"),
                      field<&CalculatedPrice::currency>(2, "currency"),
                      field<&CalculatedPrice::platform_fee>(3, "platformFee"),
                      field<&CalculatedPrice::traveler_amount>(4, "travelerAmount"),
                      field<&CalculatedPrice::breakdown>(5, "breakdown"),
                      field<&CalculatedPrice::rules_version>(6, "rulesVersion"),
                      field<&CalculatedPrice::expires_at>(7, "expiresAt"),
                      field<&CalculatedPrice::carriage>(8, "carriage"),
                      field<&CalculatedPrice::cover>(9, "cover"),
                      field<&CalculatedPrice::no_cover>(10, "noCover"),
                      field<&CalculatedPrice::cover_taken>(11, "coverTaken"),
                      field<&CalculatedPrice::total>(12, "total")};
  }
};

const PriceEngine& pricing(Call& call) {
  if (!call.services().places) throw Problem{"unavailable", "This server knows no prices."};
  return *call.services().places->pricing;
}

Response calculate(Call& call) {
  const PricedDelivery& wanted = call.body<CalculatePrice>().delivery_request;
  Item item;
  item.weight = wanted.item.weight;
  item.volume = wanted.item.volume.value_or(Litres{});
  item.category = wanted.item.category.value_or("other");
  item.value = wanted.item.value.value_or(Price{});
  item.description = wanted.item.description.value_or("");
  const Currency currency = wanted.currency.value_or(Currency{});
  if (const auto why = above_highest("value", item.value, currency))
    throw Problem{"invalid_amount", *why, "deliveryRequest.item.value"};
  const auto& [origin, destination] = wanted.route;
  std::optional<PriceQuote> quote =
      pricing(call).quote(origin, destination, item, wanted.urgency.value_or(Urgency::standard), currency,
                          market_between(call, origin, destination));
  if (!quote)
    throw Problem{"invalid_currency", "There is no price level for " + std::string(currency.text()) + ".",
                  "deliveryRequest.currency"};
  CoverOffer cover = cover_for(known_policies().back(), {}, item, currency);
  const bool takes_cover = wanted.cover.value_or(false);
  if (takes_cover && !cover.terms) throw Problem{"cover_not_available", cover.why_not, "deliveryRequest.cover"};
  CalculatedPrice out{quote->amount,
                      quote->currency,
                      quote->platform_fee,
                      quote->traveler_amount,
                      std::move(quote->breakdown),
                      quote->rules_version,
                      quote->carriage,
                      call.door().now() + quote_stands,
                      cover.terms,
                      {},
                      takes_cover,
                      quote->amount};
  if (takes_cover) out.total += cover.terms->fee;
  if (!cover.terms) out.no_cover = std::move(cover.why_not);
  return call.answer(AnyRecord(std::move(out)));
}

}  // namespace

std::vector<Route> pricing_routes(Services&) {
  return {
      post("/payments/calculate-price", user, "Dynamic price with its parts")
          .body<CalculatePrice>()
          .answers<CalculatedPrice>()
          .without_key()
          .rated(RateClass::search)
          .handle(calculate),
      get("/admin/pricing-rules", admin(Permission::finance), "Rules of the pricing engine")
          .answers<PricingRules>()
          .handle([](Call& call) { return call.answer(AnyRecord(pricing(call).rules())); }),
  };
}

}  // namespace caravan::http
