#pragma once

#include "actors/payments/ledger.hpp"
#include "actors/request/details.hpp"
#include "actors/request/legs.hpp"

namespace caravan {

inline constexpr std::string_view terms_changed = "terms_changed";  // why an offer expired: the customer's doing
inline constexpr std::string_view lost_to_another = "another_offer_accepted";  // why it was rejected
inline constexpr std::string_view delivery_cancelled = "delivery_cancelled";   // why an accepted one is over

/// One traveler's offer on a request.
struct Offer {
  static constexpr std::string_view record_name = "OfferState";
  OfferId offer_id;
  TripId trip_id;
  UserId traveler_id;
  OfferStatus status = OfferStatus::pending;
  Money price;
  OfferSide proposed_by = OfferSide::traveler;  // of the price that stands
  std::optional<std::string> message;
  std::int32_t counters = 0;  // of both sides
  Time expires_at, created_at, updated_at;
  std::string close_reason;
  std::optional<DeliveryId> attempt;  // the delivery that runs or ran the last acceptance
  std::string failure_code;           // of the last acceptance, where it failed
  std::string failure_detail;
  std::optional<Acceptance> acceptance;
  std::optional<double> traveler_rating;  // when it was made: what matching learns from
  std::int32_t customer_counters = 0;
  std::optional<std::int64_t> trip_plan;  // TripDetails::plan() that it was made for; absent in older offers
  bool both_verified = false;             // the identities of both sides, when it was made
  bool is_of_newcomer = false;            // when it was made
  std::optional<Time> planned_pickup, planned_arrival;  // of the parcel, by trip_plan
  std::optional<Uuid> service;                          // that named the price that stands, on behalf of `proposed_by`
  std::optional<DealTerms> deal;                        // by which it was made; absent in older offers
  std::optional<MeetingPoint> from, to;                 // of a part of the way; absent: the request's own place

  /// For a part of the way: it is taken with others that make up the rest.
  bool is_leg() const { return from || to; }
  /// Still to be answered by either side.
  bool is_open() const { return status == OfferStatus::pending || status == OfferStatus::countered; }
  /// Nothing becomes of it any more.
  bool is_closed() const {
    return status == OfferStatus::rejected || status == OfferStatus::withdrawn || status == OfferStatus::expired;
  }
  /// It counts among those that the traveler may make; what the customer ended by other terms does not.
  bool is_travelers_doing() const { return status != OfferStatus::expired || close_reason != terms_changed; }
  std::int32_t counters_of(OfferSide side) const {
    return side == OfferSide::customer ? customer_counters : counters - customer_counters;
  }

  static constexpr auto fields() {
    return std::array{field<&Offer::offer_id>(1, "offerId"),
                      field<&Offer::trip_id>(2, "tripId"),
                      field<&Offer::traveler_id>(3, "travelerId"),
                      field<&Offer::status>(4, "status"),
                      field<&Offer::price>(5, "price"),
                      field<&Offer::proposed_by>(6, "proposedBy"),
                      field<&Offer::message>(7, "message"),
                      field<&Offer::counters>(8, "counters"),
                      field<&Offer::expires_at>(9, "expiresAt"),
                      field<&Offer::created_at>(10, "createdAt"),
                      field<&Offer::updated_at>(11, "updatedAt"),
                      field<&Offer::close_reason>(12, "closeReason"),
                      field<&Offer::attempt>(13, "attempt"),
                      field<&Offer::failure_code>(14, "failureCode"),
                      field<&Offer::failure_detail>(15, "failureDetail"),
                      field<&Offer::acceptance>(16, "acceptance"),
                      field<&Offer::traveler_rating>(17, "travelerRating"),
                      field<&Offer::customer_counters>(18, "customerCounters"),
                      field<&Offer::trip_plan>(19, "tripPlan"),
                      field<&Offer::both_verified>(20, "bothVerified"),
                      field<&Offer::is_of_newcomer>(21, "isOfNewcomer"),
                      field<&Offer::planned_pickup>(22, "plannedPickup"),
                      field<&Offer::planned_arrival>(23, "plannedArrival"),
                      field<&Offer::service>(24, "serviceId"),
                      field<&Offer::deal>(25, "deal"),
                      field<&Offer::from>(26, "from"),
                      field<&Offer::to>(27, "to")};
  }
};

/// The customer has asked a traveler to offer.
struct Invitation {
  static constexpr std::string_view record_name = "InvitationState";
  InvitationId invitation_id;
  TripId trip_id;
  UserId traveler_id;
  Money price;
  InvitationStatus status = InvitationStatus::sent;
  Time created_at, expires_at;
  std::optional<OfferId> offer_id;                 // that answered it
  std::optional<InvitationLimit> refused_by = {};  // where it was one too many

  bool is_open(Time now) const { return status == InvitationStatus::sent && now < expires_at; }

  static constexpr auto fields() {
    return std::array{field<&Invitation::invitation_id>(1, "invitationId"),
                      field<&Invitation::trip_id>(2, "tripId"),
                      field<&Invitation::traveler_id>(3, "travelerId"),
                      field<&Invitation::price>(4, "price"),
                      field<&Invitation::status>(5, "status"),
                      field<&Invitation::created_at>(6, "createdAt"),
                      field<&Invitation::expires_at>(7, "expiresAt"),
                      field<&Invitation::offer_id>(8, "offerId"),
                      field<&Invitation::refused_by>(9, "refusedBy")};
  }
};

inline constexpr std::size_t max_forgotten = 1'000;

/// How many offers of a traveler gave way to those of others.
struct ForgottenOffers {
  static constexpr std::string_view record_name = "ForgottenOffers";
  UserId traveler_id;
  std::int32_t count = 0;
  static constexpr auto fields() {
    return std::array{field<&ForgottenOffers::traveler_id>(1, "travelerId"),
                      field<&ForgottenOffers::count>(2, "count")};
  }
};

/// A customer's request and the offers on it. At most one offer is accepting or accepted, but for the legs of a relay.
struct RequestState {
  UserId customer_id;  // nil: there is no such request
  RequestStatus status = RequestStatus::open;
  RequestDetails details;
  std::vector<Offer> offers;  // oldest first
  Time expires_at, created_at;
  std::string cancel_reason;
  std::optional<std::string> deferred_cancel;  // the platform's reason, while there is a deal or becomes one
  std::optional<Time> moved_at;                // when a place, or whom to call there, was changed last
  std::vector<ForgottenOffers> forgotten;      // they count among those that a traveler may make; oldest first
  std::vector<Invitation> invitations;         // oldest first
  std::vector<UserId> told;                    // travelers who heard of it when it was posted
  std::optional<Relay> relay;                  // travelers who hand the parcel on

  bool exists() const { return !customer_id.is_nil(); }
  /// A traveler of a broken relay has the parcel, and somebody is sought who takes it on.
  bool is_held() const { return relay && relay->holder(); }
  const Offer* find(OfferId id) const;
  Offer* find(OfferId id);
  const Invitation* find(InvitationId id) const;
  Invitation* find(InvitationId id);

  static constexpr std::string_view record_name = "RequestState";
  static constexpr auto fields() {
    return std::array{field<&RequestState::customer_id>(1, "customerId"),
                      field<&RequestState::status>(2, "status"),
                      field<&RequestState::details>(3, "details"),
                      field<&RequestState::offers>(4, "offers"),
                      field<&RequestState::expires_at>(5, "expiresAt"),
                      field<&RequestState::created_at>(6, "createdAt"),
                      field<&RequestState::cancel_reason>(7, "cancelReason"),
                      field<&RequestState::deferred_cancel>(8, "deferredCancel"),
                      field<&RequestState::forgotten>(9, "forgotten", length(0, max_forgotten)),
                      field<&RequestState::invitations>(10, "invitations", length(0, max_invitations)),
                      field<&RequestState::moved_at>(11, "movedAt"),
                      field<&RequestState::told>(12, "told", length(0, max_told)),
                      field<&RequestState::relay>(13, "relay")};
  }
};

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class RequestRejection {
  not_found,
  already_exists,
  not_allowed,  // a command between entities, from outside; or no user
  not_owner,
  own_request,
  request_not_open,
  offer_not_open,
  invalid_state,  // the other side's turn
  blocked,
  verification_required,
  trip_not_open,
  capacity_exceeded,
  already_offered,
  too_many,
  invalid_amount,
  address_not_found,
  invalid_window,
  missing_payment_method,
  same_place,
  offer_changed,  // another price stands than the one that is accepted, or the trip has another plan
  step_up_required,
  off_the_way,  // the trip passes neither place, or in the other direction
  own_proposal,
  pickup_too_early,  // the trip comes by when the parcel may hardly be fetched yet
  forbidden,         // not by an API key, nor by an administrator who is tied to a side
  already_invited,   // the traveler has an open invitation, or has declined one
  invitation_not_open,
  prohibited_goods,  // nobody carries them, or not by that trip
  declaration_required,
  goods_not_accepted,  // the traveler has not said that they take what is declared
  cover_not_available,
  broken_chain,  // the offers do not make up one way
};
constexpr auto enum_labels(RequestRejection) {
  return std::to_array<std::string_view>({"not_found",
                                          "already_exists",
                                          "not_allowed",
                                          "not_owner",
                                          "own_request",
                                          "request_not_open",
                                          "offer_not_open",
                                          "invalid_state",
                                          "blocked",
                                          "verification_required",
                                          "trip_not_open",
                                          "capacity_exceeded",
                                          "already_offered",
                                          "too_many",
                                          "invalid_amount",
                                          "address_not_found",
                                          "invalid_window",
                                          "missing_payment_method",
                                          "same_place",
                                          "offer_changed",
                                          "step_up_required",
                                          "off_the_way",
                                          "own_proposal",
                                          "pickup_too_early",
                                          "forbidden",
                                          "already_invited",
                                          "invitation_not_open",
                                          "prohibited_goods",
                                          "declaration_required",
                                          "goods_not_accepted",
                                          "cover_not_available",

                                          "broken_chain"});
}

}  // namespace caravan
