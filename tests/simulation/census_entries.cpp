#include <algorithm>
#include <chrono>

#include "actors/account/entity.hpp"
#include "actors/cover/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/census.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/outside.hpp"

// What an entry of the journal is one more of.
namespace caravan::simulation {

namespace {

bool is_whole_wait(const WaitMeasured& wait) {
  return wait.since && wait.until && *wait.until - *wait.since >= std::chrono::seconds{policy.waiting.wait_seconds};
}

}  // namespace

void Census::entry(const JournalEntry& entry, const Chronicle& chronicle) {
  for (const AnyRecord& event : entry.events) {
    postings(event);
    cover(event);
    relay(entry, event, chronicle);
    switch (entry.entity.kind) {
      case EntityKind::delivery:
        delivery(entry, event, chronicle);
        break;
      case EntityKind::escrow:
        escrow(entry, event, chronicle);
        split(entry.entity.id, event);
        break;
      case EntityKind::wallet:
        wallet(event);
        break;
      case EntityKind::dispute:
        dispute(entry, event, chronicle);
        break;
      case EntityKind::account:
        account(entry, event, chronicle);
        break;
      default:
        break;
    }
  }
}

void Census::postings(const AnyRecord& event) {
  const schema::Field* field = schema::find_field(event.type(), "postings");
  if (!field) return;
  for (const Posting& line : *static_cast<const std::vector<Posting>*>(schema::member_of(*field, event.value())))
    see("posting: " + label(line.account) + (line.amount > 0 ? " debit" : " credit"));
}

void Census::delivery(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle) {
  const DeliveryState& state = *chronicle.state<Delivery>(entry.entity.id);
  if (event.get_if<DeliveryRestAgreed>()) see("split: agreed on the way back");
  if (event.get_if<DeliveryReturned>() && state.agreed_rest) see("split: paid once the parcel was back");
  if (event.get_if<AcceptanceFailedEvent>()) see("end: acceptance failed");
  if (event.get_if<DeliveryCreated>()) see("way: begun");
  if (const auto* end = event.get_if<DeliveryCompleted>()) completed(*end, state);
  if (event.get_if<ReceiptConfirmed>() && state.handed_elsewhere)
    see("end: delivered elsewhere, as the customer confirms");
  if (const auto* end = event.get_if<DeliveryCancelled>()) cancelled(*end, state);
  if (const auto* end = event.get_if<DeliveryReturned>())
    see(state.funds_gone ? "end: returned, of money that was shared out by others"
        : end->settlement.reason == delivery_policy::came_to_receiver
            ? "end: returned nearer to the receiver, to be decided"
        : end->settlement.refund_waits && end->settlement.held_until
            ? "end: returned, as the customer says, with the money held"
        : !end->settlement.waits()   ? "end: returned without a fee"
        : end->settlement.held_until ? "end: returned, with the fee held"
                                     : "end: returned, with the fee to be decided");
  if (const auto* wait = event.get_if<WaitMeasured>(); wait && is_whole_wait(*wait))
    see(wait->geofence_type == Handover::delivery ? "way: a whole wait measured at the receiver's"
                                                  : "way: a whole wait measured at the sender's");
  if (const auto* failed = event.get_if<AttemptFailed>())
    see(failed->attempt > 1              ? "way: another attempt failed"
        : failed->at_pin.value_or(false) ? "way: first attempt failed, at a pin"
                                         : "way: first attempt failed, at a guessed place");
  if (const auto* start = event.get_if<ReturnStarted>(); start && start->forfeits_fee && state.failed_attempts > 0)
    see("way: the traveler left, and the fee is lost");
  if (event.get_if<DeliveryLate>()) see("way: late");
  if (event.get_if<NotTakenBack>()) see("way: not taken back");
  if (event.get_if<WaitDoubted>()) see("way: a wait contradicted by another place");
  if (event.get_if<PresenceSaid>()) see("way: somebody said to be there");
  if (event.get_if<DeliveryPinWithdrawn>()) see("way: a pin taken back");
  if (const auto* asked = event.get_if<DecisionAsked>())
    see(asked->reason == "overdue"          ? "way: overdue, and a decision asked for"
        : asked->reason == "return overdue" ? "way: a return overdue, and a decision asked for"
                                            : "way: a decision about a fee asked for");
  if (event.get_if<DeliveryPinAgreed>()) see("way: a pin agreed on");
  if (const auto* refused = event.get_if<QrValidationFailed>()) see("scan refused: " + label(refused->failure_reason));
}

void Census::completed(const DeliveryCompleted& end, const DeliveryState& delivery) {
  see("end: delivered");
  if (end.elsewhere)
    see(end.elsewhere->needs_decision ? "end: delivered elsewhere, to be decided"
                                      : "end: delivered elsewhere, with the money held");
  const auto has_turned = [](const TimelineItem& item) { return item.type == "returning"; };
  if (std::ranges::any_of(delivery.timeline, has_turned)) see("end: delivered on the way back");
}

void Census::cancelled(const DeliveryCancelled& end, const DeliveryState& delivery) {
  const Settlement& settlement = end.settlement;
  if (settlement.reason == "the parcel did not come back")
    return see("end: the parcel did not come back, of money that was shared out by others");
  if (delivery.funds_gone) return see("end: the money was shared out by others");
  if (settlement.waits() && settlement.by == "customer") return see("end: the customer left a traveler who waited");
  if (end.declared) return see("end: refused at the pickup, as not declared");
  if (settlement.waits() && settlement.by == "traveler")
    return see(settlement.held_until ? "end: no-show of the sender, at a pin"
                                     : "end: no-show of the sender, at a guessed place");
  if (settlement.waits()) return see("end: ended over a traveler who waited");
  if (settlement.reason == "never picked up") return see("end: never picked up");
  if (settlement.by != "customer")
    return see("end: cancelled by " + std::string(settlement.by == "service" ? "a " : "the ") + settlement.by);
  if (settlement.reason == "no_show") see("end: cancelled by the customer who says that the traveler did not come");
  const bool is_free = end.at < delivery.created_at + std::chrono::seconds{policy.cancellation.free_seconds};
  see(is_free                              ? "end: cancelled by the customer in the free time"
      : settlement.compensation.amount > 0 ? "end: cancelled by the customer late, for a fee"
                                           : "end: cancelled by the customer once nobody had come");
}

void Census::escrow(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle) {
  const Uuid& id = entry.entity.id;
  const std::string& command = entry.origin.command;
  if (event.get_if<EscrowHeld>()) see("money: held");
  if (event.get_if<PaymentFailed>()) see("money: payment refused");
  if (const auto* undone = event.get_if<IntentCancelled>(); undone && !undone->postings.empty())
    see("money: a hold undone with its acceptance");
  if (event.get_if<HoldExpiring>()) see("money: taken before the hold ends");
  if (event.get_if<LateReservation>()) see("money: a late reservation undone");
  if (const auto* done = event.get_if<ProviderTaskDone>())
    see(done->operation == PaymentOperation::capture  ? "money: captured"
        : done->operation == PaymentOperation::refund ? "money: refund carried out"
                                                      : "money: reservation let go of");
  if (const auto* alert = event.get_if<FinanceAlert>())
    see(alert->goes_on ? "money: given up for now" : "money: refused by the bank for good");
  if (event.get_if<EscrowWrittenOff>()) see("money: borne by the platform");
  if (event.get_if<ReleaseDeferred>()) see("money: a release waited for a dispute");
  if (event.get_if<EscrowFrozen>())
    see(chronicle.state<Escrow>(id)->is_held() ? "money: frozen while held" : "money: frozen after the release");
  if (event.get_if<EscrowReleased>()) released(command, id, chronicle);
  if (const auto* refund = event.get_if<PaymentRefunded>()) refunded(command, *refund);
}

void Census::released(const std::string& command, const Uuid& escrow, const Chronicle& chronicle) {
  if (command == ReleaseEscrow::tag.name) return see("release: of a delivered parcel");
  if (command == SideStanding::tag.name) return see("release: by a split");
  if (command == SettleDispute::tag.name) return see("release: by a dispute");
  if (command != RefundEscrow::tag.name) return;
  const DeliveryState* delivery = chronicle.state<Delivery>(chronicle.state<Escrow>(escrow)->delivery_id.value);
  const bool has_waited = delivery && delivery->settlement && delivery->settlement->waits();
  see(has_waited ? "fee: of a wait, paid once its day was over" : "fee: of a late cancellation");
}

void Census::refunded(const std::string& command, const PaymentRefunded& refund) {
  if (!refund.from_held) return see("refund: after the release");
  if (command == RefundEscrow::tag.name) return see("refund: of an end");
  if (command == RefundPayment::tag.name) return see("refund: by finance, of held money");
  if (command == SideStanding::tag.name) return see("refund: by a split");
  if (command == SettleDispute::tag.name) return see("refund: by a dispute");
  if (command == CancelIntent::tag.name) see("refund: of an undone acceptance");
}

void Census::split(const Uuid& escrow, const AnyRecord& event) {
  if (event.get_if<SplitProposed>()) see(split_proposed_.insert(escrow).second ? "split: proposed" : "split: replaced");
  if (event.get_if<SplitAccepted>()) see("split: accepted");
  if (event.get_if<SplitDropped>()) see("split: taken back, or dropped at a handover");
  if (event.get_if<EndDeferred>()) see("split: the delivery ended before it was paid");
  if (event.get_if<SplitAgreed>()) see("split: agreed");
  if (event.get_if<SplitDropped>() || event.get_if<SplitAgreed>()) split_proposed_.erase(escrow);
}

void Census::wallet(const AnyRecord& event) {
  if (event.get_if<WalletCredited>()) see("wallet: credited");
  if (event.get_if<PayoutRequested>()) see("wallet: payout asked for");
  if (event.get_if<PayoutProcessed>()) see("wallet: paid out");
  if (event.get_if<PayoutFailed>()) see("wallet: payout refused");
  if (event.get_if<PayoutFrozen>()) see("wallet: payout frozen");
  if (const auto* taken = event.get_if<WalletTakenBack>())
    see(taken->from_available ? "wallet: taken back of a refused payout" : "wallet: taken back before the payout");
}

void Census::dispute(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle) {
  const DisputeState& state = *chronicle.state<Dispute>(entry.entity.id);
  const DeliveryState* delivery = chronicle.state<Delivery>(state.terms.delivery_id.value);
  if (!delivery) return;
  const bool is_about_a_fee = delivery->settlement && delivery->settlement->waits();
  if (event.get_if<DisputeWasOpened>()) {
    const bool by_platform = entry.origin.caller.is_platform();
    const bool by_customer = state.terms.opener == state.terms.customer;
    see(by_platform   ? "dispute: by the platform"
        : by_customer ? "dispute: by the customer"
                      : "dispute: by the traveler");
    const EscrowState* escrow = chronicle.state<Escrow>(delivery->escrow_id.value);
    const bool fee_is_held = is_about_a_fee && escrow && escrow->held.amount > 0;
    see(delivery->status == DeliveryStatus::accepted ? "dispute: before the handover"
        : delivery->is_open()                        ? "dispute: of a parcel under way"
        : fee_is_held                                ? "dispute: of a fee that is held"
        : is_about_a_fee                             ? "dispute: of a fee that was paid"
                                                     : "dispute: of another end");
  }
  if (const auto* said = event.get_if<DisputeEvidenceAdded>(); said && said->evidence.type == claim_evidence)
    see("dispute: the other side's claim");
  if (const auto* resolved = event.get_if<DisputeWasResolved>()) {
    see("dispute: decided as " + label(resolved->resolution));
    if (is_about_a_fee) see("dispute: of a fee, decided");
  }
  if (event.get_if<DisputeReopened>()) see("dispute: opened again");
  if (event.get_if<DisputeWithdrawn>())
    see(entry.origin.caller.is_platform() ? "dispute: ended by who left" : "dispute: withdrawn");
}

void Census::cover(const AnyRecord& event) {
  if (const auto* held = event.get_if<EscrowHeld>(); held && held->cover_fee) see("cover: held");
  if (event.get_if<CoverTaken>()) see("cover: taken");
  if (event.get_if<CoverReturned>()) see("cover: returned");
  if (event.get_if<CoverClaimed>()) see("cover: claimed");
  if (event.get_if<CoverClaimWaits>()) see("cover: a claim that waits for the pool");
  if (event.get_if<CoverUnclaimed>()) see("cover: a claim dropped with its decision");
  if (event.get_if<CoverPaid>()) see("cover: paid");
  if (event.get_if<CoverAdded>()) see("cover: added to by finance");
}

void Census::relay(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle) {
  if (const auto* started = event.get_if<RelayStarted>()) {
    const RequestState& request = *chronicle.state<Request>(entry.entity.id);
    see(request.relay->legs.size() > started->legs.size() ? "relay: taken on by another traveler" : "relay: taken");
  }
  if (event.get_if<RelayUndone>()) see("relay: undone before it began");
  if (const auto* again = event.get_if<RelayReopened>())
    see(again->held_by ? "relay: sought anew from where the parcel is" : "relay: sought anew for the whole way");
  if (event.get_if<EscrowReleased>() && entry.origin.command == ReleaseEscrow::tag.name) {
    const DeliveryState* leg = chronicle.state<Delivery>(chronicle.state<Escrow>(entry.entity.id)->delivery_id.value);
    if (leg && leg->hands_on())
      see(leg->confirmed_at ? "relay: a leg paid at the customer's word"
                            : "relay: a leg paid once the last one had arrived");
  }
  if (entry.entity.kind != EntityKind::delivery) return;
  const DeliveryState& state = *chronicle.state<Delivery>(entry.entity.id);
  if (!state.terms.leg) return;
  if (event.get_if<DeliveryLegLinked>() && entry.origin.command == MeetLater::tag.name)
    see("relay: a meeting that is later");
  if (event.get_if<AttemptFailed>() && state.hands_on()) see("relay: nobody came to the meeting");
  if (event.get_if<DeliveryCompleted>() && state.hands_on()) see("relay: handed on");
  if (const auto* end = event.get_if<DeliveryCancelled>())
    see(end->settlement.by == "customer"            ? "relay: a leg left by the customer"
        : entry.origin.command == UndoLeg::tag.name ? "relay: a leg undone for another's sake"
                                                    : "relay: a leg left by somebody else");
  if (event.get_if<DeliveryReturned>() && state.owed_percent) see("relay: home again, as nobody took it on");
  if (event.get_if<DecisionAsked>() && state.hands_on() && state.status == DeliveryStatus::delivered)
    see("relay: handed on, and a decision asked for");
}

void Census::account(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle) {
  if (!event.get_if<DeletionRequested>() && !event.get_if<UserDeleted>()) return;
  const UserId user{entry.entity.id};
  const WalletState* wallet = chronicle.state<Wallet>(user.value);
  const bool has_money = wallet && wallet->available_in({}).amount + wallet->pending_in({}).amount > 0;
  bool has_fee = false, has_delivery = false, has_parcel = false;
  chronicle.each<Delivery>([&](const Uuid&, const DeliveryState& delivery) {
    if (!delivery.is_party(user)) return;
    const EscrowState* escrow = chronicle.state<Escrow>(delivery.escrow_id.value);
    has_fee |= !delivery.is_open() && escrow && escrow->fee_waits && escrow->held.amount > 0;
    has_delivery |= delivery.is_open();
    has_parcel |=
        delivery.terms.traveler == user && (delivery.is_carried() || delivery.status == DeliveryStatus::returning);
  });
  if (has_money) see("closing: with money in the wallet");
  if (has_fee) see("closing: with a fee held");
  if (has_delivery) see("closing: with a delivery open");
  if (has_parcel) see("closing: with the parcel in hand");
  if (!has_money && !has_fee && !has_delivery) see("closing: with nothing open");
}

}  // namespace caravan::simulation
