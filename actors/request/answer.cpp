#include <algorithm>
#include <iterator>

#include "actors/delivery/commands.hpp"
#include "actors/messages/talk.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/goods.hpp"
#include "actors/request/goods_checks.hpp"
#include "actors/request/written.hpp"

namespace caravan {

namespace {

/// The exact place and whom to meet there are for who posts it, and for whoever may look at what is private; others see
/// the area.
StopShown shown(const Stop& stop, bool is_exact) {
  if (!is_exact) {
    const Place area = area_of(stop.place());
    return {area.address, *area.lat, *area.lng, {}, {}, {}, area_radius_meters, !stop.is_pinned(), {}};
  }
  StopShown out{stop.address, stop.lat.value_or(0), stop.lng.value_or(0), {}, {}, {}, {}, false, {}};
  out.contact_name = stop.contact_name;
  out.contact_phone = stop.contact_phone;
  out.instructions = stop.instructions;
  out.uncertainty_meters = stop.uncertainty_meters;
  out.needs_pin = !stop.is_pinned();
  out.off_address_meters = stop.off_address_meters;
  return out;
}

/// An offer as the reader may see it: what the two sides write to each other is read by others with `private` alone.
OfferResource shown_to(const Caller& caller, const RequestState& state, const Context& context, const Offer& offer) {
  OfferResource out = shown(state, RequestId{context.self.id}, offer);
  const bool is_party = caller.is_user(state.customer_id) || caller.is_user(offer.traveler_id);
  const bool reads_all = caller.is_platform() || caller.may(Permission::private_data);
  if (!is_party && reads_all) {
    out.message = offer.message;
    if (!offer.close_reason.empty()) out.close_reason = offer.close_reason;
    out.from = offer.from;
    out.to = offer.to;
  }
  if (!is_party && !reads_all) {
    out.message.reset();
    out.flags.clear();
  }
  if (!caller.is_user(offer.traveler_id) && is_side(state, offer, caller)) out.cover = state.details.cover;
  return out;
}

/// A paid urgency is no promise to whoever names a later deadline: matches up to that one are listed, and nobody who
/// comes before it is late.
std::vector<RequestWarning> deadline_warnings(const RequestState& state) {
  const RequestDetails& details = state.details;
  std::vector<RequestWarning> out;
  const Time promised = deadline_of({}, details.pickup_from, details.urgency, state.created_at);
  if (details.urgency != Urgency::standard && details.deliver_by && *details.deliver_by > promised)
    out.push_back({"invalid_window", "deliverBy",
                   "deliverBy is later than what the urgency is paid for, " +
                       to_rfc3339(std::chrono::floor<std::chrono::minutes>(promised)) +
                       ": until deliverBy nobody is late. Name a sooner one, or choose the urgency standard."});
  return out;
}

/// Administrators, services and the platform itself see all requests and offers.
bool sees_all(const Caller& caller) { return caller.is_admin() || caller.is_service() || caller.is_platform(); }

}  // namespace

bool is_side(const RequestState& state, const Offer& offer, const Caller& caller) {
  return caller.is_user(state.customer_id) || caller.is_user(offer.traveler_id) || sees_all(caller);
}

RequestResource shown(const RequestState& state, RequestId id, bool is_exact, bool knows_outcome) {
  const RequestDetails& details = state.details;
  RequestResource out;
  out.request_id = id;
  out.customer_id = state.customer_id;
  out.status = state.status;
  out.title = details.title;
  out.pickup = shown(details.pickup, is_exact);
  out.dropoff = shown(details.dropoff, is_exact);
  out.item = details.item;
  out.urgency = details.urgency;
  out.max_price = to_price(details.max_price);
  out.currency = details.max_price.currency;
  out.pickup_from = details.pickup_from;
  out.deliver_by = details.deliver_by;
  out.deadline = deadline_of(details, state.created_at);
  out.goods = goods_names(details.title, details.item);
  out.crosses_customs = details.crosses_customs;
  if (state.status == RequestStatus::open) out.warnings = customs_warnings(details);
  if (state.status == RequestStatus::open && is_exact) {  // whoever can change it
    std::ranges::move(deadline_warnings(state), std::back_inserter(out.warnings));
    std::ranges::move(talk_warnings(details.title, details.item), std::back_inserter(out.warnings));
  }
  out.flags = written_flags(details.title, details.item);
  out.expires_at = state.expires_at;
  out.created_at = state.created_at;
  if (state.status == RequestStatus::cancelled) out.cancel_reason = masked_contacts(state.cancel_reason);
  if (state.relay && knows_outcome)
    for (const RelayLeg& leg : state.relay->legs) out.legs.push_back({leg.offer_id, leg.delivery_id, leg.state});
  for (const Offer& offer : state.offers) {
    if (offer.is_open()) ++out.offer_count;
    if (state.relay || offer.status != OfferStatus::accepted || !offer.acceptance || !knows_outcome) continue;
    out.accepted_offer_id = offer.offer_id;
    out.delivery_id = offer.acceptance->delivery_id;
  }
  return out;
}

std::string shown_text(const Offer& offer, const std::string& text) {
  return offer.status == OfferStatus::accepted ? text : masked_contacts(text);
}

std::optional<std::string> shown_message(const Offer& offer) {
  return offer.message ? std::optional(shown_text(offer, *offer.message)) : std::nullopt;
}

namespace {

std::optional<MeetingPoint> shown_meeting(const Offer& offer, std::optional<MeetingPoint> meeting) {
  if (meeting) meeting->address = shown_text(offer, meeting->address);
  return meeting;
}

/// Of all that the two sides write to each other with an offer.
std::vector<std::string> flags_of(const Offer& offer) {
  std::string said = offer.message.value_or("") + '\n' + offer.close_reason;
  for (const auto& meeting : {offer.from, offer.to})
    if (meeting) (said += '\n') += meeting->address;
  return talk_flags(said);
}

}  // namespace

OfferResource shown(const RequestState& state, RequestId id, const Offer& offer) {
  OfferResource out;
  out.offer_id = offer.offer_id;
  out.request_id = id;
  out.trip_id = offer.trip_id;
  out.traveler_id = offer.traveler_id;
  out.customer_id = state.customer_id;
  out.status = offer.status;
  out.amount = offer.price.amount;
  out.currency = offer.price.currency;
  if (offer.deal) {
    out.platform_fee = offer.deal->fee_of(offer.price).amount;
    out.traveler_amount = offer.deal->take_home(offer.price).amount;
  }
  out.proposed_by = offer.proposed_by;
  out.message = shown_message(offer);
  out.flags = flags_of(offer);
  out.expires_at = offer.expires_at;
  out.created_at = offer.created_at;
  out.updated_at = offer.updated_at;
  out.planned_pickup = offer.planned_pickup;
  out.planned_arrival = offer.planned_arrival;
  out.late = offer.planned_arrival && *offer.planned_arrival > deadline_of(state.details, state.created_at);
  out.from = shown_meeting(offer, offer.from);
  out.to = shown_meeting(offer, offer.to);
  if (!offer.close_reason.empty()) out.close_reason = shown_text(offer, offer.close_reason);
  if (offer.status == OfferStatus::accepting) out.saga = "/api/v1/offers/" + offer.offer_id.text() + "/saga";
  if (offer.acceptance) {
    out.delivery_id = offer.acceptance->delivery_id;
    out.delivery_number = offer.acceptance->delivery_number;
    out.intent_id = offer.acceptance->intent_id;
    out.escrow_id = offer.acceptance->escrow_id;
    out.qr_codes = offer.acceptance->qr_codes;
    out.geofences = offer.acceptance->geofences;
  }
  return out;
}

Answer answer(const RequestState& state, const Context& context, const ViewRequest&) {
  const auto carries = [&](const Offer& offer) {
    return offer.status == OfferStatus::accepted && context.caller.is_user(offer.traveler_id);
  };
  const Caller& caller = context.caller;
  const bool is_party = caller.is_user(state.customer_id) || std::ranges::any_of(state.offers, carries);
  // Whoever carries the parcel sees the doors with the delivery, which knows for how long they may.
  const bool is_exact =
      caller.is_user(state.customer_id) || caller.is_platform() || caller.may(Permission::private_data);
  RequestResource out = shown(state, RequestId{context.self.id}, is_exact, is_party || sees_all(caller));
  if (caller.is_user(state.customer_id) || sees_all(caller)) out.cover = state.details.cover;
  if (!is_party && !is_exact) {
    out.title = masked_contacts(out.title);
    out.item = as_others_read(std::move(out.item));
  }
  if (out.cancel_reason && !is_party && is_exact) out.cancel_reason = state.cancel_reason;
  return show(std::move(out));
}

Answer answer(const RequestState& state, const Context& context, const ViewOffers&) {
  OfferList out;
  for (auto offer = state.offers.rbegin(); offer != state.offers.rend(); ++offer)
    if (is_side(state, *offer, context.caller)) out.items.push_back(shown_to(context.caller, state, context, *offer));
  const bool sees_empty = context.caller.is_user(state.customer_id) || sees_all(context.caller);
  if (out.items.empty() && !sees_empty) return refuse(RequestRejection::not_found);
  return show(std::move(out));
}

Answer answer(const RequestState& state, const Context& context, const ViewOffer& query) {
  const Offer* offer = state.find(query.offer_id);
  if (!offer || !is_side(state, *offer, context.caller)) return refuse(RequestRejection::not_found);
  return show(shown_to(context.caller, state, context, *offer));
}

InvitationResource shown(const RequestState& state, RequestId id, const Invitation& invitation, Time now) {
  const bool is_over =
      now >= std::min(invitation.expires_at, state.expires_at) || state.status > RequestStatus::accepting;
  const bool lapsed = invitation.status == InvitationStatus::sent && is_over;
  return {invitation.invitation_id, id,
          invitation.trip_id,       invitation.traveler_id,
          state.customer_id,        lapsed ? InvitationStatus::expired : invitation.status,
          invitation.price.amount,  invitation.price.currency,
          invitation.offer_id,      invitation.expires_at,
          invitation.created_at,    invitation.refused_by};
}

namespace {

/// A traveler never hears of one that was refused.
bool sees(const Caller& caller, const RequestState& state, const Invitation& invitation) {
  if (caller.is_user(state.customer_id) || sees_all(caller)) return true;
  return caller.is_user(invitation.traveler_id) && invitation.status != InvitationStatus::refused;
}

}  // namespace

Answer answer(const RequestState& state, const Context& context, const ViewInvitations&) {
  const Caller& caller = context.caller;
  const bool sees_each = caller.is_user(state.customer_id) || sees_all(caller);
  InvitationList out;
  for (auto each = state.invitations.rbegin(); each != state.invitations.rend(); ++each)
    if (sees(caller, state, *each)) out.items.push_back(shown(state, RequestId{context.self.id}, *each, context.now));
  if (out.items.empty() && !sees_each) return refuse(RequestRejection::not_found);
  return show(std::move(out));
}

Answer answer(const RequestState& state, const Context& context, const ViewInvitation& query) {
  const Invitation* found = state.find(query.invitation_id);
  if (!found || !sees(context.caller, state, *found)) return refuse(RequestRejection::not_found);
  return show(shown(state, RequestId{context.self.id}, *found, context.now));
}

Answer answer(const RequestState& state, const Context& context, const ViewAcceptance& query) {
  const Offer* offer = state.find(query.offer_id);
  if (!offer || !is_side(state, *offer, context.caller)) return refuse(RequestRejection::not_found);
  AcceptanceProgress out;
  out.offer = shown_to(context.caller, state, context, *offer);
  out.running = offer->status == OfferStatus::accepting;
  out.delivery_id = offer->attempt;
  const bool is_traveler = context.caller.is_user(offer->traveler_id);
  if (!offer->failure_code.empty() && !(is_traveler && is_of_payment(offer->failure_code))) {
    out.failure_code = offer->failure_code;
    out.failure_detail = offer->failure_detail;
  }
  return show(std::move(out));
}

namespace {

std::optional<QrCodeId> code_of(const Offer& offer, Handover type) {
  if (!offer.acceptance) return std::nullopt;
  for (const QrCodeRef& code : offer.acceptance->qr_codes)
    if (code.type == type) return code.qr_code_id;
  return std::nullopt;
}

/// How the leg ends, whose offer that is; `next`: the leg after it, with its offer, where there is one.
LegHandover handover_of(const Offer& offer, const RelayLeg* next, const Offer* next_offer) {
  LegHandover out;
  if (!next || !next_offer) {
    out.qr_code_id = code_of(offer, Handover::delivery);
    out.planned_at = offer.planned_arrival;
    return out;
  }
  out.to = HandoverTo::traveler;
  out.qr_code_id = code_of(*next_offer, Handover::pickup);
  out.delivery_id = next->delivery_id;
  out.traveler_id = next_offer->traveler_id;
  out.place = offer.to;
  out.planned_at = next_offer->planned_pickup;
  return out;
}

}  // namespace

Answer answer(const RequestState& state, const Context& context, const ViewRelay&) {
  if (!context.caller.is_user(state.customer_id) && !sees_all(context.caller))
    return refuse(RequestRejection::not_found);
  RelayResource out{RequestId{context.self.id}, state.status, {}, false};
  const std::vector<RelayLeg> none;
  const std::vector<RelayLeg>& legs = state.relay ? state.relay->legs : none;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const Offer* offer = state.find(legs[i].offer_id);
    if (!offer) continue;
    if (offer->status == OfferStatus::accepting) out.running = true;
    const RelayLeg* next = i + 1 < legs.size() ? &legs[i + 1] : nullptr;
    RelayLegResource leg;
    leg.delivery_id = legs[i].delivery_id;
    leg.offer_id = legs[i].offer_id;
    leg.trip_id = offer->trip_id;
    leg.traveler_id = offer->traveler_id;
    leg.status = legs[i].state;
    leg.amount = offer->price.amount;
    leg.currency = offer->price.currency;
    if (offer->acceptance) {
      leg.delivery_number = offer->acceptance->delivery_number;
      leg.qr_codes = offer->acceptance->qr_codes;
    }
    leg.planned_pickup = offer->planned_pickup;
    leg.planned_arrival = offer->planned_arrival;
    leg.handover = handover_of(*offer, next, next ? state.find(next->offer_id) : nullptr);
    out.legs.push_back(std::move(leg));
  }
  return show(std::move(out));
}

Answer answer(const RequestState& state, const Context&, const ViewTerms&) {
  const RequestDetails& details = state.details;
  return show(RequestTerms{state.customer_id, state.status, details.pickup.at(), details.dropoff.at(), details.item,
                           details.urgency, details.max_price, details.pickup_from,
                           deadline_of(details, state.created_at), details.title});
}

}  // namespace caravan
