#pragma once

#include "actors/entity/entity.hpp"
#include "actors/request/commands.hpp"
#include "actors/request/events.hpp"
#include "actors/request/state.hpp"

namespace caravan {

struct Request {
  static constexpr EntityKind kind = EntityKind::request;
  using State = RequestState;
  using Rejection = RequestRejection;
  using Creates = List<PostRequest>;
  using Commands =
      List<PostRequest, EditRequest, CancelRequest, SubmitOffer, AcceptOffer, RejectOffer, WithdrawOffer, CounterOffer,
           AcceptanceCompleted, AcceptanceFailed, TimerFired, AddRequestPhoto, TripClosed, DropCounters, DropOffers,
           ReopenRequest, InviteTraveler, DeclineInvitation, RefuseInvitation, AcceptRelay, LegReady, LegMoved>;
  using Events =
      List<RequestCreated, RequestUpdated, RequestCancelled, RequestExpired, RequestCancelDeferred, OfferSubmitted,
           OfferCountered, OfferAcceptanceStarted, OfferAccepted, OfferAcceptanceFailed, OfferRejected, OfferWithdrawn,
           OfferExpired, RequestPhotoAdded, OfferForgotten, RequestReopened, InvitationSent, InvitationDeclined,
           InvitationExpired, InvitationRefused, RelayStarted, RelayLegMoved, RelayUndone, RelayReopened>;
  using Queries =
      List<ViewRequest, ViewOffers, ViewOffer, ViewAcceptance, ViewTerms, ViewInvitations, ViewInvitation, ViewRelay>;
};

}  // namespace caravan
