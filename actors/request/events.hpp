#pragma once

#include "actors/payments/ledger.hpp"
#include "actors/request/details.hpp"
#include "actors/request/legs.hpp"

namespace caravan {

struct RequestCreated {
  static constexpr Tag tag{1, "request.created"};
  UserId customer_id;
  RequestDetails details;
  Time expires_at;
  Time at;
  std::vector<UserId> told = {};  // travelers who hear of it; not written by earlier builds
  static constexpr auto fields() {
    return std::array{field<&RequestCreated::customer_id>(1, "customerId"),
                      field<&RequestCreated::details>(2, "details"), field<&RequestCreated::expires_at>(3, "expiresAt"),
                      field<&RequestCreated::at>(4, "at"), field<&RequestCreated::told>(5, "told", internal())};
  }
};

struct RequestUpdated {
  static constexpr Tag tag{2, "request.updated"};
  UserId customer_id;
  RequestDetails details;  // all of them, changed or not
  Time expires_at;
  std::optional<Time> moved_at = {};  // a place or its contact is another one; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&RequestUpdated::customer_id>(1, "customerId"),
                      field<&RequestUpdated::details>(2, "details"), field<&RequestUpdated::expires_at>(3, "expiresAt"),
                      field<&RequestUpdated::moved_at>(4, "movedAt", internal())};
  }
};

struct RequestPhotoAdded {
  static constexpr Tag tag{14, "request.photo_added"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&RequestPhotoAdded::upload_id>(1, "uploadId")}; }
};

struct RequestCancelled {
  static constexpr Tag tag{3, "request.cancelled"};
  UserId customer_id;
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RequestCancelled::customer_id>(1, "customerId"),
                      field<&RequestCancelled::reason>(2, "reason"), field<&RequestCancelled::at>(3, "at")};
  }
};

struct RequestExpired {
  static constexpr Tag tag{4, "request.expired"};
  UserId customer_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RequestExpired::customer_id>(1, "customerId"), field<&RequestExpired::at>(2, "at")};
  }
};

/// The platform cancelled while an acceptance ran: it is cancelled when that ends.
struct RequestCancelDeferred {
  static constexpr Tag tag{5, "request.cancel_deferred"};
  std::string reason;
  static constexpr auto fields() { return std::array{field<&RequestCancelDeferred::reason>(1, "reason")}; }
};

struct OfferSubmitted {
  static constexpr Tag tag{6, "offer.submitted"};
  OfferId offer_id;
  TripId trip_id;
  UserId traveler_id, customer_id;
  Money price;
  std::optional<std::string> message;
  Time expires_at;
  Time at;
  std::optional<double> traveler_rating = {};  // absent: nobody rated the traveler yet
  std::optional<std::int64_t> trip_plan = {};  // TripDetails::plan(); absent in older entries
  bool both_verified = false;                  // the identities of both sides
  bool is_of_newcomer = false;                 // neither verified nor with a delivery that came to a good end
  std::optional<Time> planned_pickup = {}, planned_arrival = {};  // of the parcel; absent in older entries
  std::optional<Uuid> service = {};                               // that offered on behalf of the traveler
  std::optional<InvitationId> invitation_id = {};                 // that it answers
  std::optional<DealTerms> deal = {};  // by which it was made; absent in older entries: those of the acceptance count
  std::optional<MeetingPoint> from = {}, to = {};  // of a part of the way; absent: the request's own place
  static constexpr auto fields() {
    return std::array{field<&OfferSubmitted::offer_id>(1, "offerId"),
                      field<&OfferSubmitted::trip_id>(2, "tripId"),
                      field<&OfferSubmitted::traveler_id>(3, "travelerId"),
                      field<&OfferSubmitted::customer_id>(4, "customerId"),
                      field<&OfferSubmitted::price>(5, "price"),
                      field<&OfferSubmitted::message>(6, "message"),
                      field<&OfferSubmitted::expires_at>(7, "expiresAt"),
                      field<&OfferSubmitted::at>(8, "at"),
                      field<&OfferSubmitted::traveler_rating>(9, "travelerRating"),
                      field<&OfferSubmitted::trip_plan>(10, "tripPlan", internal()),
                      field<&OfferSubmitted::both_verified>(11, "bothVerified", internal()),
                      field<&OfferSubmitted::is_of_newcomer>(12, "isOfNewcomer", internal()),
                      field<&OfferSubmitted::planned_pickup>(13, "plannedPickup"),
                      field<&OfferSubmitted::planned_arrival>(14, "plannedArrival"),
                      field<&OfferSubmitted::service>(15, "serviceId", internal()),
                      field<&OfferSubmitted::invitation_id>(16, "invitationId"),
                      field<&OfferSubmitted::deal>(17, "deal", internal()),
                      field<&OfferSubmitted::from>(18, "from"),
                      field<&OfferSubmitted::to>(19, "to")};
  }
};

struct OfferCountered {
  static constexpr Tag tag{7, "offer.countered"};
  OfferId offer_id;
  OfferSide proposed_by = OfferSide::customer;
  Money price;
  std::optional<std::string> message;
  Time expires_at;
  Time at;
  std::int32_t customer_counters = 0;  // of all counters those of the customer's; none are known from older entries
  std::optional<Uuid> service = {};    // that named it on behalf of `proposed_by`
  static constexpr auto fields() {
    return std::array{field<&OfferCountered::offer_id>(1, "offerId"),
                      field<&OfferCountered::proposed_by>(2, "proposedBy"),
                      field<&OfferCountered::price>(3, "price"),
                      field<&OfferCountered::message>(4, "message"),
                      field<&OfferCountered::expires_at>(5, "expiresAt"),
                      field<&OfferCountered::at>(6, "at"),
                      field<&OfferCountered::customer_counters>(7, "customerCounters", internal()),
                      field<&OfferCountered::service>(8, "serviceId", internal())};
  }
};

/// The acceptance saga has begun in the delivery of that id.
struct OfferAcceptanceStarted {
  static constexpr Tag tag{8, "offer.acceptance_started"};
  OfferId offer_id;
  DeliveryId delivery_id;
  OfferSide by = OfferSide::customer;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferAcceptanceStarted::offer_id>(1, "offerId"),
                      field<&OfferAcceptanceStarted::delivery_id>(2, "deliveryId"),
                      field<&OfferAcceptanceStarted::by>(3, "by"), field<&OfferAcceptanceStarted::at>(4, "at")};
  }
};

struct OfferAccepted {
  static constexpr Tag tag{9, "offer.accepted"};
  OfferId offer_id;
  TripId trip_id;
  UserId traveler_id, customer_id;
  Money price;
  Load capacity_used;
  Acceptance acceptance;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferAccepted::offer_id>(1, "offerId"),
                      field<&OfferAccepted::trip_id>(2, "tripId"),
                      field<&OfferAccepted::traveler_id>(3, "travelerId"),
                      field<&OfferAccepted::customer_id>(4, "customerId"),
                      field<&OfferAccepted::price>(5, "price"),
                      field<&OfferAccepted::capacity_used>(6, "capacityUsed"),
                      field<&OfferAccepted::acceptance>(7, "acceptance"),
                      field<&OfferAccepted::at>(8, "at")};
  }
};

/// The saga was undone; the offer is open again as it was before.
struct OfferAcceptanceFailed {
  static constexpr Tag tag{10, "offer.acceptance_failed"};
  OfferId offer_id;
  std::string code;
  std::string detail;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferAcceptanceFailed::offer_id>(1, "offerId"),
                      field<&OfferAcceptanceFailed::code>(2, "code"),
                      field<&OfferAcceptanceFailed::detail>(3, "detail"), field<&OfferAcceptanceFailed::at>(4, "at")};
  }
};

struct OfferRejected {
  static constexpr Tag tag{11, "offer.rejected"};
  OfferId offer_id;
  UserId traveler_id;
  std::string reason;  // the customer's, or "another_offer_accepted" or "request_cancelled"
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferRejected::offer_id>(1, "offerId"),
                      field<&OfferRejected::traveler_id>(2, "travelerId"), field<&OfferRejected::reason>(3, "reason"),
                      field<&OfferRejected::at>(4, "at")};
  }
};

struct OfferWithdrawn {
  static constexpr Tag tag{12, "offer.withdrawn"};
  OfferId offer_id;
  UserId traveler_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferWithdrawn::offer_id>(1, "offerId"),
                      field<&OfferWithdrawn::traveler_id>(2, "travelerId"), field<&OfferWithdrawn::at>(3, "at")};
  }
};

struct OfferExpired {
  static constexpr Tag tag{13, "offer.expired"};
  OfferId offer_id;
  UserId traveler_id;
  // "time", "terms_changed", "trip_changed", "trip_over", "displaced", "secured" or "request_expired"
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&OfferExpired::offer_id>(1, "offerId"), field<&OfferExpired::traveler_id>(2, "travelerId"),
                      field<&OfferExpired::reason>(3, "reason"), field<&OfferExpired::at>(4, "at")};
  }
};

/// The delivery that its accepted offer came to was cancelled by the traveler's side, before the pickup: it is open
/// again, and that offer is over.
struct RequestReopened {
  static constexpr Tag tag{16, "request.reopened"};
  UserId customer_id;
  OfferId offer_id;
  DeliveryId delivery_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RequestReopened::customer_id>(1, "customerId"),
                      field<&RequestReopened::offer_id>(2, "offerId"),
                      field<&RequestReopened::delivery_id>(3, "deliveryId"), field<&RequestReopened::at>(4, "at")};
  }
};

struct InvitationSent {
  static constexpr Tag tag{17, "invitation.sent"};
  InvitationId invitation_id;
  TripId trip_id;
  UserId traveler_id, customer_id;
  Money price;
  Time expires_at;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&InvitationSent::invitation_id>(1, "invitationId"),
                      field<&InvitationSent::trip_id>(2, "tripId"),
                      field<&InvitationSent::traveler_id>(3, "travelerId"),
                      field<&InvitationSent::customer_id>(4, "customerId"),
                      field<&InvitationSent::price>(5, "price"),
                      field<&InvitationSent::expires_at>(6, "expiresAt"),
                      field<&InvitationSent::at>(7, "at")};
  }
};

struct InvitationDeclined {
  static constexpr Tag tag{18, "invitation.declined"};
  InvitationId invitation_id;
  UserId traveler_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&InvitationDeclined::invitation_id>(1, "invitationId"),
                      field<&InvitationDeclined::traveler_id>(2, "travelerId"),
                      field<&InvitationDeclined::at>(3, "at")};
  }
};

/// Its trip closed, or the customer changed what it asked for: nobody can answer it any more.
struct InvitationExpired {
  static constexpr Tag tag{19, "invitation.expired"};
  InvitationId invitation_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&InvitationExpired::invitation_id>(1, "invitationId"),
                      field<&InvitationExpired::at>(2, "at")};
  }
};

/// It was one too many: its traveler never read it.
struct InvitationRefused {
  static constexpr Tag tag{20, "invitation.refused"};
  InvitationId invitation_id;
  InvitationLimit limit = InvitationLimit::customer;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&InvitationRefused::invitation_id>(1, "invitationId"),
                      field<&InvitationRefused::limit>(2, "limit"), field<&InvitationRefused::at>(3, "at")};
  }
};

/// The request's list of offers is full: this closed one of a newcomer is forgotten, for one of somebody better known.
struct OfferForgotten {
  static constexpr Tag tag{15, "offer.forgotten"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&OfferForgotten::offer_id>(1, "offerId")}; }
};

/// The acceptance sagas of all legs have begun, each in the delivery of that id: all are accepted or none.
struct RelayStarted {
  static constexpr Tag tag{30, "relay.started"};
  UserId customer_id;
  std::vector<RelayLeg> legs;  // in the order of the way
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RelayStarted::customer_id>(1, "customerId"),
                      field<&RelayStarted::legs>(2, "legs", length(0, max_relay_legs)),
                      field<&RelayStarted::at>(3, "at")};
  }
};

/// A delivery told how its leg stands.
struct RelayLegMoved {
  static constexpr Tag tag{31, "relay.leg_moved"};
  OfferId offer_id;
  LegState state = LegState::ready;
  bool reopens = false;                                // it fell out, and not by the customer's doing
  std::string failure_code = {}, failure_detail = {};  // of an acceptance that failed
  Time at = {};
  static constexpr auto fields() {
    return std::array{field<&RelayLegMoved::offer_id>(1, "offerId"),
                      field<&RelayLegMoved::state>(2, "state"),
                      field<&RelayLegMoved::reopens>(3, "reopens"),
                      field<&RelayLegMoved::failure_code>(4, "failureCode"),
                      field<&RelayLegMoved::failure_detail>(5, "failureDetail"),
                      field<&RelayLegMoved::at>(6, "at")};
  }
};

/// Of an acceptance of legs nothing is left: its offers are open again, or have expired.
struct RelayUndone {
  static constexpr Tag tag{32, "relay.undone"};
  Time at;
  static constexpr auto fields() { return std::array{field<&RelayUndone::at>(1, "at")}; }
};

/// A leg of an accepted relay fell out, and those ahead of it are undone: travelers are sought again, from where the
/// parcel is.
struct RelayReopened {
  static constexpr Tag tag{33, "relay.reopened"};
  UserId customer_id;
  std::optional<OfferId> held_by;   // the leg whose traveler has the parcel; absent: its sender
  std::optional<Stop> pickup;       // where that traveler hands it on
  std::optional<Time> pickup_from;  // when that traveler is there, by the plan
  Money max_price;                  // for the rest of the way
  Time at;
  std::optional<Time> expires_at = {};  // until when somebody is sought; absent: as before
  static constexpr auto fields() {
    return std::array{field<&RelayReopened::customer_id>(1, "customerId"),
                      field<&RelayReopened::held_by>(2, "heldByOfferId"),
                      field<&RelayReopened::pickup>(3, "pickup"),
                      field<&RelayReopened::max_price>(4, "maxPrice"),
                      field<&RelayReopened::at>(5, "at"),
                      field<&RelayReopened::pickup_from>(6, "pickupFrom"),
                      field<&RelayReopened::expires_at>(7, "expiresAt")};
  }
};

}  // namespace caravan
