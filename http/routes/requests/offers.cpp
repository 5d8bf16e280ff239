#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/wallet/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/routes/payments/payments.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "storage/read_models/money.hpp"

namespace caravan::http {

namespace {

Address request_of(Call& call, OfferId offer) {
  const Address owner = call.locate(offer.value);
  if (owner.kind != EntityKind::request) throw Problem{"not_found"};
  return owner;
}

/// A price that the customer names charges them once the traveler takes it.
void refuse_price_of_debtor(Call& call, CounterOffer&) {
  const auto id = call.path<OfferId>("offerId");
  const Reply known = call.ask_query(request_of(call, id), ViewOffer{id});
  const UserId customer = call.resource<OfferResource>(known).customer_id;
  if (call.caller().is_user(customer)) refuse_debtor(call, customer);
}

/// Starts the saga and waits for its end: 200 where it is through, a problem where it was undone, 202 where it takes
/// longer. A repeat joins the saga that runs.
Response accept(Call& call) {
  auto command = call.body<AcceptOffer>();
  command.offer_id = call.path<OfferId>("offerId");
  const Address request = request_of(call, command.offer_id);
  const Reply before = call.ask_query(request, ViewOffer{command.offer_id});
  const auto& offer = call.resource<OfferResource>(before);
  if (offer.status != OfferStatus::accepted) refuse_debtor(call, offer.customer_id);  // else it is a repeat
  add_payment(call, command, offer.customer_id);
  add_standing(call, command, offer.traveler_id, offer.customer_id);
  command.deal = call.services().settings.deal;
  // A price that was named in the customer's name before they shut a thief out is nobody's word.
  if (!call.caller().is_user(offer.customer_id))
    if (const auto credentials = find_credentials(call.door(), offer.customer_id))
      command.customer_secured_at = credentials->secured_at;
  call.ask(request, command, ViewOffer{command.offer_id});

  const auto ended = [](const Reply& reply) {
    const auto* progress = reply.resource.get_if<AcceptanceProgress>();
    return !progress || !progress->running;
  };
  Reply reply = call.await(request, ViewAcceptance{command.offer_id}, ended);
  const AcceptanceProgress progress = call.resource<AcceptanceProgress>(reply);
  if (progress.offer.status != OfferStatus::accepted && !progress.running)
    throw Problem{progress.failure_code.value_or("offer_not_open"), progress.failure_detail.value_or("")};
  reply.resource = AnyRecord(progress.offer);
  return call.answer(reply, progress.running ? 202 : 200);
}

/// The steps of the last acceptance, from the delivery that ran it.
Response saga(Call& call) {
  const auto id = call.path<OfferId>("offerId");
  const Reply known = call.ask_query(request_of(call, id), ViewAcceptance{id});
  const auto& progress = call.resource<AcceptanceProgress>(known);
  if (!progress.delivery_id) throw Problem{"not_found", "Nobody has accepted this offer yet."};
  return call.answer(call.ask_query({EntityKind::delivery, progress.delivery_id->value}, ViewSaga{}));
}

Response invitations_on_request(Call& call) {
  const Reply reply = call.ask_query({EntityKind::request, call.path_uuid("requestId")}, ViewInvitations{});
  return call.list(call.resource<InvitationList>(reply).items);
}

Response offers_on_request(Call& call) {
  const Reply reply = call.ask_query({EntityKind::request, call.path_uuid("requestId")}, ViewOffers{});
  const auto& items = call.resource<OfferList>(reply).items;
  const auto is_look = [&](const OfferResource& item) { return is_look_at_offer(call.caller(), AnyRecord(item)); };
  if (std::ranges::any_of(items, is_look))
    call.record_look(PrivateThing::messages, {EntityKind::request, call.path_uuid("requestId")});
  return call.list(items);
}

}  // namespace

void add_payment(Call& call, AcceptOffer& command, UserId payer) {
  if (!call.caller().is_user(payer)) command.payment_method_id.reset();
  FindPaymentToken query;
  if (command.payment_method_id) query.method_id = PaymentMethodId{*command.payment_method_id};
  const Reply reply = call.try_query_as(edge_caller(), {EntityKind::wallet, payer.value}, query);
  const auto* found = reply.outcome == Outcome::done ? reply.resource.get_if<PaymentMethodToken>() : nullptr;
  if (!found) return;  // the entity refuses an empty token, after checks that matter more
  command.payment_method_id = found->method_id.value;
  command.payment_token = found->token;
  command.provider = found->provider;
}

void refuse_debtor(Call& call, UserId payer) {
  const ReadModels* models = call.services().read_models;
  const auto delivery = models ? payment_owed_by(*models, payer) : std::nullopt;
  if (!delivery) return;
  if (!call.caller().is_user(payer)) throw Problem{"offer_not_open", "The customer cannot take an offer at present."};
  throw Problem{"payment_owed", "The payment for the delivery " + delivery->text() +
                                    " failed and is still owed: write to support to pay it."};
}

bool is_look_at_offer(const Caller& by, const AnyRecord& offer) {
  const auto* shown = offer.get_if<OfferResource>();
  const bool is_party = shown && (by.is_user(shown->customer_id) || by.is_user(shown->traveler_id));
  return shown && shown->message && (by.is_acting() || !is_party);
}

std::vector<Route> offer_routes(Services&) {
  const Target offer = by_part(EntityKind::request);
  return {
      get("/delivery-requests/:requestId/offers", user, "Offers on it")
          .lists_own<OfferResource>()
          .handle(offers_on_request),
      post("/delivery-requests/:requestId/offers", traveler, "Offer to carry on a named trip")
          .names_places()
          .command<SubmitOffer>(by_path(EntityKind::request), add_facts)
          .answers<OfferResource>(201),
      get("/delivery-requests/:requestId/invitations", user, "Who was asked, and what came of it; travelers see theirs")
          .lists_own<InvitationResource>()
          .handle(invitations_on_request),
      post("/delivery-requests/:requestId/invitations", user, "Ask a traveler whose trip fits")
          .command<InviteTraveler>(by_path(EntityKind::request), add_facts)
          .answers<InvitationResource>(201),
      post("/invitations/:invitationId/decline", traveler, "Not this time")
          .command<DeclineInvitation>(offer)
          .then<ViewInvitation>()
          .answers<InvitationResource>(),
      get("/offers/:offerId", user, "One offer")
          .view<ViewOffer>(offer)
          .shows_private(PrivateThing::messages, is_look_at_offer)
          .answers<OfferResource>(),
      post("/offers/:offerId/accept", user, "Starts the acceptance saga; first one wins, the rest close")
          .scoped(Scope::payments_move)
          .scoped_also(Scope::offers_write)
          .may_ask_step_up(who_spends_much)
          .command<AcceptOffer>(offer)
          .answers<OfferResource>()
          .or_status(202)
          .handle(accept),
      post("/offers/:offerId/reject", user, "Reject")
          .command<RejectOffer>(offer)
          .then<ViewOffer>()
          .answers<OfferResource>(),
      post("/offers/:offerId/withdraw", user, "Traveler takes it back")
          .command<WithdrawOffer>(offer)
          .then<ViewOffer>()
          .answers<OfferResource>(),
      post("/offers/:offerId/counter", user, "Either side proposes another price")
          .scoped(Scope::payments_move)  // a customer's is the word by which their card is charged
          .scoped_also(Scope::offers_write)
          .may_ask_step_up(who_spends_much)
          .command<CounterOffer>(offer, refuse_price_of_debtor)
          .then<ViewOffer>()
          .answers<OfferResource>(),
      get("/offers/:offerId/saga", user, "Each step of the acceptance: state, times, compensation")
          .answers<SagaResource>()
          .handle(saga),
  };
}

}  // namespace caravan::http
