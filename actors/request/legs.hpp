#pragma once

#include "actors/request/details.hpp"

/// A relay: travelers who carry a parcel one after the other, each by a delivery of their own.
namespace caravan {

inline constexpr std::size_t max_relay_legs = 4;
inline constexpr std::size_t max_known_legs = max_relay_legs + 1;  // with whoever has the parcel when others are sought

/// starting: its acceptance runs; ready: all of it is done, and waits for the other legs; undone: it ended before its
/// pickup, for whatever reason; returning: its traveler brings the parcel back, or has.
enum class LegState : std::uint8_t { starting, ready, accepted, carried, delivered, undone, returning };
constexpr auto enum_labels(LegState) {
  return std::to_array<std::string_view>(
      {"starting", "ready", "accepted", "carried", "delivered", "undone", "returning"});
}

struct RelayLeg {
  static constexpr std::string_view record_name = "RelayLegState";
  OfferId offer_id;
  DeliveryId delivery_id;
  LegState state = LegState::starting;
  std::string failure_code = {}, failure_detail = {};  // of an acceptance that failed
  bool is_counted = false;                             // the request's maxPrice is that of the rest of the way already
  std::string traveler_name = {};                      // the first name

  /// It may still be undone without a trace.
  bool lies_ahead() const {
    return state == LegState::starting || state == LegState::ready || state == LegState::accepted;
  }
  bool has_begun() const { return !lies_ahead() && state != LegState::undone; }

  static constexpr auto fields() {
    return std::array{field<&RelayLeg::offer_id>(1, "offerId"),
                      field<&RelayLeg::delivery_id>(2, "deliveryId"),
                      field<&RelayLeg::state>(3, "state"),
                      field<&RelayLeg::failure_code>(4, "failureCode"),
                      field<&RelayLeg::failure_detail>(5, "failureDetail"),
                      field<&RelayLeg::is_counted>(6, "isCounted"),
                      field<&RelayLeg::traveler_name>(7, "travelerName")};
  }
};

struct Relay {
  static constexpr std::string_view record_name = "RelayState";
  std::vector<RelayLeg> legs;  // in the order of the way
  bool reopens = false;        // what fell out was not the customer's doing: the parcel still has to travel

  RelayLeg* find(OfferId id);
  const RelayLeg* find(OfferId id) const;
  /// Who has the parcel between two places; nullptr where nobody has, or it comes back.
  const RelayLeg* holder() const;
  /// A leg fell out: those that lie ahead are being undone.
  bool breaking() const;
  /// Whoever has the parcel hands it to nobody: the leg after theirs is undone.
  bool is_cut() const;

  static constexpr auto fields() {
    return std::array{field<&Relay::legs>(1, "legs", length(0, max_known_legs)), field<&Relay::reopens>(2, "reopens")};
  }
};

}  // namespace caravan
