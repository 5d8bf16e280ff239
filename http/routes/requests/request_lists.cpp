#include "actors/audit/commands.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/requests/search_places.hpp"
#include "storage/read_models/requests.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

struct RequestListQuery {
  static constexpr std::string_view record_name = "RequestListQuery";
  std::optional<RequestStatus> status;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&RequestListQuery::status>(1, "status"),
                      field<&RequestListQuery::limit>(2, "limit", between(1, 200)),
                      field<&RequestListQuery::cursor>(3, "cursor", length(1, 500))};
  }
};

enum class OfferDirection : std::uint8_t { made, received };
constexpr auto enum_labels(OfferDirection) { return std::to_array<std::string_view>({"made", "received"}); }

struct OfferListQuery {
  static constexpr std::string_view record_name = "OfferListQuery";
  std::optional<OfferDirection> direction;  // absent: both
  std::optional<OfferStatus> status;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&OfferListQuery::direction>(1, "direction"), field<&OfferListQuery::status>(2, "status"),
                      field<&OfferListQuery::limit>(3, "limit", between(1, 200)),
                      field<&OfferListQuery::cursor>(4, "cursor", length(1, 500))};
  }
};

struct RequestSearchQuery {
  static constexpr std::string_view record_name = "RequestSearchQuery";
  std::optional<std::string> origin, destination;  // of the traveler's way: addresses; points serve in their place
  std::optional<double> origin_lat, origin_lng, destination_lat, destination_lng;
  std::optional<double> max_distance;  // km from the way's ends
  std::optional<std::string> text;     // words
  std::optional<std::string> category;
  std::optional<Kilograms> max_weight;
  std::optional<Litres> max_volume;
  std::optional<std::int32_t> max_items;
  std::optional<Price> min_price;
  std::optional<Currency> currency;
  std::optional<Urgency> urgency;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&RequestSearchQuery::origin>(1, "origin", length(1, 300)),
                      field<&RequestSearchQuery::destination>(2, "destination", length(1, 300)),
                      field<&RequestSearchQuery::origin_lat>(3, "originLat", between_real(-90, 90)),
                      field<&RequestSearchQuery::origin_lng>(4, "originLng", between_real(-180, 180)),
                      field<&RequestSearchQuery::destination_lat>(5, "destinationLat", between_real(-90, 90)),
                      field<&RequestSearchQuery::destination_lng>(6, "destinationLng", between_real(-180, 180)),
                      field<&RequestSearchQuery::max_distance>(7, "maxDistance", between_real(0, max_search_km)),
                      field<&RequestSearchQuery::text>(8, "q", length(1, 200)),
                      field<&RequestSearchQuery::category>(9, "category", length(1, 50)),
                      field<&RequestSearchQuery::max_weight>(10, "maxWeight", between(0, max_load_grams)),
                      field<&RequestSearchQuery::max_volume>(11, "maxVolume", between(0, max_load_millilitres)),
                      field<&RequestSearchQuery::max_items>(12, "maxItems", between(0, max_load_items)),
                      field<&RequestSearchQuery::min_price>(13, "minPrice", between(0, most_price_units)),
                      field<&RequestSearchQuery::currency>(14, "currency"),
                      field<&RequestSearchQuery::urgency>(15, "urgency"),
                      field<&RequestSearchQuery::limit>(16, "limit", between(1, 200)),
                      field<&RequestSearchQuery::cursor>(17, "cursor", length(1, 500))};
  }
};

RequestSearch wanted(Call& call, const RequestSearchQuery& query) {
  RequestSearch out;
  const auto from = search_point(call, "origin", query.origin, query.origin_lat, query.origin_lng);
  const auto to = search_point(call, "destination", query.destination, query.destination_lat, query.destination_lng);
  if (from) out.route.push_back(*from);
  if (to) out.route.push_back(*to);
  out.max_distance_meters = query.max_distance.value_or(default_search_km) * 1'000;
  out.text = query.text;
  out.category = query.category;
  if (query.max_weight || query.max_volume || query.max_items)
    out.room = Load{query.max_weight.value_or(Kilograms{max_load_grams}),
                    query.max_volume.value_or(Litres{max_load_millilitres}),
                    query.max_items.value_or(static_cast<std::int32_t>(max_load_items))};
  out.min_price = query.min_price;
  out.currency = query.currency;
  out.urgency = query.urgency;
  return out;
}

Response search(Call& call) {
  const auto& query = call.query<RequestSearchQuery>();
  auto page = search_requests(read_models_of(call), viewer(call), wanted(call, query), paging_of(query));
  const auto apart = kept_apart(read_models_of(call), call.user());
  std::erase_if(page.items, [&](const RequestHit& hit) { return apart.contains(hit.customer_id); });
  return call.list(page.items, page.next_cursor);
}

Response own(Call& call) {
  const auto& query = call.query<RequestListQuery>();
  const auto page = own_requests(read_models_of(call), viewer(call), call.lister(), query.status, paging_of(query));
  // Lists show contacts to the customer alone.
  if (call.caller().is_acting()) call.record_look(PrivateThing::contacts, {EntityKind::user, call.user().value});
  return call.list(page.items, page.next_cursor);
}

Response offers(Call& call) {
  const auto& query = call.query<OfferListQuery>();
  OfferRole role = OfferRole::any;
  if (query.direction) role = *query.direction == OfferDirection::made ? OfferRole::made : OfferRole::received;
  auto page = own_offers(read_models_of(call), viewer(call), call.lister(), role, query.status, paging_of(query));
  // What others write to each other is read one by one, as each look is written down.
  for (OfferResource& item : page.items)
    if (!call.caller().is_acting() && is_look_at_offer(call.caller(), AnyRecord(item))) item.message.reset();
  return call.list(page.items, page.next_cursor);
}

}  // namespace

std::vector<Route> request_list_routes(Services&) {
  return {
      get("/delivery-requests", person, "Own requests").query<RequestListQuery>().lists<RequestResource>().handle(own),
      get("/delivery-requests/search", traveler, "Open requests near a route")
          .names_places()
          .query<RequestSearchQuery>()
          .lists<RequestHit>()
          .rated(RateClass::search)
          .handle(search),
      get("/offers", user, "Own offers, made and received")
          .query<OfferListQuery>()
          .lists<OfferResource>()
          .handle(offers),
  };
}

}  // namespace caravan::http
