#pragma once

#include <algorithm>

#include "actors/cover/terms.hpp"
#include "actors/entity/decision.hpp"
#include "actors/user/invitations.hpp"
#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"

/// What a delivery request and its offers are made of.
namespace caravan {

inline constexpr std::size_t max_offers = 100;             // of a request; closed ones give way to others
inline constexpr std::ptrdiff_t max_travelers_offers = 5;  // of one traveler on a request, closed ones included
inline constexpr std::size_t max_invitations = 20;         // of a request in all
inline constexpr std::ptrdiff_t max_open_invitations = 5;  // of those at a time
inline constexpr std::ptrdiff_t max_asked_of_one = 3;      // of those to one traveler
inline constexpr std::size_t max_told = 20;                // travelers who hear of a new request
inline constexpr std::int32_t max_counters = 10;           // of each side of an offer

enum class RequestStatus : std::uint8_t { open, accepting, accepted, cancelled, expired };
constexpr auto enum_labels(RequestStatus) {
  return std::to_array<std::string_view>({"open", "accepting", "accepted", "cancelled", "expired"});
}

/// pending: the traveler's price stands and the customer may accept; countered: the customer's price stands and the
/// traveler may; accepting: the saga runs. The others are final.
enum class OfferStatus : std::uint8_t { pending, countered, accepting, accepted, rejected, withdrawn, expired };
constexpr auto enum_labels(OfferStatus) {
  return std::to_array<std::string_view>(
      {"pending", "countered", "accepting", "accepted", "rejected", "withdrawn", "expired"});
}

/// answered: by an offer. expired: nobody can answer it any more. That is stored where its trip closed or its terms
/// changed; of one that is out of time, the time says it. refused: it was one too many, and its traveler never read it.
enum class InvitationStatus : std::uint8_t { sent, answered, declined, expired, refused };
constexpr auto enum_labels(InvitationStatus) {
  return std::to_array<std::string_view>({"sent", "answered", "declined", "expired", "refused"});
}

/// The two sides of an offer.
enum class OfferSide : std::uint8_t { traveler, customer };
constexpr auto enum_labels(OfferSide) { return std::to_array<std::string_view>({"traveler", "customer"}); }

/// All that its customer decides about a request.
struct RequestDetails {
  std::string title;
  Stop pickup;
  Stop dropoff;
  Item item;
  Urgency urgency = Urgency::standard;
  Money max_price;
  std::optional<Time> pickup_from;
  std::optional<Time> deliver_by;
  bool crosses_customs = false;          // a customs border lies between the two places; never set by earlier builds
  std::optional<CoverTerms> cover = {};  // taken beside the price, for the item as it is here

  static constexpr std::string_view record_name = "RequestDetails";
  static constexpr auto fields() {
    return std::array{field<&RequestDetails::title>(1, "title"),
                      field<&RequestDetails::pickup>(2, "pickup"),
                      field<&RequestDetails::dropoff>(3, "delivery"),
                      field<&RequestDetails::item>(4, "item"),
                      field<&RequestDetails::urgency>(5, "urgency"),
                      field<&RequestDetails::max_price>(6, "maxPrice"),
                      field<&RequestDetails::pickup_from>(7, "pickupFrom"),
                      field<&RequestDetails::deliver_by>(8, "deliverBy"),
                      field<&RequestDetails::crosses_customs>(9, "crossesCustoms"),
                      field<&RequestDetails::cover>(10, "cover")};
  }
};

/// By when it must be there: what the customer names, or what the urgency promises, from the pickup's earliest time on.
inline Time deadline_of(std::optional<Time> deliver_by, std::optional<Time> pickup_from, Urgency urgency,
                        Time created) {
  return deliver_by.value_or(std::max(created, pickup_from.value_or(created)) + horizon_of(urgency));
}
inline Time deadline_of(const RequestDetails& details, Time created) {
  return deadline_of(details.deliver_by, details.pickup_from, details.urgency, created);
}

/// Where a traveler offers to take the parcel, or to bring it to, other than the request's own places. Two travelers
/// meet there.
struct MeetingPoint {
  std::string address;
  std::optional<double> lat;  // degrees
  std::optional<double> lng;
  std::optional<std::int32_t> uncertainty_meters = {};  // as of a Stop
  std::optional<std::string> area = {};                 // as of a Place
  std::optional<std::int32_t> off_address_meters = {};  // as of a Stop

  Place place() const { return {address, lat, lng, area}; }
  friend bool operator==(const MeetingPoint&, const MeetingPoint&) = default;

  static constexpr std::string_view record_name = "MeetingPoint";
  static constexpr auto fields() {
    return std::array{
        field<&MeetingPoint::address>(1, "address", length(1, 300)),
        field<&MeetingPoint::lat>(2, "lat", between_real(-90, 90)),
        field<&MeetingPoint::lng>(3, "lng", between_real(-180, 180)),
        field<&MeetingPoint::uncertainty_meters>(4, "uncertaintyMeters", between(0, 100'000) | internal()),
        field<&MeetingPoint::area>(5, "area", length(0, 300) | internal()),
        field<&MeetingPoint::off_address_meters>(6, "offAddressMeters", between(0, 25'000'000) | internal())};
  }
};

/// What an acceptance made, once its saga is through.
struct Acceptance {
  DeliveryId delivery_id;
  std::string delivery_number;
  IntentId intent_id;
  EscrowId escrow_id;
  std::vector<QrCodeRef> qr_codes;
  std::vector<GeofenceRef> geofences;

  static constexpr std::string_view record_name = "Acceptance";
  static constexpr auto fields() {
    return std::array{
        field<&Acceptance::delivery_id>(1, "deliveryId"),    field<&Acceptance::delivery_number>(2, "deliveryNumber"),
        field<&Acceptance::intent_id>(3, "paymentIntentId"), field<&Acceptance::escrow_id>(4, "escrowId"),
        field<&Acceptance::qr_codes>(5, "qrCodes"),          field<&Acceptance::geofences>(6, "geofences")};
  }
};

}  // namespace caravan
