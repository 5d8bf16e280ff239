#include <algorithm>

#include "actors/request/entity.hpp"

namespace caravan {

namespace {

void close(RequestState& state, OfferId id, OfferStatus status, const std::string& reason, Time at) {
  Offer* offer = state.find(id);
  if (!offer) return;
  offer->status = status;
  offer->close_reason = reason;
  offer->updated_at = at;
}

}  // namespace

const Offer* RequestState::find(OfferId id) const {
  const auto found = std::ranges::find(offers, id, &Offer::offer_id);
  return found == offers.end() ? nullptr : &*found;
}

Offer* RequestState::find(OfferId id) {
  const auto found = std::ranges::find(offers, id, &Offer::offer_id);
  return found == offers.end() ? nullptr : &*found;
}

const Invitation* RequestState::find(InvitationId id) const {
  const auto found = std::ranges::find(invitations, id, &Invitation::invitation_id);
  return found == invitations.end() ? nullptr : &*found;
}

Invitation* RequestState::find(InvitationId id) {
  const auto found = std::ranges::find(invitations, id, &Invitation::invitation_id);
  return found == invitations.end() ? nullptr : &*found;
}

void evolve(RequestState& state, const RequestCreated& event) {
  state = {};
  state.customer_id = event.customer_id;
  state.details = event.details;
  state.expires_at = event.expires_at;
  state.created_at = event.at;
  state.told = event.told;
}

void evolve(RequestState& state, const RequestPhotoAdded& event) {
  state.details.item.photos.push_back(event.upload_id);
}

void evolve(RequestState& state, const RequestUpdated& event) {
  state.details = event.details;
  state.expires_at = event.expires_at;
  if (event.moved_at) state.moved_at = event.moved_at;
}

void evolve(RequestState& state, const RequestCancelled& event) {
  state.status = RequestStatus::cancelled;
  state.cancel_reason = event.reason;
  state.deferred_cancel.reset();
}

void evolve(RequestState& state, const RequestExpired&) { state.status = RequestStatus::expired; }

void evolve(RequestState& state, const RequestCancelDeferred& event) { state.deferred_cancel = event.reason; }

void evolve(RequestState& state, const OfferSubmitted& event) {
  Offer offer;
  offer.offer_id = event.offer_id;
  offer.trip_id = event.trip_id;
  offer.traveler_id = event.traveler_id;
  offer.price = event.price;
  offer.message = event.message;
  offer.traveler_rating = event.traveler_rating;
  offer.trip_plan = event.trip_plan;
  offer.both_verified = event.both_verified;
  offer.is_of_newcomer = event.is_of_newcomer;
  offer.planned_pickup = event.planned_pickup;
  offer.planned_arrival = event.planned_arrival;
  offer.service = event.service;
  offer.deal = event.deal;
  offer.from = event.from;
  offer.to = event.to;
  offer.expires_at = event.expires_at;
  offer.created_at = offer.updated_at = event.at;
  state.offers.push_back(std::move(offer));
  if (Invitation* answered = event.invitation_id ? state.find(*event.invitation_id) : nullptr) {
    answered->status = InvitationStatus::answered;
    answered->offer_id = event.offer_id;
  }
}

void evolve(RequestState& state, const InvitationSent& event) {
  state.invitations.push_back({event.invitation_id,
                               event.trip_id,
                               event.traveler_id,
                               event.price,
                               InvitationStatus::sent,
                               event.at,
                               event.expires_at,
                               {},
                               {}});
}

void evolve(RequestState& state, const InvitationDeclined& event) {
  if (Invitation* declined = state.find(event.invitation_id)) declined->status = InvitationStatus::declined;
}

void evolve(RequestState& state, const InvitationExpired& event) {
  if (Invitation* expired = state.find(event.invitation_id)) expired->status = InvitationStatus::expired;
}

void evolve(RequestState& state, const InvitationRefused& event) {
  Invitation* refused = state.find(event.invitation_id);
  if (!refused) return;
  refused->status = InvitationStatus::refused;
  refused->refused_by = event.limit;
}

void evolve(RequestState& state, const OfferCountered& event) {
  Offer* offer = state.find(event.offer_id);
  if (!offer) return;
  offer->status = event.proposed_by == OfferSide::customer ? OfferStatus::countered : OfferStatus::pending;
  offer->proposed_by = event.proposed_by;
  offer->price = event.price;
  if (event.message) offer->message = event.message;
  offer->expires_at = event.expires_at;
  offer->updated_at = event.at;
  ++offer->counters;
  offer->customer_counters = event.customer_counters;
  offer->service = event.service;
}

void evolve(RequestState& state, const OfferAcceptanceStarted& event) {
  state.status = RequestStatus::accepting;
  Offer* offer = state.find(event.offer_id);
  if (!offer) return;
  offer->status = OfferStatus::accepting;
  offer->attempt = event.delivery_id;
  offer->failure_code.clear();
  offer->failure_detail.clear();
  offer->updated_at = event.at;
}

void evolve(RequestState& state, const OfferAccepted& event) {
  state.status = RequestStatus::accepted;
  Offer* offer = state.find(event.offer_id);
  if (!offer) return;
  offer->status = OfferStatus::accepted;
  offer->acceptance = event.acceptance;
  offer->updated_at = event.at;
}

void evolve(RequestState& state, const RequestReopened& event) {
  state.status = RequestStatus::open;
  close(state, event.offer_id, OfferStatus::withdrawn, std::string(delivery_cancelled), event.at);
}

void evolve(RequestState& state, const OfferAcceptanceFailed& event) {
  state.status = RequestStatus::open;
  Offer* offer = state.find(event.offer_id);
  if (!offer) return;
  offer->status = offer->proposed_by == OfferSide::customer ? OfferStatus::countered : OfferStatus::pending;
  offer->failure_code = event.code;
  offer->failure_detail = event.detail;
  offer->updated_at = event.at;
}

void evolve(RequestState& state, const OfferRejected& event) {
  close(state, event.offer_id, OfferStatus::rejected, event.reason, event.at);
}

void evolve(RequestState& state, const OfferWithdrawn& event) {
  close(state, event.offer_id, OfferStatus::withdrawn, "", event.at);
}

void evolve(RequestState& state, const OfferForgotten& event) {
  const Offer* offer = state.find(event.offer_id);
  if (!offer) return;
  if (offer->is_travelers_doing()) {
    auto known = std::ranges::find(state.forgotten, offer->traveler_id, &ForgottenOffers::traveler_id);
    if (known == state.forgotten.end()) {
      if (state.forgotten.size() == max_forgotten) state.forgotten.erase(state.forgotten.begin());
      known = state.forgotten.insert(state.forgotten.end(), {offer->traveler_id, 0});
    }
    ++known->count;
  }
  std::erase_if(state.offers, [&](const Offer& offer) { return offer.offer_id == event.offer_id; });
}

void evolve(RequestState& state, const OfferExpired& event) {
  close(state, event.offer_id, OfferStatus::expired, event.reason, event.at);
}

}  // namespace caravan
