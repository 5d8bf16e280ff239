#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "actors/schema/field.hpp"

/// Who pays what, and how long people have, where a delivery does not go as agreed. The rules decide by these numbers.
/// A deal keeps the version that was the newest when it was agreed (policy_versions, at the end).
/// Mails and the contract's summaries repeat some in words ("14 days", "7 days"), which are changed by hand.
namespace caravan {

/// Before the pickup. Whatever reason is named, and whichever way a side leaves: closing the account is leaving too.
struct CancellationPolicy {
  std::int64_t free_seconds =
      2 * 3'600;  // after acceptance; until then the customer leaves for nothing, unless waited for
  std::int64_t late_fee_percent = 10;            // of the price, from the customer to the traveler, from then on
  std::int64_t late_traveler_seconds = 30 * 60;  // after the trip leaves the pickup, by its plan: nothing again
  /// After an acceptance by the traveler, who may choose an hour at which the customer sleeps; but not within
  /// free_before_pickup_seconds of when a wait at the pickup counts.
  std::int64_t free_of_own_price_seconds = 12 * 3'600;
  std::int64_t free_before_pickup_seconds = 6 * 3'600;
  // An administrator decides about the late fee where the traveler was seen at the pickup for so long, at a time that
  // counts for waits, and did not wait long enough.
  std::int64_t came_stay_seconds = 5 * 60;
  static constexpr std::string_view record_name = "CancellationPolicy";
  static constexpr auto fields() {
    return std::array{field<&CancellationPolicy::free_seconds>(1, "freeSeconds"),
                      field<&CancellationPolicy::late_fee_percent>(2, "lateFeePercent"),
                      field<&CancellationPolicy::late_traveler_seconds>(3, "lateTravelerSeconds"),
                      field<&CancellationPolicy::free_of_own_price_seconds>(4, "freeOfOwnPriceSeconds"),
                      field<&CancellationPolicy::free_before_pickup_seconds>(5, "freeBeforePickupSeconds"),
                      field<&CancellationPolicy::came_stay_seconds>(6, "cameStaySeconds")};
  }
};

/// A traveler who waited in vain is paid, whichever side leaves then. The wait is measured by the platform's clock,
/// from when points within the place's fence arrive, and lasts as long as they go on arriving. At the pickup it counts
/// from `before_departure_seconds` before the trip leaves there by its plan, and never before the request's pickupFrom.
/// At a pin that people set the fee then pays by itself, unless somebody disputes it. An administrator decides at a
/// place that was guessed, and where other places of the traveler contradict the wait; about a wait at the pickup that
/// ends before the planned time, or begins within `free_of_own_price_seconds` of a deal that the traveler closed,
/// unless the customer has written since; and about an attempt after which the traveler was to come again and did not.
struct WaitingPolicy {
  std::int64_t wait_seconds = 15 * 60;       // so long, before anybody may be said not to have come
  std::int64_t no_show_percent = 25;         // of the price, where the sender never came
  std::int64_t failed_attempt_percent = 50;  // of the price, where nobody took the parcel, once it is back
  std::int64_t fee_held_seconds = 24 * 3'600;
  std::int64_t max_attempts = 3;                      // then only the return is left
  std::int64_t largest_gap_seconds = 5 * 60;          // between two points of a wait; a longer one ends it
  std::int64_t before_departure_seconds = 2 * 3'600;  // so early the sender has to be at the pickup
  // Before the trip's planned arrival nobody is expected: an administrator decides about an attempt of earlier still.
  std::int64_t early_attempt_seconds = 2 * 3'600;
  // A request's pickupFrom lies at least so long before the trip comes by, or nobody could be waited for there. So long
  // before an offer is accepted at the latest, or its traveler would not hear of the deal in time.
  std::int64_t pickup_lead_seconds = 30 * 60;
  // A wait that began so long after the trip's planned arrival: the receiver need not be there any more, and an
  // administrator decides.
  std::int64_t late_attempt_seconds = 6 * 3'600;
  static constexpr std::string_view record_name = "WaitingPolicy";
  static constexpr auto fields() {
    return std::array{field<&WaitingPolicy::wait_seconds>(1, "waitSeconds"),
                      field<&WaitingPolicy::no_show_percent>(2, "noShowPercent"),
                      field<&WaitingPolicy::failed_attempt_percent>(3, "failedAttemptPercent"),
                      field<&WaitingPolicy::fee_held_seconds>(4, "feeHeldSeconds"),
                      field<&WaitingPolicy::max_attempts>(5, "maxAttempts"),
                      field<&WaitingPolicy::largest_gap_seconds>(6, "largestGapSeconds"),
                      field<&WaitingPolicy::before_departure_seconds>(7, "beforeDepartureSeconds"),
                      field<&WaitingPolicy::early_attempt_seconds>(8, "earlyAttemptSeconds"),
                      field<&WaitingPolicy::pickup_lead_seconds>(9, "pickupLeadSeconds"),
                      field<&WaitingPolicy::late_attempt_seconds>(10, "lateAttemptSeconds")};
  }
};

// A traveler who is measured at the pickup may refuse a parcel that is not what was declared ("not_as_declared"). The
// share of a no-show then stays held, and an administrator decides about it: a photo, a note and the declared load are
// before them. Until then it counts against nobody; then against the sender where it is released, and against the
// traveler where it is refunded.

// The money goes by where the parcel ends, not by the name of the code that was scanned there:
// - On the way back the receiver's code at the receiver's place delivers: the price is paid, and nothing beyond it.
// - A return that ends nearer to the receiver than to where the parcel was taken is decided by an administrator.
// - That it came back on the customer's word, without a scan, has nothing paid for `fee_held_seconds`, in which the
//   traveler may object; where they were last seen nearer to the receiver, an administrator decides.
// - The receiver's code off the receiver's place delivers where the traveler says why. The price then stays held for
//   `fee_held_seconds`, in which the customer may object; nearer to the sender, an administrator decides.
// - A handover that a service reports by the code's id, without its text, is a word as well, and waits as long.
// - A dispute that is withdrawn lets what was held begin anew: somebody else may have withdrawn it. A payout that still
//   waits is then paid a day later at the earliest.

/// What came very late pays later too: the customer is told how late it was, and may ask for a part back by a split or
/// a dispute. Nothing is taken by itself. Late is what comes after its deliverBy, or after the trip's planned arrival,
/// whichever is later: both were known at the acceptance.
struct LatenessPolicy {
  std::int64_t grace_seconds = 24 * 3'600;  // nobody asks about so much
  std::int64_t held_seconds = 24 * 3'600;   // after the handover, beside what else it waits for
  static constexpr std::string_view record_name = "LatenessPolicy";
  static constexpr auto fields() {
    return std::array{field<&LatenessPolicy::grace_seconds>(1, "graceSeconds"),
                      field<&LatenessPolicy::held_seconds>(2, "heldSeconds")};
  }
};

/// The traveler of a trip with parcels may tell a later departure or arrival. What the parcel's plan says, until when
/// its codes are good and when it is overdue follow. Whether it is late goes by what both sides had agreed to. Beyond
/// `free_beyond_seconds` after that, beyond the parcel's deadline, or told later than `told_ahead_seconds` before the
/// trip should have left the pickup, the customer may leave for nothing until the parcel is taken, and no wait pays by
/// itself.
struct DelayPolicy {
  std::int64_t most_told = 3;                 // of one trip
  std::int64_t longest_seconds = 72 * 3'600;  // after the first plan; what is later still is another trip
  std::int64_t free_beyond_seconds = 2 * 3'600;
  std::int64_t told_ahead_seconds = 0;  // told as late as so long before the pickup it binds no customer
  static constexpr std::string_view record_name = "DelayPolicy";
  static constexpr auto fields() {
    return std::array{field<&DelayPolicy::most_told>(1, "mostTold"),
                      field<&DelayPolicy::longest_seconds>(2, "longestSeconds"),
                      field<&DelayPolicy::free_beyond_seconds>(3, "freeBeyondSeconds"),
                      field<&DelayPolicy::told_ahead_seconds>(4, "toldAheadSeconds")};
  }
};

/// How long a delivery may stand still. Then it ends by itself, or an administrator is asked to end it. Where the
/// trip's plan leaves the pickup, or arrives, later than that, `after_deadline_hours` count from the plan.
struct StandstillPolicy {
  std::int64_t pickup_days = 30;  // from acceptance, where no deadline is known
  std::int64_t after_deadline_hours = 24;
  std::int64_t carrying_days = 14;  // from the pickup
  std::int64_t return_days = 14;    // from its start
  static constexpr std::string_view record_name = "StandstillPolicy";
  static constexpr auto fields() {
    return std::array{field<&StandstillPolicy::pickup_days>(1, "pickupDays"),
                      field<&StandstillPolicy::after_deadline_hours>(2, "afterDeadlineHours"),
                      field<&StandstillPolicy::carrying_days>(3, "carryingDays"),
                      field<&StandstillPolicy::return_days>(4, "returnDays")};
  }
};

struct DisputePolicy {
  std::int64_t open_days = 14;      // after the delivery ended
  std::int64_t assigned_days = 14;  // undecided for so long, it is nobody's again
  // A split that both sides agreed on waits so long, in which either takes it back: it may have been a thief's word.
  std::int64_t split_held_seconds = 24 * 3'600;
  static constexpr std::string_view record_name = "DisputePolicy";
  static constexpr auto fields() {
    return std::array{field<&DisputePolicy::open_days>(1, "openDays"),
                      field<&DisputePolicy::assigned_days>(2, "assignedDays"),
                      field<&DisputePolicy::split_held_seconds>(3, "splitHeldSeconds")};
  }
};

struct ReviewPolicy {
  std::int64_t open_days = 14;   // after the delivery
  std::int64_t hidden_days = 7;  // unless both sides wrote before; once it is shown, the other side's comes too late
  std::int64_t answer_days = 3;  // for the other side's own review, where one was written near the end
  std::int64_t after_verdict_days = 7;  // for the review of whoever a judge found at fault, who reviews nothing
  std::int64_t counted_dollars = 5;     // worth of a delivery that makes its sides known, and whose reviews count
  static constexpr std::string_view record_name = "ReviewPolicy";
  static constexpr auto fields() {
    return std::array{field<&ReviewPolicy::open_days>(1, "openDays"),
                      field<&ReviewPolicy::hidden_days>(2, "hiddenDays"),
                      field<&ReviewPolicy::answer_days>(3, "answerDays"),
                      field<&ReviewPolicy::after_verdict_days>(4, "afterVerdictDays"),
                      field<&ReviewPolicy::counted_dollars>(5, "countedDollars")};
  }
};

/// Money that was earned before an account was added does not go there at once: somebody else may have added it.
struct PayoutPolicy {
  std::int64_t new_account_wait_seconds = 24 * 3'600;
  std::int64_t banned_hold_days = 30;  // of an account that was banned, unless finance lets its payouts go before
  std::int64_t unbanned_hold_seconds = 24 * 3'600;  // what a ban held waits so long after its end, unless finance says
  std::int64_t least_dollars = 1;  // worth of a payout by hand, unless it is all that is there: each costs a fee
  static constexpr std::string_view record_name = "PayoutPolicy";
  static constexpr auto fields() {
    return std::array{field<&PayoutPolicy::new_account_wait_seconds>(1, "newAccountWaitSeconds"),
                      field<&PayoutPolicy::banned_hold_days>(2, "bannedHoldDays"),
                      field<&PayoutPolicy::least_dollars>(3, "leastDollars"),
                      field<&PayoutPolicy::unbanned_hold_seconds>(4, "unbannedHoldSeconds")};
  }
};

/// An account whose owner asked for its deletion closes at once, and is erased later: until then a mailed link takes
/// that back, as a thief may have asked.
struct AccountPolicy {
  std::int64_t closing_days = 0;
  static constexpr std::string_view record_name = "AccountPolicy";
  static constexpr auto fields() { return std::array{field<&AccountPolicy::closing_days>(1, "closingDays")}; }
};

/// An own line that a customer may add to a deal, for what the declared value of the item is worth. It is no part of
/// the price, and the value's surcharge in a price is none of it.
struct CoverPolicy {
  std::int64_t fee_basis_points = 0;  // of the declared value
  std::int64_t limit_dollars = 0;     // worth; of more value than that nothing is covered. 0: no cover is offered
  static constexpr std::string_view record_name = "CoverPolicy";
  static constexpr auto fields() {
    return std::array{field<&CoverPolicy::fee_basis_points>(1, "feeBasisPoints"),
                      field<&CoverPolicy::limit_dollars>(2, "limitDollars")};
  }
};

/// The numbers that stand here are those of the first version that deals kept, 6: what was agreed before, by builds
/// that kept none with their deals, is judged by it.
struct Policy {
  std::int32_t version = 6;
  CancellationPolicy cancellation;
  WaitingPolicy waiting;
  StandstillPolicy standstill;
  DisputePolicy disputes;
  ReviewPolicy reviews;
  PayoutPolicy payout;
  LatenessPolicy lateness;
  DelayPolicy delays;
  AccountPolicy accounts;
  CoverPolicy cover;
  static constexpr std::string_view record_name = "Policy";
  static constexpr auto fields() {
    return std::array{field<&Policy::version>(1, "version"),   field<&Policy::cancellation>(2, "cancellation"),
                      field<&Policy::waiting>(3, "waiting"),   field<&Policy::standstill>(4, "standstill"),
                      field<&Policy::disputes>(5, "disputes"), field<&Policy::reviews>(6, "reviews"),
                      field<&Policy::payout>(7, "payout"),     field<&Policy::lateness>(8, "lateness"),
                      field<&Policy::delays>(9, "delays"),     field<&Policy::accounts>(10, "accounts"),
                      field<&Policy::cover>(11, "cover")};
  }
};

/// 7: nobody plans anew by a delay that is told an hour ahead; the deletion of an account can be taken back for a week;
/// a cover may be taken beside the price.
constexpr Policy with_cover(Policy next) {
  next.version = 7;
  next.delays.told_ahead_seconds = 2 * 3'600;
  next.accounts.closing_days = 7;
  next.cover = {200, 500};
  return next;
}

/// Every version that a deal may have been agreed under, oldest first. A row never changes: a changed number is one
/// more row at the end, made from the one before it. GET /policy shows each.
inline constexpr std::array policy_versions{Policy{}, with_cover(Policy{})};
/// Of deals that are made from now on, and of what belongs to none.
inline constexpr const Policy& policy = policy_versions.back();

/// No delivery that ended longer ago is disputed, whichever version it was agreed under.
inline constexpr std::int64_t longest_dispute_days = std::ranges::max(policy_versions, {}, [](const Policy& each) {
                                                       return each.disputes.open_days;
                                                     }).disputes.open_days;

// Whom the United States want to know of on Form 1099-K: whoever was paid more than so much, gross, in more than so
// many payments of a calendar year. 26 U.S.C. 6050W(e), as section 70432 of Public Law 119-21 (4 July 2025) put it
// back; IRS Fact Sheet 2025-08. No deal keeps these.
inline constexpr std::int64_t form_1099k_gross = 2'000'000;  // minor units of USD
inline constexpr std::int64_t form_1099k_payments = 200;

/// The versions that decisions look in: policy_versions, and in a test others that it made.
std::span<const Policy>& known_policies();
const Policy* find_policy(std::int32_t version);
/// That version, as a deal has kept it: the first one where it kept none, the newest one where this build does not know
/// it yet.
const Policy& kept_policy(std::optional<std::int32_t> version);

}  // namespace caravan
