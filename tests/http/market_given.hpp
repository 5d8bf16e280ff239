#pragma once

#include "actors/request/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/requests/requests.hpp"
#include "http/routes/trips/trips.hpp"
#include "tests/http/edge.hpp"

/// A market on a server, with a trip, a request and an offer.
namespace caravan::testkit::market {

using namespace caravan::http;

inline const UserId ann = test_id<UserId>(1), ben = test_id<UserId>(2), cem = test_id<UserId>(3);

/// Knows two cities.
class TwoCities : public Geocoder {
 public:
  std::vector<FoundPlace> geocode(std::string_view address, std::string_view, std::size_t) const override {
    FoundPlace found;
    found.address = address;
    if (address.starts_with("New York")) found.lat = 40.7128, found.lng = -74.006;
    if (address.starts_with("Boston")) found.lat = 42.3601, found.lng = -71.0589;
    if (found.lat == 0) return {};
    return {found};
  }
  std::vector<FoundPlace> reverse(Coordinates, std::size_t) const override { return {}; }
  std::vector<FoundPlace> autocomplete(std::string_view, std::string_view, std::size_t) const override { return {}; }
  std::string_view provider() const override { return "test"; }
};

/// The market's rows on a server, between three people.
struct Market {
  Market() : edge(rows()), client(edge.client()) {
    edge.services.places = &places;
    edge.services.locate = [this](const Uuid& part) -> std::optional<Address> {
      if (part != offer.value) return std::nullopt;
      return request;
    };
  }

  static std::vector<Route> rows() {
    static testkit::MemoryDoor door;
    static testkit::SeededRandom random;
    static http::Services services{.door = door, .random = random};
    std::vector<Route> all = trip_routes(services);
    for (auto* more : {request_routes, offer_routes, relay_routes})
      for (Route& row : more(services)) all.push_back(std::move(row));
    return all;
  }
  /// "201", or "409 capacity_exceeded"; the answer's body in `body`.
  std::string post(UserId who, const std::string& path, const std::string& json, std::string type = "both") {
    const auto answer = client.Post("/api/v1" + path, edge.as(who, std::move(type)), json, "application/json");
    return outcome(answer);
  }
  std::string patch(UserId who, const std::string& path, const std::string& json) {
    return outcome(client.Patch("/api/v1" + path, edge.as(who), json, "application/json"));
  }
  std::string get(UserId who, const std::string& path) { return outcome(client.Get("/api/v1" + path, edge.as(who))); }
  std::string outcome(const httplib::Result& answer) {
    REQUIRE(answer);
    body = answer->body;
    const std::string code = answer->status >= 400 ? ' ' + field_of(body, "code") : "";
    return std::to_string(answer->status) + code;
  }

  Places places{std::make_unique<TwoCities>(), std::make_unique<EmbeddedRoutes>(), std::make_unique<NoForecast>(),
                std::make_unique<PriceEngine>()};
  Edge edge;
  httplib::Client client;
  std::string body;
  Address request;
  OfferId offer;
};

inline const std::string trip_json =
    R"({"title":"By car","origin":{"address":"New York, NY"},"destination":{"address":"Boston, MA"},)"
    R"("departureTime":"2027-02-01T10:00:00Z","transportMode":"car","capacity":{"weight":5,"volume":10,"items":3},)"
    R"("minPrice":20.00,"currency":"USD"})";
inline const std::string request_json =
    R"({"title":"Camera","pickup":{"address":"New York, NY","contactName":"Ann","contactPhone":"+12125550100"},)"
    R"("delivery":{"address":"Boston, MA","contactName":"Eva","contactPhone":"+16175550100"},)"
    R"("item":{"description":"Camera","category":"electronics","weight":2.5,"volume":3.0,"items":1,"value":300.00},)"
    R"("urgency":"standard","maxPrice":60.00,"currency":"USD"})";

inline std::string with(std::string json, const std::string& from, const std::string& to) {
  const auto at = json.find(from);
  REQUIRE(at != std::string::npos);
  return json.replace(at, from.size(), to);
}

/// Ben's trip, Ann's request and Ben's offer of 35 dollars.
inline void make_offer(Market& market) {
  REQUIRE(market.post(ben, "/trips", trip_json) == "201");
  const std::string trip_id = field_of(market.body, "tripId");
  REQUIRE(market.post(ann, "/delivery-requests", request_json) == "201");
  const std::string request_id = field_of(market.body, "requestId");
  market.request = {EntityKind::request, *Uuid::parse(request_id)};
  REQUIRE(market.post(ben, "/delivery-requests/" + request_id + "/offers",
                      R"({"tripId":")" + trip_id + R"(","price":35.00})") == "201");
  market.offer.value = *Uuid::parse(field_of(market.body, "offerId"));
}

inline void add_method(Market& market) {
  WalletState& wallet = market.edge.door.state<Wallet>(ann.value);
  PaymentMethod method;
  method.method_id = test_id<PaymentMethodId>(5);
  method.provider = "sandbox";
  method.token = "tok_ok";
  method.is_default = true;
  wallet.methods.push_back(method);
}

}  // namespace caravan::testkit::market
