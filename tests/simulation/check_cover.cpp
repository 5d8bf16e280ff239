#include <algorithm>

#include "actors/cover/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "tests/simulation/checker.hpp"

// What must hold of covers: each pays once, what a judge granted by the customer's evidence, out of a pool that has it.
namespace caravan::simulation {

void Checker::cover_of(const JournalEntry& entry, const AnyRecord& event) {
  const Uuid& id = entry.entity.id;
  const std::string name = to_text(entry.entity);
  if (pool_ > 0) fault(name + ": more was paid of covers than the pool has");
  if (const auto* decision = event.get_if<DisputeWasResolved>()) cover_granted(entry, *decision);
  if (const auto* claim = event.get_if<CoverClaimed>()) {
    const EscrowState& escrow = *chronicle_.state<Escrow>(id);
    if (!escrow.cover || claim->amount.amount > escrow.cover->limit) fault(name + ": a claim is above its limit");
    if (!escrow.is_collected()) fault(name + ": a claim, and its fee has not come");
    if (!granted_[claim->delivery_id.value].contains(claim->amount.amount)) fault(name + ": a claim of nobody's");
  }
  if (const auto* paid = event.get_if<CoverPaid>()) {
    const EscrowState& escrow = *chronicle_.state<Escrow>(id);
    if (!covered_.insert(id).second) fault(name + ": a cover was paid twice");
    if (!escrow.cover || paid->amount.amount > escrow.cover->limit) fault(name + ": a cover paid more than its limit");
    if (paid->amount != escrow.cover_claim) fault(name + ": a cover paid something else than was claimed");
    if (paid->customer != escrow.customer) fault(name + ": a cover was paid to somebody else");
  }
  if (entry.entity.kind != EntityKind::cover) return;
  for (const Money& balance : chronicle_.state<Cover>(id)->balances)
    if (balance.amount < 0) fault(name + ": the pool is below zero");
}

void Checker::cover_granted(const JournalEntry& entry, const DisputeWasResolved& decision) {
  if (!decision.cover_amount) return;
  granted_[decision.delivery_id.value].insert(*decision.cover_amount);
  const DisputeState& dispute = *chronicle_.state<Dispute>(entry.entity.id);
  const bool is_shown = std::ranges::any_of(
      dispute.evidence, [&](const DisputeEvidence& each) { return each.by == dispute.terms.customer; });
  if (!is_shown) fault(to_text(entry.entity) + ": a cover was granted without evidence");
}

void Checker::cover_held(const Uuid& id, bool all_is_over) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  const std::string name = "escrow/" + id.text();
  if (ledgers_[{EntityKind::escrow, id}][LedgerAccount::cover_held] != -escrow.cover_held().amount)
    fault(name + ": the ledger of its cover is not what it holds");
  if (escrow.cover_held().amount > 0 && !escrow.is_held()) fault(name + " holds the fee of a cover of nothing");
  if (all_is_over && escrow.cover_standing == CoverStanding::claimed) fault(name + ": its cover was never paid");
  if ((escrow.cover_standing == CoverStanding::paid) != covered_.contains(id))
    fault(name + " does not know whether its cover was paid");
}

void Checker::covers(bool all_is_over) {
  std::int64_t under_way = 0;  // fees that the provider has not taken yet
  chronicle_.each<Escrow>([&](const Uuid& id, const EscrowState& escrow) {
    cover_held(id, all_is_over);
    if (escrow.cover_standing == CoverStanding::taken && !escrow.is_collected()) under_way += escrow.cover_fee().amount;
  });
  const CoverState* pool = chronicle_.state<Cover>(cover_address.id);
  const std::int64_t balance = pool ? pool->balance_in({}).amount : 0;
  if (-pool_ != balance + under_way)
    fault("the pool of covers has " + std::to_string(balance) + ", and by the ledger " +
          std::to_string(-pool_ - under_way));
  if (all_is_over && pool && !pool->waiting.empty()) fault("a claim of a cover waits for ever");
}

}  // namespace caravan::simulation
