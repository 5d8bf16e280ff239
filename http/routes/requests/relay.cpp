#include <algorithm>

#include "http/routes/payments/payments.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/trips/trip_facts.hpp"

namespace caravan::http {

namespace {

/// Who has the parcel of a broken relay already, and meets the traveler of the first offer; nobody: its sender has it.
std::optional<UserId> holder_of(Call& call, Address request) {
  std::optional<UserId> holder;
  const Reply known = call.try_query(request, ViewRelay{});
  if (const auto* relay = known.resource.get_if<RelayResource>())
    for (const RelayLegResource& leg : relay->legs)
      if (leg.status == LegState::carried) holder = leg.traveler_id;
  return holder;
}

/// What the acceptance of each offer is judged by. An offer that is not there is left out: the request refuses it. Two
/// of whom one has blocked the other do not meet either.
void add_facts_of_each(Call& call, Address request, AcceptRelay& command, const std::vector<OfferResource>& offers) {
  std::optional<UserId> before = holder_of(call, request);
  AcceptOffer means;
  means.payment_method_id = command.payment_method_id;
  means.deal = call.services().settings.deal;
  add_payment(call, means, call.user());
  for (const OfferId& id : command.offer_ids) {
    const auto offer = std::ranges::find(offers, id, &OfferResource::offer_id);
    if (offer == offers.end()) continue;
    AcceptOffer facts = means;
    facts.offer_id = id;
    add_standing(call, facts, offer->traveler_id, offer->customer_id);
    facts.blocked = facts.blocked || (before && are_blocked(call, *before, offer->traveler_id));
    before = offer->traveler_id;
    command.facts.push_back(std::move(facts));
  }
}

bool are_taken(const RelayResource& relay, const std::vector<OfferId>& ids) {
  return std::ranges::all_of(ids, [&](OfferId id) {
    const auto leg = std::ranges::find(relay.legs, id, &RelayLegResource::offer_id);
    return leg != relay.legs.end() && leg->status != LegState::undone;
  });
}

/// Throws what the leg failed by that took the others with it.
[[noreturn]] void throw_failure(Call& call, Address request, const std::vector<OfferId>& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Reply reply = call.ask_query(request, ViewAcceptance{ids[i]});
    const auto& progress = call.resource<AcceptanceProgress>(reply);
    const std::string code = progress.failure_code.value_or("");
    if (!code.empty() && code != "relay_undone")
      throw Problem{code, progress.failure_detail.value_or(""), "offerIds[" + std::to_string(i) + "]"};
  }
  throw Problem{"offer_not_open", "A leg fell out at once, and the others with it."};
}

/// Starts the sagas of all legs and waits for their end: 200 where all are through, a problem where one failed and all
/// were undone, 202 where it takes longer. A repeat joins those that run.
Response relay(Call& call) {
  auto command = call.body<AcceptRelay>();
  const Address request{EntityKind::request, call.path_uuid("requestId")};
  const Reply known = call.ask_query(request, ViewOffers{});
  const std::vector<OfferResource> offers = call.resource<OfferList>(known).items;
  const auto is_open = [&](OfferId id) {
    const auto offer = std::ranges::find(offers, id, &OfferResource::offer_id);
    return offer != offers.end() && offer->status != OfferStatus::accepted;
  };
  if (std::ranges::any_of(command.offer_ids, is_open)) refuse_debtor(call, call.user());  // else it is a repeat
  add_facts_of_each(call, request, command, offers);
  const std::vector<OfferId> ids = command.offer_ids;
  call.ask(request, std::move(command), ViewRelay{});

  const auto ended = [](const Reply& reply) {
    const auto* shown = reply.resource.get_if<RelayResource>();
    return !shown || !shown->running;
  };
  const Reply reply = call.await(request, ViewRelay{}, ended);
  const auto& shown = call.resource<RelayResource>(reply);
  if (!shown.running && !are_taken(shown, ids)) throw_failure(call, request, ids);
  return call.answer(reply, shown.running ? 202 : 200);
}

}  // namespace

std::vector<Route> relay_routes(Services&) {
  return {
      post("/delivery-requests/:requestId/relay", user, "Two to four offers as legs of one way: all or none")
          .scoped(Scope::payments_move)  // the word by which the customer's card is charged
          .scoped_also(Scope::offers_write)
          .may_ask_step_up(who_spends_much)
          .command<AcceptRelay>(by_path(EntityKind::request))
          .answers<RelayResource>()
          .or_status(202)
          .handle(relay),
  };
}

}  // namespace caravan::http
