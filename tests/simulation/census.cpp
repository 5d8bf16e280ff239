#include "tests/simulation/census.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace caravan::simulation {

namespace {

/// Every run of enough seeds sees each of them.
constexpr std::string_view kinds[] = {

    // How a delivery ends.
    "end: acceptance failed",
    "end: delivered",
    "end: cancelled by the customer in the free time",
    "end: cancelled by the customer late, for a fee",
    "end: cancelled by the customer once nobody had come",
    "end: cancelled by the customer who says that the traveler did not come",
    "end: cancelled by the traveler",
    "end: cancelled by the platform",
    "end: cancelled by a service",
    "end: never picked up",
    "end: no-show of the sender, at a pin",
    "end: no-show of the sender, at a guessed place",
    "end: the customer left a traveler who waited",
    "end: ended over a traveler who waited",
    "end: refused at the pickup, as not declared",
    "end: the money was shared out by others",
    "end: returned, of money that was shared out by others",
    "end: the parcel did not come back, of money that was shared out by others",
    "end: returned without a fee",
    "end: returned, with the fee held",
    "end: returned, with the fee to be decided",
    "end: returned, as the customer says, with the money held",
    "end: returned nearer to the receiver, to be decided",
    "end: delivered on the way back",
    "end: delivered elsewhere, with the money held",
    "end: delivered elsewhere, to be decided",
    "end: delivered elsewhere, as the customer confirms",
    // On the way there.
    "way: begun",
    "way: a whole wait measured at the sender's",
    "way: a whole wait measured at the receiver's",
    "way: first attempt failed, at a pin",
    "way: first attempt failed, at a guessed place",
    "way: another attempt failed",
    "way: the traveler left, and the fee is lost",
    "way: late",
    "way: overdue, and a decision asked for",
    "way: a return overdue, and a decision asked for",
    "way: a decision about a fee asked for",
    "way: a pin agreed on",
    "way: a pin taken back",
    "way: not taken back",
    "way: a wait contradicted by another place",
    "way: somebody said to be there",
    // The money of one delivery.
    "money: held",
    "money: payment refused",
    "money: a hold undone with its acceptance",
    "money: taken before the hold ends",
    "money: a late reservation undone",
    "money: captured",
    "money: reservation let go of",
    "money: refund carried out",
    "money: given up for now",
    "money: refused by the bank for good",
    "money: borne by the platform",
    "money: a release waited for a dispute",
    "money: frozen while held",
    "money: frozen after the release",
    "fee: of a late cancellation",
    "fee: of a wait, paid once its day was over",
    "release: of a delivered parcel",
    "release: by a split",
    "release: by a dispute",
    "refund: of an end",
    "refund: by finance, of held money",
    "refund: after the release",
    "refund: by a split",
    "refund: by a dispute",
    "refund: of an undone acceptance",
    "split: proposed",
    "split: replaced",
    "split: accepted",
    "split: taken back, or dropped at a handover",
    "split: the delivery ended before it was paid",
    "split: agreed",
    "split: agreed on the way back",
    "split: paid once the parcel was back",
    // The wallet.
    "wallet: credited",
    "wallet: payout asked for",
    "wallet: paid out",
    "wallet: payout refused",
    "wallet: payout frozen",
    "wallet: taken back before the payout",
    "wallet: taken back of a refused payout",
    // Postings, by account.
    "posting: customer_funds debit",
    "posting: customer_funds credit",
    "posting: provider_clearing debit",
    "posting: provider_clearing credit",
    "posting: escrow_held debit",
    "posting: escrow_held credit",
    "posting: traveler_payable debit",
    "posting: traveler_payable credit",
    "posting: refunds_payable debit",
    "posting: refunds_payable credit",
    "posting: traveler_debts debit",
    "posting: traveler_debts credit",
    "posting: platform_revenue debit",
    "posting: platform_revenue credit",
    "posting: cover_held debit",
    "posting: cover_held credit",
    "posting: cover debit",
    "posting: cover credit",
    // Relays.
    "relay: taken",
    "relay: undone before it began",
    "relay: sought anew for the whole way",
    "relay: sought anew from where the parcel is",
    "relay: taken on by another traveler",
    "relay: a meeting that is later",
    "relay: nobody came to the meeting",
    "relay: handed on",
    "relay: a leg left by the customer",
    "relay: a leg undone for another's sake",
    "relay: a leg left by somebody else",
    "relay: home again, as nobody took it on",
    "relay: handed on, and a decision asked for",
    "relay: a leg paid once the last one had arrived",
    "relay: a leg paid at the customer's word",
    // Covers.
    "cover: held",
    "cover: taken",
    "cover: returned",
    "cover: claimed",
    "cover: a claim that waits for the pool",
    "cover: a claim dropped with its decision",
    "cover: paid",
    "cover: added to by finance",
    // Disputes.
    "dispute: by the customer",
    "dispute: by the traveler",
    "dispute: by the platform",
    "dispute: before the handover",
    "dispute: of a parcel under way",
    "dispute: of a fee that is held",
    "dispute: of a fee that was paid",
    "dispute: of another end",
    "dispute: the other side's claim",
    "dispute: decided as refund",
    "dispute: decided as release",
    "dispute: decided as split",
    "dispute: decided as dismiss",
    "dispute: of a fee, decided",
    "dispute: opened again",
    "dispute: withdrawn",
    "dispute: ended by who left",
    // Accounts that are closed.
    "closing: with nothing open",
    "closing: with money in the wallet",
    "closing: with a fee held",
    "closing: with a delivery open",
    "closing: with the parcel in hand",
    // Cheats that were refused.
    "scan refused: qr_invalid",
    "scan refused: qr_wrong_scanner",
    "scan refused: qr_already_used",
    "scan refused: qr_revoked",
    "scan refused: qr_locked",
    "scan refused: qr_expired",
    "scan refused: qr_wrong_order",
    "scan refused: qr_wrong_location",
    "cheat: a code of another delivery",
    "cheat: a wait at another place",
    "cheat: a wait that is told afterwards",
    "cheat: a wait from before the acceptance",
    "cheat: a wait before the earliest time",
    "cheat: a wait from before the pickup",
    "cheat: a wait with gaps",
    "cheat: points sent twice",
    "cheat: a no-show said by who was not there",
    "cheat: two attempts on one wait",
    "cheat: one attempt too many",
    "cheat: takes its own proposal",
    "cheat: takes a proposal that no longer stands",
    "cheat: refunds its own payment",
    "cheat: a second claim of one side",
    "cheat: disputes what was decided",
    "cheat: disputes after the time",
    "cheat: a meeting's code made anew by who does not show it",
    "cheat: a cover that pays without evidence",
    "cheat: more of a cover than its limit",
    "cheat: a cover that pays twice",
};

}  // namespace

Census::Census() {
  for (const std::string_view kind : kinds) counts_.emplace(kind, 0);
}

void Census::see(std::string_view kind) {
  const auto found = counts_.find(kind);
  if (found == counts_.end()) throw std::logic_error("the census knows no kind \"" + std::string(kind) + "\"");
  ++found->second;
}

void Census::add(const Census& other) {
  for (const auto& [kind, count] : other.counts_) counts_.at(kind) += count;
}

std::vector<std::string> Census::missing() const {
  std::vector<std::string> none;
  for (const std::string_view kind : kinds)
    if (counts_.find(kind)->second == 0) none.emplace_back(kind);
  return none;
}

std::string Census::text() const {
  std::string text;
  for (const std::string_view kind : kinds) text += fmt::format("{:>9}  {}\n", counts_.find(kind)->second, kind);
  return text;
}

}  // namespace caravan::simulation
