#pragma once

#include "actors/request/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/resources.hpp"
#include "http/call.hpp"
#include "http/providers/places/places.hpp"

/// What the edge finds out for trips, requests and offers before their rules judge them.
namespace caravan::http {

/// Matches in one answer, of trips for a request and of requests for a trip.
inline constexpr std::size_t shown_matches = 20;

/// The world outside; 503 where this server has none.
const Places& places_of(Call& call);

/// Adds coordinates to the places that have none, the route and its weather. Throws Problem address_not_found, which
/// names the field, where no geocoder finds a place, and no_route where a mode on land does not get there.
void add_facts(Call& call, PublishTrip& command);
/// The same for what an edit gives, with the new route where the way changes.
void add_facts(Call& call, EditTrip& command);
/// Coordinates, a recommended price, and the trips that fit.
void add_facts(Call& call, PostRequest& command);
void add_facts(Call& call, EditRequest& command);
/// Whether a customs border lies between the two, as far as the nearest known towns tell.
bool crosses_customs(Call& call, Coordinates a, Coordinates b);
/// What the trip has free, and how traveler and customer stand to each other.
void add_facts(Call& call, SubmitOffer& command);
/// The same of the trip that is asked for, and how often its traveler was asked today.
void add_facts(Call& call, InviteTraveler& command);

/// Whoever has left has none.
std::string first_name_of(Call& call, UserId user);
/// True where one of the two has blocked the other.
bool are_blocked(Call& call, UserId one, UserId other);
/// What an acceptance asks of the two sides once more: whether the caller's other side is there, who is verified, and
/// whether one has blocked the other.
void add_standing(Call& call, AcceptOffer& command, UserId traveler, UserId customer);

/// Who wants what between two places just now, and who goes there, for a price. `but`: the request that is being
/// priced, which does not count itself.
WayMarket market_between(Call& call, Coordinates pickup, Coordinates dropoff, std::optional<Time> deliver_by = {},
                         RequestId but = {});
/// What the request should cost now; nothing in a currency without a price level. `id`: nil where it is not posted yet.
std::optional<PriceRecommendation> recommend(Call& call, RequestId id, const RequestTerms& terms);
/// Of the price that a match shows, what is the platform's and what remains for the traveler.
template <class Match>
void add_take_home(Match& match, const std::optional<Price>& price, const DealTerms& deal) {
  const auto money = price && match.currency ? to_money(*price, *match.currency) : std::nullopt;
  if (!money) return;
  match.platform_fee = deal.fee_of(*money).amount;
  match.traveler_amount = deal.take_home(*money).amount;
}
/// The best trips for a request, best first.
Matches match(Call& call, RequestId id, const RequestTerms& terms);

}  // namespace caravan::http
