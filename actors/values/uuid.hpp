#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

/// 128 bits that name something; UUIDv7 (RFC 9562) where Caravan makes them, so that they sort by time.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// Canonical text: 36 characters, lower case.
  std::string text() const;
  /// Reads canonical text in either letter case; nothing where it is not one.
  static std::optional<Uuid> parse(std::string_view text);
  bool is_nil() const { return *this == Uuid{}; }
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A Uuid that says what it names, so that a trip's id is never taken for a user's.
template <class Of>
struct Id {
  Uuid value;
  std::string text() const { return value.text(); }
  bool is_nil() const { return value.is_nil(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using UserId = Id<struct UserTag>;  // names an account, its user, wallet, inbox, files and audit alike
using TripId = Id<struct TripTag>;
using RequestId = Id<struct RequestTag>;
using OfferId = Id<struct OfferTag>;
using InvitationId = Id<struct InvitationTag>;
using DeliveryId = Id<struct DeliveryTag>;  // names a delivery and its tracker alike
using EscrowId = Id<struct EscrowTag>;
using IntentId = Id<struct IntentTag>;
using QrCodeId = Id<struct QrCodeTag>;
using GeofenceId = Id<struct GeofenceTag>;
using DisputeId = Id<struct DisputeTag>;
// A UUID as text. Earlier builds wrote the SHA-256 of the content, as 64 hexadecimal digits.
using UploadId = std::string;

}  // namespace caravan

template <>
struct std::hash<caravan::Uuid> {
  std::size_t operator()(const caravan::Uuid& id) const noexcept {
    std::uint64_t low;
    // The second half is random, while the first one is a time: it hashes evenly by itself.
    std::memcpy(&low, id.bytes.data() + 8, sizeof low);
    return low;
  }
};
template <class Of>
struct std::hash<caravan::Id<Of>> {
  std::size_t operator()(const caravan::Id<Of>& id) const noexcept { return std::hash<caravan::Uuid>{}(id.value); }
};
