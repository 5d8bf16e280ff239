#pragma once

#include "actors/entity/appointment.hpp"
#include "actors/matching/passing.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/request/resources.hpp"
#include "actors/user/commands.hpp"

namespace caravan {

/// Posts a request of the calling customer. The edge locates both stops and adds what its matching and pricing found.
/// Answers RequestResource with both.
struct PostRequest {
  static constexpr Tag tag{1, "post_request"};
  std::string title;
  Stop pickup, dropoff;
  Item item;
  Urgency urgency = Urgency::standard;
  Price max_price;
  Currency currency;
  std::optional<Time> pickup_from, deliver_by;
  std::vector<RequestTripMatch> matches;
  std::optional<std::string> matched_by;
  std::optional<PriceRecommendation> price_recommendation;
  std::optional<NearestMiss> nearest_miss;
  bool crosses_border = false;     // a customs border lies between the places, as far as the edge knows
  bool customs_required = false;   // by the edge's settings: nothing crosses one undeclared
  std::optional<bool> cover = {};  // true: the customer takes it, beside the price; absent: nothing is charged
  static constexpr auto fields() {
    return std::array{field<&PostRequest::title>(1, "title", length(1, 120)),
                      field<&PostRequest::pickup>(2, "pickup"),
                      field<&PostRequest::dropoff>(3, "delivery"),
                      field<&PostRequest::item>(4, "item"),
                      field<&PostRequest::urgency>(5, "urgency"),
                      field<&PostRequest::max_price>(6, "maxPrice", between(1, most_price_units)),
                      field<&PostRequest::currency>(7, "currency"),
                      field<&PostRequest::pickup_from>(8, "pickupFrom"),
                      field<&PostRequest::deliver_by>(9, "deliverBy"),
                      field<&PostRequest::matches>(10, "matches", internal()),
                      field<&PostRequest::matched_by>(11, "matchedBy", internal()),
                      field<&PostRequest::price_recommendation>(12, "priceRecommendation", internal()),
                      field<&PostRequest::nearest_miss>(13, "nearestMiss", internal()),
                      field<&PostRequest::crosses_border>(14, "crossesBorder", internal()),
                      field<&PostRequest::customs_required>(15, "customsRequired", internal()),
                      field<&PostRequest::cover>(16, "cover")};
  }
};

/// Changes the fields that are given. Open offers expire where the change touches what they were made for.
struct EditRequest {
  static constexpr Tag tag{2, "edit_request"};
  std::optional<std::string> title;
  std::optional<Stop> pickup, dropoff;
  std::optional<Item> item;
  std::optional<Urgency> urgency;
  std::optional<Price> max_price;
  std::optional<Time> pickup_from, deliver_by;
  bool crosses_border = false, customs_required = false;  // as of PostRequest
  std::optional<bool> cover = {};                         // absent: as before, for the item as it is now
  static constexpr auto fields() {
    return std::array{field<&EditRequest::title>(1, "title", length(1, 120)),
                      field<&EditRequest::pickup>(2, "pickup"),
                      field<&EditRequest::dropoff>(3, "delivery"),
                      field<&EditRequest::item>(4, "item"),
                      field<&EditRequest::urgency>(5, "urgency"),
                      field<&EditRequest::max_price>(6, "maxPrice", between(1, most_price_units)),
                      field<&EditRequest::pickup_from>(7, "pickupFrom"),
                      field<&EditRequest::deliver_by>(8, "deliverBy"),
                      field<&EditRequest::crosses_border>(9, "crossesBorder", internal()),
                      field<&EditRequest::customs_required>(10, "customsRequired", internal()),
                      field<&EditRequest::cover>(11, "cover")};
  }
};

/// By the owner: one more picture of the item, an upload of the owner's.
struct AddRequestPhoto {
  static constexpr Tag tag{11, "add_request_photo"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&AddRequestPhoto::upload_id>(1, "uploadId", internal())}; }
};

/// By the owner, an administrator with `deliveries`, or the platform; closes the offers. The platform's waits for a
/// running acceptance to end, and for a deal to be undone.
struct CancelRequest {
  static constexpr Tag tag{3, "cancel_request"};
  std::optional<std::string> reason;
  Appointment office = {};  // of an administrator who is not the owner
  static constexpr auto fields() {
    return std::array{field<&CancelRequest::reason>(1, "reason", length(0, 500)),
                      field<&CancelRequest::office>(2, "office", internal())};
  }
};

/// The calling traveler offers to carry the item on a trip. Facts about the trip and the two people are the edge's.
struct SubmitOffer {
  static constexpr Tag tag{4, "submit_offer"};
  TripId trip_id;
  Price price;
  std::optional<std::string> message;
  OfferId offer_id;                            // chosen by the edge, the same at a repeat; nil: chosen here
  UserId trip_owner;                           // nil: there is no such trip
  bool trip_open = false;                      // FreeRoom::open
  Load free_room;                              // FreeRoom::available
  bool blocked = false;                        // one of the two blocked the other
  bool is_verified = false;                    // the traveler's identity is verified
  std::optional<double> traveler_rating = {};  // 1 to 5; absent: nobody rated the traveler yet
  std::optional<std::int64_t> trip_plan = {};  // FreeRoom::plan
  bool customer_verified = false;              // the customer's identity is verified
  bool has_delivered = false;                  // some delivery of the traveler's came to a good end
  bool other_inactive = false;                 // the customer cannot sign in
  std::optional<Passing> passing = {};         // FreeRoom::passing
  std::optional<InvitationId> invitation_id = {};
  std::optional<DealTerms> deal = {};      // by the edge's settings: the offer keeps them
  std::optional<TransportMode> mode = {};  // of the trip
  std::optional<bool> accepts_goods = {};  // the traveler takes the declared goods, where they ask for that
  std::optional<VerificationLevel> traveler_lacks = {};  // the level that so many deliveries ask for
  std::string traveler_name = {};                        // the first name
  std::optional<MeetingPoint> from = {}, to = {};        // of a part of the way; absent: the request's own place
  static constexpr auto fields() {
    return std::array{field<&SubmitOffer::trip_id>(1, "tripId"),
                      field<&SubmitOffer::price>(2, "price", between(1, most_price_units)),
                      field<&SubmitOffer::message>(3, "message", length(0, 1'000)),
                      field<&SubmitOffer::offer_id>(4, "offerId", internal()),
                      field<&SubmitOffer::trip_owner>(5, "tripOwner", internal()),
                      field<&SubmitOffer::trip_open>(6, "tripOpen", internal()),
                      field<&SubmitOffer::free_room>(7, "freeRoom", internal()),
                      field<&SubmitOffer::blocked>(8, "blocked", internal()),
                      field<&SubmitOffer::is_verified>(9, "isVerified", internal()),
                      field<&SubmitOffer::traveler_rating>(10, "travelerRating", internal()),
                      field<&SubmitOffer::trip_plan>(11, "tripPlan", internal()),
                      field<&SubmitOffer::customer_verified>(12, "customerVerified", internal()),
                      field<&SubmitOffer::has_delivered>(13, "hasDelivered", internal()),
                      field<&SubmitOffer::other_inactive>(14, "otherInactive", internal()),
                      field<&SubmitOffer::passing>(15, "passing", internal()),
                      field<&SubmitOffer::invitation_id>(16, "invitationId"),
                      field<&SubmitOffer::deal>(17, "deal", internal()),
                      field<&SubmitOffer::mode>(18, "mode", internal()),
                      field<&SubmitOffer::accepts_goods>(19, "acceptsGoods"),
                      field<&SubmitOffer::traveler_lacks>(20, "travelerLacks", internal()),
                      field<&SubmitOffer::traveler_name>(21, "travelerName", internal()),
                      field<&SubmitOffer::from>(22, "from"),
                      field<&SubmitOffer::to>(23, "to")};
  }
};

/// The customer asks the traveler of a trip to offer. Facts about the trip and the two people are the edge's.
struct InviteTraveler {
  static constexpr Tag tag{16, "invite_traveler"};
  TripId trip_id;
  std::optional<Price> price = {};                  // absent: the request's maxPrice
  InvitationId invitation_id;                       // chosen by the edge, the same at a repeat; nil: chosen here
  SubmitOffer facts = {};                           // what the edge would add to an offer of the traveler's
  std::optional<Money> min_price = {};              // FreeRoom::min_price
  std::int32_t invited_today = 0, asked_today = 0;  // of the traveler, and by the customer, in the last 24 hours
  std::int64_t fee_basis_points = default_platform_fee_basis_points;
  std::int32_t invited_by_customer_today = 0;                   // of the traveler
  std::optional<std::int32_t> invited_by_newcomers_today = {};  // of the traveler, where the customer is new
  static constexpr auto fields() {
    return std::array{field<&InviteTraveler::trip_id>(1, "tripId"),
                      field<&InviteTraveler::price>(2, "price", between(1, most_price_units)),
                      field<&InviteTraveler::invitation_id>(3, "invitationId", internal()),
                      field<&InviteTraveler::facts>(4, "facts", internal()),
                      field<&InviteTraveler::min_price>(5, "minPrice", internal()),
                      field<&InviteTraveler::invited_today>(6, "invitedToday", internal()),
                      field<&InviteTraveler::asked_today>(7, "askedToday", internal()),
                      field<&InviteTraveler::fee_basis_points>(8, "feeBasisPoints", internal()),
                      field<&InviteTraveler::invited_by_customer_today>(9, "invitedByCustomerToday", internal()),
                      field<&InviteTraveler::invited_by_newcomers_today>(10, "invitedByNewcomersToday", internal())};
  }
};

/// The invited traveler says no. Nobody asks them again for this request.
struct DeclineInvitation {
  static constexpr Tag tag{17, "decline_invitation"};
  InvitationId invitation_id;
  static constexpr auto fields() {
    return std::array{field<&DeclineInvitation::invitation_id>(1, "invitationId", internal())};
  }
};

/// From the customer's or the traveler's user: the invitation is one too many, and nobody read it. InviteTraveler
/// looked at the same numbers, but others were under way then.
struct RefuseInvitation {
  static constexpr Tag tag{18, "refuse_invitation"};
  InvitationId invitation_id;
  InvitationLimit limit = InvitationLimit::customer;
  static constexpr auto fields() {
    return std::array{field<&RefuseInvitation::invitation_id>(1, "invitationId"),
                      field<&RefuseInvitation::limit>(2, "limit")};
  }
};

/// By the side that did not name the standing price. Starts the acceptance saga; a repeat starts none.
struct AcceptOffer {
  static constexpr Tag tag{5, "accept_offer"};
  OfferId offer_id;
  std::optional<Uuid> payment_method_id;  // of the customer's; absent: the default one
  std::string payment_token;              // what the provider knows it by; empty: there is no such method
  std::string provider;
  bool blocked = false;
  DealTerms deal = {};                      // by the edge's settings, for an offer that has kept none
  std::optional<std::int64_t> amount = {};  // minor units: the price that the caller has seen; absent: whichever stands
  bool other_inactive = false;              // the other side cannot sign in
  bool is_verified = false;                 // the traveler's identity, now
  bool customer_verified = false;           // the customer's identity, now
  std::optional<Time> customer_secured_at = {};                               // when the customer shut a thief out last
  std::optional<VerificationLevel> traveler_lacks = {}, customer_lacks = {};  // that so many deliveries ask for
  std::string customer_name = {}, traveler_name = {};                         // the first names
  static constexpr auto fields() {
    return std::array{field<&AcceptOffer::offer_id>(1, "offerId", internal()),
                      field<&AcceptOffer::payment_method_id>(2, "paymentMethodId"),
                      field<&AcceptOffer::payment_token>(3, "paymentToken", internal()),
                      field<&AcceptOffer::provider>(4, "provider", internal()),
                      field<&AcceptOffer::blocked>(5, "blocked", internal()),
                      field<&AcceptOffer::deal>(6, "deal", internal()),
                      field<&AcceptOffer::amount>(7, "amount", between(1, most_minor_units)),
                      field<&AcceptOffer::other_inactive>(8, "otherInactive", internal()),
                      field<&AcceptOffer::is_verified>(9, "isVerified", internal()),
                      field<&AcceptOffer::customer_verified>(10, "customerVerified", internal()),
                      field<&AcceptOffer::customer_secured_at>(11, "customerSecuredAt", internal()),
                      field<&AcceptOffer::traveler_lacks>(12, "travelerLacks", internal()),
                      field<&AcceptOffer::customer_lacks>(13, "customerLacks", internal()),
                      field<&AcceptOffer::customer_name>(14, "customerName", internal()),
                      field<&AcceptOffer::traveler_name>(15, "travelerName", internal())};
  }
};

/// By the customer: takes offers that make up one way, all of them or none; in the order of the way. While a traveler
/// of a broken relay has the parcel the way begins with them, and one offer may do.
struct AcceptRelay {
  static constexpr Tag tag{30, "accept_relay"};
  std::vector<OfferId> offer_ids;
  std::optional<Uuid> payment_method_id;  // of the customer's; absent: the default one
  std::vector<AcceptOffer> facts;         // what the edge would add to the acceptance of each
  static constexpr auto fields() {
    return std::array{field<&AcceptRelay::offer_ids>(1, "offerIds", length(1, max_relay_legs)),
                      field<&AcceptRelay::payment_method_id>(2, "paymentMethodId"),
                      field<&AcceptRelay::facts>(3, "facts", length(0, max_relay_legs) | internal())};
  }
};

/// From the delivery of a leg: its acceptance is done but for the word that all legs are.
struct LegReady {
  static constexpr Tag tag{31, "leg_ready"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&LegReady::offer_id>(1, "offerId")}; }
};

/// From the delivery of a leg: its traveler has the parcel, has handed it on, brings it back, or it was cancelled.
struct LegMoved {
  static constexpr Tag tag{32, "leg_moved"};
  OfferId offer_id;
  LegState state = LegState::carried;
  bool reopens = false;      // it was cancelled, and the parcel still has to travel
  bool by_customer = false;  // who then leaves the other legs as well
  static constexpr auto fields() {
    return std::array{field<&LegMoved::offer_id>(1, "offerId"), field<&LegMoved::state>(2, "state"),
                      field<&LegMoved::reopens>(3, "reopens"), field<&LegMoved::by_customer>(4, "byCustomer")};
  }
};

/// The customer refuses the offer.
struct RejectOffer {
  static constexpr Tag tag{6, "reject_offer"};
  OfferId offer_id;
  std::optional<std::string> reason;
  static constexpr auto fields() {
    return std::array{field<&RejectOffer::offer_id>(1, "offerId", internal()),
                      field<&RejectOffer::reason>(2, "reason", length(0, 500))};
  }
};

/// The traveler takes the offer back.
struct WithdrawOffer {
  static constexpr Tag tag{7, "withdraw_offer"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&WithdrawOffer::offer_id>(1, "offerId", internal())}; }
};

/// By the platform: prices that the customer named and nobody took yet stand no more, as somebody else may have named
/// them in the customer's place. Of places that were changed in the last week the customer is told.
struct DropCounters {
  static constexpr Tag tag{13, "drop_counters"};
  static constexpr auto fields() { return std::array<schema::Field, 0>{}; }
};

/// By the platform: what this traveler has offered stands no more, as somebody else may have offered it in their place.
struct DropOffers {
  static constexpr Tag tag{14, "drop_offers"};
  UserId traveler;
  static constexpr auto fields() { return std::array{field<&DropOffers::traveler>(1, "travelerId")}; }
};

/// Either side names another price, which the other side may then accept. Whose own price stands may only better it for
/// the other side, who may be about to accept it.
struct CounterOffer {
  static constexpr Tag tag{8, "counter_offer"};
  OfferId offer_id;
  Price price;
  std::optional<std::string> message;
  static constexpr auto fields() {
    return std::array{field<&CounterOffer::offer_id>(1, "offerId", internal()),
                      field<&CounterOffer::price>(2, "price", between(1, most_price_units)),
                      field<&CounterOffer::message>(3, "message", length(0, 1'000))};
  }
};

/// From the delivery: the saga is through, the offer is accepted.
struct AcceptanceCompleted {
  static constexpr Tag tag{9, "acceptance_completed"};
  OfferId offer_id;
  DeliveryId delivery_id;
  std::string delivery_number;
  IntentId intent_id;
  EscrowId escrow_id;
  std::vector<QrCodeRef> qr_codes;
  std::vector<GeofenceRef> geofences;
  static constexpr auto fields() {
    return std::array{field<&AcceptanceCompleted::offer_id>(1, "offerId"),
                      field<&AcceptanceCompleted::delivery_id>(2, "deliveryId"),
                      field<&AcceptanceCompleted::delivery_number>(3, "deliveryNumber"),
                      field<&AcceptanceCompleted::intent_id>(4, "paymentIntentId"),
                      field<&AcceptanceCompleted::escrow_id>(5, "escrowId"),
                      field<&AcceptanceCompleted::qr_codes>(6, "qrCodes"),
                      field<&AcceptanceCompleted::geofences>(7, "geofences")};
  }
};

/// From the delivery: the saga failed, and the undoing of what it did is on its way. The offer is open again, unless
/// its trip has another plan by now than it was made for (offer_changed): that ends it.
struct AcceptanceFailed {
  static constexpr Tag tag{10, "acceptance_failed"};
  OfferId offer_id;
  std::string code;  // payment_declined, payment_failed, capacity_exceeded, trip_not_open, offer_changed, …
  std::string detail;
  static constexpr auto fields() {
    return std::array{field<&AcceptanceFailed::offer_id>(1, "offerId"), field<&AcceptanceFailed::code>(2, "code"),
                      field<&AcceptanceFailed::detail>(3, "detail")};
  }
};

/// From a trip that has set out or is over: what was offered on it and is still open expires. Its traveler may not have
/// ended it.
struct TripClosed {
  static constexpr Tag tag{12, "trip_closed"};
  TripId trip_id;
  static constexpr auto fields() { return std::array{field<&TripClosed::trip_id>(1, "tripId")}; }
};

/// From the delivery that the accepted offer came to: the traveler's side has left before the pickup, and the parcel
/// still has to travel. Whose offers lost to that one hear of it.
struct ReopenRequest {
  static constexpr Tag tag{15, "reopen_request"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&ReopenRequest::offer_id>(1, "offerId")}; }
};

// Queries

/// RequestResource; with contacts for the customer, the traveler whose offer was accepted, and whoever may look at what
/// is private.
struct ViewRequest {
  static constexpr Tag tag{1, "view_request"};
  static constexpr auto fields() { return no_fields; }
};
/// OfferList: all of them for the customer, administrators, services and the platform; their own for travelers.
struct ViewOffers {
  static constexpr Tag tag{2, "view_offers"};
  static constexpr auto fields() { return no_fields; }
};
/// InvitationList: all of them for whoever sees all offers; their own for travelers.
struct ViewInvitations {
  static constexpr Tag tag{6, "view_invitations"};
  static constexpr auto fields() { return no_fields; }
};
/// InvitationResource, for its two sides.
struct ViewInvitation {
  static constexpr Tag tag{7, "view_invitation"};
  InvitationId invitation_id;
  static constexpr auto fields() {
    return std::array{field<&ViewInvitation::invitation_id>(1, "invitationId", internal())};
  }
};
/// OfferResource, for its two sides.
struct ViewOffer {
  static constexpr Tag tag{3, "view_offer"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&ViewOffer::offer_id>(1, "offerId", internal())}; }
};
/// AcceptanceProgress of an offer, for its two sides.
struct ViewAcceptance {
  static constexpr Tag tag{4, "view_acceptance"};
  OfferId offer_id;
  static constexpr auto fields() { return std::array{field<&ViewAcceptance::offer_id>(1, "offerId", internal())}; }
};
/// RelayResource, for the customer and whoever sees all offers.
struct ViewRelay {
  static constexpr Tag tag{30, "view_relay"};
  static constexpr auto fields() { return no_fields; }
};
/// RequestTerms: what an offer is judged by, and matching and pricing start from. No contacts.
struct ViewTerms {
  static constexpr Tag tag{5, "view_terms"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
