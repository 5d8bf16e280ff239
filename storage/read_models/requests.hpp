#pragma once

#include "actors/matching/facts.hpp"
#include "actors/request/resources.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// Which open requests to look for. What is absent does not matter.
struct RequestSearch {
  /// Points of a route in order, or one or two ends of it. Pickup and dropoff lie near the route, the pickup first.
  std::vector<Coordinates> route;
  double max_distance_meters = 50'000;  // from a point of the route
  std::optional<std::string> text;      // words of title, description, category or addresses; prefixes serve
  std::optional<std::string> category;
  std::optional<Load> room;        // the parcel fits into it
  std::optional<Price> min_price;  // the customer pays up to this or more, in major units
  std::optional<Currency> currency;
  std::optional<Urgency> urgency;
};

/// An open request that was searched for. Its rows are those of a request, and two more.
struct RequestHit : RequestResource {
  static constexpr std::string_view record_name = "RequestHit";
  std::optional<std::int64_t> distance_to_pickup, distance_to_delivery;  // metres from the nearest point of the route

  static constexpr auto fields() {
    constexpr auto request = RequestResource::fields();
    std::array<schema::Field, request.size() + 2> rows{};
    for (std::size_t i = 0; i < request.size(); ++i) rows[i] = request[i];
    rows[request.size()] = field<&RequestHit::distance_to_pickup>(101, "distanceToPickup");
    rows[request.size() + 1] = field<&RequestHit::distance_to_delivery>(102, "distanceToDelivery");
    return rows;
  }
};

/// Newest first. The caller's own requests are left out.
Page<RequestHit> search_requests(const ReadModels& models, const Viewer& viewer, const RequestSearch& search,
                                 const Paging& paging);

/// Newest first; everybody's where no customer is named.
Page<RequestResource> own_requests(const ReadModels& models, const Viewer& viewer, std::optional<UserId> customer,
                                   std::optional<RequestStatus> status, const Paging& paging);

/// For matching a trip: open requests of others that may lie on its way, newest first, at most 5,000. Some may not fit:
/// the rule of matching decides that, and it never looks farther than this does.
std::vector<RequestFacts> open_requests_along(const ReadModels& models, const TripFacts& trip);

/// Whose offers are listed.
enum class OfferRole : std::uint8_t { any, made, received };
/// The customer's, also those of which an offer is being accepted.
std::vector<RequestId> open_requests_of(const ReadModels& models, UserId customer);
/// The requests on which an offer of the traveler's is open.
std::vector<RequestId> requests_offered_on(const ReadModels& models, UserId traveler);

/// Newest first; everybody's where no user is named.
Page<OfferResource> own_offers(const ReadModels& models, const Viewer& viewer, std::optional<UserId> user,
                               OfferRole role, std::optional<OfferStatus> status, const Paging& paging);

namespace read_models {
const Projection& requests_projection();
}

}  // namespace caravan
