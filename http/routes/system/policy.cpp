#include "http/routes/system/policy.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "actors/delivery/policy.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/cover.hpp"
#include "actors/request/details.hpp"
#include "actors/schema/field.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/reader.hpp"

namespace caravan::http {

namespace {

/// A number as people say it, by what its name says that it counts.
std::string in_words(std::string_view name, std::int64_t number, const std::string& language) {
  const auto percent = [&](double value) { return fmt::format("{:g}\u00A0%", value); };
  if (name.ends_with("Seconds")) return readable(std::chrono::seconds{number}, language);
  if (name.ends_with("Hours")) return readable(std::chrono::hours{number}, language);
  if (name.ends_with("Days")) return readable(std::chrono::days{number}, language);
  if (name.ends_with("Percent")) return percent(static_cast<double>(number));
  if (name.ends_with("BasisPoints")) return percent(static_cast<double>(number) / 100);
  if (name.ends_with("Meters")) return fmt::format("{}\u00A0m", number);
  return std::to_string(number);
}

/// Each number by section and name, "waiting_waitSeconds".
std::map<std::string, std::string> variables_of(const PolicyResource& terms, const std::string& language) {
  std::map<std::string, std::string> out;
  for (const schema::Field& section : PolicyResource::fields()) {
    const schema::Type& type = section.type();
    if (type.kind != schema::Kind::record) continue;
    const void* numbers = schema::member_of(section, &terms);
    for (const schema::Field& field : type.fields)
      out[std::string(section.name) + '_' + std::string(field.name)] =
          in_words(field.name, field.type().get_integer(schema::member_of(field, numbers)), language);
  }
  return out;
}

PolicyText text_in(const PolicyResource& terms, const std::string& language) {
  const auto variables = variables_of(terms, language);
  const auto say = [&](std::string_view section) {
    auto text = message_templates().policy(section, language, variables);
    if (!text) throw std::runtime_error(fmt::format("templates in {}: no policy.{}", language, section));
    return *std::move(text);
  };
  PolicyText out;
  for (const schema::Field& section : PolicyText::fields())
    section.type().set_text(section.member(&out), say(section.name));
  return out;
}

}  // namespace

PolicyResource policy_terms(const Policy& of, const DealTerms& fees) {
  PolicyResource terms;
  terms.version = of.version;
  terms.cancellation = of.cancellation;
  terms.waiting = of.waiting;
  terms.lateness = of.lateness;
  terms.standstill = of.standstill;
  terms.disputes = of.disputes;
  terms.reviews = of.reviews;
  terms.payout = of.payout;
  terms.delays = of.delays;
  terms.accounts = of.accounts;
  terms.cover = of.cover;
  if (of.cover.limit_dollars > 0) terms.covered.assign(covered_goods.begin(), covered_goods.end());
  terms.fees = fees;
  terms.offers = {std::chrono::seconds{offer_life}.count(), max_offers};
  terms.codes = {static_cast<std::int64_t>(delivery_policy::place_radius_meters), delivery_policy::max_failed_scans};
  for (const GoodsRule& rule : goods_rules())
    terms.prohibited.push_back({std::string(rule.goods), rule.by_land, rule.by_air});
  terms.texts = PolicyTexts{text_in(terms, "en"), text_in(terms, "de")};
  return terms;
}

}  // namespace caravan::http
