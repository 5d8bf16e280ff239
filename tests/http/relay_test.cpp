#include "actors/user/entity.hpp"
#include "tests/http/market_given.hpp"

namespace relay_http_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;
using namespace caravan::testkit::market;

namespace {

const std::string new_haven = R"({"address":"Union Station, New Haven, CT","lat":41.2982,"lng":-72.9292})";

/// Ben's offer from New York to New Haven, and Cem's from there to Boston.
std::pair<std::string, std::string> make_parts(Market& market) {
  CHECK(market.post(ann, "/delivery-requests", request_json) == "201");
  market.request = {EntityKind::request, *Uuid::parse(field_of(market.body, "requestId"))};
  const std::string offers = "/delivery-requests/" + market.request.id.text() + "/offers";
  const auto offer = [&](UserId who, const std::string& trip, const std::string& part) {
    CHECK(market.post(who, "/trips", trip) == "201");
    const std::string id = field_of(market.body, "tripId");
    CHECK(market.post(who, offers, R"({"tripId":")" + id + R"(","price":25.00,)" + part + "}") == "201");
    return field_of(market.body, "offerId");
  };
  const std::string first = offer(ben, trip_json, R"("to":)" + new_haven);
  CHECK(market.body.find("Union Station") != std::string::npos);
  const std::string later =
      with(with(trip_json, R"({"address":"New York, NY"})", new_haven), "2027-02-01", "2027-02-03");
  return {first, offer(cem, later, R"("from":)" + new_haven)};
}

std::string body_of(const std::vector<std::string>& offers) {
  std::string list;
  for (const std::string& id : offers) list += (list.empty() ? "\"" : ",\"") + id + '"';
  return R"({"offerIds":[)" + list + "]}";
}

}  // namespace

TEST_CASE("relay: offers for parts of the way are taken together by the customer, or not at all") {
  Market market;
  const auto [first, second] = make_parts(market);
  const std::string path = "/delivery-requests/" + market.request.id.text() + "/relay";
  CHECK(market.post(ann, path, body_of({first, second})) == "422 missing_payment_method");
  add_method(market);
  CHECK(market.post(ann, path, body_of({})) == "400 validation_failed");
  CHECK(market.post(ann, path, body_of({first})) == "422 broken_chain");
  CHECK(market.post(ann, path, body_of({second, first})) == "422 broken_chain");
  CHECK(market.post(ann, path, body_of({first, test_id<OfferId>(99).text()})) == "404 not_found");
  CHECK(market.post(ben, path, body_of({first, second})) == "403 not_owner");
  UserState& giver = market.edge.door.state<User>(ben.value);
  giver.created = true;
  giver.blocked.push_back(cem);
  CHECK(market.post(ann, path, body_of({first, second})) == "403 blocked");  // Ben would meet Cem
  giver.blocked.clear();
  // The sagas do not run here: nobody delivers to the new deliveries.
  CHECK(market.post(ann, path, body_of({first, second})) == "202");
  CHECK(market.body.find(R"("to":"traveler")") != std::string::npos);
  CHECK(market.body.find(R"("to":"receiver")") != std::string::npos);
  const std::size_t sent = market.edge.door.sent.size();
  CHECK(market.post(ann, path, body_of({first, second})) == "202");
  CHECK(market.edge.door.sent.size() == sent);
}

}  // namespace relay_http_test
