#include "http/routes/payments/payments.hpp"

#include <spdlog/spdlog.h>

#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/request/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "http/both_sides.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/payments/payment_bodies.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/money.hpp"
#include "storage/read_models/requests.hpp"

namespace caravan::http {

namespace {

Address escrow_address(EscrowId id) { return {EntityKind::escrow, id.value}; }

/// The delivery as the platform sees it; nothing where there is none.
std::optional<DeliveryResource> find_delivery(Call& call, DeliveryId id) {
  const Reply reply = call.try_query_as(on_own_behalf(), {EntityKind::delivery, id.value}, ViewDelivery{});
  const auto* found = reply.outcome == Outcome::done ? reply.resource.get_if<DeliveryResource>() : nullptr;
  return found ? std::optional(*found) : std::nullopt;
}

/// The token of a customer's payment method, which no client ever sees.
PaymentMethodToken payment_token(Call& call, UserId customer, std::optional<PaymentMethodId> method) {
  const Reply reply =
      call.try_query_as(on_own_behalf(), {EntityKind::wallet, customer.value}, FindPaymentToken{method});
  const auto* found = reply.outcome == Outcome::done ? reply.resource.get_if<PaymentMethodToken>() : nullptr;
  if (!found) throw Problem{"missing_payment_method", "", "paymentMethodId"};
  return *found;
}

bool is_settled(const Reply& reply) {
  const auto* intent = reply.resource.get_if<IntentResource>();
  return !intent || intent->status != IntentStatus::processing;
}

/// The id for the escrow of a delivery that has none yet. A claim keeps it, so that all who ask get the id that the
/// first one brought.
EscrowId claim_escrow(Call& call, DeliveryId delivery) {
  const Uuid id = call.new_entity_id();
  const Reply reply = call.door().ask({.to = claim_address(sodium_crypto, "escrow-of:" + delivery.text()),
                                       .command = TakeClaim{id, "", {}},
                                       .origin = {.caller = on_own_behalf()}});
  const auto* holder = reply.resource.get_if<ClaimHolder>();
  if (!holder) throw Problem{"unavailable"};
  return EscrowId{holder->owner};
}

/// For services: the intent and escrow of a delivery. One that the platform's own acceptance made is answered as it is.
/// Another, whose delivery only the service knows, waits for its customer, who alone can pay it. Its money can be held
/// and given back, but not released: whether such a delivery took place, nobody here can say.
Response create_intent(Call& call) {
  const auto& body = call.body<CreateIntent>();
  if (body.payment_method_id)
    throw Problem{"not_allowed", "The customer pays: POST /payments/intents/:intentId/confirm.", "paymentMethodId"};
  if (const auto delivery = find_delivery(call, body.delivery_id))
    return call.answer(call.ask_query(escrow_address(delivery->escrow_id), ViewIntent{}), 200);
  CreateEscrow command;
  command.delivery_id = body.delivery_id;
  command.customer = body.customer;
  command.traveler = body.traveler;
  command.amount = {body.amount, body.currency};
  const DealTerms& deal = call.services().settings.deal;
  command.platform_fee = body.platform_fee ? Money{*body.platform_fee, body.currency}
                                           : platform_fee(command.amount, deal.platform_fee_basis_points);
  command.payout_delay_seconds = deal.payout_delay_seconds;
  if (command.platform_fee.amount > body.amount) throw Problem{"invalid_amount", "", "platformFee"};
  command.provider = call.services().settings.payment_provider;
  const Address escrow = escrow_address(claim_escrow(call, body.delivery_id));
  const Reply known = call.try_query(escrow, ViewIntent{});
  if (known.outcome == Outcome::done) return call.answer(known, 200);
  command.intent_id = IntentId{call.fresh_uuid()};
  return call.answer(call.ask(escrow, command, ViewIntent{}));
}

Address escrow_of_intent(Call& call) {
  const Address owner = call.locate(call.path_uuid("intentId"));
  if (owner.kind != EntityKind::escrow) throw Problem{"not_found"};
  return owner;
}

/// Pays and waits for the provider: 200 once held, 202 where the provider takes its time.
Response confirm_intent(Call& call) {
  const Address escrow = escrow_of_intent(call);
  const PaymentMethodToken token = payment_token(call, call.user(), call.body<PayIntent>().payment_method_id);
  call.ask(escrow, ConfirmIntent{token.method_id, token.token, token.provider}, ViewIntent{});
  const Reply reply = call.await(escrow, ViewIntent{}, is_settled);
  const auto& intent = call.resource<IntentResource>(reply);
  if (intent.status == IntentStatus::requires_payment_method)
    throw Problem{intent.failure_code.value_or("payment_failed")};
  return call.answer(reply, intent.status == IntentStatus::processing ? 202 : 200);
}

/// The customer calls it off before money is held. Of a delivery that the platform does not know the hold ends too: no
/// delivery would ever end it.
Response cancel_intent(Call& call) {
  const Address escrow = escrow_of_intent(call);
  try {
    return call.answer(call.ask(escrow, CancelIntent{}, ViewIntent{}));
  } catch (const Problem& problem) {
    if (problem.code != "intent_not_open") throw;
    const auto intent = call.resource<IntentResource>(call.ask_query(escrow, ViewIntent{}));
    if (intent.status != IntentStatus::held || find_delivery(call, intent.delivery_id)) throw;
  }
  call.door().ask({.to = escrow, .command = CancelIntent{}, .origin = {.caller = on_own_behalf()}});
  return call.answer(call.ask_query(escrow, ViewIntent{}), 200);
}

Response own_intents(Call& call) {
  const auto& query = call.query<PageQuery>();
  const auto page =
      intents_of(*call.services().read_models, call.lister(), {call.door().now(), call.caller()}, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

/// A service releases only what was verified. Of a delivery that the platform does not know nothing is: its intent can
/// be paid, given back and called off, but who invents a delivery gets no money out of it.
Response release_escrow(Call& call) {
  const Address escrow{EntityKind::escrow, call.path_uuid("escrowId")};
  const auto& body = call.body<ReleaseRequest>();
  const Reply known = call.ask_query(escrow, ViewEscrow{});
  const DeliveryId delivery_id = call.resource<EscrowResource>(known).delivery_id;
  if (body.delivery_id && *body.delivery_id != delivery_id)
    throw Problem{"conflict", "The escrow is of another delivery.", "deliveryId"};
  const auto delivery = find_delivery(call, delivery_id);
  if (!delivery || delivery->status != DeliveryStatus::delivered)
    throw Problem{"invalid_state", delivery ? "The delivery is not verified yet." : "No such delivery is known."};
  const auto& elsewhere = delivery->handed_elsewhere;
  const bool may_be_objected = elsewhere && elsewhere->held_until > call.door().now() && !delivery->confirmed_at;
  const auto& late = delivery->handed_late;
  if (late && late->held_until > call.door().now() && !delivery->confirmed_at)
    throw Problem{"invalid_state", "It was handed over very late: the money waits for what the customer says."};
  if (elsewhere && (elsewhere->needs_decision || may_be_objected))
    throw Problem{"invalid_state",
                  elsewhere->handed_on
                      ? "The next traveler of a relay has it: the money waits for its arrival, and for objections."
                  : elsewhere->without_text
                      ? "A service reported it without the code's text: the money waits for objections."
                      : "It was handed over off its place: the money waits for objections, or a "
                        "decision."};
  return call.answer(
      call.ask(escrow, ReleaseEscrow{body.reason.value_or("released by a service"), body.qr_code_id}, ViewEscrow{}));
}

Address escrow_to_refund(Call& call, const RefundRequest& body) {
  if (body.escrow_id) return escrow_address(*body.escrow_id);
  if (body.intent_id) {
    const Address owner = call.locate(body.intent_id->value);
    if (owner.kind == EntityKind::escrow) return owner;
    throw Problem{"not_found"};
  }
  if (!body.delivery_id)
    throw Problem{.code = "validation_failed",
                  .detail = "Name the payment by escrowId, paymentIntentId or deliveryId.",
                  .errors = {{"escrowId", "required", "or paymentIntentId, or deliveryId"}}};
  const auto delivery = find_delivery(call, *body.delivery_id);
  if (!delivery) throw Problem{"not_found"};
  return escrow_address(delivery->escrow_id);
}

Response refund(Call& call) {
  const auto& body = call.body<RefundRequest>();
  const Address escrow = escrow_to_refund(call, body);
  const RefundId id{call.fresh_uuid()};
  const Appointment office = office_for(call.door(), call.caller(), PermissionName::finance, escrow);
  return call.answer(call.ask(escrow, RefundPayment{id, body.amount, body.reason, office}, ViewRefund{id}));
}

Response receipt(Call& call) {
  const Reply delivery = call.ask_query({EntityKind::delivery, call.path_uuid("deliveryId")}, ViewDelivery{});
  return call.answer(
      call.ask_query(escrow_address(call.resource<DeliveryResource>(delivery).escrow_id), ViewReceipt{}));
}

/// Whose links may show anything: those that are over are followed for a while yet.
std::vector<DeliveryId> followed_deliveries_of(Call& call, UserId whose) {
  return open_deliveries_of(*call.services().read_models, whose, call.door().now() - delivery_policy::shared_after_end);
}

/// Nobody waits for more; far more than people have.
constexpr std::size_t most_secured = 2'000;

/// Ends what was made or proposed in the name of somebody whose credentials are new: their links to deliveries under
/// way, and unless these are all that is meant, the rest of `secure_deals_of`.
void renew(Call& call, UserId whose, std::uint64_t position, bool links_alone) {
  const ReadModels* models = call.services().read_models;
  if (!models) return;
  if (!call.see_written(position))
    spdlog::error("the read models are behind: what was done in the name of {} a moment ago may stand", whose.text());
  std::size_t left = most_secured;
  const auto send = [&](Address to, AnyRecord command) {
    if (left == 0) return;
    if (--left == 0) spdlog::error("{} has more deals than are secured at once: {}", whose.text(), most_secured);
    const Reply reply = call.order(to, std::move(command));
    // The credentials are new all the same: what stays open is told to whoever runs this.
    if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected)
      spdlog::error("{} was not told that the credentials of {} are new", to_text(to), whose.text());
  };
  if (!links_alone) {
    for (const EscrowId id : undecided_escrows(*models, whose)) send(escrow_address(id), DropSplit{whose});
    // Those with a price of theirs end it; each names the places that were changed lately.
    for (const RequestId id : open_requests_of(*models, whose)) send({EntityKind::request, id.value}, DropCounters{});
    for (const RequestId id : requests_offered_on(*models, whose))
      send({EntityKind::request, id.value}, DropOffers{whose});
  }
  for (const DeliveryId id : followed_deliveries_of(call, whose))
    send({EntityKind::delivery, id.value}, RenewCodes{whose, links_alone});
}

}  // namespace

void secure_deals_of(Call& call, UserId whose, std::uint64_t position) { renew(call, whose, position, false); }

void end_links_of(Call& call, UserId whose, std::uint64_t position) { renew(call, whose, position, true); }

std::vector<Route> payment_routes(Services&) {
  const Target by_escrow = by_path(EntityKind::escrow);
  const Target by_its_part = by_part(EntityKind::escrow);
  return {
      post("/payments/create-intent", service, "Payment intent and escrow of a delivery")
          .scoped(Scope::payments_move)
          .body<CreateIntent>()
          .answers<IntentResource>(201)
          .or_status(200)
          .handle(create_intent),
      get("/payments/intents", user, "Own intents").query<PageQuery>().lists<IntentResource>().handle(own_intents),
      get("/payments/intents/:intentId", user, "One intent").view<ViewIntent>(by_its_part).answers<IntentResource>(),
      post("/payments/intents/:intentId/confirm", person, "Pay with a method; funds are then held")
          .scoped(Scope::payments_move)
          .may_ask_step_up(who_spends_much)
          .body<PayIntent>()
          .answers<IntentResource>()
          .or_status(202)
          .handle(confirm_intent),
      post("/payments/intents/:intentId/cancel", person,
           "Give it up before money is held; a delivery's own hold ends with the delivery")
          .answers<IntentResource>()
          .handle(cancel_intent),
      get("/payments/escrow/:escrowId", user, "Held funds, hold-until, state")
          .view<ViewEscrow>(by_escrow)
          .answers<EscrowResource>(),
      post("/payments/escrow/:escrowId/release", service, "Release on verified delivery; safe to repeat")
          .scoped(Scope::payments_move)
          .body<ReleaseRequest>()
          .answers<EscrowResource>()
          .handle(release_escrow),
      post("/payments/escrow/:escrowId/split", user, "Propose a partial settlement")
          .scoped(Scope::payments_move)
          .after_step_up()
          .command<ProposeSplit>(by_escrow)
          .then<ViewEscrow>()
          .answers<EscrowResource>(),
      del("/payments/escrow/:escrowId/split", user,
          "Take one's own proposal back, or what was accepted, until it is paid a day later or the delivery has gone "
          "on since")
          .scoped(Scope::payments_move)
          .command<TakeSplitBack>(by_escrow)
          .then<ViewEscrow>()
          .answers<EscrowResource>(),
      post("/payments/escrow/:escrowId/split/accept", user, "Accept the other side's; it is paid a day later")
          .scoped(Scope::payments_move)
          .after_step_up()
          .command<AcceptSplit>(by_escrow)
          .then<ViewEscrow>()
          .answers<EscrowResource>(),
      get("/payments/escrow/:escrowId/ledger", user,
          "Its double-entry postings; for the traveler those of the price alone")
          .view<ViewEscrowLedger>(by_escrow)
          .answers<EscrowLedgerResource>(),
      post("/payments/refunds", admin(Permission::finance), "Refund, whole or part")
          .scoped(Scope::payments_move)
          .after_step_up()
          .body<RefundRequest>()
          .answers<RefundResource>(201)
          .handle(refund),
      get("/payments/refunds/:refundId", user, "One refund").view<ViewRefund>(by_its_part).answers<RefundResource>(),
      get("/payments/receipts/:deliveryId", user, "Receipt").answers<ReceiptResource>().handle(receipt),
  };
}

}  // namespace caravan::http
