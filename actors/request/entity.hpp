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
  using Commands = List<PostRequest, EditRequest, CancelRequest, SubmitOffer, AcceptOffer, RejectOffer, WithdrawOffer,
                        CounterOffer, AcceptanceCompleted, AcceptanceFailed, TimerFired>;
  using Events = List<RequestCreated, RequestUpdated, RequestCancelled, RequestExpired, RequestCancelDeferred,
                      OfferSubmitted, OfferCountered, OfferAcceptanceStarted, OfferAccepted, OfferAcceptanceFailed,
                      OfferRejected, OfferWithdrawn, OfferExpired>;
  using Queries = List<ViewRequest, ViewOffers, ViewOffer, ViewAcceptance, ViewTerms>;
};

Decision decide(const RequestState&, const Context&, const PostRequest&);
Decision decide(const RequestState&, const Context&, const EditRequest&);
Decision decide(const RequestState&, const Context&, const CancelRequest&);
Decision decide(const RequestState&, const Context&, const SubmitOffer&);
Decision decide(const RequestState&, const Context&, const AcceptOffer&);
Decision decide(const RequestState&, const Context&, const RejectOffer&);
Decision decide(const RequestState&, const Context&, const WithdrawOffer&);
Decision decide(const RequestState&, const Context&, const CounterOffer&);
Decision decide(const RequestState&, const Context&, const AcceptanceCompleted&);
Decision decide(const RequestState&, const Context&, const AcceptanceFailed&);
Decision decide(const RequestState&, const Context&, const TimerFired&);
void evolve(RequestState&, const RequestCreated&);
void evolve(RequestState&, const RequestUpdated&);
void evolve(RequestState&, const RequestCancelled&);
void evolve(RequestState&, const RequestExpired&);
void evolve(RequestState&, const RequestCancelDeferred&);
void evolve(RequestState&, const OfferSubmitted&);
void evolve(RequestState&, const OfferCountered&);
void evolve(RequestState&, const OfferAcceptanceStarted&);
void evolve(RequestState&, const OfferAccepted&);
void evolve(RequestState&, const OfferAcceptanceFailed&);
void evolve(RequestState&, const OfferRejected&);
void evolve(RequestState&, const OfferWithdrawn&);
void evolve(RequestState&, const OfferExpired&);
Answer answer(const RequestState&, const Context&, const ViewRequest&);
Answer answer(const RequestState&, const Context&, const ViewOffers&);
Answer answer(const RequestState&, const Context&, const ViewOffer&);
Answer answer(const RequestState&, const Context&, const ViewAcceptance&);
Answer answer(const RequestState&, const Context&, const ViewTerms&);

}  // namespace caravan
