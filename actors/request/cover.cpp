#include "actors/request/cover.hpp"

#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/goods.hpp"

namespace caravan {

namespace {

CoverOffer none(std::string why) { return {std::nullopt, std::move(why)}; }

}  // namespace

CoverOffer cover_for(const Policy& policy, const std::string& title, const Item& item, Currency currency) {
  const CoverPolicy& terms = policy.cover;
  const Price most = of_dollars(terms.limit_dollars, currency);
  if (most.units <= 0) return none("No cover is offered in " + std::string(currency.text()) + ".");
  const auto value = to_money(item.value, currency);
  if (!value || value->amount <= 0) return none("What has no declared value is not covered.");
  if (item.value > most) return none("At most " + money_text(*to_money(most, currency)) + " of value is covered.");
  if (std::ranges::find(covered_goods, lower_case(item.category)) == covered_goods.end())
    return none("Items of the category " + item.category + " are not covered; see GET /policy.");
  if (!goods_of(title, item).empty()) return none("Goods that travel only as declared are not covered.");
  const std::int64_t fee = std::max<std::int64_t>(share_of(value->amount, terms.fee_basis_points, 10'000), 1);
  return {CoverTerms{fee, value->amount, currency, policy.version}, {}};
}

}  // namespace caravan
