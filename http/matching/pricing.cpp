#include "http/matching/pricing.hpp"

#include "http/providers/places/routes.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

/// Categories as they are compared.
PricingRules folded(PricingRules rules) {
  for (CategoryRule& rule : rules.categories) rule.category = unicode::folded(rule.category);
  return rules;
}

}  // namespace

PriceEngine::PriceEngine(PricingRules rules) : rules_(folded(std::move(rules))) {}

std::optional<PriceQuote> PriceEngine::quote(Coordinates pickup, Coordinates dropoff, const Item& item, Urgency urgency,
                                             Currency currency, const WayMarket& market) const {
  PriceFacts facts;
  facts.distance_meters = geodesic_meters(pickup, dropoff);
  facts.weight = item.weight;
  facts.volume = item.volume;
  facts.category = unicode::folded(item.category);  // whoever writes Jewelry pays as for jewelry
  facts.urgency = urgency;
  facts.value = item.value;
  facts.demand = market.demand;
  facts.only_flown = market.only_flown;
  facts.accepted = market.accepted;
  facts.currency = currency;
  return price(rules_, facts);
}

}  // namespace caravan
