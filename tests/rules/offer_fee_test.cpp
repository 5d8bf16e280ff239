#include "actors/inbox/commands.hpp"
#include "tests/rules/request_given.hpp"

/// Who bears the fee sees it in the offer, and the deal keeps what the offer showed.
namespace offer_fee_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

TEST_CASE("request: an offer shows its fee and what the traveler gets, and the deal keeps both") {
  auto request = posted();
  SubmitOffer command = submit(offer_id, ben);
  command.deal = DealTerms{1'250, 3'600};
  request.as(user(ben)).when(command);
  const auto* shown = request.last.reply.get_if<OfferResource>();
  REQUIRE(shown);
  CHECK(shown->platform_fee == 438);  // 437.5
  CHECK(shown->traveler_amount == 3'062);
  CHECK(request.sent<Notify>()->variables.at("travelerAmount") == "30.62 USD");
  CHECK(request.sent<Notify>()->variables.at("platformFee") == "4.38 USD");
  request.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}});
  CHECK(request.sent<Notify>()->variables.at("travelerAmount") == "26.25 USD");
  request.as(user(ben));
  AcceptOffer later = accept(offer_id);
  later.deal = DealTerms{2'000, 7'200};  // the operator has changed the settings since
  request.when(later);
  REQUIRE(request.sent<BeginAcceptance>());
  CHECK(request.sent<BeginAcceptance>()->deal.platform_fee_basis_points == 1'250);
  CHECK(request.sent<BeginAcceptance>()->deal.payout_delay_seconds == 3'600);
}

TEST_CASE("request: an offer of an earlier build has the terms of its acceptance") {
  auto request = offered();
  AcceptOffer later = accept(offer_id);
  later.deal = DealTerms{2'000, 7'200};
  request.as(user(ann)).when(later);
  CHECK(request.sent<BeginAcceptance>()->deal.platform_fee_basis_points == 2'000);
}

}  // namespace offer_fee_test
