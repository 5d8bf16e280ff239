#include <algorithm>

#include "actors/pricing/policy.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/goods_checks.hpp"
#include "actors/request/matching_facts.hpp"
#include "actors/request/relay.hpp"
#include "actors/trip/commands.hpp"

namespace caravan {

bool is_open(const RequestState& state, Time now) {
  return state.status == RequestStatus::open && now < state.expires_at;
}

std::optional<Decision> read_price(const RequestState& state, Price price, Money& out) {
  const auto money = to_money(price, state.details.max_price.currency);
  if (!money || money->amount <= 0)
    return reject(RequestRejection::invalid_amount, "price has more digits than its currency.", "price");
  if (money->amount > state.details.max_price.amount)
    return reject(RequestRejection::invalid_amount, "price is above the request's maxPrice.", "price");
  out = *money;
  return std::nullopt;
}

namespace {

/// The invitation that the offer answers: the one that it names, or the traveler's open one; nullptr where there is
/// none.
const Invitation* answered(const RequestState& state, const SubmitOffer& command, UserId traveler, Time now) {
  for (const Invitation& each : state.invitations)
    if (each.traveler_id == traveler && each.is_open(now) &&
        each.invitation_id == command.invitation_id.value_or(each.invitation_id))
      return &each;
  return nullptr;
}

/// The refusal for a caller whose turn it is not. A side of the offer hears not_owner. To anybody else the answer is
/// not_found, which does not tell that there is such an offer.
Decision not_theirs(const RequestState& state, const Context& context, const Offer& offer) {
  return reject(is_side(state, offer, context.caller) ? RequestRejection::not_owner : RequestRejection::not_found);
}

Time expiry(const RequestState& state, const std::optional<Time>& planned_pickup, Time now) {
  const Time by_itself = std::min<Time>(now + offer_life, state.expires_at);
  return std::min(by_itself, accepted_until(planned_pickup).value_or(by_itself));
}

/// What a traveler has offered on the request so far counts, whatever became of it: or they could use up all offers
/// that it takes. What the customer ended by other terms does not.
std::optional<Decision> offered_enough(const RequestState& state, UserId traveler) {
  const auto counts = [&](const Offer& offer) { return offer.traveler_id == traveler && offer.is_travelers_doing(); };
  const auto gone = std::ranges::find(state.forgotten, traveler, &ForgottenOffers::traveler_id);
  const std::ptrdiff_t before = gone == state.forgotten.end() ? 0 : gone->count;
  if (before + std::ranges::count_if(state.offers, counts) < max_travelers_offers) return std::nullopt;
  return reject(RequestRejection::too_many, "One traveler makes at most " + std::to_string(max_travelers_offers) +
                                                " offers on a request, withdrawn and refused ones included.");
}

/// The dearest open offer of a newcomer; nothing where there is none.
const Offer* weakest_newcomers(const RequestState& state) {
  const Offer* weakest = nullptr;
  for (const Offer& offer : state.offers)
    if (offer.is_of_newcomer && offer.is_open() && (!weakest || offer.price.amount > weakest->price.amount))
      weakest = &offer;
  return weakest;
}

/// Nobody needs a place for an offer that is closed: the oldest of them goes first, whoever made it. Anybody can make
/// twenty accounts, and with open offers fill the list. So whoever is better known than that takes the place of a
/// newcomer; and newcomers, who may become better known, take that of no open offer.
bool make_room(Decision& decision, const RequestState& state, const Context& context, bool is_newcomer) {
  if (state.offers.size() < max_offers) return true;
  const auto closed = std::ranges::find_if(state.offers, &Offer::is_closed);
  if (closed != state.offers.end()) {
    decision.emit(OfferForgotten{closed->offer_id});
    return true;
  }
  const Offer* weakest = is_newcomer ? nullptr : weakest_newcomers(state);
  if (!weakest) return false;
  expire_offer(decision, state, context, *weakest, std::string(displaced));
  decision.emit(OfferForgotten{weakest->offer_id});
  return true;
}

/// A trip that comes by neither place carries nothing between them. One that is late does: the customer sees when it
/// would arrive.
std::optional<Decision> off_the_way(const SubmitOffer& command) {
  if (!command.passing) return std::nullopt;
  if (command.passing->beside_meters > farthest_beside_meters)
    return reject(RequestRejection::off_the_way,
                  "A place of the request lies more than " + std::to_string(farthest_beside_meters / 1'000) +
                      " km from the trip's way.",
                  "tripId");
  if (command.passing->back_meters > farthest_back_meters)
    return reject(RequestRejection::off_the_way, "The trip passes the two places in the other direction.", "tripId");
  return std::nullopt;
}

/// Before pickupFrom no wait counts. Where the trip comes by hardly later, its traveler could wait for nobody.
std::optional<Decision> hardly_waits(const RequestState& state, const SubmitOffer& command) {
  constexpr std::chrono::seconds lead{policy.waiting.pickup_lead_seconds};
  const std::optional<Time>& from = state.details.pickup_from;
  const bool begins_elsewhere = command.from && !is_at(*command.from, state.details.pickup);
  if (begins_elsewhere || !command.passing || !from || *from + lead <= command.passing->picked_up) return std::nullopt;
  return reject(RequestRejection::pickup_too_early,
                "The trip comes by the pickup about " +
                    to_rfc3339(std::chrono::floor<std::chrono::minutes>(command.passing->picked_up)) +
                    "; that is not " + std::to_string(policy.waiting.pickup_lead_seconds / 60) +
                    " minutes after the request's pickupFrom, " + to_rfc3339(*from) + ".",
                "tripId");
}

}  // namespace

std::optional<Time> planned_pickup(const SubmitOffer& command) {
  if (!command.passing) return std::nullopt;
  return std::chrono::floor<std::chrono::minutes>(command.passing->picked_up);
}

std::optional<Decision> forbids(const RequestState& state, const SubmitOffer& command, Time now) {
  if (auto refusal = valuable_for_unverified(state, command.is_verified)) return refusal;
  const bool both_verified = command.is_verified && command.customer_verified;
  if (auto refusal = dear_for_unverified(state, command.price, both_verified)) return refusal;
  if (auto refusal = often_for_unverified(command.traveler_lacks, "traveler")) return refusal;
  if (!command.trip_open)
    return reject(RequestRejection::trip_not_open,
                  "The trip has left the pickup by its plan, is over, or leaves in more than a year.", "tripId");
  if (auto refusal = unfit_for_trip(state.details, command)) return refusal;
  if (auto refusal = off_the_way(command)) return refusal;
  if (auto refusal = hardly_waits(state, command)) return refusal;
  if (auto refusal = comes_by_soon(planned_pickup(command), now, RequestRejection::trip_not_open, "tripId"))
    return refusal;
  if (!command.free_room.holds(state.details.item.load())) return reject(RequestRejection::capacity_exceeded);
  return std::nullopt;
}

Decision decide(const RequestState& state, const Context& context, const SubmitOffer& command) {
  if (context.caller.kind != Caller::Kind::user) return reject(RequestRejection::not_allowed);
  const UserId traveler = context.caller.user;
  if (traveler == state.customer_id) return reject(RequestRejection::own_request);
  if (!is_open(state, context.now)) return reject(RequestRejection::request_not_open);
  if (command.trip_owner.is_nil()) return reject(RequestRejection::not_found, "There is no such trip.");
  if (command.trip_owner != traveler) return reject(RequestRejection::not_owner, "The trip is not yours.");
  if (command.blocked) return reject(RequestRejection::blocked);
  if (command.other_inactive) return reject(RequestRejection::request_not_open, std::string(inactive_other));
  if (auto refusal = refuse_part(state, command)) return *refusal;
  if (auto refusal = forbids(state, command, context.now)) return *refusal;
  const auto same = [&](const Offer& offer) {
    return offer.offer_id == command.offer_id || (offer.is_open() && offer.traveler_id == traveler);
  };
  if (std::ranges::any_of(state.offers, same)) return reject(RequestRejection::already_offered);
  if (auto refusal = offered_enough(state, traveler)) return *refusal;
  const Invitation* invitation = answered(state, command, traveler, context.now);
  if (command.invitation_id && !invitation)
    return reject(RequestRejection::invitation_not_open, "You have no such invitation to this request any more.",
                  "invitationId");
  Money price;
  if (auto refusal = read_price(state, command.price, price)) return *refusal;
  const bool is_newcomer = !command.is_verified && !command.has_delivered;
  Decision decision;
  if (!make_room(decision, state, context, is_newcomer))
    return reject(RequestRejection::too_many, "A request has at most " + std::to_string(max_offers) + " open offers.");

  const OfferId id = command.offer_id.is_nil() ? context.new_id<OfferId>() : command.offer_id;
  OfferSubmitted event{id,
                       command.trip_id,
                       traveler,
                       state.customer_id,
                       price,
                       command.message,
                       expiry(state, planned_pickup(command), context.now),
                       context.now,
                       command.traveler_rating,
                       command.trip_plan,
                       command.is_verified && command.customer_verified,
                       is_newcomer,
                       {},
                       {},
                       context.caller.service};
  event.deal = command.deal;
  // Whoever names the request's own places offers the whole way.
  if (command.from && !is_at(*command.from, state.details.pickup)) event.from = command.from;
  if (command.to && !is_at(*command.to, state.details.dropoff)) event.to = command.to;
  event.planned_pickup = planned_pickup(command);
  if (invitation) event.invitation_id = invitation->invitation_id;
  if (command.passing) event.planned_arrival = std::chrono::floor<std::chrono::minutes>(command.passing->delivered);
  RequestState after = state;
  evolve(after, event);
  const Offer& offer = after.offers.back();
  Notify notice = about_request("offer_received", after, context, &offer);
  if (!command.traveler_name.empty()) notice.variables["other"] = command.traveler_name;
  return decision.emit(event)
      .set_timer(offer_timer(id), event.expires_at)
      .send({EntityKind::trip, command.trip_id.value}, NoteOffer{RequestId{context.self.id}})
      .send(inbox_of(state.customer_id), std::move(notice))
      .answer(shown(after, RequestId{context.self.id}, offer));
}

Decision decide(const RequestState& state, const Context& context, const CounterOffer& command) {
  const Offer* offer = state.find(command.offer_id);
  if (!offer) return reject(RequestRejection::not_found);
  const bool by_customer = context.caller.is_user(state.customer_id);
  if (!by_customer && !context.caller.is_user(offer->traveler_id)) return not_theirs(state, context, *offer);
  if (!is_open(state, context.now) || !offer->is_open() || context.now >= offer->expires_at)
    return reject(RequestRejection::offer_not_open);
  if (auto refusal = comes_by_soon(offer->planned_pickup, context.now)) return *refusal;
  const OfferSide side = by_customer ? OfferSide::customer : OfferSide::traveler;
  if (offer->counters_of(side) >= max_counters)
    return reject(RequestRejection::too_many,
                  "Each side names another price at most " + std::to_string(max_counters) + " times.");
  Money price;
  if (auto refusal = read_price(state, command.price, price)) return *refusal;
  if (auto refusal = dear_for_unverified(state, command.price, offer->both_verified)) return *refusal;
  // The traveler's yes charges the customer's card.
  if (by_customer && spends_much(price) && context.caller.is_stale_session())
    return reject(RequestRejection::step_up_required, std::string(show_once_more));
  const bool is_own_price = by_customer == (offer->proposed_by == OfferSide::customer);
  const bool is_worse = by_customer ? price.amount < offer->price.amount : price.amount > offer->price.amount;
  if (is_own_price && is_worse)
    return reject(RequestRejection::invalid_state,
                  "Your own price stands: until the other side answers, it may only get better for them.", "price");
  const OfferCountered event{offer->offer_id,
                             side,
                             price,
                             command.message,
                             expiry(state, offer->planned_pickup, context.now),
                             context.now,
                             offer->customer_counters + (by_customer ? 1 : 0),
                             context.caller.service};
  RequestState after = state;
  evolve(after, event);
  const UserId other = by_customer ? offer->traveler_id : state.customer_id;
  return Decision{}
      .emit(event)
      .set_timer(offer_timer(offer->offer_id), event.expires_at)
      .send(inbox_of(other), (by_customer ? to_traveler_about : about_request)("offer_countered", after, context,
                                                                               after.find(offer->offer_id)));
}

Decision decide(const RequestState& state, const Context& context, const DropCounters&) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  Decision decision;
  for (const Offer& offer : state.offers)
    if (offer.is_open() && offer.proposed_by == OfferSide::customer)
      expire_offer(decision, state, context, offer, std::string(terms_changed));
  // A thief may have moved the parcel before. Nobody knows whether it was one: the owner looks, and moves it back.
  constexpr std::chrono::days named_for{7};
  const bool is_open = state.status == RequestStatus::open || state.status == RequestStatus::accepting;
  if (is_open && state.moved_at && context.now < *state.moved_at + named_for) {
    Notify notice = about_request("request_places_changed", state, context);
    tell_stops(notice, state.details);
    notice.variables["secured"] = "yes";
    notice.variables["movedAt"] = to_rfc3339(*state.moved_at);
    decision.send(inbox_of(state.customer_id), std::move(notice));
  }
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const RejectOffer& command) {
  const Offer* offer = state.find(command.offer_id);
  if (!offer) return reject(RequestRejection::not_found);
  if (!context.caller.is_user(state.customer_id)) return not_theirs(state, context, *offer);
  if (!offer->is_open()) return reject(RequestRejection::offer_not_open);
  Decision decision;
  reject_offer(decision, state, context, *offer, command.reason.value_or(""));
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const WithdrawOffer& command) {
  const Offer* offer = state.find(command.offer_id);
  if (!offer) return reject(RequestRejection::not_found);
  if (!context.caller.is_user(offer->traveler_id)) return not_theirs(state, context, *offer);
  if (!offer->is_open()) return reject(RequestRejection::offer_not_open);
  return Decision{}
      .emit(OfferWithdrawn{offer->offer_id, offer->traveler_id, context.now})
      .clear_timer(offer_timer(offer->offer_id))
      .send(inbox_of(state.customer_id), about_request("offer_withdrawn", state, context, offer));
}

namespace {

/// Expires the open offers that `ends` says, and tells both sides.
template <class Ends>
Decision end_offers(const RequestState& state, const Context& context, std::string_view reason, Ends ends) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  Decision decision;
  for (const Offer& offer : state.offers) {
    if (!offer.is_open() || !ends(offer)) continue;
    expire_offer(decision, state, context, offer, std::string(reason));
    decision.send(inbox_of(state.customer_id), about_request("offer_expired", state, context, &offer));
  }
  return decision;
}

}  // namespace

Decision decide(const RequestState& state, const Context& context, const TripClosed& command) {
  const auto is_of_trip = [&](const auto& each) { return each.trip_id == command.trip_id; };
  Decision decision = end_offers(state, context, trip_over, is_of_trip);
  if (decision.rejection) return decision;
  for (const Invitation& each : state.invitations)
    if (each.is_open(context.now) && is_of_trip(each))
      decision.emit(InvitationExpired{each.invitation_id, context.now});
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const DropOffers& command) {
  return end_offers(state, context, secured, [&](const Offer& offer) { return offer.traveler_id == command.traveler; });
}

}  // namespace caravan
