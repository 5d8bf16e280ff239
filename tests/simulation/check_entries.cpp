#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/checker.hpp"

// What must hold after every single entry.
namespace caravan::simulation {

namespace {

constexpr std::size_t most_faults = 20;  // more of them say nothing new

std::string at(const JournalEntry& entry) {
  return to_text(entry.entity) + " #" + std::to_string(entry.sequence) + " (" + entry.origin.command + ")";
}

}  // namespace

void Checker::fault(std::string what) {
  if (faults_.size() < most_faults) faults_.push_back(std::move(what));
}

void Checker::entry(const JournalEntry& entry) {
  bookkeeping(entry);
  const Uuid& id = entry.entity.id;
  bool moves_money = false;
  for (const AnyRecord& event : entry.events) {
    postings(entry, event);
    if (entry.entity.kind == EntityKind::delivery || entry.entity.kind == EntityKind::tracker) policy_of(entry, event);
    relay_of(entry, event);
    cover_of(entry, event);
    if (const auto* begun = event.get_if<OfferAcceptanceStarted>()) agreed_on(entry, *begun);
    if (event.get_if<DeliveryCreated>()) created(id);
    if (event.get_if<RequestReopened>()) winners_.erase(id);
    if (event.get_if<RelayReopened>() || event.get_if<RelayUndone>()) relay_broken(id);
    if (const auto* scan = event.get_if<QrValidated>())
      delivered_[id].by_scan |= scan->scan.type == Handover::delivery &&
                                scan->scan.scanned_by == chronicle_.state<Delivery>(id)->terms.traveler;
    // The next traveler of a relay has scanned the code of their own leg.
    if (event.get_if<DeliveryCompleted>() && chronicle_.state<Delivery>(id)->hands_on()) delivered_[id].by_scan = true;
    if (event.get_if<DeliveryCompleted>() && entry.origin.caller.is_service()) delivered_[id].by_service = true;
    if (const auto* split = event.get_if<SplitProposed>()) proposers_[id] = split->by;
    if (const auto* split = event.get_if<SplitAccepted>()) accepted(entry, *split);
    if (const auto* split = event.get_if<SplitAgreed>()) agreed_[split->delivery_id.value] = split->released_amount;
    if (const auto* decided = event.get_if<EscrowUnfrozen>(); decided && decided->rest_waits) rest_decided(id);
    if (const auto* room = event.get_if<CapacityChanged>(); room && room->change == CapacityChange::released)
      room_given_back(entry, room->delivery_id);
    if (event.get_if<EscrowReleased>()) released(entry);
    if (event.get_if<PayoutRequested>() && chronicle_.state<Wallet>(id)->debt_in({}).amount > 0)
      fault(at(entry) + ": paid out although the traveler owes");
    if (event.get_if<PaymentRefunded>()) refunded(entry);
    if (const auto* asked = event.get_if<TakeBackAsked>()) judged_[id] = asked->wait.refund.amount;
    if (const auto* back = event.get_if<PaymentRefunded>();
        back && !back->from_held && back->amount.amount != judged_[id])
      fault(at(entry) + ": not the whole of a refund was given back");
    if (event.get_if<NothingTakenBack>()) fault(at(entry) + ": nothing of a refund was given back");
    if (const auto* cancelled = event.get_if<IntentCancelled>()) hold_given_back(entry, cancelled->postings);
    moves_money |= event.get_if<EscrowReleased>() || event.get_if<PaymentRefunded>();
    if (event.get_if<DeletionRequested>()) left_[id] = entry.origin.at;
    if (event.get_if<UserDeleted>()) left_.try_emplace(id, entry.origin.at);  // was not asked for
    if (const auto* alert = event.get_if<FinanceAlert>(); alert && !alert->goes_on) alerted_.insert(id);
  }
  if (moves_money) shares_of(id);
  if (entry.entity.kind == EntityKind::trip) capacity(id);
  if (entry.entity.kind == EntityKind::request) one_winner(id);
}

void Checker::bookkeeping(const JournalEntry& entry) {
  const Origin& origin = entry.origin;
  if (!origin.idempotency_key.empty()) {
    const Written written{entry.entity, entry.sequence, entry.reply ? entry.reply->rejection : ""};
    const auto known = keys_.try_emplace(origin.idempotency_key, written);
    if (!known.second)
      fault(at(entry) + ": a client's write is there twice, first as #" + std::to_string(known.first->second.sequence));
  }
  if (origin.number != 0) {
    const Address sender = origin.sender.kind == EntityKind::none ? entry.entity : origin.sender;
    if (!taken_.emplace(sender, origin.number).second) fault(at(entry) + ": an effect was taken twice");
  }
  for (const std::uint64_t number : entry.given_back)
    if (!taken_.emplace(entry.entity, number).second) fault(at(entry) + ": an effect ended twice");
  effects_sent_[entry.entity] = entry.effects_sent;
  for (const std::uint64_t number : entry.asked) asked_.emplace(entry.entity, number);
  for (const StoredTimer& timer : entry.timers) {
    timers_[entry.entity].erase(timer.name);
    if (timer.due) timers_[entry.entity][timer.name] = timer;
  }
}

void Checker::postings(const JournalEntry& entry, const AnyRecord& event) {
  const schema::Field* field = schema::find_field(event.type(), "postings");
  if (!field) return;
  const auto& lines = *static_cast<const std::vector<Posting>*>(schema::member_of(*field, event.value()));
  std::map<Currency, std::int64_t> sums;
  for (const Posting& line : lines) {
    sums[line.currency] += line.amount;
    ledgers_[entry.entity][line.account] += line.amount;
    if (line.account == LedgerAccount::cover) pool_ += line.amount;
  }
  for (const auto& [currency, sum] : sums)
    if (sum != 0) fault(at(entry) + ": its postings do not balance");
}

void Checker::capacity(const Uuid& id) {
  const TripState& trip = *chronicle_.state<Trip>(id);
  for (std::size_t leg = 0; leg + 1 < trip.details.places.size(); ++leg) {
    Load left = trip.details.capacity;
    for (const Reservation& held : trip.reservations)
      if (static_cast<std::size_t>(held.from_place) <= leg && leg < static_cast<std::size_t>(held.to_place))
        left = left - held.load;
    if (!left.holds(Load{})) fault("trip/" + id.text() + ": more is reserved on a leg than there is room");
  }
}

void Checker::room_given_back(const JournalEntry& entry, DeliveryId id) {
  const DeliveryState* delivery = chronicle_.state<Delivery>(id.value);
  const DeliveryStatus status = delivery ? delivery->status : DeliveryStatus::accepting;
  const bool is_over = status == DeliveryStatus::cancelled || status == DeliveryStatus::returned ||
                       status == DeliveryStatus::acceptance_failed;
  if (!is_over) fault(at(entry) + ": room was given back under a parcel");
}

void Checker::one_winner(const Uuid& id) {
  const RequestState& request = *chronicle_.state<Request>(id);
  std::size_t winners = 0;
  for (const Offer& offer : request.offers) {
    const bool has_won = offer.status == OfferStatus::accepting || offer.status == OfferStatus::accepted;
    const bool is_leg = offer.is_leg() || (request.relay && request.relay->find(offer.offer_id));
    winners += has_won && !is_leg;
  }
  if (winners > 1) fault("request/" + id.text() + ": more than one offer has won");
}

void Checker::relay_broken(const Uuid& id) {
  const auto winners = winners_.find(id);
  if (winners == winners_.end()) return;
  std::erase_if(winners->second,
                [&](const Uuid& leg) { return chronicle_.state<Delivery>(leg)->status == DeliveryStatus::cancelled; });
  if (winners->second.empty()) winners_.erase(winners);
}

void Checker::created(const Uuid& id) {
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  const EscrowState* escrow = chronicle_.state<Escrow>(delivery.escrow_id.value);
  const bool has_hold = escrow && escrow->is_held() && escrow->held == delivery.terms.price;
  if (!has_hold && !decided_.contains(delivery.escrow_id.value))
    fault("delivery/" + id.text() + " exists without its hold");
  std::set<Uuid>& winners = winners_[delivery.terms.request_id.value];
  if (!winners.insert(id).second || (winners.size() > 1 && !delivery.terms.leg))
    fault("delivery/" + id.text() + " is the second one of its request");
}

bool Checker::dispute_is_resolved(const Address& address) const {
  const DisputeState* dispute = chronicle_.state<Dispute>(address.id);
  return address.kind == EntityKind::dispute && dispute && dispute->status == DisputeStatus::resolved;
}

void Checker::accepted(const JournalEntry& entry, const SplitAccepted& split) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(entry.entity.id);
  const auto proposer = proposers_.find(entry.entity.id);
  if (proposer == proposers_.end() || split.by == proposer->second || !escrow.is_party(split.by) ||
      !escrow.is_party(proposer->second))
    fault(at(entry) + ": a split was accepted by who may not");
  accepted_[entry.entity.id] = entry.origin.at;
}

namespace {

/// What waited for a split that was accepted is done where that is over.
bool ends_split(const std::string& command) {
  return command == TakeSplitBack::tag.name || command == FreezeEscrow::tag.name || command == DropSplit::tag.name;
}

}  // namespace

void Checker::released(const JournalEntry& entry) {
  const Uuid& id = entry.entity.id;
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  const DeliveryState* delivery = chronicle_.state<Delivery>(escrow.delivery_id.value);
  const std::string& command = entry.origin.command;
  bool is_right = false;
  if (command == ReleaseEscrow::tag.name || command == UnfreezeEscrow::tag.name) {
    const Delivered& how = delivered_[escrow.delivery_id.value];
    is_right = how.by_scan || how.by_service;
    waited_for_objection(entry);
    way_paid(entry);
  } else if (command == RefundEscrow::tag.name) {
    is_right =
        delivery && (delivery->status == DeliveryStatus::cancelled || delivery->status == DeliveryStatus::returned);
    fee_paid(entry);
  } else if (command == SideStanding::tag.name) {
    const auto accepted = accepted_.find(id);
    is_right = accepted != accepted_.end() &&
               entry.origin.at >= accepted->second + std::chrono::seconds{policy.disputes.split_held_seconds};
    decided_.insert(id);
  } else if (ends_split(command)) {
    is_right = delivery && !delivery->is_open();
  } else if (command == SettleDispute::tag.name) {
    is_right = dispute_is_resolved(entry.origin.sender);
    decided_.insert(id);
  }
  if (!is_right) fault(at(entry) + ": money was released without a verified scan or a decision");
}

/// Of a parcel under way a judge pays nobody: what is left of its money waits, as what both sides agree on does.
void Checker::rest_decided(const Uuid& id) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  if (!escrow.is_held()) fault("escrow/" + id.text() + ": a judge paid for a parcel that is under way");
  if (escrow.rest_agreed) agreed_[escrow.delivery_id.value] = escrow.held.amount;
}

void Checker::hold_given_back(const JournalEntry& entry, const std::vector<Posting>& lines) {
  if (std::ranges::all_of(lines, [](const Posting& line) { return line.amount == 0; })) return;  // nothing was held yet
  const DeliveryId id = chronicle_.state<Escrow>(entry.entity.id)->delivery_id;
  const DeliveryState* delivery = chronicle_.state<Delivery>(id.value);
  if (delivery && delivery->is_created()) fault(at(entry) + ": delivery/" + id.text() + " is left without its hold");
}

void Checker::refunded(const JournalEntry& entry) {
  const Uuid& id = entry.entity.id;
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  const DeliveryState* delivery = chronicle_.state<Delivery>(escrow.delivery_id.value);
  const std::string& command = entry.origin.command;
  const DeliveryStatus status = delivery ? delivery->status : DeliveryStatus::accepting;
  bool is_right = false;
  if (command == RefundEscrow::tag.name) {
    is_right = status == DeliveryStatus::cancelled || status == DeliveryStatus::returned;
    word_paid(entry);
  } else if (command == CancelIntent::tag.name) {
    is_right = status == DeliveryStatus::acceptance_failed;
  } else if (command == SettleDispute::tag.name) {
    is_right = dispute_is_resolved(entry.origin.sender);
  } else {  // somebody of the office, both parties, or the wallet's answer to one of these
    is_right = command == RefundPayment::tag.name || command == TakenBack::tag.name ||
               (command == SideStanding::tag.name && accepted_.contains(id)) ||
               (ends_split(command) && delivery && !delivery->is_open());
  }
  if (command != RefundEscrow::tag.name) decided_.insert(id);
  if (!is_right) fault(at(entry) + ": money was given back for no reason");
}

}  // namespace caravan::simulation
