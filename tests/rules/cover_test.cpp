#include "actors/request/cover.hpp"
#include "actors/cover/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "tests/rules/request_given.hpp"

/// Which parcels a cover is offered for, who takes it, and the pool that covers are paid from.
namespace cover_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }
Caller escrow(std::uint8_t number) { return entity({EntityKind::escrow, test_id<EscrowId>(number).value}); }
const Caller finance = admin(test_id<UserId>(90), Permission::finance);

CoverOffer offer_for(Item item, const Policy& terms = policy) { return cover_for(terms, "A parcel", item, {}); }

PostRequest with_cover() {
  PostRequest command = post();
  command.cover = true;
  return command;
}

}  // namespace

TEST_CASE("cover: it is offered for known goods of a declared value up to the limit, and says why else not") {
  Item item = post().item;  // a camera for 300 dollars
  const CoverOffer offer = offer_for(item);
  REQUIRE(offer.terms);
  CHECK(offer.terms->fee == 600);  // two in a hundred
  CHECK(offer.terms->limit == 30'000);
  CHECK(offer.terms->terms_version == policy.version);
  item.category = "Electronics";
  CHECK(offer_for(item).terms);
  item.category = "jewelry";
  CHECK(offer_for(item).why_not.find("jewelry") != std::string::npos);
  item = post().item;
  item.value = Price{0};
  CHECK_FALSE(offer_for(item).terms);
  item.value = Price{5'000'000};  // the limit itself
  CHECK(offer_for(item).terms);
  item.value = Price{5'000'100};
  CHECK(offer_for(item).why_not == "At most 500.00 USD of value is covered.");
  item = post().item;
  item.description = "A bottle of whisky";
  CHECK_FALSE(offer_for(item).terms);
}

TEST_CASE("cover: the versions before offered none") {
  for (const Policy& each : policy_versions)
    CHECK(offer_for(post().item, each).terms.has_value() == (each.version >= 7));
}

TEST_CASE("cover: who does not ask for it does not have it") {
  auto request = posted();
  CHECK_FALSE(request.state.details.cover);
  request.as(user(ben)).when(submit(offer_id, ben));
  request.as(user(ann)).when(accept(offer_id));
  CHECK_FALSE(request.sent<BeginAcceptance>()->cover);
}

TEST_CASE("cover: it is taken with the request, follows the item, and is the customer's to see") {
  Given<Request> request(self);
  CHECK(request.as(user(ann)).when(with_cover()) == "request.created");
  CHECK(request.state.details.cover->fee == 600);
  EditRequest dearer;
  dearer.item = post().item;
  dearer.item->value = Price{4'000'000};
  CHECK(request.when(dearer) == "request.updated");
  CHECK(request.state.details.cover->fee == 800);
  EditRequest too_dear = dearer;
  too_dear.item->value = Price{9'000'000};
  CHECK(request.when(too_dear) == "! cover_not_available");
  CHECK(request.last.rejection->field == "cover");
  too_dear.cover = false;
  Given<Request> without = request;
  CHECK(without.when(too_dear) == "request.updated");
  CHECK_FALSE(without.state.details.cover);

  request.as(user(ben)).when(submit(offer_id, ben));
  const auto seen_by = [&](UserId who) {
    return request.as(user(who)).ask(ViewOffer{offer_id}).resource.get_if<OfferResource>()->cover.has_value();
  };
  CHECK(seen_by(ann));
  CHECK_FALSE(seen_by(ben));
  request.as(user(ann)).when(accept(offer_id));
  CHECK(request.sent<BeginAcceptance>()->cover->limit == 40'000);
  CHECK(request.sent<BeginAcceptance>()->price == usd(3'500));  // the price is as it was
}

TEST_CASE("cover: the pool pays what it has, and what it has not waits in its turn") {
  Given<Cover> pool(cover_address);
  CHECK(pool.as(escrow(1)).when(PayIntoCover{usd(600)}) == "cover.fee_came");
  CHECK(pool.as(escrow(2)).when(PayOutOfCover{usd(500), ben}) == "cover.claim_met");
  CHECK(pool.sent<CoverAnswered>()->paid);
  CHECK(pool.state.balance_in({}) == usd(100));
  CHECK(pool.as(escrow(3)).when(PayOutOfCover{usd(30'000), ben}) == "cover.claim_waits");
  CHECK_FALSE(pool.sent<CoverAnswered>()->paid);
  CHECK(pool.as(escrow(4)).when(PayOutOfCover{usd(50), ben}) == "cover.claim_waits");  // no claim overtakes another
  CHECK(pool.as(escrow(5)).when(PayIntoCover{usd(600)}) == "cover.fee_came");
  CHECK(pool.as(finance).when(AddToCover{29'400, {}, "a bad week"}) == "cover.added, cover.claim_met, cover.claim_met");
  CHECK(balanced(pool.emitted<CoverAdded>()->postings));
  CHECK(pool.state.waiting.empty());
  CHECK(pool.state.balance_in({}) == usd(50));
}

TEST_CASE("cover: a claim that is dropped holds up nobody, and one that was paid is not dropped any more") {
  Given<Cover> pool(cover_address);
  pool.as(escrow(1)).when(PayIntoCover{usd(600)});
  pool.as(escrow(2)).when(PayOutOfCover{usd(30'000), ben});
  pool.as(escrow(3)).when(PayOutOfCover{usd(500), ben});
  pool.as(escrow(4)).when(PayOutOfCover{usd(200), ben});
  REQUIRE(pool.state.waiting.size() == 3);
  CHECK(pool.as(user(ann)).when(DropCoverClaim{}) == "! not_allowed");
  CHECK(pool.as(escrow(5)).when(DropCoverClaim{}) == "(nothing)");
  CHECK(pool.as(escrow(2)).when(DropCoverClaim{}) == "cover.claim_dropped, cover.claim_met");
  const auto answer_to = [&](std::uint8_t number) -> const CoverAnswered* {
    for (const Effect& effect : pool.last.effects)
      if (effect.to.id == test_id<EscrowId>(number).value) return effect.command.get_if<CoverAnswered>();
    return nullptr;
  };
  REQUIRE(answer_to(2));
  CHECK(answer_to(2)->dropped);
  CHECK_FALSE(answer_to(2)->paid);
  REQUIRE(answer_to(3));
  CHECK(answer_to(3)->paid);
  CHECK_FALSE(answer_to(4));
  CHECK(pool.state.balance_in({}) == usd(100));
  CHECK(pool.as(escrow(3)).when(DropCoverClaim{}) == "(nothing)");  // it was paid
}

TEST_CASE("cover: nobody but escrows moves the pool, and finance alone adds to it and sees it") {
  Given<Cover> pool(cover_address);
  for (const Caller& who : {user(ann), finance, entity({EntityKind::dispute, test_id<DisputeId>(1).value})}) {
    CHECK(pool.as(who).when(PayIntoCover{usd(600)}) == "! not_allowed");
    CHECK(pool.as(who).when(PayOutOfCover{usd(600), ben}) == "! not_allowed");
  }
  for (const Caller& who : {user(ann), escrow(1), admin(ann, Permission::disputes), service()})
    CHECK(pool.as(who).when(AddToCover{100, {}, "for nothing"}) == "! not_allowed");
  CHECK(pool.as(user(ann)).ask(ViewCover{}).rejection);
  CHECK(pool.as(finance).ask(ViewCover{}).resource.get_if<CoverState>());
}

TEST_CASE("cover: nobody adds to the pool for their own claim that waits, nor for one of somebody tied to them") {
  Given<Cover> pool(cover_address);
  const Caller anns = admin(ann, Permission::finance);
  AddToCover more{30'000, {}, "a claim waits"}, tied = more, euros = more;
  tied.office.ties = {ann};
  euros.currency = *Currency::parse("EUR");
  CHECK(Given<Cover>(pool).as(anns).when(more) == "cover.added");
  pool.as(escrow(1)).when(PayOutOfCover{usd(30'000), ann});
  CHECK(pool.state.waiting.front().customer == ann);
  CHECK(Given<Cover>(pool).as(anns).when(more) == "! self_not_allowed");
  CHECK(Given<Cover>(pool).as(finance).when(tied) == "! self_not_allowed");
  AddToCover given = more;
  given.office.by = ann;
  CHECK(Given<Cover>(pool).as(finance).when(given) == "! self_not_allowed");
  CHECK(Given<Cover>(pool).as(anns).when(euros) == "cover.added");  // which pays nothing of it
  CHECK(pool.as(finance).when(more) == "cover.added, cover.claim_met");
  CHECK(pool.as(anns).when(more) == "cover.added");
}

TEST_CASE("cover: whose claim is not reached hinders nobody tied to them, and no part of it is added by such a one") {
  Given<Cover> pool(cover_address);
  pool.as(escrow(1)).when(PayOutOfCover{usd(300), test_id<UserId>(60)});
  pool.as(escrow(2)).when(PayOutOfCover{usd(500), ann});
  AddToCover tied{300, {}, "the first claim"};
  tied.office.ties = {ann};
  CHECK(Given<Cover>(pool).as(finance).when(tied) == "cover.added, cover.claim_met");
  tied.amount = 301;  // what is left would wait for Ann's
  CHECK(pool.as(finance).when(tied) == "! self_not_allowed");
  CHECK(pool.state.waiting.size() == 2);
}

TEST_CASE("cover: whatever comes in whichever order, the pool is its fees and gifts less what it paid") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 chance(seed);
    Given<Cover> pool(cover_address);
    std::int64_t in = 0, claimed = 0, paid = 0;
    for (std::uint8_t step = 1; step <= 60; ++step) {
      const auto amount = static_cast<std::int64_t>(chance() % 1'000 + 1);
      switch (chance() % 3) {
        case 0:
          pool.as(escrow(step)).when(PayIntoCover{usd(amount)});
          in += amount;
          break;
        case 1:
          pool.as(escrow(step)).when(PayOutOfCover{usd(amount), ben});
          claimed += amount;
          break;
        default:
          pool.as(finance).when(AddToCover{amount, {}, "more"});
          in += amount;
      }
      for (const AnyRecord& event : pool.last.events)
        if (const auto* met = event.get_if<CoverClaimMet>()) paid += met->claim.amount.amount;
      std::int64_t waiting = 0;
      for (const CoverClaim& claim : pool.state.waiting) waiting += claim.amount.amount;
      REQUIRE(pool.state.balance_in({}).amount == in - paid);
      REQUIRE(pool.state.balance_in({}).amount >= 0);
      REQUIRE(claimed == paid + waiting);
    }
  }
}

}  // namespace cover_test
