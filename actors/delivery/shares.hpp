#pragma once

#include "actors/entity/decision.hpp"

/// Links by which somebody without an account follows a delivery.
namespace caravan {

inline constexpr std::int32_t longest_share_hours = 30 * 24;

/// What a link shows besides the status.
struct SharedThings {
  static constexpr std::string_view record_name = "SharedThings";
  bool position = false;  // the exact one between pickup and delivery; else its area alone
  bool people = false;    // the first names of the two sides
  static constexpr auto fields() {
    return std::array{field<&SharedThings::position>(1, "position"), field<&SharedThings::people>(2, "people")};
  }
};

/// A link, as the delivery keeps it: its token is known to whoever has it, and to nobody else.
struct Share {
  static constexpr std::string_view record_name = "StoredDeliveryShare";
  Uuid share_id;
  UserId by;
  SharedThings shows;
  Time created_at;
  Time expires_at;
  std::string token_hash;  // SHA-256, hexadecimal digits
  static constexpr auto fields() {
    return std::array{field<&Share::share_id>(1, "shareId"),     field<&Share::by>(2, "sharedBy"),
                      field<&Share::shows>(3, "shows"),          field<&Share::created_at>(4, "createdAt"),
                      field<&Share::expires_at>(5, "expiresAt"), field<&Share::token_hash>(6, "tokenHash", internal())};
  }
};

/// By a participant: a link for somebody else. Answers ShareResource, with the token.
struct ShareDelivery {
  static constexpr Tag tag{43, "share_delivery"};
  std::optional<std::int32_t> expires_in_hours = {};  // absent: three days
  std::optional<SharedThings> shows = {};             // absent: neither
  static constexpr auto fields() {
    return std::array{field<&ShareDelivery::expires_in_hours>(1, "expiresInHours", between(1, longest_share_hours)),
                      field<&ShareDelivery::shows>(2, "shows")};
  }
};

/// By the customer, whose parcel it is, any link; by the traveler their own.
struct EndShare {
  static constexpr Tag tag{44, "end_share"};
  Uuid share_id;
  static constexpr auto fields() { return std::array{field<&EndShare::share_id>(1, "shareId", internal())}; }
};

struct DeliveryShared {
  static constexpr Tag tag{42, "delivery.shared"};
  Share share;
  static constexpr auto fields() { return std::array{field<&DeliveryShared::share>(1, "share")}; }
};

/// Before their time.
struct DeliverySharesEnded {
  static constexpr Tag tag{43, "delivery.shares_ended"};
  std::vector<Uuid> share_ids;
  std::string by;  // customer, traveler, or platform: the credentials of who made them were reset
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliverySharesEnded::share_ids>(1, "shareIds"), field<&DeliverySharesEnded::by>(2, "by"),
                      field<&DeliverySharesEnded::at>(3, "timestamp")};
  }
};

struct ShareResource {
  static constexpr std::string_view record_name = "DeliveryShare";
  static constexpr std::string_view page_name = "DeliverySharePage";
  Uuid share_id;
  UserId by;
  SharedThings shows;
  Time created_at;
  Time expires_at;                      // sooner where the delivery ended: a day later
  std::optional<std::string> url = {};  // the page for a person; this and the token once, to who made it
  std::optional<std::string> token = {};
  static constexpr auto fields() {
    return std::array{
        field<&ShareResource::share_id>(1, "shareId"),     field<&ShareResource::by>(2, "sharedBy"),
        field<&ShareResource::shows>(3, "shows"),          field<&ShareResource::created_at>(4, "createdAt"),
        field<&ShareResource::expires_at>(5, "expiresAt"), field<&ShareResource::url>(6, "url"),
        field<&ShareResource::token>(7, "token")};
  }
};

/// A link that somebody opened, and the towns or areas between which the parcel travels.
struct OpenedShare {
  static constexpr std::string_view record_name = "OpenedShare";
  ShareResource link;
  std::string from, to;
  static constexpr auto fields() {
    return std::array{field<&OpenedShare::link>(1, "link"), field<&OpenedShare::from>(2, "from"),
                      field<&OpenedShare::to>(3, "to")};
  }
};

/// By the edge: the link of that token, while it shows anything. Answers OpenedShare.
struct ViewShared {
  static constexpr Tag tag{11, "view_shared"};
  std::string token;
  static constexpr auto fields() { return std::array{field<&ViewShared::token>(1, "token", internal())}; }
};

/// Those that show anything, without their tokens. Both sides see all: the traveler is followed by each of them.
struct ListShares {
  static constexpr Tag tag{12, "list_shares"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
