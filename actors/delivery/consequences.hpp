#pragma once

#include <map>

#include "actors/delivery/entity.hpp"
#include "actors/delivery/rights.hpp"
#include "actors/request/commands.hpp"

/// What several decisions of a delivery have in common: each adds its events and effects to `decision`.
namespace caravan::delivery {

inline constexpr std::string_view saga_timer = "saga";
inline constexpr std::string_view late_timer = "late";
inline constexpr std::string_view fee_timer = "fee";                              // a fee that stayed held is due
inline constexpr std::string_view overdue_timer = "overdue";                      // it stands still for too long
inline constexpr std::string_view never_picked_up = "never picked up";            // why a standstill ended it
inline constexpr std::string_view not_arrived = "not arrived with the last leg";  // why the money of one before waits
inline constexpr std::string_view customer_messages_timer = "messages_to_customer";
inline constexpr std::string_view traveler_messages_timer = "messages_to_traveler";

Address escrow_of(const DeliveryState& state);
Address tracker_of(const Context& context);
DeliveryId id_of(const Context& context);

/// What entities that know no more of the parcel call it in their notices.
ParcelName name_of(const BeginAcceptance& terms, std::string number);
/// Its words in notices: whoever has left is not named any more.
ParcelName parcel_of(const DeliveryState& state);
/// A notification with the delivery's usual variables and these, by these channels or the template's own.
void tell(Decision& decision, const DeliveryState& state, const Context& context, UserId user,
          std::string_view template_id, std::map<std::string, std::string> more = {},
          std::vector<Channel> channels = {});
void tell_both(Decision& decision, const DeliveryState& state, const Context& context, std::string_view template_id,
               const std::map<std::string, std::string>& more = {});

void change_status(Decision& decision, const DeliveryState& state, const Context& context, DeliveryStatus to);
/// A new code for a handover, valid from now.
QrGenerated new_code(const DeliveryState& state, const Context& context, Handover type,
                     std::optional<QrCodeId> replaces = {});
/// The links that this side made show nothing any more; whether there were any.
bool end_shares_of(Decision& decision, const DeliveryState& state, const Context& context, UserId whose);
/// Every code that could still be scanned becomes void, or every one of that handover.
void revoke_codes(Decision& decision, const DeliveryState& state, const Context& context, std::string_view reason,
                  std::optional<Handover> of = {});
/// Of a leg of a relay: tells the request how it stands.
void tell_relay(Decision& decision, const DeliveryState& state, LegMoved moved);
/// The leg before hears how the way ended: the last leg is paid for, or the relay ended otherwise.
void tell_leg_before(Decision& decision, const DeliveryState& state, bool arrived);
const QrCode* find_code(const DeliveryState& state, QrCodeId id);

/// Who says that the parcel was handed over: the traveler who scanned, or a service. Whatever a service reports of
/// somebody's scan, or does on their behalf, nobody else has seen.
std::string who_handed_over(const DeliveryState& state, const Caller& caller);
/// The pictures are the traveler's files, and stay as long as the delivery does.
void keep_files(Decision& decision, const DeliveryState& state, const std::optional<UploadId>& photo,
                const std::optional<UploadId>& signature = {});
/// Where a stop is, for people: its point, with the address. Of a point that was guessed from it the address alone.
std::string place_text(const DeliveryState& state, PinType type);
/// The fence around a stop, as the tracker is told.
Geometry fence_around(const Stop& stop);
/// Tells the traveler's profile that they stayed there so long, which something is due for.
void tell_stay(Decision& decision, const DeliveryState& state, Handover at, DeliveryId id, const Stay& stay);
/// The same of a wait that goes on until now.
void tell_wait(Decision& decision, const DeliveryState& state, const Context& context, Handover at);
void pick_up(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed);
void depart(Decision& decision, const DeliveryState& state, const Context& context, Time at);
void hand_out(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed,
              std::optional<HandedElsewhere> elsewhere = {});
/// Has the escrow release the money of a parcel that was handed over, unless somebody else decides or has decided.
void pay_traveler(Decision& decision, const DeliveryState& state);
void start_return(Decision& decision, const DeliveryState& state, const Context& context, const std::string& reason,
                  const HandedOver& handed);
/// The same where no failed attempt began it: both sides hear what becomes of the parcel.
void send_back(Decision& decision, const DeliveryState& state, const Context& context, const std::string& reason,
               const HandedOver& handed);
/// `is_proven`: somebody showed the code's text.
void hand_back(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed,
               bool is_proven = true);

/// So much of the price went back to the customer that what is left is worth too little for anybody's reputation.
bool went_back(const DeliveryState& state);
/// Tells the sides of a delivered parcel where little was paid for it in the end: what two accounts do for each other
/// for nothing makes neither known. Where the customer's payment failed, the traveler alone.
void tell_unpaid(Decision& decision, const DeliveryState& state, const Context& context);

/// What its end comes to, of a delivery whose money could not move at once: released, or shared out.
void pay_for_end(Decision& decision, const DeliveryState& state, const Context& context);

/// Asks an administrator to decide, by a dispute in the name of `claimant`, who is due so much. It freezes what is
/// still held. `ended_at`: the delivery is over, and only its money waits.
void ask_for_decision(Decision& decision, const DeliveryState& state, const Context& context, UserId claimant,
                      const std::string& reason, const std::string& description, std::optional<Money> due = {},
                      std::optional<Time> ended_at = {});

/// Ends a delivery before it is delivered or returned. `end_of`: what else is known of its end.
void cancel(Decision& decision, const DeliveryState& state, const Context& context, const Settlement& settlement,
            DeliveryCancelled end_of = {});
/// Of the acceptance saga.
bool are_steps_done(const DeliveryState& state);
/// From here on the delivery exists. `state` includes what this decision itself adds, the number or the geofences.
void complete_acceptance(Decision& decision, DeliveryState state, const Context& context);
/// Undoes the acceptance: first the step that is under way, then those done before it. `refused`: the step under way
/// was refused, so it has no effect to undo.
void fail_acceptance(Decision& decision, const DeliveryState& state, const Context& context, const std::string& code,
                     const std::string& detail, bool refused);

}  // namespace caravan::delivery
