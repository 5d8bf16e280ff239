#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/values/coordinates.hpp"

/// What travels and between which places: the words that trips, requests, offers and deliveries share.
namespace caravan {

inline constexpr std::int64_t max_load_grams = 1'000'000;         // 1 t
inline constexpr std::int64_t max_load_millilitres = 10'000'000;  // 10 m³
inline constexpr std::int64_t max_load_items = 1'000;
inline constexpr std::size_t max_item_photos = 10;

/// How much room something takes, or is left.
struct Load {
  Kilograms weight;
  Litres volume;
  std::int32_t items = 0;

  /// True where `other` fits into this in all three measures.
  bool holds(const Load& other) const {
    return other.weight <= weight && other.volume <= volume && other.items <= items;
  }
  friend Load operator+(const Load& a, const Load& b) {
    return {{a.weight.units + b.weight.units}, {a.volume.units + b.volume.units}, a.items + b.items};
  }
  friend Load operator-(const Load& a, const Load& b) {
    return {{a.weight.units - b.weight.units}, {a.volume.units - b.volume.units}, a.items - b.items};
  }
  friend bool operator==(const Load&, const Load&) = default;

  static constexpr std::string_view record_name = "Load";
  static constexpr auto fields() {
    return std::array{field<&Load::weight>(1, "weight", between(0, max_load_grams)),
                      field<&Load::volume>(2, "volume", between(0, max_load_millilitres)),
                      field<&Load::items>(3, "items", between(0, max_load_items))};
  }
};

/// An address and where it is. A client may give the address alone: the edge then adds what its geocoder found, and a
/// place that still is not `located()` is refused by the rules as address_not_found.
struct Place {
  std::string address;
  std::optional<double> lat;  // degrees
  std::optional<double> lng;
  std::optional<std::string> area = {};  // what others are shown instead of the address: "New York, NY"

  bool located() const { return lat.has_value() && lng.has_value(); }
  /// Of a located place.
  Coordinates at() const { return {lat.value_or(0), lng.value_or(0)}; }
  friend bool operator==(const Place& a, const Place& b) {
    return a.address == b.address && a.lat == b.lat && a.lng == b.lng;
  }

  static constexpr std::string_view record_name = "Place";
  static constexpr auto fields() {
    return std::array{field<&Place::address>(1, "address", length(1, 300)),
                      field<&Place::lat>(2, "lat", between_real(-90, 90)),
                      field<&Place::lng>(3, "lng", between_real(-180, 180)),
                      field<&Place::area>(4, "area", length(0, 300) | internal())};
  }
};

/// What a parcel is called in the notices of entities that know no more of it. What is empty is not known.
struct ParcelName {
  std::string delivery_number;  // "DEL-000123"
  std::string item;
  std::string pickup, delivery;              // the addresses
  std::string customer_name, traveler_name;  // the first names

  static constexpr std::string_view record_name = "ParcelName";
  static constexpr auto fields() {
    return std::array{field<&ParcelName::delivery_number>(1, "deliveryNumber"),
                      field<&ParcelName::item>(2, "item"),
                      field<&ParcelName::pickup>(3, "pickup"),
                      field<&ParcelName::delivery>(4, "delivery"),
                      field<&ParcelName::customer_name>(5, "customerName"),
                      field<&ParcelName::traveler_name>(6, "travelerName")};
  }
};

/// Adds what is known of the parcel to a notice's variables: deliveryNumber, item, pickup, delivery, and as `other` the
/// name of the side that the reader deals with.
void name_parcel(std::map<std::string, std::string>& variables, const ParcelName& parcel, const std::string& other);

/// How a geocoder read an address that came without a point, for whoever wrote it to see.
struct UnderstoodAddress {
  std::string of;             // the field that it stood in: "origin", "stops[1]", "pickup"
  std::string understood_as;  // in words: "Guadalajara, Jalisco, Mexico"
  std::string precision;      // "address", "postal_code", "city" or "airport"
  double confidence = 1;      // in (0, 1]

  static constexpr std::string_view record_name = "UnderstoodAddress";
  static constexpr auto fields() {
    return std::array{
        field<&UnderstoodAddress::of>(1, "field"), field<&UnderstoodAddress::understood_as>(2, "understoodAs"),
        field<&UnderstoodAddress::precision>(3, "precision"), field<&UnderstoodAddress::confidence>(4, "confidence")};
  }
};

/// The place as others see it: the middle of its cell, and the name of its area. A place of which no area is known is
/// named by that point alone.
Place area_of(const Place& place);

/// A place where a parcel changes hands, and whom to meet there. What Place says of coordinates holds here too.
struct Stop {
  std::string address;
  std::optional<double> lat;  // degrees
  std::optional<double> lng;
  std::string contact_name;
  std::string contact_phone;
  std::optional<std::string> instructions;
  /// How far from here the place may be. 0: people set the point, it is a pin; more: a geocoder guessed it from the
  /// address. Absent: written before this was noted, so that nobody knows.
  std::optional<std::int32_t> uncertainty_meters = {};
  std::optional<std::string> area = {};  // as of a Place
  /// How far the point that was given lies from where its address is; absent: near enough to be meant by it.
  std::optional<std::int32_t> off_address_meters = {};

  /// People set this point. What is earned by being there (a wait, a failed attempt) is earned at a pin alone. Whoever
  /// sees the address alone does not know of a point that lies elsewhere.
  bool is_pinned() const { return uncertainty_meters == 0 && !off_address_meters; }
  Place place() const { return {address, lat, lng, area}; }
  Coordinates at() const { return place().at(); }
  friend bool operator==(const Stop&, const Stop&) = default;

  static constexpr std::string_view record_name = "Stop";
  static constexpr auto fields() {
    return std::array{field<&Stop::address>(1, "address", length(1, 300)),
                      field<&Stop::lat>(2, "lat", between_real(-90, 90)),
                      field<&Stop::lng>(3, "lng", between_real(-180, 180)),
                      field<&Stop::contact_name>(4, "contactName", length(1, 100)),
                      field<&Stop::contact_phone>(5, "contactPhone", format(schema::Format::phone)),
                      field<&Stop::instructions>(6, "instructions", length(0, 500)),
                      field<&Stop::uncertainty_meters>(7, "uncertaintyMeters", between(0, 100'000) | internal()),
                      field<&Stop::area>(8, "area", length(0, 300) | internal()),
                      field<&Stop::off_address_meters>(9, "offAddressMeters", between(0, 25'000'000) | internal())};
  }
};

/// What the sender answers for, where goods or borders ask for it.
struct Declaration {
  std::string contents;                         // all that is in the parcel
  std::optional<Price> customs_value = {};      // in the currency of the request
  std::optional<bool> inspection_allowed = {};  // the traveler may look into it
  friend bool operator==(const Declaration&, const Declaration&) = default;

  static constexpr std::string_view record_name = "Declaration";
  static constexpr auto fields() {
    return std::array{field<&Declaration::contents>(1, "contents", length(1, 1'000)),
                      field<&Declaration::customs_value>(2, "customsValue", between(0, most_price_units)),
                      field<&Declaration::inspection_allowed>(3, "inspectionAllowed")};
  }
};

/// The parcel itself.
struct Item {
  std::string description;
  std::string category;  // such as "electronics"; one that pricing does not know costs as "other"
  Kilograms weight;
  Litres volume;
  std::int32_t items = 1;
  Price value;  // in the currency of the request
  std::vector<UploadId> photos;
  std::optional<Declaration> declaration = {};

  Load load() const { return {weight, volume, items}; }
  friend bool operator==(const Item&, const Item&) = default;

  static constexpr std::string_view record_name = "Item";
  static constexpr auto fields() {
    return std::array{field<&Item::description>(1, "description", length(1, 1'000)),
                      field<&Item::category>(2, "category", length(1, 50)),
                      field<&Item::weight>(3, "weight", between(1, max_load_grams)),
                      field<&Item::volume>(4, "volume", between(1, max_load_millilitres)),
                      field<&Item::items>(5, "items", between(1, max_load_items)),
                      field<&Item::value>(6, "value", between(0, most_price_units)),
                      field<&Item::photos>(7, "photos", length(0, max_item_photos)),
                      field<&Item::declaration>(8, "declaration")};
  }
};

enum class Urgency : std::uint8_t { standard, express, same_day };
constexpr auto enum_labels(Urgency) { return std::to_array<std::string_view>({"standard", "express", "same_day"}); }
/// How long a delivery of that urgency may take: the deadline where the customer names none, and the time by which
/// matching counts a wait.
constexpr std::chrono::hours horizon_of(Urgency urgency) {
  switch (urgency) {
    case Urgency::same_day:
      return std::chrono::hours{24};
    case Urgency::express:
      return std::chrono::hours{3 * 24};
    case Urgency::standard:
      break;
  }
  return std::chrono::hours{21 * 24};
}

/// The moments at which a parcel changes hands: from the sender, to the receiver, or (undelivered) back to the sender.
enum class Handover : std::uint8_t { pickup, delivery, giving_back };
constexpr auto enum_labels(Handover) { return std::to_array<std::string_view>({"pickup", "delivery", "return"}); }

/// Names a QR code of a delivery.
struct QrCodeRef {
  QrCodeId qr_code_id;
  Handover type = Handover::pickup;
  friend bool operator==(const QrCodeRef&, const QrCodeRef&) = default;

  static constexpr std::string_view record_name = "QrCodeRef";
  static constexpr auto fields() {
    return std::array{field<&QrCodeRef::qr_code_id>(1, "qrCodeId"), field<&QrCodeRef::type>(2, "type")};
  }
};

/// Names a geofence of a delivery.
struct GeofenceRef {
  GeofenceId geofence_id;
  Handover type = Handover::pickup;
  friend bool operator==(const GeofenceRef&, const GeofenceRef&) = default;

  static constexpr std::string_view record_name = "GeofenceRef";
  static constexpr auto fields() {
    return std::array{field<&GeofenceRef::geofence_id>(1, "geofenceId"), field<&GeofenceRef::type>(2, "type")};
  }
};

}  // namespace caravan
