#include <algorithm>

#include "actors/pricing/rules.hpp"
#include "actors/request/closing.hpp"
#include "actors/trip/commands.hpp"

namespace caravan {

namespace {

/// Whether the trip asks for more than that; not where nobody knows what the two currencies are worth.
bool asks_more(const std::optional<Money>& least, const Money& price) {
  if (!least) return false;
  if (least->currency == price.currency) return least->amount > price.amount;
  const auto asked = dollars_worth(*least), offered = dollars_worth(price);
  return asked && offered && *asked > *offered;
}

std::string words_for(InvitationLimit limit) {
  switch (limit) {
    case InvitationLimit::customer:
      return "One customer sends at most " + std::to_string(max_asked_a_day) + " invitations a day.";
    case InvitationLimit::traveler:
      return "The traveler has had " + std::to_string(max_invited_a_day) +
             " invitations today: ask another one, or tomorrow.";
    case InvitationLimit::newcomers:
      return "The traveler has had " + std::to_string(max_invited_by_newcomers_a_day) +
             " invitations today by customers who are new: ask another one, or tomorrow. Whoever's identity is "
             "verified, or who has a delivery behind them that was not a cheap one, is not new.";
    case InvitationLimit::pair:
      break;
  }
  return "You have asked the traveler " + std::to_string(max_invited_by_one_a_day) +
         " times today: ask another one, or tomorrow.";
}

/// The same for the notice's text.
std::string_view rule_of(InvitationLimit limit) {
  switch (limit) {
    case InvitationLimit::customer:
      return "yours";
    case InvitationLimit::traveler:
      return "theirs";
    case InvitationLimit::newcomers:
      return "ofNewcomers";
    case InvitationLimit::pair:
      break;
  }
  return "ofYours";
}

/// Whoever has said no, or has yet to answer, is left alone; and nobody is asked by many, or by one again and again.
std::optional<Decision> asked_enough(const RequestState& state, const InviteTraveler& command, Time now) {
  const UserId traveler = command.facts.trip_owner;
  const auto is_theirs = [&](const auto& each) { return each.traveler_id == traveler; };
  if (std::ranges::any_of(state.offers, [&](const Offer& offer) { return is_theirs(offer) && offer.is_open(); }))
    return reject(RequestRejection::already_offered, "The traveler has offered already.");
  for (const Invitation& each : state.invitations)
    if (is_theirs(each) && (each.status == InvitationStatus::declined || each.is_open(now)))
      return reject(RequestRejection::already_invited, each.status == InvitationStatus::declined
                                                           ? "The traveler has declined."
                                                           : "The traveler has yet to answer.");
  // Other terms end an invitation: or one could be asked without end, by an edit each time.
  const auto was_read = [&](const Invitation& each) {
    return is_theirs(each) && each.status != InvitationStatus::refused;
  };
  if (std::ranges::count_if(state.invitations, was_read) >= max_asked_of_one)
    return reject(RequestRejection::too_many, "One traveler is asked at most " + std::to_string(max_asked_of_one) +
                                                  " times to carry the same parcel.");
  if (state.invitations.size() >= max_invitations)
    return reject(RequestRejection::too_many,
                  "A request has at most " + std::to_string(max_invitations) + " invitations.");
  const auto open = [&](const Invitation& each) { return each.is_open(now); };
  if (std::ranges::count_if(state.invitations, open) >= max_open_invitations)
    return reject(RequestRejection::too_many, "At most " + std::to_string(max_open_invitations) +
                                                  " invitations of a request are open: wait for an answer.");
  const auto number = [](std::int32_t count) { return static_cast<std::size_t>(count); };
  InvitedToday invited{number(command.invited_today), number(command.invited_by_customer_today)};
  if (command.invited_by_newcomers_today) invited.by_newcomers = number(*command.invited_by_newcomers_today);
  if (const auto limit = reached_limit(number(command.asked_today), invited))
    return reject(RequestRejection::too_many, words_for(*limit));
  return std::nullopt;
}

/// What the traveler decides by. Exact places and contacts wait for the deal.
Notify invitation_notice(const RequestState& state, const Context& context, const InvitationSent& event,
                         std::int64_t fee_basis_points) {
  Notify notice = to_traveler_about("invitation_received", state, context);
  const RequestDetails& details = state.details;
  notice.variables["invitationId"] = event.invitation_id.text();
  notice.variables["tripId"] = event.trip_id.text();
  notice.variables["amount"] = money_text(event.price);
  notice.variables["takeHome"] = money_text(event.price - platform_fee(event.price, fee_basis_points));
  notice.variables["pickup"] = area_of(details.pickup.place()).address;
  notice.variables["delivery"] = area_of(details.dropoff.place()).address;
  notice.variables["deadline"] = to_rfc3339(deadline_of(details, state.created_at));
  notice.variables["until"] = to_rfc3339(event.expires_at);
  return notice;
}

}  // namespace

Decision decide(const RequestState& state, const Context& context, const InviteTraveler& command) {
  if (!context.caller.is_user(state.customer_id)) return reject(RequestRejection::not_owner);
  if (const Invitation* same = state.find(command.invitation_id))
    return Decision{}.answer(shown(state, RequestId{context.self.id}, *same, context.now));
  if (!is_open(state, context.now)) return reject(RequestRejection::request_not_open);
  SubmitOffer facts = command.facts;
  if (facts.trip_owner.is_nil()) return reject(RequestRejection::not_found, "There is no such trip.");
  if (facts.trip_owner == state.customer_id) return reject(RequestRejection::own_request, "The trip is your own.");
  if (facts.blocked) return reject(RequestRejection::blocked);
  if (facts.other_inactive) return reject(RequestRejection::trip_not_open, std::string(inactive_other), "tripId");
  facts.price = command.price.value_or(to_price(state.details.max_price));
  Money price;
  if (auto refusal = read_price(state, facts.price, price)) return *refusal;
  facts.accepts_goods = true;  // for the traveler to say, with the offer
  if (auto refusal = forbids(state, facts, context.now)) return *refusal;
  if (asks_more(command.min_price, price))
    return reject(RequestRejection::invalid_amount, "The trip asks " + money_text(*command.min_price) + " or more.",
                  "price");
  if (auto refusal = asked_enough(state, command, context.now)) return *refusal;

  const Time ends = std::min(state.expires_at, accepted_until(planned_pickup(facts)).value_or(state.expires_at));
  const InvitationSent event{command.invitation_id.is_nil() ? context.new_id<InvitationId>() : command.invitation_id,
                             command.trip_id,
                             facts.trip_owner,
                             state.customer_id,
                             price,
                             ends,
                             context.now};
  RequestState after = state;
  evolve(after, event);
  // The two people's own actors count: what the edge read may be old by then.
  SentInvitation sent{event.invitation_id, RequestId{context.self.id}, state.customer_id, event.traveler_id,
                      invitation_notice(state, context, event, command.fee_basis_points)};
  return Decision{}
      .emit(event)
      .send(user_address(state.customer_id), CountInvitation{std::move(sent)})
      .send({EntityKind::trip, command.trip_id.value}, NoteOffer{RequestId{context.self.id}})
      .answer(shown(after, RequestId{context.self.id}, after.invitations.back(), context.now));
}

Decision decide(const RequestState& state, const Context& context, const DeclineInvitation& command) {
  const Invitation* found = state.find(command.invitation_id);
  const bool is_customer = context.caller.is_user(state.customer_id);
  if (!found || (!is_customer && !context.caller.is_user(found->traveler_id)))
    return reject(RequestRejection::not_found);
  if (is_customer) return reject(RequestRejection::not_owner);
  if (found->status == InvitationStatus::declined) return {};
  if (!is_open(state, context.now) || !found->is_open(context.now))
    return reject(RequestRejection::invitation_not_open);
  Notify notice = about_request("invitation_declined", state, context);
  notice.variables["travelerId"] = found->traveler_id.text();
  return Decision{}
      .emit(InvitationDeclined{found->invitation_id, found->traveler_id, context.now})
      .send(inbox_of(state.customer_id), std::move(notice));
}

Decision decide(const RequestState& state, const Context& context, const RefuseInvitation& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  const Invitation* found = state.find(command.invitation_id);
  if (!found || found->status != InvitationStatus::sent) return {};
  Notify notice = about_request("invitation_refused", state, context);
  notice.variables[std::string(rule_of(command.limit))] = "yes";
  return Decision{}
      .emit(InvitationRefused{found->invitation_id, command.limit, context.now})
      .send(inbox_of(state.customer_id), std::move(notice));
}

}  // namespace caravan
