#include "actors/request/goods_checks.hpp"

#include "actors/request/goods.hpp"

namespace caravan {

namespace {

constexpr const char* contents_field = "item.declaration.contents";
constexpr const char* value_field = "item.declaration.customsValue";
constexpr std::string_view asked_by_customs =
    "Pickup and delivery lie in different customs territories: the traveler has to be able to declare what they carry.";

std::string named(const GoodsRule& rule) { return std::string(rule.goods); }

}  // namespace

std::optional<Decision> unfit_goods(const RequestDetails& details, bool customs_required) {
  const auto& declaration = details.item.declaration;
  for (const GoodsRule* rule : goods_of(details.title, details.item)) {
    if (rule->by_land == Carried::never)
      return reject(RequestRejection::prohibited_goods,
                    "Goods of this kind are not carried: " + named(*rule) + ". See GET /policy.", "item");
    if (rule->by_land == Carried::freely) continue;
    if (!declaration)
      return reject(RequestRejection::declaration_required,
                    "Goods of this kind travel only as declared: " + named(*rule) + ".", contents_field);
    if (!declaration->inspection_allowed.value_or(false))
      return reject(RequestRejection::declaration_required,
                    "The traveler has to be allowed to look at goods of this kind: " + named(*rule) + ".",
                    "item.declaration.inspectionAllowed");
    if (details.crosses_customs && !declaration->customs_value)
      return reject(RequestRejection::declaration_required,
                    "Across a border goods of this kind have a value for customs: " + named(*rule) + ".", value_field);
  }
  if (customs_required && details.crosses_customs && !declaration)
    return reject(RequestRejection::declaration_required, std::string(asked_by_customs), contents_field);
  return std::nullopt;
}

std::vector<RequestWarning> customs_warnings(const RequestDetails& details) {
  if (!details.crosses_customs) return {};
  const auto& declaration = details.item.declaration;
  if (!declaration) return {{"declaration_required", contents_field, std::string(asked_by_customs)}};
  if (!declaration->customs_value)
    return {
        {"declaration_required", value_field, "Customs ask what the goods are worth; the traveler shows it there."}};
  return {};
}

std::optional<Decision> unfit_for_trip(const RequestDetails& details, const SubmitOffer& command) {
  const TransportMode mode = command.mode.value_or(TransportMode::car);
  bool need_a_yes = false;
  for (const GoodsRule* rule : goods_of(details.title, details.item)) {
    const Carried carried = rule->by(mode);
    if (carried == Carried::never)
      return reject(RequestRejection::prohibited_goods, "A trip like this carries no such goods: " + named(*rule) + ".",
                    "tripId");
    if (carried == Carried::freely) continue;
    need_a_yes = true;
    if (!details.item.declaration)
      return reject(RequestRejection::declaration_required,
                    "The customer has to declare goods of this kind first: " + named(*rule) + ".", "tripId");
  }
  if (!need_a_yes || command.accepts_goods.value_or(false)) return std::nullopt;
  return reject(RequestRejection::goods_not_accepted,
                "The goods travel only as declared: look at the request's item.declaration, and accept them.",
                "acceptsGoods");
}

}  // namespace caravan
