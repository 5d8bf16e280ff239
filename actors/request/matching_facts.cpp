#include "actors/request/matching_facts.hpp"

#include "actors/messages/talk.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/goods.hpp"
#include "actors/request/written.hpp"

namespace caravan {

Price unverified_limit(Currency currency) { return of_dollars(unverified_value_limit, currency); }

bool needs_verified_traveler(const Item& item, Currency currency) {
  return item.value.units > unverified_limit(currency).units;
}

RequestFacts matching_facts(RequestId id, const RequestTerms& terms) {
  RequestFacts facts;
  facts.id = id;
  facts.customer = terms.customer_id;
  facts.pickup = area_center(terms.pickup);
  facts.dropoff = area_center(terms.dropoff);
  facts.load = terms.item.load();
  facts.max_price = terms.max_price;
  facts.pickup_from = terms.pickup_from;
  facts.deliver_by = terms.deliver_by;
  facts.urgency = terms.urgency;
  facts.needs_verified = needs_verified_traveler(terms.item, terms.max_price.currency);
  facts.title = masked_contacts(terms.title);  // travelers read it, and have no deal yet
  for (const GoodsRule* rule : goods_of(terms.title, terms.item)) {
    facts.flies &= rule->by_air != Carried::never;
    facts.goods.emplace_back(rule->goods);
  }
  facts.declaration = as_others_read(terms.item.declaration);
  facts.crosses_customs = terms.crosses_customs;
  return facts;
}

RequestFacts matching_facts(RequestId id, UserId customer, const RequestDetails& details, Time created) {
  return matching_facts(id, RequestTerms{customer, RequestStatus::open, details.pickup.at(), details.dropoff.at(),
                                         details.item, details.urgency, details.max_price, details.pickup_from,
                                         deadline_of(details, created), details.title, details.crosses_customs});
}

}  // namespace caravan
