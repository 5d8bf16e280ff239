#pragma once

#include "actors/matching/facts.hpp"
#include "actors/request/details.hpp"
#include "actors/request/legs.hpp"

/// What a request shows.
namespace caravan {

/// A stop whose contact may be hidden.
struct StopShown {
  static constexpr std::string_view record_name = "StopShown";
  std::string address;
  double lat = 0;
  double lng = 0;
  std::optional<std::string> contact_name, contact_phone, instructions;
  std::optional<std::int32_t> uncertainty_meters;  // how far off the point may be; absent: not known
  bool needs_pin = false;                          // guessed from the address, or off it: say where it is exactly
  std::optional<std::int32_t> off_address_meters;  // of the point from where its address is; absent: it is there
  static constexpr auto fields() {
    return std::array{field<&StopShown::address>(1, "address"),
                      field<&StopShown::lat>(2, "lat"),
                      field<&StopShown::lng>(3, "lng"),
                      field<&StopShown::contact_name>(4, "contactName"),
                      field<&StopShown::contact_phone>(5, "contactPhone"),
                      field<&StopShown::instructions>(6, "instructions"),
                      field<&StopShown::uncertainty_meters>(7, "uncertaintyMeters"),
                      field<&StopShown::needs_pin>(8, "needsPin"),
                      field<&StopShown::off_address_meters>(9, "offAddressMeters", between(0, 25'000'000))};
  }
};

/// What came nearest where nothing fits, and what kept it out.
struct NearestMiss {
  static constexpr std::string_view record_name = "NearestMiss";
  Misfit reason = Misfit::way;
  std::string detail;  // for people
  static constexpr auto fields() {
    return std::array{field<&NearestMiss::reason>(1, "reason"), field<&NearestMiss::detail>(2, "detail")};
  }
};

/// A trip that fits, as matching found it, with what a customer chooses by.
struct RequestTripMatch {
  static constexpr std::string_view record_name = "RequestTripMatch";
  TripId trip_id;
  UserId traveler_id;
  double score = 0;  // in [0, 1]
  std::int64_t detour_meters = 0;
  std::vector<std::string> reasons;
  TransportMode transport_mode = TransportMode::car;
  Time departure_time, arrival_time;         // of the trip
  Time pickup_around, delivery_around;       // of the parcel
  std::optional<std::string> traveler_name;  // the first name
  std::optional<double> traveler_rating;
  std::int32_t traveler_deliveries = 0;  // done so far
  bool traveler_verified = false;
  std::optional<Price> min_price;  // of the trip, in major units
  std::optional<Currency> currency;
  std::optional<std::int64_t> platform_fee, traveler_amount;  // of that price, in minor units
  // As clocks at the two ends show it.
  std::optional<std::string> pickup_around_local, delivery_around_local, timezone_pickup, timezone_delivery;
  // The contract's names of what stands above; clients of earlier builds read it there.
  std::optional<std::string> first_name;
  std::optional<double> rating;
  std::int32_t deliveries = 0;
  bool verified = false;
  TransportMode mode = TransportMode::car;
  static constexpr auto fields() {
    return std::array{field<&RequestTripMatch::trip_id>(1, "tripId"),
                      field<&RequestTripMatch::traveler_id>(2, "travelerId"),
                      field<&RequestTripMatch::score>(3, "score"),
                      field<&RequestTripMatch::detour_meters>(4, "detourMeters"),
                      field<&RequestTripMatch::reasons>(5, "reasons"),
                      field<&RequestTripMatch::transport_mode>(6, "transportMode"),
                      field<&RequestTripMatch::departure_time>(7, "departureTime"),
                      field<&RequestTripMatch::arrival_time>(8, "arrivalTime"),
                      field<&RequestTripMatch::pickup_around>(9, "pickupAround"),
                      field<&RequestTripMatch::delivery_around>(10, "deliveryAround"),
                      field<&RequestTripMatch::traveler_name>(11, "travelerName"),
                      field<&RequestTripMatch::traveler_rating>(12, "travelerRating"),
                      field<&RequestTripMatch::traveler_deliveries>(13, "travelerDeliveries"),
                      field<&RequestTripMatch::traveler_verified>(14, "travelerVerified"),
                      field<&RequestTripMatch::min_price>(15, "minPrice"),
                      field<&RequestTripMatch::currency>(16, "currency"),
                      field<&RequestTripMatch::platform_fee>(17, "platformFee"),
                      field<&RequestTripMatch::traveler_amount>(18, "travelerAmount"),
                      field<&RequestTripMatch::pickup_around_local>(19, "pickupAroundLocal"),
                      field<&RequestTripMatch::delivery_around_local>(20, "deliveryAroundLocal"),
                      field<&RequestTripMatch::timezone_pickup>(21, "timezonePickup"),
                      field<&RequestTripMatch::timezone_delivery>(22, "timezoneDelivery"),
                      field<&RequestTripMatch::first_name>(23, "firstName"),
                      field<&RequestTripMatch::rating>(24, "rating"),
                      field<&RequestTripMatch::deliveries>(25, "deliveries"),
                      field<&RequestTripMatch::verified>(26, "verified"),
                      field<&RequestTripMatch::mode>(27, "mode")};
  }
};

struct RecommendedPart {
  static constexpr std::string_view record_name = "RecommendedPart";
  std::string name;
  std::int64_t amount = 0;
  std::optional<std::string> note = {};  // as of a PricePart; absent in what earlier builds answered
  static constexpr auto fields() {
    return std::array{field<&RecommendedPart::name>(1, "name"), field<&RecommendedPart::amount>(2, "amount"),
                      field<&RecommendedPart::note>(3, "note")};
  }
};

/// What the delivery should cost; the parts add up to the amount.
struct PriceRecommendation {
  static constexpr std::string_view record_name = "PriceRecommendation";
  std::int64_t amount = 0;
  Currency currency;
  std::vector<RecommendedPart> breakdown;
  std::optional<std::int64_t> platform_fee, traveler_amount;  // absent in what earlier builds answered
  static constexpr auto fields() {
    return std::array{field<&PriceRecommendation::amount>(1, "amount"),
                      field<&PriceRecommendation::currency>(2, "currency"),
                      field<&PriceRecommendation::breakdown>(3, "breakdown"),
                      field<&PriceRecommendation::platform_fee>(4, "platformFee"),
                      field<&PriceRecommendation::traveler_amount>(5, "travelerAmount")};
  }
};

/// What may go wrong, and was not refused.
struct RequestWarning {
  static constexpr std::string_view record_name = "RequestWarning";
  std::string code;    // as a problem's, or off_platform: a text speaks of paying or talking elsewhere
  std::string about;   // the field that helps
  std::string detail;  // for people
  static constexpr auto fields() {
    return std::array{field<&RequestWarning::code>(1, "code"), field<&RequestWarning::about>(2, "field"),
                      field<&RequestWarning::detail>(3, "detail")};
  }
};

/// A leg of a relay, for those who take part.
struct RelayLegRef {
  static constexpr std::string_view record_name = "RelayLegRef";
  OfferId offer_id;
  DeliveryId delivery_id;
  LegState status = LegState::starting;
  static constexpr auto fields() {
    return std::array{field<&RelayLegRef::offer_id>(1, "offerId"), field<&RelayLegRef::delivery_id>(2, "deliveryId"),
                      field<&RelayLegRef::status>(3, "status")};
  }
};

struct RequestResource {
  static constexpr std::string_view record_name = "DeliveryRequest";
  RequestId request_id;
  UserId customer_id;
  RequestStatus status = RequestStatus::open;
  std::string title;
  StopShown pickup, dropoff;
  Item item;
  Urgency urgency = Urgency::standard;
  Price max_price;
  Currency currency;
  std::optional<Time> pickup_from, deliver_by;
  Time deadline;                 // deliver_by, or what the urgency promises
  std::int32_t offer_count = 0;  // open ones
  std::optional<OfferId> accepted_offer_id;
  std::optional<DeliveryId> delivery_id;
  std::vector<RequestTripMatch> matches;  // only in the answer to PostRequest, as the two below
  std::optional<std::string> matched_by;
  std::optional<NearestMiss> nearest_miss;  // where no trip fits
  std::optional<PriceRecommendation> price_recommendation;
  Time expires_at, created_at;
  std::optional<std::string> cancel_reason;
  std::vector<std::string> goods;        // of the policy's table: who carries them accepts them as declared
  std::vector<RequestWarning> warnings;  // while it is open
  bool crosses_customs = false;          // a customs border lies on its way: read item.declaration
  std::optional<CoverTerms> cover = {};  // for the customer; absent: not taken, and nothing is charged for it
  // Only in the answer to what gave addresses without points.
  std::optional<std::vector<UnderstoodAddress>> understood = {};
  std::vector<RelayLegRef> legs;   // of a relay, in the order of the way; for those who take part
  std::vector<std::string> flags;  // of title and item: "payment", "contact"; see talk_flags
  static constexpr auto fields() {
    return std::array{field<&RequestResource::request_id>(1, "requestId"),
                      field<&RequestResource::customer_id>(2, "customerId"),
                      field<&RequestResource::status>(3, "status"),
                      field<&RequestResource::title>(4, "title"),
                      field<&RequestResource::pickup>(5, "pickup"),
                      field<&RequestResource::dropoff>(6, "delivery"),
                      field<&RequestResource::item>(7, "item"),
                      field<&RequestResource::urgency>(8, "urgency"),
                      field<&RequestResource::max_price>(9, "maxPrice"),
                      field<&RequestResource::currency>(10, "currency"),
                      field<&RequestResource::pickup_from>(11, "pickupFrom"),
                      field<&RequestResource::deliver_by>(12, "deliverBy"),
                      field<&RequestResource::offer_count>(13, "offerCount"),
                      field<&RequestResource::accepted_offer_id>(14, "acceptedOfferId"),
                      field<&RequestResource::delivery_id>(15, "deliveryId"),
                      field<&RequestResource::matches>(16, "matches"),
                      field<&RequestResource::matched_by>(17, "matchedBy"),
                      field<&RequestResource::price_recommendation>(18, "priceRecommendation"),
                      field<&RequestResource::expires_at>(19, "expiresAt"),
                      field<&RequestResource::created_at>(20, "createdAt"),
                      field<&RequestResource::cancel_reason>(21, "cancelReason"),
                      field<&RequestResource::deadline>(22, "deadline"),
                      field<&RequestResource::nearest_miss>(23, "nearestMiss"),
                      field<&RequestResource::goods>(24, "goods"),
                      field<&RequestResource::warnings>(25, "warnings"),
                      field<&RequestResource::crosses_customs>(26, "crossesCustoms"),
                      field<&RequestResource::cover>(27, "cover"),
                      field<&RequestResource::understood>(28, "understood"),
                      field<&RequestResource::legs>(29, "legs"),
                      field<&RequestResource::flags>(30, "flags")};
  }
};

/// An offer and, once accepted, what its acceptance made.
struct OfferResource {
  static constexpr std::string_view record_name = "Offer";
  OfferId offer_id;
  RequestId request_id;
  TripId trip_id;
  UserId traveler_id, customer_id;
  OfferStatus status = OfferStatus::pending;
  std::int64_t amount = 0;  // minor units
  Currency currency;
  OfferSide proposed_by = OfferSide::traveler;  // whose price stands
  std::optional<std::string> message;
  Time expires_at, created_at, updated_at;
  std::optional<std::string> close_reason;
  std::optional<DeliveryId> delivery_id;
  std::optional<std::string> delivery_number;
  std::optional<IntentId> intent_id;
  std::optional<EscrowId> escrow_id;
  std::optional<std::vector<QrCodeRef>> qr_codes;
  std::optional<std::vector<GeofenceRef>> geofences;
  std::optional<std::string> saga;                      // while accepting: where its steps are shown
  std::optional<Time> planned_pickup, planned_arrival;  // of the parcel, by the trip's plan; absent in older offers
  bool late = false;                                    // that arrival is after the request's deadline
  // Of the amount, the platform's part and what the traveler gets; absent in offers of earlier builds.
  std::optional<std::int64_t> platform_fee, traveler_amount;
  std::vector<std::string> flags;        // of all that is written with it: "payment", "contact"; see talk_flags
  std::optional<CoverTerms> cover = {};  // for the customer: its fee is held beside the amount when this is accepted
  std::optional<MeetingPoint> from, to;  // of a part of the way; absent: the request's own place
  static constexpr auto fields() {
    return std::array{field<&OfferResource::offer_id>(1, "offerId"),
                      field<&OfferResource::request_id>(2, "requestId"),
                      field<&OfferResource::trip_id>(3, "tripId"),
                      field<&OfferResource::traveler_id>(4, "travelerId"),
                      field<&OfferResource::customer_id>(5, "customerId"),
                      field<&OfferResource::status>(6, "status"),
                      field<&OfferResource::amount>(7, "amount"),
                      field<&OfferResource::currency>(8, "currency"),
                      field<&OfferResource::proposed_by>(9, "proposedBy"),
                      field<&OfferResource::message>(10, "message"),
                      field<&OfferResource::expires_at>(11, "expiresAt"),
                      field<&OfferResource::created_at>(12, "createdAt"),
                      field<&OfferResource::updated_at>(13, "updatedAt"),
                      field<&OfferResource::close_reason>(14, "closeReason"),
                      field<&OfferResource::delivery_id>(15, "deliveryId"),
                      field<&OfferResource::delivery_number>(16, "deliveryNumber"),
                      field<&OfferResource::intent_id>(17, "paymentIntentId"),
                      field<&OfferResource::escrow_id>(18, "escrowId"),
                      field<&OfferResource::qr_codes>(19, "qrCodes"),
                      field<&OfferResource::geofences>(20, "geofences"),
                      field<&OfferResource::saga>(21, "saga"),
                      field<&OfferResource::planned_pickup>(22, "plannedPickup"),
                      field<&OfferResource::planned_arrival>(23, "plannedArrival"),
                      field<&OfferResource::late>(24, "late"),
                      field<&OfferResource::platform_fee>(25, "platformFee"),
                      field<&OfferResource::traveler_amount>(26, "travelerAmount"),
                      field<&OfferResource::flags>(27, "flags"),
                      field<&OfferResource::cover>(28, "cover"),
                      field<&OfferResource::from>(29, "from"),
                      field<&OfferResource::to>(30, "to")};
  }
};

struct OfferList {
  static constexpr std::string_view record_name = "OfferList";
  std::vector<OfferResource> items;  // newest first
  static constexpr auto fields() { return std::array{field<&OfferList::items>(1, "items")}; }
};

/// What a customer asked of a traveler, and what came of it.
struct InvitationResource {
  static constexpr std::string_view record_name = "Invitation";
  InvitationId invitation_id;
  RequestId request_id;
  TripId trip_id;
  UserId traveler_id, customer_id;
  InvitationStatus status = InvitationStatus::sent;
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::optional<OfferId> offer_id;  // that answered it
  Time expires_at, created_at;
  std::optional<InvitationLimit> reason = {};  // why it was refused
  static constexpr auto fields() {
    return std::array{field<&InvitationResource::invitation_id>(1, "invitationId"),
                      field<&InvitationResource::request_id>(2, "requestId"),
                      field<&InvitationResource::trip_id>(3, "tripId"),
                      field<&InvitationResource::traveler_id>(4, "travelerId"),
                      field<&InvitationResource::customer_id>(5, "customerId"),
                      field<&InvitationResource::status>(6, "status"),
                      field<&InvitationResource::amount>(7, "amount"),
                      field<&InvitationResource::currency>(8, "currency"),
                      field<&InvitationResource::offer_id>(9, "offerId"),
                      field<&InvitationResource::expires_at>(10, "expiresAt"),
                      field<&InvitationResource::created_at>(11, "createdAt"),
                      field<&InvitationResource::reason>(12, "reason")};
  }
};

struct InvitationList {
  static constexpr std::string_view record_name = "InvitationList";
  std::vector<InvitationResource> items;  // newest first
  static constexpr auto fields() { return std::array{field<&InvitationList::items>(1, "items")}; }
};

/// How an acceptance stands; the edge waits for `running` to end.
struct AcceptanceProgress {
  static constexpr std::string_view record_name = "AcceptanceProgress";
  OfferResource offer;
  bool running = false;
  std::optional<DeliveryId> delivery_id;    // of the last attempt: the actor that ran the saga
  std::optional<std::string> failure_code;  // of the last attempt, where it failed
  std::optional<std::string> failure_detail;
  static constexpr auto fields() {
    return std::array{field<&AcceptanceProgress::offer>(1, "offer"), field<&AcceptanceProgress::running>(2, "running"),
                      field<&AcceptanceProgress::delivery_id>(3, "deliveryId"),
                      field<&AcceptanceProgress::failure_code>(4, "failureCode"),
                      field<&AcceptanceProgress::failure_detail>(5, "failureDetail")};
  }
};

enum class HandoverTo : std::uint8_t { traveler, receiver };
constexpr auto enum_labels(HandoverTo) { return std::to_array<std::string_view>({"traveler", "receiver"}); }

/// How a leg ends: by a code that the next traveler scans and this one shows, or by the receiver's.
struct LegHandover {
  static constexpr std::string_view record_name = "LegHandover";
  HandoverTo to = HandoverTo::receiver;
  std::optional<QrCodeId> qr_code_id;     // of the next leg's delivery, or of this one's; once all legs are accepted
  std::optional<DeliveryId> delivery_id;  // of the next leg
  std::optional<UserId> traveler_id;      // of the next leg
  std::optional<MeetingPoint> place;      // where the two travelers meet
  std::optional<Time> planned_at;
  static constexpr auto fields() {
    return std::array{field<&LegHandover::to>(1, "to"),
                      field<&LegHandover::qr_code_id>(2, "qrCodeId"),
                      field<&LegHandover::delivery_id>(3, "deliveryId"),
                      field<&LegHandover::traveler_id>(4, "travelerId"),
                      field<&LegHandover::place>(5, "place"),
                      field<&LegHandover::planned_at>(6, "plannedAt")};
  }
};

struct RelayLegResource {
  static constexpr std::string_view record_name = "RelayLeg";
  DeliveryId delivery_id;
  OfferId offer_id;
  TripId trip_id;
  UserId traveler_id;
  LegState status = LegState::starting;
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::optional<std::string> delivery_number;
  std::vector<QrCodeRef> qr_codes;
  std::optional<Time> planned_pickup, planned_arrival;
  LegHandover handover;
  static constexpr auto fields() {
    return std::array{field<&RelayLegResource::delivery_id>(1, "deliveryId"),
                      field<&RelayLegResource::offer_id>(2, "offerId"),
                      field<&RelayLegResource::trip_id>(3, "tripId"),
                      field<&RelayLegResource::traveler_id>(4, "travelerId"),
                      field<&RelayLegResource::status>(5, "status"),
                      field<&RelayLegResource::amount>(6, "amount"),
                      field<&RelayLegResource::currency>(7, "currency"),
                      field<&RelayLegResource::delivery_number>(8, "deliveryNumber"),
                      field<&RelayLegResource::qr_codes>(9, "qrCodes"),
                      field<&RelayLegResource::planned_pickup>(10, "plannedPickup"),
                      field<&RelayLegResource::planned_arrival>(11, "plannedArrival"),
                      field<&RelayLegResource::handover>(12, "handover")};
  }
};

/// A relay as it stands.
struct RelayResource {
  static constexpr std::string_view record_name = "Relay";
  RequestId request_id;
  RequestStatus status = RequestStatus::open;  // of the request
  std::vector<RelayLegResource> legs;          // in the order of the way
  bool running = false;                        // an acceptance or its undoing has not ended
  static constexpr auto fields() {
    return std::array{field<&RelayResource::request_id>(1, "requestId"), field<&RelayResource::status>(2, "status"),
                      field<&RelayResource::legs>(3, "legs"), field<&RelayResource::running>(4, "running", internal())};
  }
};

struct RequestTerms {
  static constexpr std::string_view record_name = "RequestTerms";
  UserId customer_id;
  RequestStatus status = RequestStatus::open;
  Coordinates pickup, dropoff;
  Item item;
  Urgency urgency = Urgency::standard;
  Money max_price;
  std::optional<Time> pickup_from, deliver_by;
  std::string title;
  bool crosses_customs = false;
  static constexpr auto fields() {
    return std::array{field<&RequestTerms::customer_id>(1, "customerId"),
                      field<&RequestTerms::status>(2, "status"),
                      field<&RequestTerms::pickup>(3, "pickup"),
                      field<&RequestTerms::dropoff>(4, "delivery"),
                      field<&RequestTerms::item>(5, "item"),
                      field<&RequestTerms::urgency>(6, "urgency"),
                      field<&RequestTerms::max_price>(7, "maxPrice"),
                      field<&RequestTerms::pickup_from>(8, "pickupFrom"),
                      field<&RequestTerms::deliver_by>(9, "deliverBy"),
                      field<&RequestTerms::title>(10, "title"),
                      field<&RequestTerms::crosses_customs>(11, "crossesCustoms")};
  }
};

}  // namespace caravan
