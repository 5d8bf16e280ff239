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

std::int64_t meters_of(const PriceFacts& facts) {
  const double distance = std::isfinite(facts.distance_meters) ? facts.distance_meters : farthest_meters;
  return std::llround(std::clamp(distance, 0.0, farthest_meters));
}

/// In US cents.
struct Transport {
  Carriage by = Carriage::road;
  std::int64_t base = 0, distance = 0, weight = 0;
  std::int64_t sum() const { return base + distance + weight; }
};

Transport transport(Carriage by, const PricingRules& rules, const PriceFacts& facts) {
  const Tariff& tariff = by == Carriage::road ? rules.road : rules.air;
  const std::int64_t meters = meters_of(facts), near = tariff.near_km * 1'000;
  const std::int64_t middle = std::max(near, tariff.middle_km * 1'000);
  const std::int64_t litres = std::clamp<std::int64_t>(facts.volume.units, 0, largest_millilitres);
  // A load takes room by its weight or by its size, whichever is more.
  const std::int64_t grams = std::max(std::clamp<std::int64_t>(facts.weight.units, 0, heaviest_grams),
                                      share_of(litres, rules.grams_per_litre, 1'000));
  return {by, tariff.base,
          cents_for(std::min(meters, near), tariff.millicents_per_km_near) +
              cents_for(std::clamp<std::int64_t>(meters - near, 0, middle - near), tariff.millicents_per_km_middle) +
              cents_for(std::max<std::int64_t>(meters - middle, 0), tariff.millicents_per_km_far),
          cents_for(std::max<std::int64_t>(grams - tariff.free_weight, 0), tariff.millicents_per_kg)};
}

Transport cheapest(const PricingRules& rules, const PriceFacts& facts) {
  const Transport flown = transport(Carriage::air, rules, facts);
  const bool is_flown = facts.only_flown && meters_of(facts) > rules.road.middle_km * 1'000;
  if (is_flown || meters_of(facts) > rules.road_ends_km * 1'000) return flown;
  const Transport driven = transport(Carriage::road, rules, facts);
  return driven.sum() <= flown.sum() ? driven : flown;
}

/// Price in US cents, part by part.
class Parts {
 public:
  Parts(const PricingRules& rules, const PriceFacts& facts, const PriceLevel& level)
      : rules_(rules), facts_(facts), level_(level) {}

  std::vector<PricePart> list(const Transport& transport) {
    add("base", transport.base);
    add("distance", transport.distance);
    add("weight", transport.weight);
    const std::int64_t carried = sum_;
    if (const CategoryRule* rule = find(rules_, facts_.category))
      add("category", share_of(carried, rule->surcharge, whole));
    const std::int64_t urgency = facts_.urgency == Urgency::same_day  ? rules_.same_day_surcharge
                                 : facts_.urgency == Urgency::express ? rules_.express_surcharge
                                                                      : 0;
    add("urgency", share_of(carried, urgency, whole));
    add("value", share_of(std::min(value_in_cents(), rules_.value_up_to), rules_.value_share, whole));
    if (facts_.accepted)
      add("accepted",
          share_of(sum_, std::clamp(*facts_.accepted - whole, rules_.accepted_least, rules_.accepted_most), whole));
    const std::int64_t demand = std::clamp<std::int64_t>(facts_.demand, 0, highest_demand) - whole;
    add("demand", share_of(sum_,
                           std::clamp(share_of(demand, rules_.demand_sensitivity, whole), rules_.demand_least,
                                      rules_.demand_most),
                           whole));
    if (sum_ < rules_.minimum) add("minimum", rules_.minimum - sum_);
    return std::move(parts_);
  }

 private:
  /// The item's value, from ten-thousandths of a major unit of the wanted currency.
  std::int64_t value_in_cents() const {
    return share_of(std::clamp<std::int64_t>(facts_.value.units, 0, highest_value), 100, level_.level);
  }

  void add(std::string name, std::int64_t cents) {
    sum_ += cents;
    if (cents != 0) parts_.push_back({std::move(name), cents, {}});
  }

  const PricingRules& rules_;
  const PriceFacts& facts_;
  const PriceLevel& level_;
  std::vector<PricePart> parts_;
  std::int64_t sum_ = 0;
};

}  // namespace

std::int64_t demand_of(std::int64_t hundredths_wanting, std::int64_t hundredths_going) {
  constexpr std::int64_t assumed = 20 * 100;
  return (hundredths_wanting + assumed) * whole / (hundredths_going + assumed);
}

std::optional<PriceQuote> price(const PricingRules& rules, const PriceFacts& facts) {
  const PriceLevel* level = find_level(rules, facts.currency);
  if (!level) return std::nullopt;
  PriceQuote quote;
  quote.currency = facts.currency;
  quote.rules_version = rules.version;
  const Transport carried = cheapest(rules, facts);
  quote.carriage = carried.by;
  quote.breakdown = Parts(rules, facts, *level).list(carried);
  // Each part is rounded on its own, and the amount is their sum, so the parts that a customer sees always add up.
  for (PricePart& part : quote.breakdown) {
    part.amount = share_of(part.amount, level->level * power_of_ten(facts.currency.digits()), whole * 100);
    quote.amount += part.amount;
    if (part.name == "value") part.note = std::string(value_is_care);
  }
  const std::int64_t step = std::max<std::int64_t>(level->step, 1);
  if (const std::int64_t over = quote.amount % step; over != 0) {
    quote.breakdown.push_back({"rounding", step - over, {}});
    quote.amount += step - over;
  }
  quote.platform_fee = platform_fee({quote.amount, quote.currency}, rules.platform_share).amount;
  quote.traveler_amount = quote.amount - quote.platform_fee;
  return quote;
}

}  // namespace caravan
