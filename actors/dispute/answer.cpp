#include "actors/dispute/entity.hpp"

namespace caravan {

Answer answer(const DisputeState& state, const Context& context, const ViewDispute&) {
  const Caller& caller = context.caller;
  const bool may_see = caller.is_platform() || caller.is_service() || caller.may(Permission::disputes) ||
                       caller.may(Permission::private_data) ||
                       (caller.kind == Caller::Kind::user && state.is_party(caller.user));
  if (!may_see) return refuse(DisputeRejection::not_found);
  DisputeResource out;
  out.dispute_id = DisputeId{context.self.id};
  out.delivery_id = state.terms.delivery_id;
  out.escrow_id = state.terms.escrow_id;
  out.customer = state.terms.customer;
  out.traveler = state.terms.traveler;
  out.opener = state.terms.opener;
  out.status = state.status;
  out.reason = state.terms.reason;
  out.amount = state.terms.amount.amount;
  out.currency = state.terms.amount.currency;
  out.requested_amount = state.terms.requested_amount;
  out.assignee = state.assignee;
  // What the two sides wrote and showed: services need private:read.
  if (!caller.is_service() || caller.may(Permission::private_data)) {
    out.description = state.terms.description;
    out.evidence = state.evidence;
    out.messages = state.messages;
  }
  out.resolution = state.resolution;
  if (state.resolution) {
    out.refund_amount = state.refund.amount;
    out.note = state.note;
  }
  out.refund_id = state.refund_id;
  if (state.settled) out.refunded_amount = state.settled->refunded.amount;
  out.created_at = state.opened_at;
  out.resolved_at = state.resolved_at;
  if (state.at_stake) out.at_stake = state.at_stake->amount;
  out.reopened_at = state.reopened_at;
  // What a customer took beside the price says what the item is worth: that is not the traveler's to know.
  if (!caller.is_user(state.terms.traveler)) {
    if (state.cover && state.cover->amount > 0) out.cover_limit = state.cover->amount;
    out.cover_amount = state.cover_amount;
  }
  return show(std::move(out));
}

}  // namespace caravan
