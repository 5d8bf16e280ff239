#include <algorithm>

#include "actors/files/commands.hpp"
#include "actors/messages/talk.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/cover.hpp"
#include "actors/request/goods_checks.hpp"
#include "actors/request/relay.hpp"

namespace caravan {

namespace {

constexpr double nearer_is_same = 25;  // metres

/// The first amount that is above what its currency allows; nothing where none is.
std::optional<Decision> too_high(const RequestDetails& details) {
  const Currency currency = details.max_price.currency;
  const auto refusal = [&](std::string_view field, Price price) -> std::optional<Decision> {
    const auto why = above_highest(field, price, currency);
    if (!why) return std::nullopt;
    return reject(RequestRejection::invalid_amount, *why, std::string(field));
  };
  if (auto refused = refusal("maxPrice", to_price(details.max_price))) return refused;
  if (auto refused = refusal("item.value", details.item.value)) return refused;
  const auto& declared = details.item.declaration;
  return refusal("item.declaration.customsValue", declared ? declared->customs_value.value_or(Price{}) : Price{});
}

/// What is wrong with details, new or edited; nothing where all is well.
std::optional<Decision> flaw(const RequestDetails& details, const Context& context) {
  if (details.max_price.amount <= 0)
    return reject(RequestRejection::invalid_amount, "maxPrice must be positive.", "maxPrice");
  if (!to_money(details.item.value, details.max_price.currency))
    return reject(RequestRejection::invalid_amount, "item.value has more digits than its currency.", "item.value");
  if (auto refusal = too_high(details)) return refusal;
  if (!details.pickup.place().located())
    return reject(RequestRejection::address_not_found, "No place was found for pickup.", "pickup");
  if (!details.dropoff.place().located())
    return reject(RequestRejection::address_not_found, "No place was found for delivery.", "delivery");
  if (distance_meters(details.pickup.place().at(), details.dropoff.place().at()) < nearer_is_same)
    return reject(RequestRejection::same_place, "It is where the pickup is; within a town give lat and lng.",
                  "delivery");
  if (details.deliver_by && *details.deliver_by <= context.now)
    return reject(RequestRejection::invalid_window, "deliverBy lies in the past.", "deliverBy");
  if (details.deliver_by && details.pickup_from && *details.pickup_from >= *details.deliver_by)
    return reject(RequestRejection::invalid_window, "pickupFrom must be before deliverBy.", "pickupFrom");
  return std::nullopt;
}

/// Takes the cover for the item as it is now, by the newest terms; why there is none for it.
std::optional<Decision> take_cover(RequestDetails& details) {
  CoverOffer offer = cover_for(known_policies().back(), details.title, details.item, details.max_price.currency);
  if (!offer.terms) return reject(RequestRejection::cover_not_available, std::move(offer.why_not), "cover");
  details.cover = offer.terms;
  return std::nullopt;
}

/// The best match of each traveler.
std::vector<RequestTripMatch> told_of(const std::vector<RequestTripMatch>& matches) {
  std::vector<RequestTripMatch> out;
  for (const RequestTripMatch& match : matches)
    if (out.size() < max_told && std::ranges::find(out, match.traveler_id, &RequestTripMatch::traveler_id) == out.end())
      out.push_back(match);
  return out;
}

/// A trip is a watch of its way: each of the travelers whom matching found hears of the parcel, of their best trip.
void tell_travelers(Decision& decision, const RequestState& state, const Context& context,
                    const std::vector<RequestTripMatch>& matches) {
  const RequestDetails& details = state.details;
  for (const RequestTripMatch& match : matches) {
    Notify notice{.template_id = "trip_match",
                  .variables = {{"title", masked_contacts(details.title)},
                                {"requestId", context.self.id.text()},
                                {"tripId", match.trip_id.text()},
                                {"customerId", state.customer_id.text()},
                                {"pickup", area_of(details.pickup.place()).address},
                                {"delivery", area_of(details.dropoff.place()).address},
                                {"amount", money_text(details.max_price)}},
                  .subject = match.trip_id.value};
    // Nobody takes the parcel along once the trip has come by, though nothing may have told that it set out.
    if (match.pickup_around > context.now) notice.variables["uselessFrom"] = to_rfc3339(match.pickup_around);
    decision.send(inbox_of(match.traveler_id), std::move(notice));
  }
}

bool same_parcel(Item a, Item b) {
  a.photos.clear();
  b.photos.clear();
  return a == b;
}

/// A pin within the circle that an address was guessed to lie in says more exactly what was known already.
bool is_elsewhere(const Stop& before, const Stop& after) {
  if (before.place() == after.place()) return false;
  const bool is_guess = before.uncertainty_meters.value_or(0) > 0;
  return !is_guess || !after.is_pinned() || before.address != after.address ||
         distance_meters(before.at(), after.at()) > *before.uncertainty_meters;
}

/// True where the change is such that offers made for `before` do not hold for `after`. The names and numbers of the
/// contacts and the photos change without that.
bool other_terms(const RequestDetails& before, const RequestDetails& after) {
  return before.title != after.title || before.pickup.instructions != after.pickup.instructions ||
         before.dropoff.instructions != after.dropoff.instructions || is_elsewhere(before.pickup, after.pickup) ||
         is_elsewhere(before.dropoff, after.dropoff) || !same_parcel(before.item, after.item) ||
         before.urgency != after.urgency || before.pickup_from != after.pickup_from ||
         before.deliver_by != after.deliver_by;
}

bool is_same(const Stop& before, const Stop& after) {
  return before.place() == after.place() && before.uncertainty_meters == after.uncertainty_meters &&
         before.contact_name == after.contact_name && before.contact_phone == after.contact_phone &&
         before.instructions == after.instructions;
}

bool moves_stops(const RequestDetails& before, const EditRequest& command) {
  return (command.pickup && !is_same(before.pickup, *command.pickup)) ||
         (command.dropoff && !is_same(before.dropoff, *command.dropoff));
}

/// Where the parcel is fetched and brought, and whom to call there, decides what waits are paid for: why this caller
/// may not change it; nothing where it may.
std::optional<Decision> keeps_stops(const RequestState& state, const Caller& caller, const EditRequest& command) {
  if (!moves_stops(state.details, command)) return std::nullopt;
  if (caller.api_key || caller.service)
    return reject(RequestRejection::forbidden,
                  "Places and their contacts are changed by whoever signed in, not by an API key, nor a service.");
  if (caller.is_stale_session()) return reject(RequestRejection::step_up_required, std::string(show_once_more));
  return std::nullopt;
}

/// What a key does to an open request its owner may not know of.
void tell_of_key(Decision& decision, const RequestState& state, const Context& context, const std::string& what) {
  if (!context.caller.api_key) return;
  Notify notice = about_request("request_changed_by_key", state, context);
  notice.variables["what"] = what;
  notice.variables[what] = "yes";
  decision.send(inbox_of(state.customer_id), std::move(notice));
}

}  // namespace

Decision decide(const RequestState& state, const Context& context, const PostRequest& command) {
  if (state.exists()) return reject(RequestRejection::already_exists);
  if (context.caller.kind != Caller::Kind::user) return reject(RequestRejection::not_allowed);
  const auto max_price = to_money(command.max_price, command.currency);
  if (!max_price)
    return reject(RequestRejection::invalid_amount, "maxPrice has more digits than its currency.", "maxPrice");
  RequestDetails details{command.title, command.pickup,      command.dropoff,    command.item,          command.urgency,
                         *max_price,    command.pickup_from, command.deliver_by, command.crosses_border};
  if (auto refusal = flaw(details, context)) return *refusal;
  if (auto refusal = unfit_goods(details, command.customs_required)) return *refusal;
  if (command.cover.value_or(false))
    if (auto refusal = take_cover(details)) return *std::move(refusal);

  RequestCreated event{context.caller.user, details, deadline_of(details, context.now), context.now};
  const std::vector<RequestTripMatch> told = told_of(command.matches);
  for (const RequestTripMatch& match : told) event.told.push_back(match.traveler_id);
  RequestState after;
  evolve(after, event);
  RequestResource resource = shown(after, RequestId{context.self.id}, true, true);
  resource.cover = details.cover;
  resource.matches = command.matches;
  resource.matched_by = command.matched_by;
  resource.nearest_miss = command.nearest_miss;
  resource.price_recommendation = command.price_recommendation;
  Decision decision;
  for (const UploadId& photo : details.item.photos) decision.send(files_of(context.caller.user), KeepUpload{photo});
  tell_travelers(decision, after, context, told);
  return decision.emit(event).set_timer(std::string(expiry_timer), event.expires_at).answer(std::move(resource));
}

Decision decide(const RequestState& state, const Context& context, const EditRequest& command) {
  if (!context.caller.is_user(state.customer_id)) return reject(RequestRejection::not_owner);
  if (state.status != RequestStatus::open || context.now >= state.expires_at)
    return reject(RequestRejection::request_not_open);
  if (state.is_held() && (command.title || command.pickup || command.item || command.pickup_from))
    return reject(RequestRejection::request_not_open,
                  "A traveler has the parcel: what it is, and where and from when, is known.");
  if (auto refusal = keeps_stops(state, context.caller, command)) return *refusal;
  RequestDetails details = state.details;
  if (command.title) details.title = *command.title;
  if (command.pickup) details.pickup = *command.pickup;
  if (command.dropoff) details.dropoff = *command.dropoff;
  if (command.item) {
    details.item = *command.item;
    details.item.photos = state.details.item.photos;
  }
  if (command.urgency) details.urgency = *command.urgency;
  if (command.max_price) {
    const auto max_price = to_money(*command.max_price, details.max_price.currency);
    if (!max_price)
      return reject(RequestRejection::invalid_amount, "maxPrice has more digits than its currency.", "maxPrice");
    details.max_price = *max_price;
  }
  if (command.pickup_from) details.pickup_from = command.pickup_from;
  if (command.deliver_by) details.deliver_by = command.deliver_by;
  if (auto refusal = flaw(details, context)) return *refusal;
  if (command.title || command.item || command.pickup || command.dropoff) {
    details.crosses_customs = command.crosses_border;
    if (auto refusal = unfit_goods(details, command.customs_required)) return *refusal;
  }
  const bool has_cover = command.cover.value_or(details.cover.has_value());
  if (!has_cover)
    details.cover.reset();
  else if (command.cover || command.title || command.item)
    if (auto refusal = take_cover(details)) return *std::move(refusal);
  const Time expires_at = sought_until(state, deadline_of(details, state.created_at));
  if (expires_at <= context.now)
    return reject(RequestRejection::invalid_window,
                  "The urgency counts from the posting, and its time is over: say deliverBy as well.", "urgency");

  Decision decision;
  RequestUpdated event{state.customer_id, details, expires_at};
  const bool moves = moves_stops(state.details, command);
  if (moves) event.moved_at = context.now;
  decision.emit(std::move(event));
  tell_of_key(decision, state, context, "changed");
  if (moves) {  // whoever has the password may be somebody else
    Notify notice = about_request("request_places_changed", state, context);
    tell_stops(notice, details);
    notice.variables["wasPickup"] = state.details.pickup.address;
    notice.variables["wasDelivery"] = state.details.dropoff.address;
    decision.send(inbox_of(state.customer_id), std::move(notice));
  }
  if (expires_at != state.expires_at) decision.set_timer(std::string(expiry_timer), expires_at);
  const bool changed = other_terms(state.details, details);
  for (const Offer& offer : state.offers)
    if (offer.is_open() && (changed || offer.price.amount > details.max_price.amount))
      expire_offer(decision, state, context, offer, std::string(terms_changed), "request_changed");
  for (const Invitation& each : state.invitations)
    if (each.is_open(context.now) && (changed || each.price.amount > details.max_price.amount))
      expire_invitation(decision, state, context, each);
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const AddRequestPhoto& command) {
  if (!context.caller.is_user(state.customer_id)) return reject(RequestRejection::not_owner);
  if (state.status != RequestStatus::open || context.now >= state.expires_at)
    return reject(RequestRejection::request_not_open);
  const std::vector<UploadId>& photos = state.details.item.photos;
  if (std::ranges::find(photos, command.upload_id) != photos.end()) return {};
  if (photos.size() >= max_item_photos) return reject(RequestRejection::too_many, "An item has at most 10 photos.");
  return Decision{}
      .emit(RequestPhotoAdded{command.upload_id})
      .send(files_of(state.customer_id), KeepUpload{command.upload_id});
}

namespace {

/// Whoever waits for an answer to their offer is a side of the request as its customer is.
bool is_tied_to_side(const RequestState& state, const Appointment& office) {
  return office.is_tied_to(state.customer_id) || std::ranges::any_of(state.offers, [&](const Offer& offer) {
           return offer.is_open() && office.is_tied_to(offer.traveler_id);
         });
}

}  // namespace

Decision decide(const RequestState& state, const Context& context, const CancelRequest& command) {
  const Caller& caller = context.caller;
  if (!caller.is_user(state.customer_id) && !caller.is_platform() && !caller.may(Permission::deliveries))
    return reject(RequestRejection::not_owner);
  if (!caller.is_user(state.customer_id) && caller.is_stale_office(Permission::deliveries))
    return reject(RequestRejection::step_up_required, std::string(show_once_more));
  if (!caller.is_user(state.customer_id) && is_tied_to_side(state, command.office))
    return reject(RequestRejection::forbidden,
                  "You have the permission from a side of it, or a side has one from you.");
  Decision decision;
  const std::string reason = command.reason.value_or("");
  const bool has_deal = state.status == RequestStatus::accepting || state.status == RequestStatus::accepted;
  if (has_deal && caller.is_platform()) {
    if (!state.deferred_cancel) decision.emit(RequestCancelDeferred{reason});
    return decision;
  }
  if (state.status == RequestStatus::accepting)
    return reject(RequestRejection::request_not_open, "An offer is being accepted right now.");
  if (state.status != RequestStatus::open) return reject(RequestRejection::request_not_open);
  cancel_request(decision, state, context, reason);
  tell_of_key(decision, state, context, "cancelled");
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const TimerFired& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  Decision decision;
  if (command.name == expiry_timer) {
    // While an acceptance runs the request is not open and does not expire here: the end of the acceptance checks the
    // time.
    if (state.status == RequestStatus::open && context.now >= state.expires_at)
      expire_request(decision, state, context);
    return decision;
  }
  for (const Offer& offer : state.offers)
    if (offer.is_open() && command.name == offer_timer(offer.offer_id) && context.now >= offer.expires_at)
      expire_offer(decision, state, context, offer, std::string(out_of_time));
  return decision;
}

}  // namespace caravan
