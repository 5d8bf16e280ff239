#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/audit/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/both_sides.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/payments/payments.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "http/routes/uploads/given_files.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/money.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::milliseconds escrow_answers_within{3'000};  // that it froze the money, or shared it out

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

/// The kinds of evidence that people give; the platform writes others.
enum class EvidenceKind : std::uint8_t { text, statement, photo, video, document, message, receipt, other };
constexpr auto enum_labels(EvidenceKind) { return given_evidence; }

struct EvidenceBody {
  static constexpr std::string_view record_name = "EvidenceBody";
  std::optional<EvidenceKind> type;
  std::string description;
  std::optional<UploadId> upload;
  static constexpr auto fields() {
    return std::array{field<&EvidenceBody::type>(1, "type"),
                      field<&EvidenceBody::description>(2, "description", length(1, 2000)),
                      field<&EvidenceBody::upload>(3, "uploadId", length(1, 64))};
  }
};

/// What the delivery says of a dispute: whose it is, how much is at stake, and since when it has ended. Gives where the
/// dispute is: a delivery has one.
/// When the way of the parcel was over, of whose end a dispute may be opened for a while. What was handed on in a relay
/// has not ended before its money may be paid, a day after the last leg's arrival.
std::optional<Time> end_of_way(const DeliveryResource& delivery, Time now) {
  const auto& handed = delivery.handed_elsewhere;
  if (!delivery.ended_at || !handed || !handed->handed_on) return delivery.ended_at;
  const Time paid = handed->until_arrival ? now : std::min(now, handed->held_until.value_or(*delivery.ended_at));
  return std::max(*delivery.ended_at, paid);
}

Address add_delivery_facts(Call& call, OpenDispute& command) {
  const Reply reply =
      call.try_query_as(on_own_behalf(), {EntityKind::delivery, command.delivery_id.value}, ViewDelivery{});
  const auto* delivery = reply.outcome == Outcome::done ? reply.resource.get_if<DeliveryResource>() : nullptr;
  if (!delivery) throw Problem{"not_found", "There is no such delivery.", "deliveryId"};
  command.escrow_id = delivery->escrow_id;
  command.customer = delivery->customer_id;
  command.traveler = delivery->traveler_id;
  command.opener = call.user();
  if (const auto credentials = find_credentials(call.door(), call.user())) {
    command.secured_at = credentials->secured_at;
    if (credentials->absence) {
      command.away_since = credentials->absence->since;
      command.back_at = credentials->absence->until;
    }
  }
  command.amount = {delivery->amount, delivery->currency};
  command.ended_at = end_of_way(*delivery, call.door().now());
  command.policy_version = delivery->policy_version;
  command.decided_before = delivery->settled;
  command.happened_at = std::max(delivery->pickup_completed_at, delivery->ended_at);
  const auto& end = delivery->settlement;
  if (end && !end->refund_waits) command.due = end->compensation;
  const bool party = command.opener == command.customer || command.opener == command.traveler;
  // As for a delivery that does not exist: which exist is nobody else's business.
  if (!party && !call.caller().may(Permission::disputes))
    throw Problem{"not_found", "There is no such delivery.", "deliveryId"};
  const bool is_bound = command.opener == command.traveler && command.due;
  const Money most = is_bound ? *command.due : command.amount;
  if (command.requested_amount && *command.requested_amount > most.amount)
    throw Problem{"invalid_amount",
                  "At most " + money_text(most) + (is_bound ? " is the traveler's, as it ended." : " is at stake."),
                  "requestedAmount"};
  command.parcel_name = ParcelName{delivery->delivery_number,
                                   delivery->item.description,
                                   delivery->pickup.address,
                                   delivery->delivery.address,
                                   first_name_of(call, command.customer),
                                   first_name_of(call, command.traveler)};
  return delivery->dispute_id ? Address{EntityKind::dispute, delivery->dispute_id->value}
                              : dispute_address(command.delivery_id);
}

bool is_over(const DisputeResource& shown) {
  return shown.status == DisputeStatus::resolved || shown.status == DisputeStatus::withdrawn;
}

/// Waits until the escrow said how much there is to decide about, so that whoever looks next sees the money frozen.
Reply once_frozen(Call& call, Address dispute) {
  return call.await(
      dispute, ViewDispute{},
      [](const Reply& seen) {
        const auto* shown = seen.resource.get_if<DisputeResource>();
        return !shown || shown->at_stake || is_over(*shown);
      },
      escrow_answers_within);
}

/// Whoever decides disputes reads what the sides wrote, but not unseen.
bool is_look_at_dispute(const Caller& by, const AnyRecord& dispute) {
  const auto* shown = dispute.get_if<DisputeResource>();
  return shown && (by.is_acting() || (!by.is_user(shown->customer) && !by.is_user(shown->traveler)));
}

/// Answers an act with the dispute. Whoever is shown its thread and evidence so has looked at them.
Response show(Call& call, Address dispute, const Reply& reply, int status = 0) {
  if (is_look_at_dispute(call.caller(), AnyRecord(call.resource<DisputeResource>(reply))))
    call.record_look(PrivateThing::dispute, dispute);
  return call.answer(reply, status);
}

/// 201 where the dispute is new; 200 where the other side had opened it, and this is a claim in it.
Response open_dispute(Call& call) {
  auto& command = call.body<OpenDispute>();
  const Address dispute = add_delivery_facts(call, command);
  const Reply reply = call.ask(dispute, command, ViewDispute{});
  const bool is_opener = call.resource<DisputeResource>(reply).opener == command.opener;
  if (reply.is_replay || !is_opener) return show(call, dispute, reply, is_opener ? 201 : 200);
  return show(call, dispute, once_frozen(call, dispute), 201);
}

/// How somebody came to decide disputes, and what ties them to the sides of this one.
Appointment judge_of(Call& call, const Caller& who) {
  return office_for(call.door(), who, PermissionName::disputes, {EntityKind::dispute, call.path_uuid("disputeId")});
}

Response reopen(Call& call) {
  const Address dispute{EntityKind::dispute, call.path_uuid("disputeId")};
  auto& command = call.body<ReopenDispute>();
  command.judge = judge_of(call, call.caller());
  const Reply reply = call.ask(dispute, command, ViewDispute{});
  return show(call, dispute, reply.is_replay ? reply : once_frozen(call, dispute));
}

/// Waits until the escrow said what a dispute that is over came to.
Reply once_settled(Call& call, Address dispute) {
  return call.await(
      dispute, ViewDispute{},
      [](const Reply& seen) {
        const auto* shown = seen.resource.get_if<DisputeResource>();
        return !shown || shown->refunded_amount || !is_over(*shown);
      },
      escrow_answers_within);
}

template <class Command>
Response end_dispute(Call& call, Command command) {
  const Address dispute{EntityKind::dispute, call.path_uuid("disputeId")};
  const Reply reply = call.ask(dispute, std::move(command), ViewDispute{});
  return show(call, dispute, reply.is_replay ? reply : once_settled(call, dispute));
}

/// How the dispute's delivery stands; nothing where it does not say.
std::optional<DeliveryStatus> status_of_parcel(Call& call) {
  const Reply seen = call.ask_query({EntityKind::dispute, call.path_uuid("disputeId")}, ViewDispute{});
  const DeliveryId delivery = call.resource<DisputeResource>(seen).delivery_id;
  const Reply reply = call.try_query_as(on_own_behalf(), {EntityKind::delivery, delivery.value}, ViewDelivery{});
  const auto* shown = reply.outcome == Outcome::done ? reply.resource.get_if<DeliveryResource>() : nullptr;
  return shown ? std::optional(shown->status) : std::nullopt;
}

/// The parcel waits to be fetched, or is on its way to the receiver.
bool is_undelivered(std::optional<DeliveryStatus> status) {
  return status == DeliveryStatus::accepted || status == DeliveryStatus::picked_up ||
         status == DeliveryStatus::in_transit;
}

Response resolve(Call& call) {
  auto& command = call.body<ResolveDispute>();
  command.judge = judge_of(call, call.caller());
  if (command.resolution == DisputeResolution::release || command.cover_amount) {
    const auto status = status_of_parcel(call);
    command.undelivered = is_undelivered(status);
    command.returning = command.cover_amount && status == DeliveryStatus::returning;
  }
  return end_dispute(call, command);
}

Response withdraw(Call& call) {
  return end_dispute(call, WithdrawDispute{{}, is_young_client(call.door(), call.user(), client_of(call))});
}

Response queue(Call& call) {
  const auto& query = call.query<DisputeQuery>();
  auto page = disputes(*call.services().read_models, {query.status, query.assignee}, {call.door().now(), call.caller()},
                       paging_of(query));
  // What the sides wrote is read one by one, as each look is written down.
  for (DisputeResource& item : page.items) {
    item.description.clear();
    item.messages.clear();
    item.evidence.clear();
  }
  return call.list(page.items, page.next_cursor);
}

bool decides_disputes(Call& call, UserId who) {
  const Reply reply = call.try_query_as(on_own_behalf(), account_address(who), ViewAccount{});
  const auto* account = reply.outcome == Outcome::done ? reply.resource.get_if<AccountResource>() : nullptr;
  return account && account->status == UserStatus::active &&
         std::ranges::find(account->permissions, PermissionName::disputes) != account->permissions.end();
}

/// Only who may decide disputes can be charged with one; whoever takes one on themselves may, as the row's access says.
/// A colleague who still decides disputes hands theirs over.
void check_assignee(Call& call, AssignDispute& command) {
  const Caller assignee{.kind = Caller::Kind::user, .user = command.assignee};
  command.judge = judge_of(call, assignee);
  if (!call.caller().is_user(command.assignee)) command.assigner = judge_of(call, call.caller());
  if (!call.caller().is_user(command.assignee) && !decides_disputes(call, command.assignee))
    throw Problem{.code = "validation_failed",
                  .errors = {{"assigneeId", "invalid_value", "must be an administrator who may decide disputes"}}};
  const Address dispute{EntityKind::dispute, call.path_uuid("disputeId")};
  const Reply known = call.try_query_as(on_own_behalf(), dispute, ViewDispute{});
  const auto* shown = known.resource.get_if<DisputeResource>();
  command.assignee_left = shown && shown->assignee && !decides_disputes(call, *shown->assignee);
  if (command.assignee_left)
    command.departure = find_departure(call.door(), *shown->assignee, PermissionName::disputes);
}

Response add_evidence(Call& call) {
  const auto& body = call.body<EvidenceBody>();
  const Address dispute{EntityKind::dispute, call.path_uuid("disputeId")};
  if (body.upload) check_upload(call, *body.upload, UploadPurpose::evidence, dispute, "uploadId");
  AddEvidence command{{}, body.description, body.upload};
  if (body.type) command.type = std::string(given_evidence[static_cast<std::size_t>(*body.type)]);
  return call.answer(call.ask(dispute, std::move(command)), 201);
}

}  // namespace

/// The contract has all of them under /admin, those of the parties too. Who may call is each row's access, not its
/// path.
std::vector<Route> dispute_routes(Services&) {
  const Target by_id = by_path(EntityKind::dispute);
  return {
      post("/admin/disputes", user, "Open a dispute; freezes the release")
          .after_step_up()
          .body<OpenDispute>()
          .answers<DisputeResource>(201)
          .or_status(200)
          .handle(open_dispute),
      get("/admin/disputes", admin(Permission::disputes), "Queue; without what the sides wrote and showed")
          .query<DisputeQuery>()
          .lists<DisputeResource>()
          .handle(queue),
      get("/admin/disputes/:disputeId", user, "One dispute")
          .view<ViewDispute>(by_id)
          .shows_private(PrivateThing::dispute, is_look_at_dispute)
          .answers<DisputeResource>(),
      put("/admin/disputes/:disputeId/assign", admin(Permission::disputes), "Assign")
          .after_step_up()
          .command<AssignDispute>(by_id, check_assignee)
          .then<ViewDispute>()
          .shows_private(PrivateThing::dispute, is_look_at_dispute)
          .answers<DisputeResource>(),
      post("/admin/disputes/:disputeId/evidence", user, "Add evidence")
          .after_step_up()
          .body<EvidenceBody>()
          .answers<DisputeEvidence>(201)
          .handle(add_evidence),
      post("/admin/disputes/:disputeId/messages", user, "Write in its thread")
          .after_step_up()
          .command<WriteDisputeMessage>(by_id)
          .answers<DisputeMessage>(201),
      post("/admin/disputes/:disputeId/resolve", admin(Permission::disputes),
           "Decide: refund, release, split, or dismiss, which lets the delivery go on")
          .after_step_up()
          .body<ResolveDispute>()
          .answers<DisputeResource>()
          .handle(resolve),
      post(
          "/admin/disputes/:disputeId/withdraw", user,
          "Withdraw one's own dispute, before the other side claims too; not from a device or network that the account "
          "has known for less than a week, beside one from before")
          .after_step_up()
          .answers<DisputeResource>()
          .handle(withdraw),
      post("/admin/disputes/:disputeId/reopen", admin(Permission::disputes),
           "Open a dispute again that another administrator decided, with a reason")
          .after_step_up()
          .body<ReopenDispute>()
          .answers<DisputeResource>()
          .handle(reopen),
  };
}

}  // namespace caravan::http
