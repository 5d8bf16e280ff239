#pragma once

#include "actors/schema/field.hpp"

/// Who pays what, and how long people have, where a delivery does not go as agreed. The rules decide by these numbers.
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
/// place that was guessed, and where other places of the traveler contradict the wait.
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
  // A request's pickupFrom lies at least so long before the trip comes by, or nobody could be waited for there.
  std::int64_t pickup_lead_seconds = 30 * 60;
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
                      field<&WaitingPolicy::pickup_lead_seconds>(9, "pickupLeadSeconds")};
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
  std::int64_t open_days = 14;  // after the delivery ended
  static constexpr std::string_view record_name = "DisputePolicy";
  static constexpr auto fields() { return std::array{field<&DisputePolicy::open_days>(1, "openDays")}; }
};

struct ReviewPolicy {
  std::int64_t open_days = 14;   // after the delivery
  std::int64_t hidden_days = 7;  // unless both sides wrote before; once it is shown, the other side's comes too late
  std::int64_t answer_days = 3;  // for the other side's own review, where one was written near the end
  static constexpr std::string_view record_name = "ReviewPolicy";
  static constexpr auto fields() {
    return std::array{field<&ReviewPolicy::open_days>(1, "openDays"),
                      field<&ReviewPolicy::hidden_days>(2, "hiddenDays"),
                      field<&ReviewPolicy::answer_days>(3, "answerDays")};
  }
};

/// Money that was earned before an account was added does not go there at once: somebody else may have added it.
struct PayoutPolicy {
  std::int64_t new_account_wait_seconds = 24 * 3'600;
  std::int64_t banned_hold_days = 30;  // of an account that was banned, unless finance lets its payouts go before
  std::int64_t least_dollars = 1;      // worth of a payout by hand, unless it is all that is there: each costs a fee
  static constexpr std::string_view record_name = "PayoutPolicy";
  static constexpr auto fields() {
    return std::array{field<&PayoutPolicy::new_account_wait_seconds>(1, "newAccountWaitSeconds"),
                      field<&PayoutPolicy::banned_hold_days>(2, "bannedHoldDays"),
                      field<&PayoutPolicy::least_dollars>(3, "leastDollars")};
  }
};

/// A changed number is a new version, which no row shows; no decision reads it. A decision counts with the numbers of
/// the build that runs and writes what it found (amounts, instants) into its events, so what was decided stays. What is
/// decided later about a delivery that goes on follows the new numbers.
struct Policy {
  std::int32_t version = 4;
  CancellationPolicy cancellation;
  WaitingPolicy waiting;
  StandstillPolicy standstill;
  DisputePolicy disputes;
  ReviewPolicy reviews;
  PayoutPolicy payout;
  LatenessPolicy lateness;
  static constexpr std::string_view record_name = "Policy";
  static constexpr auto fields() {
    return std::array{field<&Policy::version>(1, "version"),   field<&Policy::cancellation>(2, "cancellation"),
                      field<&Policy::waiting>(3, "waiting"),   field<&Policy::standstill>(4, "standstill"),
                      field<&Policy::disputes>(5, "disputes"), field<&Policy::reviews>(6, "reviews"),
                      field<&Policy::payout>(7, "payout"),     field<&Policy::lateness>(8, "lateness")};
  }
};

inline constexpr Policy policy{};

}  // namespace caravan
