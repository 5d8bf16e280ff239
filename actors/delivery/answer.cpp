#include <algorithm>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/try_cancellation.hpp"
#include "actors/registry.hpp"

namespace caravan {

using namespace delivery;

namespace {

bool is_hidden(const DeliveryState& state, const Context& context) {
  return !state.is_created() || !may_see(state, context.caller);
}

/// The same of whoever sees the delivery, or its giver the code that they show.
bool is_code_hidden(const DeliveryState& state, const Context& context, Handover type) {
  return is_hidden(state, context) && !is_giver(state, context.caller, type);
}

QrCodeResource resource_of(const DeliveryState& state, const Context& context, const QrCode& code) {
  QrCodeResource out{code.qr_code_id,
                     id_of(context),
                     code.type,
                     code.status,
                     code.created_at,
                     code.expires_at,
                     code.used_at,
                     code.failed_scans,
                     code.replaces,
                     {},
                     {},
                     {}};
  if (!sees_doors(state, context)) return out;
  out.location = code.bound_to;
  out.radius = code.radius;
  return out;
}

DeliveryStop shown(const Stop& stop, bool is_exact) {
  if (is_exact)
    return {stop.address,           stop.lat, stop.lng, stop.contact_name, stop.contact_phone, stop.instructions,
            stop.off_address_meters};
  const Place area = area_of(stop.place());
  return {area.address, area.lat, area.lng, {}, {}, {}, {}};
}

PinResource pin_of(const DeliveryState& state, PinType type, Time now) {
  const Stop& stop = state.stop(type);
  PinResource out{
      type, stop.is_pinned() ? PinStatus::set : PinStatus::guessed, stop.at(), delivery_policy::place_radius(stop), {}};
  const PinProposal* proposal = delivery_policy::open_proposal(state, type, now);
  if (!proposal) return out;
  out.proposal = *proposal;
  if (out.status == PinStatus::guessed) out.status = PinStatus::proposed;
  return out;
}

/// Of a pin others learn the area alone.
PinResource shown_pin(const DeliveryState& state, PinType type, Time now, bool is_exact) {
  PinResource out = pin_of(state, type, now);
  if (is_exact) return out;
  out.location = area_center(out.location);
  out.radius = area_radius_meters;
  if (out.proposal) out.proposal->location = area_center(out.proposal->location);
  return out;
}

ShareResource resource_of(const DeliveryState& state, const Share& share) {
  return {share.share_id, share.by, share.shows, share.created_at, delivery_policy::shown_until(state, share), {}, {}};
}

std::vector<QrCodeRef> refs(const DeliveryState& state) {
  std::vector<QrCodeRef> all;
  for (const QrCode& code : state.codes)
    if (code.status != QrStatus::revoked) all.push_back({code.qr_code_id, code.type});
  return all;
}

}  // namespace

Answer answer(const DeliveryState& state, const Context& context, const ViewDelivery&) {
  if (is_hidden(state, context)) return refuse(DeliveryRejection::not_found);
  const auto& terms = state.terms;
  DeliveryResource out;
  out.delivery_id = id_of(context);
  out.delivery_number = delivery_number(state);
  out.request_id = terms.request_id;
  out.offer_id = terms.offer_id;
  out.trip_id = terms.trip_id;
  out.customer_id = terms.customer;
  out.traveler_id = terms.traveler;
  out.status = state.status;
  out.amount = terms.price.amount;
  out.currency = terms.price.currency;
  out.escrow_id = state.escrow_id;
  out.payment_intent_id = state.intent_id;
  const bool is_exact = sees_doors(state, context);
  out.pickup = shown(terms.pickup, is_exact);
  out.delivery = shown(terms.dropoff, is_exact);
  out.item = terms.item;
  out.deliver_by = terms.deliver_by;
  out.late = state.late;
  out.failed_attempts = state.failed_attempts;
  out.dispute_id = state.dispute;
  out.settlement = state.settlement;
  const bool has_claim =
      state.settlement && (state.settlement->compensation.amount > 0 || state.settlement->refund_waits);
  if (has_claim && state.dispute && !state.funds_gone) {  // before its judge
    out.settlement->held_until.reset();
    out.settlement->needs_decision = true;
  }
  out.qr_codes = refs(state);
  out.geofences = state.geofences;
  out.created_at = state.created_at;
  out.pickup_completed_at = state.pickup_completed_at;
  out.delivery_completed_at = state.delivery_completed_at;
  out.confirmed_at = state.confirmed_at;
  out.funds_moved = state.funds_moved;
  out.pins = {shown_pin(state, PinType::pickup, context.now, is_exact),
              shown_pin(state, PinType::delivery, context.now, is_exact)};
  out.ended_at = state.ended_at;
  if (!state.is_open()) out.ended_at = state.end();
  out.settled = state.settled;
  if (state.status == DeliveryStatus::accepted) out.pickup_awaited_from = delivery_policy::awaited_from(state);
  out.planned_pickup = state.pickup_until;
  out.planned_arrival = state.planned_arrival;
  out.delay = state.delay;
  out.handed_elsewhere = state.handed_elsewhere;
  out.handed_late = state.handed_late;
  out.shows_doors = is_exact;
  out.shows_private = sees_other_side(state, context);
  out.version = state.version;
  out.policy_version = delivery_policy::policy_of(state).version;
  if (terms.leg)
    out.leg = LegShown{terms.leg->from,     terms.leg->giver,       state.next_leg,
                       terms.leg->hands_on, state.may_be_fetched(), state.next_leg ? state.meets_at : std::nullopt,
                       state.next_name};
  return show(std::move(out));
}

/// Decides as the command would, on a copy: what it would cost is then what it does cost.
Answer answer(const DeliveryState& state, const Context& context, const TryCancellation& query) {
  const Decision decision = decide(state, context, query.command);
  if (decision.rejection) return {{}, decision.rejection};
  DeliveryState after = state;
  for (const AnyRecord& event : decision.events) find_entity(EntityKind::delivery)->evolve(&after, event);
  return answer(after, context, ViewDelivery{});
}

Answer answer(const DeliveryState& state, const Context& context, const ViewSaga&) {
  if (!may_see(state, context.caller)) return refuse(DeliveryRejection::not_found);
  SagaResource out{state.terms.offer_id, id_of(context), state.saga, state.steps, {}};
  for (std::size_t i = state.steps.size(); i < enum_labels(SagaStepName{}).size(); ++i)
    out.steps.push_back({static_cast<SagaStepName>(i), SagaStepState::pending, {}, {}, {}});
  if (!state.failure_code.empty()) out.code = state.failure_code;
  // Whether a card was good is nobody's but its holder's.
  const bool is_traveler = context.caller.is_user(state.terms.traveler);
  if (is_traveler && is_of_payment(state.failure_code)) {
    out.code.reset();
    for (SagaStep& step : out.steps) step.error.reset();
  }
  return show(std::move(out));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewTimeline&) {
  if (is_hidden(state, context)) return refuse(DeliveryRejection::not_found);
  DeliveryPage<TimelineItem> page{state.timeline, {}};
  // A geofence hit has the time of its fix, which may be earlier than events before it.
  std::ranges::stable_sort(page.items, {}, &TimelineItem::at);
  if (!sees_doors(state, context))
    for (TimelineItem& item : page.items)
      for (const char* place : {"lat", "lng"}) item.facts.erase(place);
  return show(std::move(page));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewProof&) {
  if (is_hidden(state, context)) return refuse(DeliveryRejection::not_found);
  DeliveryPage<ProofItem> page{state.proofs, {}};
  if (!sees_doors(state, context))
    for (ProofItem& item : page.items) {
      item.location.reset();
      item.upload_id.reset();
    }
  return show(std::move(page));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewQrCode& query) {
  const QrCode* code = find_code(state, query.qr_code_id);
  if (!code || is_code_hidden(state, context, code->type)) return refuse(DeliveryRejection::not_found);
  return show(resource_of(state, context, *code));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewQrSecret& query) {
  const QrCode* code = find_code(state, query.qr_code_id);
  if (!code || is_code_hidden(state, context, code->type)) return refuse(DeliveryRejection::not_found);
  // Whoever shows the code gives the parcel away: its sender, or who has it on the way.
  const bool is_travelers = is_of_meeting(state, code->type);
  const bool shows =
      is_travelers ? is_giver(state, context.caller, code->type) : context.caller.is_user(state.terms.customer);
  if (!shows) return refuse(DeliveryRejection::forbidden);
  if (code->status != QrStatus::active) return refuse(DeliveryRejection::code_not_active);
  QrCodeResource out = resource_of(state, context, *code);
  out.secret = code->secret;
  return show(std::move(out));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewQrCodes&) {
  if (is_code_hidden(state, context, Handover::pickup)) return refuse(DeliveryRejection::not_found);
  DeliveryPage<QrCodeResource> page;
  for (const QrCode& code : state.codes)
    if (!is_code_hidden(state, context, code.type)) page.items.push_back(resource_of(state, context, code));
  return show(std::move(page));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewScans& query) {
  if (is_hidden(state, context) || !find_code(state, query.qr_code_id)) return refuse(DeliveryRejection::not_found);
  DeliveryPage<ScanResource> page;
  for (const ScanResource& scan : state.scans)
    if (scan.qr_code_id == query.qr_code_id) page.items.push_back(scan);
  if (!sees_doors(state, context))
    for (ScanResource& scan : page.items) {
      scan.location.reset();
      scan.distance_meters.reset();
      scan.photo.reset();
      scan.signature.reset();
    }
  return show(std::move(page));
}

Answer answer(const DeliveryState& state, const Context& context, const ViewShared& query) {
  if (!context.caller.is_platform()) return refuse(DeliveryRejection::not_found);
  const std::string hash = context.crypto.sha256_hex(query.token);
  for (const Share& share : state.shares)
    if (context.crypto.equal(share.token_hash, hash) && delivery_policy::is_shown(state, share, context.now))
      return show(OpenedShare{resource_of(state, share), area_of(state.terms.pickup.place()).address,
                              area_of(state.terms.dropoff.place()).address});
  return refuse(DeliveryRejection::not_found);
}

Answer answer(const DeliveryState& state, const Context& context, const ListShares&) {
  if (is_hidden(state, context)) return refuse(DeliveryRejection::not_found);
  DeliveryPage<ShareResource> page;
  for (const Share& share : state.shares)
    if (delivery_policy::is_shown(state, share, context.now)) page.items.push_back(resource_of(state, share));
  return show(std::move(page));
}

}  // namespace caravan
