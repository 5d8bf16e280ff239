#include "http/routes/requests/requests.hpp"

#include "http/routes/deliveries/history.hpp"
#include "http/routes/trips/trip_facts.hpp"

namespace caravan::http {

namespace {

constexpr EntityKind request = EntityKind::request;

/// Trips that fit a request, best first, and what scored them.
struct MatchList {
  static constexpr std::string_view record_name = "MatchList";
  std::vector<RequestTripMatch> items;
  std::string matched_by;  // "model" or "rules"
  std::optional<std::string> next_cursor;
  static constexpr auto fields() {
    return std::array{field<&MatchList::items>(1, "items"), field<&MatchList::matched_by>(2, "matchedBy"),
                      field<&MatchList::next_cursor>(3, "nextCursor")};
  }
};

/// The terms of the request in the path, for its owner alone.
RequestTerms own_terms(Call& call) {
  const Reply reply = call.ask_query({request, call.path_uuid("requestId")}, ViewTerms{});
  const auto& terms = call.resource<RequestTerms>(reply);
  const Caller& caller = call.caller();
  if (!caller.is_user(terms.customer_id) && !caller.is_admin() && !caller.is_service()) throw Problem{"not_owner"};
  return terms;
}

Response matches(Call& call) {
  const RequestTerms terms = own_terms(call);
  Matches found = match(call, call.path<RequestId>("requestId"), terms);
  MatchList out;
  out.matched_by = std::move(found.matched_by);
  for (Match& item : found.items)
    out.items.push_back({item.trip_id, item.traveler_id, item.score, item.detour_meters, std::move(item.reasons)});
  return call.answer(AnyRecord(std::move(out)));
}

Response price(Call& call) {
  const auto recommended = recommend(call, call.path<RequestId>("requestId"), own_terms(call));
  if (!recommended) throw Problem{"invalid_currency", "There is no price level for the request's currency."};
  return call.answer(AnyRecord(*recommended));
}

Response request_history(Call& call) {
  own_terms(call);
  return history_page(call, {request, call.path_uuid("requestId")});
}

}  // namespace

std::vector<Route> request_routes(Services&) {
  return {
      post("/delivery-requests", customer, "Post; answers matches and price recommendation")
          .command<PostRequest>(created(request), add_facts)
          .answers<RequestResource>(201),
      get("/delivery-requests/:requestId", user, "One request (contacts hidden until accepted)")
          .view<ViewRequest>(by_path(request))
          .shows_private(PrivateThing::contacts)
          .answers<RequestResource>(),
      patch("/delivery-requests/:requestId", user, "Edit; open offers on changed terms expire")
          .command<EditRequest>(by_path(request), add_facts)
          .then<ViewRequest>()
          .answers<RequestResource>(),
      post("/delivery-requests/:requestId/cancel", user, "Cancel; closes its offers")
          .command<CancelRequest>(by_path(request))
          .then<ViewRequest>()
          .answers<RequestResource>(),
      get("/delivery-requests/:requestId/matches", user,
          "Trips that fit, scored, with the reasons and the model that scored")
          .answers<MatchList>()
          .rated(RateClass::search)
          .handle(matches),
      get("/delivery-requests/:requestId/price", user, "Price recommendation and its parts")
          .answers<PriceRecommendation>()
          .handle(price),
      get("/delivery-requests/:requestId/history", user, "Events, oldest first")
          .query<PageQuery>()
          .lists_own<HistoryItem>()
          .handle(request_history),
  };
}

}  // namespace caravan::http
