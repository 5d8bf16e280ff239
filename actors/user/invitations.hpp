#pragma once

#include "actors/inbox/commands.hpp"
#include "actors/user/commands.hpp"

/// How often somebody asks, and is asked, to carry a parcel. Each person's own actor counts, so that of two invitations
/// at the same moment only one takes the last place.
namespace caravan {

inline constexpr std::chrono::hours invitations_count_for{24};
inline constexpr std::size_t max_asked_a_day = 20;          // by one customer, whomever they ask
inline constexpr std::size_t max_invited_a_day = 10;        // of one traveler, whoever asks
inline constexpr std::size_t max_invited_by_one_a_day = 3;  // of those by one customer
/// Of those by customers who are new, all together: anybody can make ten accounts, and the others' must come through.
inline constexpr std::size_t max_invited_by_newcomers_a_day = max_invited_a_day / 2;

/// The number that an invitation was too many by.
enum class InvitationLimit : std::uint8_t { customer, traveler, pair, newcomers };
constexpr auto enum_labels(InvitationLimit) {
  return std::to_array<std::string_view>({"you_asked_too_many", "traveler_was_asked_by_too_many",
                                          "you_asked_traveler_too_often",
                                          "traveler_was_asked_by_too_many_new_customers"});
}

/// How many of the last 24 hours a traveler has had.
struct InvitedToday {
  std::size_t in_all = 0, by_customer = 0;
  std::optional<std::size_t> by_newcomers = {};  // where the customer is one; nothing: that is no matter
};

/// The first of the four that is reached; nothing where another invitation may go out.
constexpr std::optional<InvitationLimit> reached_limit(std::size_t asked, const InvitedToday& invited) {
  if (asked >= max_asked_a_day) return InvitationLimit::customer;
  if (invited.in_all >= max_invited_a_day) return InvitationLimit::traveler;
  if (invited.by_customer >= max_invited_by_one_a_day) return InvitationLimit::pair;
  if (invited.by_newcomers && *invited.by_newcomers >= max_invited_by_newcomers_a_day)
    return InvitationLimit::newcomers;
  return std::nullopt;
}

/// An invitation on its way, with what its traveler reads; or the end of one, which goes the same way and so comes
/// behind it.
struct SentInvitation {
  static constexpr std::string_view record_name = "SentInvitation";
  InvitationId invitation_id;
  RequestId request_id;
  UserId customer_id, traveler_id;
  Notify notice;
  bool ends = false;            // nobody counts it, and nobody is turned away
  bool is_of_newcomer = false;  // as the customer's own actor knows
  static constexpr auto fields() {
    return std::array{field<&SentInvitation::invitation_id>(1, "invitationId"),
                      field<&SentInvitation::request_id>(2, "requestId"),
                      field<&SentInvitation::customer_id>(3, "customerId"),
                      field<&SentInvitation::traveler_id>(4, "travelerId"),
                      field<&SentInvitation::notice>(5, "notice"),
                      field<&SentInvitation::ends>(6, "ends"),
                      field<&SentInvitation::is_of_newcomer>(7, "isOfNewcomer")};
  }
};

/// From a request to its customer. It goes on to the traveler, or the request hears that it is one too many.
struct CountInvitation {
  static constexpr Tag tag{27, "count_invitation"};
  SentInvitation sent;
  static constexpr auto fields() { return std::array{field<&CountInvitation::sent>(1, "sent")}; }
};

/// From the customer to the traveler, who reads the notice, or the request hears that it is one too many.
struct ReceiveInvitation {
  static constexpr Tag tag{28, "receive_invitation"};
  SentInvitation sent;
  static constexpr auto fields() { return std::array{field<&ReceiveInvitation::sent>(1, "sent")}; }
};

/// One that counts for so long.
struct CountedInvitation {
  static constexpr std::string_view record_name = "CountedInvitation";
  UserId other;  // whom this user asked, or who asked
  Time at;
  bool is_of_newcomer = false;  // where a customer asked
  bool counts(Time now) const { return now < at + invitations_count_for; }
  static constexpr auto fields() {
    return std::array{field<&CountedInvitation::other>(1, "other"), field<&CountedInvitation::at>(2, "at"),
                      field<&CountedInvitation::is_of_newcomer>(3, "isOfNewcomer")};
  }
};

/// This user has asked a traveler.
struct InvitationCounted {
  static constexpr Tag tag{27, "invitation.counted"};
  InvitationId invitation_id;
  UserId traveler_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&InvitationCounted::invitation_id>(1, "invitationId"),
                      field<&InvitationCounted::traveler_id>(2, "travelerId"), field<&InvitationCounted::at>(3, "at")};
  }
};

/// A customer has asked this user.
struct InvitationReceived {
  static constexpr Tag tag{28, "invitation.received"};
  InvitationId invitation_id;
  UserId customer_id;
  Time at;
  bool is_of_newcomer = false;
  static constexpr auto fields() {
    return std::array{field<&InvitationReceived::invitation_id>(1, "invitationId"),
                      field<&InvitationReceived::customer_id>(2, "customerId"), field<&InvitationReceived::at>(3, "at"),
                      field<&InvitationReceived::is_of_newcomer>(4, "isOfNewcomer", internal())};
  }
};

}  // namespace caravan
