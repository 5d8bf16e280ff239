#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/payments/payments.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/money.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::minutes unconfirmed_for{1};  // how long the claim of a refused dispute keeps the next one out
constexpr std::chrono::milliseconds freeze_within{3'000};

struct DisputeQuery {
  static constexpr std::string_view record_name = "DisputeQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  std::optional<DisputeStatus> status;
  std::optional<UserId> assignee;
  static constexpr auto fields() {
    return std::array{field<&DisputeQuery::limit>(1, "limit", between(1, 200)),
                      field<&DisputeQuery::cursor>(2, "cursor", length(1, 500)),
                      field<&DisputeQuery::status>(3, "status"), field<&DisputeQuery::assignee>(4, "assigneeId")};
  }
};

/// What the delivery says of a dispute: whose it is, and how much is at stake.
void add_delivery_facts(Call& call, OpenDispute& command) {
  const Reply reply =
      call.try_query_as(on_own_behalf(), {EntityKind::delivery, command.delivery_id.value}, ViewDelivery{});
  const auto* delivery = reply.outcome == Outcome::done ? reply.resource.get_if<DeliveryResource>() : nullptr;
  if (!delivery) throw Problem{"not_found", "There is no such delivery.", "deliveryId"};
  command.escrow_id = delivery->escrow_id;
  command.customer = delivery->customer_id;
  command.traveler = delivery->traveler_id;
  command.opener = call.user();
  command.amount = {delivery->amount, delivery->currency};
  const bool party = command.opener == command.customer || command.opener == command.traveler;
  // As for a delivery that does not exist: which exist is nobody else's business.
  if (!party && !call.caller().may(Permission::disputes))
    throw Problem{"not_found", "There is no such delivery.", "deliveryId"};
  // Checked before the claim is taken. A dispute that is refused later keeps the next one out until its claim falls
  // free.
  if (command.requested_amount && *command.requested_amount > command.amount.amount)
    throw Problem{"invalid_amount", "At most " + money_text(command.amount) + " is at stake.", "requestedAmount"};
}

void take_claim(Call& call, const OpenDispute& command, const Uuid& dispute) {
  const Reply reply = call.door().ask({.to = claim_address(sodium_crypto, dispute_claim_text(command.delivery_id)),
                                       .command = TakeClaim{dispute, "", call.door().now() + unconfirmed_for},
                                       .origin = {.caller = on_own_behalf()}});
  const auto* holder = reply.resource.get_if<ClaimHolder>();
  if (!holder) throw Problem{"unavailable"};
  if (holder->owner != dispute) throw Problem{"dispute_open", "There is an open dispute on this delivery."};
}

/// Answers once the money is frozen, so that whoever looks next sees it so.
Response open_dispute(Call& call) {
  auto& command = call.body<OpenDispute>();
  add_delivery_facts(call, command);
  const Address dispute{EntityKind::dispute, call.new_entity_id()};
  const bool is_known = call.try_query_as(on_own_behalf(), dispute, ViewDispute{}).outcome == Outcome::done;
  if (!is_known) take_claim(call, command, dispute.id);
  const Reply reply = call.ask(dispute, command, ViewDispute{});
  if (!is_known)
    call.await(
        {EntityKind::escrow, command.escrow_id.value}, ViewEscrow{},
        [](const Reply& seen) {
          const auto* escrow = seen.resource.get_if<EscrowResource>();
          return !escrow || escrow->dispute_id;
        },
        freeze_within);
  return call.answer(reply);
}

Response queue(Call& call) {
  const auto& query = call.query<DisputeQuery>();
  const auto page = disputes(*call.services().read_models, {query.status, query.assignee},
                             {call.door().now(), call.caller()}, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

/// Only who may decide disputes can be charged with one.
void check_assignee(Call& call, AssignDispute& command) {
  // They take it on themselves, and the row's access has checked that they may.
  if (call.caller().is_user(command.assignee)) return;
  const Reply reply = call.try_query_as(on_own_behalf(), account_address(command.assignee), ViewAccount{});
  const auto* account = reply.outcome == Outcome::done ? reply.resource.get_if<AccountResource>() : nullptr;
  if (!account || std::ranges::find(account->permissions, PermissionName::disputes) == account->permissions.end())
    throw Problem{.code = "validation_failed",
                  .errors = {{"assigneeId", "invalid_value", "must be an administrator who may decide disputes"}}};
}

}  // namespace

std::vector<Route> dispute_routes(Services&) {
  const Target by_id = by_path(EntityKind::dispute);
  return {
      post("/admin/disputes", user, "Open a dispute; freezes the release")
          .body<OpenDispute>()
          .answers<DisputeResource>(201)
          .handle(open_dispute),
      get("/admin/disputes", admin(Permission::disputes), "Queue")
          .query<DisputeQuery>()
          .lists<DisputeResource>()
          .handle(queue),
      get("/admin/disputes/:disputeId", user, "One dispute").view<ViewDispute>(by_id).answers<DisputeResource>(),
      put("/admin/disputes/:disputeId/assign", admin(Permission::disputes), "Assign")
          .command<AssignDispute>(by_id, check_assignee)
          .then<ViewDispute>()
          .answers<DisputeResource>(),
      post("/admin/disputes/:disputeId/evidence", user, "Add evidence")
          .command<AddEvidence>(by_id)
          .answers<DisputeEvidence>(201),
      post("/admin/disputes/:disputeId/messages", user, "Write in its thread")
          .command<WriteDisputeMessage>(by_id)
          .answers<DisputeMessage>(201),
      post("/admin/disputes/:disputeId/resolve", admin(Permission::disputes), "Decide: refund, release or split")
          .command<ResolveDispute>(by_id)
          .then<ViewDispute>()
          .answers<DisputeResource>(),
  };
}

}  // namespace caravan::http
