#include "actors/pricing/pricing.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr std::int64_t whole = 10'000;          // shares are ten-thousandths of it
constexpr double farthest_meters = 20'100'000;  // half around the world
constexpr std::int64_t heaviest_grams = max_load_grams;
constexpr std::int64_t largest_millilitres = max_load_millilitres;
constexpr std::int64_t highest_value = 10'000'000'000'000;  // ten-thousandths of a major unit
constexpr std::int64_t highest_demand = 1'000'000;          // a hundred requests for one trip

/// Price of `quantity` thousandths (metres, grams, millilitres) at millicents a unit, in cents.
std::int64_t cents_for(std::int64_t quantity, std::int64_t millicents) {
  return share_of(quantity, millicents, 1'000 * 1'000);
}

const CategoryRule* find(const PricingRules& rules, std::string_view category) {
  const auto named = [&](std::string_view name) {
    const auto at = std::find_if(rules.categories.begin(), rules.categories.end(),
                                 [&](const CategoryRule& rule) { return rule.category == name; });
    return at == rules.categories.end() ? nullptr : &*at;
  };
  const CategoryRule* rule = named(category);
  return rule ? rule : named("other");
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}

/// Price in US cents, part by part.
class Parts {
 public:
  Parts(const PricingRules& rules, const PriceFacts& facts, const PriceLevel& level)
      : rules_(rules), facts_(facts), level_(level) {}

  std::vector<PricePart> list() {
    transport();
    const std::int64_t carried = sum_;
    if (const CategoryRule* rule = find(rules_, facts_.category))
      add("category", share_of(carried, rule->surcharge, whole));
    const std::int64_t urgency = facts_.urgency == Urgency::same_day  ? rules_.same_day_surcharge
                                 : facts_.urgency == Urgency::express ? rules_.express_surcharge
                                                                      : 0;
    add("urgency", share_of(carried, urgency, whole));
    const std::int64_t demand = std::clamp<std::int64_t>(facts_.demand, 0, highest_demand) - whole;
    add("demand", share_of(sum_,
                           std::clamp(share_of(demand, rules_.demand_sensitivity, whole), rules_.demand_least,
                                      rules_.demand_most),
                           whole));
    add("insurance", share_of(std::min(value_in_cents(), rules_.insured_up_to), rules_.insurance_share, whole));
    if (sum_ < rules_.minimum) add("minimum", rules_.minimum - sum_);
    return std::move(parts_);
  }

 private:
  void transport() {
    add("base", rules_.base);
    const double distance = std::isfinite(facts_.distance_meters) ? facts_.distance_meters : farthest_meters;
    const std::int64_t meters = std::llround(std::clamp(distance, 0.0, farthest_meters));
    const std::int64_t near = std::min(meters, rules_.near_km * 1'000);
    add("distance",
        cents_for(near, rules_.millicents_per_km_near) + cents_for(meters - near, rules_.millicents_per_km_far));
    add("weight", cents_for(std::clamp<std::int64_t>(facts_.weight.units - rules_.free_weight, 0, heaviest_grams),
                            rules_.millicents_per_kg));
    add("volume", cents_for(std::clamp<std::int64_t>(facts_.volume.units - rules_.free_volume, 0, largest_millilitres),
                            rules_.millicents_per_litre));
  }

  /// The item's value, from ten-thousandths of a major unit of the wanted currency.
  std::int64_t value_in_cents() const {
    return share_of(std::clamp<std::int64_t>(facts_.value.units, 0, highest_value), 100, level_.level);
  }

  void add(std::string name, std::int64_t cents) {
    sum_ += cents;
    if (cents != 0) parts_.push_back({std::move(name), cents});
  }

  const PricingRules& rules_;
  const PriceFacts& facts_;
  const PriceLevel& level_;
  std::vector<PricePart> parts_;
  std::int64_t sum_ = 0;
};

}  // namespace

std::int64_t demand_of(std::int64_t requests, std::int64_t trips) {
  constexpr std::int64_t assumed = 5;
  return (requests + assumed) * whole / (trips + assumed);
}

std::optional<PriceQuote> price(const PricingRules& rules, const PriceFacts& facts) {
  const PriceLevel* level = find_level(rules, facts.currency);
  if (!level) return std::nullopt;
  PriceQuote quote;
  quote.currency = facts.currency;
  quote.rules_version = rules.version;
  quote.breakdown = Parts(rules, facts, *level).list();
  // Each part is rounded on its own, and the amount is their sum, so the parts that a customer sees always add up.
  for (PricePart& part : quote.breakdown) {
    part.amount = share_of(part.amount, level->level * power_of_ten(facts.currency.digits()), whole * 100);
    quote.amount += part.amount;
  }
  quote.platform_fee = platform_fee({quote.amount, quote.currency}, rules.platform_share).amount;
  quote.traveler_amount = quote.amount - quote.platform_fee;
  return quote;
}

}  // namespace caravan
