#pragma once

#include <array>
#include <string_view>

namespace caravan {

/// What the platform's rules and providers say as a reason, a next step or a decision where a person could have said
/// something else, and what a place is for or an account became. Clients read them in answers as they stand here; in
/// messages each language's templates have words for each ([words]), so what is said here must stand in both.
inline constexpr auto platform_words = std::to_array<std::string_view>({
    // reasons of deliveries
    "no_show",
    "not_as_declared",
    "never picked up",
    "trip_cancelled",
    "trip_completed",
    "user_deleted",
    "service",
    "started by the traveler",
    "returned after a failed attempt",
    "returned by the traveler",
    "returned because nobody carried it on",
    "returned nearer to the receiver than to the sender",
    "the payment provider refused the payment",
    "the two sides agreed",
    "as the dispute was decided",
    "the parcel did not come back",
    "the money was shared out",
    "another leg of the relay fell out",
    "nobody carries it on",
    // of disputes that the platform opens
    "handed over elsewhere",
    "not taken back",
    "overdue",
    "return overdue",
    "not arrived with the last leg",
    "not returned",
    "traveler banned",
    "a side is suspended",
    "a side has left",
    "an account was secured",
    // next steps
    "retry",
    "return",
    "decision",
    // how a dispute ends
    "refund",
    "release",
    "split",
    "dismiss",
    "withdrawn",
    // why a scan is refused
    "qr_invalid",
    "qr_wrong_scanner",
    "qr_already_used",
    "qr_revoked",
    "qr_locked",
    "qr_expired",
    "qr_wrong_order",
    "qr_wrong_location",
    // why a trip takes no parcel
    "The trip's times, places or means of transport have changed since the offer.",
    "The trip takes no more parcels: it has left, or was cancelled.",
    "The trip has no room left for the parcel.",
    // of payments
    "The account of one of the two sides is closed.",
    "The payment provider did not answer.",
    "The payment was given back.",
    "The acceptance took too long.",
    "cancelled by the customer",
    "card_declined",
    "insufficient_funds",
    "not_reserved",
    "unknown_token",
    "wrong_currency",
    "account_closed",
    // what a place is for
    "pickup",
    "delivery",
    // what an account became
    "active",
    "suspended",
    "banned",
});

/// Of these, what no rule gives as a reason. A reason that reads so is a person's, and is quoted.
inline constexpr auto never_reasons =
    std::to_array<std::string_view>({"retry", "return", "decision", "refund", "release", "split", "dismiss",
                                     "withdrawn", "pickup", "delivery", "active", "suspended", "banned"});

}  // namespace caravan
