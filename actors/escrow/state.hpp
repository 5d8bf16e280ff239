#pragma once

#include "actors/entity/decision.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/payments/ids.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/payments/requests.hpp"

namespace caravan {

enum class EscrowStatus : std::uint8_t {
  none,
  requires_payment,  // the intent waits for a method
  authorising,       // the provider was asked
  held,              // the money is reserved or taken, and belongs to neither side
  released,          // to the traveler and the platform
  settled,           // a part to each side
  refunded,          // to the customer, less a cancellation's compensation
  cancelled,         // before anything was owed
  failed,            // the provider refused or could not say
};
constexpr auto enum_labels(EscrowStatus) {
  return std::to_array<std::string_view>(
      {"none", "requires_payment", "authorising", "held", "released", "settled", "refunded", "cancelled", "failed"});
}

/// One thing to ask of the provider. An escrow's tasks are asked one after the other. The runtime repeats the question;
/// the next one follows when it was answered, or given up for good.
struct ProviderTask {
  PaymentOperation operation = PaymentOperation::authorize;
  Uuid operation_id;
  Money amount;
  RefundId refund_id;  // operation refund
  std::int32_t attempts = 0;
  bool alerted = false;       // a person was told that it takes long
  std::optional<Uuid> voids;  // operation cancel: the authorisation; none: all that is reserved
  bool refused = false;       // the provider said no, for good
  static constexpr std::string_view record_name = "ProviderTask";
  static constexpr auto fields() {
    return std::array{
        field<&ProviderTask::operation>(1, "operation"), field<&ProviderTask::operation_id>(2, "operationId"),
        field<&ProviderTask::amount>(3, "amount"),       field<&ProviderTask::refund_id>(4, "refundId"),
        field<&ProviderTask::attempts>(5, "attempts"),   field<&ProviderTask::alerted>(6, "alerted"),
        field<&ProviderTask::voids>(7, "voids"),         field<&ProviderTask::refused>(8, "refused")};
  }
};

enum class RefundStatus : std::uint8_t { pending, processed, failed };
constexpr auto enum_labels(RefundStatus) { return std::to_array<std::string_view>({"pending", "processed", "failed"}); }

/// Money that went, or is on its way, back to the customer.
struct EscrowRefund {
  RefundId refund_id;
  Money amount;
  RefundStatus status = RefundStatus::pending;
  std::string reason;
  Time created_at;
  std::optional<Time> processed_at;
  static constexpr std::string_view record_name = "EscrowRefund";
  static constexpr auto fields() {
    return std::array{
        field<&EscrowRefund::refund_id>(1, "refundId"),   field<&EscrowRefund::amount>(2, "amount"),
        field<&EscrowRefund::status>(3, "status"),        field<&EscrowRefund::reason>(4, "reason"),
        field<&EscrowRefund::created_at>(5, "createdAt"), field<&EscrowRefund::processed_at>(6, "processedAt")};
  }
};

inline constexpr Duration split_validity = std::chrono::hours{24};  // of a proposal

/// A party's offer to settle: `refund` back to the customer, the rest released.
struct SplitProposal {
  UserId by;
  Money refund;
  std::string note;
  Time at;
  std::optional<Uuid> service = {};  // that proposed it on behalf of `by`
  UserId accepted_by = {};
  std::optional<Time> pays_at = {};  // it is accepted, and paid then unless a side takes it back
  bool parcel_came = false;          // since it was accepted the parcel has arrived, or is back
  static constexpr std::string_view record_name = "SplitProposal";
  static constexpr auto fields() {
    return std::array{
        field<&SplitProposal::by>(1, "proposedBy"),   field<&SplitProposal::refund>(2, "refund"),
        field<&SplitProposal::note>(3, "note"),       field<&SplitProposal::at>(4, "proposedAt"),
        field<&SplitProposal::service>(5, "service"), field<&SplitProposal::accepted_by>(6, "acceptedBy"),
        field<&SplitProposal::pays_at>(7, "paysAt"),  field<&SplitProposal::parcel_came>(8, "parcelCame")};
  }
};

/// A refund after the release waits for the wallet to take the traveler's part back.
struct TakeBackWait {
  RefundId refund_id;
  Money refund;         // asked for
  Money from_platform;  // of it; the platform gives its share in any case
  std::string reason;
  std::optional<DisputeId> dispute_id;
  static constexpr std::string_view record_name = "TakeBackWait";
  static constexpr auto fields() {
    return std::array{field<&TakeBackWait::refund_id>(1, "refundId"),
                      field<&TakeBackWait::from_platform>(2, "fromPlatform"), field<&TakeBackWait::reason>(3, "reason"),
                      field<&TakeBackWait::dispute_id>(4, "disputeId"), field<&TakeBackWait::refund>(5, "refund")};
  }
};

inline constexpr std::size_t max_given_up = 20;

struct EscrowState {
  EscrowStatus status = EscrowStatus::none;
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId customer;
  UserId traveler;
  Money amount;
  Money platform_fee;  // of the whole amount
  std::string payment_token;
  std::optional<PaymentMethodId> payment_method_id;
  std::string provider;
  std::int64_t hold_seconds = 0;
  std::int64_t payout_delay_seconds = 0;
  bool waits_for_method = false;  // created without a token: a refused payment can be tried again
  std::string failure;            // why the last payment was refused
  Time created_at;
  std::optional<Time> hold_until;
  std::optional<Time> closed_at;
  Money held;             // in this escrow now
  Money refunded;         // to the customer, of it
  Money to_traveler;      // released
  Money fee_taken;        // released
  bool captured = false;  // the provider was asked to take the money: from here on it is given back by refunds
  std::vector<ProviderTask> tasks;
  std::vector<EscrowRefund> refunds;  // see max_refunds
  std::optional<DisputeId> frozen_by;
  /// A release was asked for while a dispute froze the money, whose settlement takes its place, or while a split that
  /// was accepted waits.
  bool release_waits = false;
  std::optional<TakeBackWait> take_back;
  std::optional<SplitProposal> split;
  std::vector<LedgerEntry> ledger;
  std::optional<SettleDispute> settlement_waits;  // a decision that waits until `take_back` is answered
  std::vector<ProviderTask> given_up;             // without knowing whether they were done; the newest max_given_up
  bool uncollected = false;                       // the provider refused to take the money: nothing of it is paid out
  bool written_off = false;                       // the platform bears what the provider never took
  bool fee_waits = false;                         // what is still held is a fee that a traveler earned by waiting
  ParcelWay parcel = ParcelWay::not_carried;
  bool rest_agreed = false;  // what is held is the traveler's once the parcel is back: agreed, or decided by a judge
  std::optional<RefundEscrow> end_waits;       // the delivery has ended while an accepted split waits
  std::optional<std::int32_t> policy_version;  // of the policy that both sides agreed under
  std::optional<CoverTerms> cover;             // that the customer took
  CoverStanding cover_standing = CoverStanding::none;
  std::optional<Money> cover_claim;       // what the cover pays, once it was decided that it does
  std::optional<ParcelName> parcel_name;  // for notices
  /// A claim that a reopened dispute took back: claimed again where that dispute comes to nothing.
  std::optional<Money> claim_dropped;
  /// Of a dispute that was withdrawn: the wallet pays nothing before, also where it hears of the end later.
  std::optional<Time> payout_held_until;

  bool exists() const { return status != EscrowStatus::none; }
  bool is_agreed() const { return split && split->pays_at; }
  /// A side may have done what it was agreed for: neither takes it back alone any more, and only a judge changes it.
  bool is_bound() const { return is_agreed() && (release_waits || end_waits || split->parcel_came); }
  bool is_held() const { return status == EscrowStatus::held; }
  bool is_released() const { return !is_held() && to_traveler.amount + fee_taken.amount > 0; }
  bool is_party(UserId user) const { return user == customer || user == traveler; }
  /// Also among those that were given up.
  const ProviderTask* find_task(const Uuid& operation_id) const;
  /// The provider was asked to take the money, and has, or the platform bears it. The pool has the fee of a cover that
  /// holds then.
  bool is_collected() const;
  /// What a decision can still share out.
  Money at_stake() const { return is_held() ? held : to_traveler + fee_taken; }

  Money cover_fee() const { return cover ? cover->cost() : Money{0, amount.currency}; }
  /// Of the fee, what is held beside the price.
  Money cover_held() const { return cover_standing == CoverStanding::held ? cover_fee() : Money{0, amount.currency}; }
  /// What the customer is asked to reserve.
  Money to_reserve() const { return amount + cover_fee(); }
  /// What a decision about a lost or damaged item may have the cover pay: nothing before the fee has come, and once.
  Money cover_left() const {
    const bool pays = cover_standing == CoverStanding::taken && is_collected();
    return pays ? cover->most() : Money{0, amount.currency};
  }

  /// A dispute has decided, and its decision waits for the wallet.
  bool is_being_settled() const { return settlement_waits || (take_back && take_back->dispute_id); }

  /// The customer owes what their means of payment did not pay, while nobody has borne it for them.
  bool is_owed() const { return uncollected && (is_held() || is_released()); }

  static constexpr std::string_view record_name = "EscrowState";
  static constexpr auto fields() {
    return std::array{field<&EscrowState::status>(1, "status"),
                      field<&EscrowState::delivery_id>(2, "deliveryId"),
                      field<&EscrowState::intent_id>(3, "intentId"),
                      field<&EscrowState::customer>(4, "customerId"),
                      field<&EscrowState::traveler>(5, "travelerId"),
                      field<&EscrowState::amount>(6, "amount"),
                      field<&EscrowState::platform_fee>(7, "platformFee"),
                      field<&EscrowState::payment_token>(8, "paymentToken", internal()),
                      field<&EscrowState::payment_method_id>(9, "paymentMethodId"),
                      field<&EscrowState::provider>(10, "provider"),
                      field<&EscrowState::hold_seconds>(11, "holdSeconds"),
                      field<&EscrowState::payout_delay_seconds>(12, "payoutDelaySeconds"),
                      field<&EscrowState::waits_for_method>(13, "waitsForMethod"),
                      field<&EscrowState::failure>(14, "failure"),
                      field<&EscrowState::created_at>(15, "createdAt"),
                      field<&EscrowState::hold_until>(16, "holdUntil"),
                      field<&EscrowState::closed_at>(17, "closedAt"),
                      field<&EscrowState::held>(18, "held"),
                      field<&EscrowState::refunded>(19, "refunded"),
                      field<&EscrowState::to_traveler>(20, "toTraveler"),
                      field<&EscrowState::fee_taken>(21, "feeTaken"),
                      field<&EscrowState::captured>(22, "captured"),
                      field<&EscrowState::tasks>(23, "tasks"),
                      field<&EscrowState::refunds>(24, "refunds"),
                      field<&EscrowState::frozen_by>(25, "frozenBy"),
                      field<&EscrowState::release_waits>(26, "releaseWaits"),
                      field<&EscrowState::take_back>(27, "takeBack"),
                      field<&EscrowState::split>(28, "split"),
                      field<&EscrowState::ledger>(29, "ledger"),
                      field<&EscrowState::settlement_waits>(30, "settlementWaits"),
                      field<&EscrowState::uncollected>(31, "uncollected"),
                      field<&EscrowState::given_up>(32, "givenUp", length(0, max_given_up)),
                      field<&EscrowState::fee_waits>(33, "feeWaits"),
                      field<&EscrowState::written_off>(34, "writtenOff"),
                      field<&EscrowState::parcel>(35, "parcel"),
                      field<&EscrowState::rest_agreed>(36, "restAgreed"),
                      field<&EscrowState::end_waits>(37, "endWaits"),
                      field<&EscrowState::policy_version>(38, "policyVersion"),
                      field<&EscrowState::cover>(39, "cover"),
                      field<&EscrowState::cover_standing>(40, "coverStanding"),
                      field<&EscrowState::cover_claim>(41, "coverClaim"),
                      field<&EscrowState::parcel_name>(42, "parcelName", internal()),
                      field<&EscrowState::claim_dropped>(43, "claimDropped"),
                      field<&EscrowState::payout_held_until>(44, "payoutHeldUntil", internal())};
  }
};

/// From so many on RefundPayment is refused. Other refunds are few by themselves: the end of the delivery or an agreed
/// split adds one, and so does each decision of a dispute, which administrators alone reopen.
inline constexpr std::size_t max_refunds = 20;

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class EscrowRejection {
  not_found,
  not_allowed,
  already_exists,
  intent_not_open,
  not_held,
  disputed,
  invalid_amount,
  limit_reached,
  no_proposal,
  own_proposal,
  split_changed,
  self_not_allowed,
  nothing_to_write_off,
  step_up_required,
  nothing_to_collect,
  already_agreed,
};
constexpr auto enum_labels(EscrowRejection) {
  return std::to_array<std::string_view>({"not_found", "not_allowed", "already_exists", "intent_not_open", "not_held",
                                          "disputed", "invalid_amount", "limit_reached", "no_proposal", "own_proposal",
                                          "split_changed", "self_not_allowed", "nothing_to_write_off",
                                          "step_up_required", "nothing_to_collect", "conflict"});
}

}  // namespace caravan
