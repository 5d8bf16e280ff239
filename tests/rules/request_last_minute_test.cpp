#include "tests/rules/request_given.hpp"

/// Nobody books a trip that is about to come by.
namespace request_last_minute_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

TEST_CASE("request: an offer is made, answered and accepted until half an hour before the trip comes by") {
  using std::chrono::minutes;
  const Time pickup = test_start + hours{10}, last = pickup - minutes{30};
  const auto offered_at = [&](Time now) {
    auto request = posted();
    SubmitOffer command = submit(offer_id, ben);
    command.passing = Passing{0, 0, pickup + std::chrono::seconds{40}, pickup + hours{5}};
    request.at(now).as(user(ben)).when(command);
    return request;
  };
  const auto late = offered_at(last);
  REQUIRE(late.last.rejection);
  CHECK(late.last.rejection->code == "trip_not_open");
  CHECK(late.last.rejection->field == "tripId");
  auto request = offered_at(last - minutes{1});
  REQUIRE(request.state.find(offer_id));
  CHECK(request.state.find(offer_id)->expires_at == last);
  CHECK(offered_at(test_start).state.find(offer_id)->expires_at == last);
  auto countered = request;
  countered.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
  CHECK(countered.state.find(offer_id)->expires_at == last);
  CHECK(countered.as(user(ben)).when(accept(offer_id)) == "offer.acceptance_started");

  // An offer of an earlier build stands for longer than that.
  countered = request;
  countered.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
  for (auto* each : {&request, &countered}) each->state.find(offer_id)->expires_at = pickup + hours{30};
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "offer.acceptance_started");
  request = offered_at(test_start);
  request.state.find(offer_id)->expires_at = pickup + hours{30};
  for (const Time now : {last, pickup, pickup + hours{1}}) {
    CHECK(request.at(now).as(user(ann)).when(accept(offer_id)) == "! offer_not_open");
    CHECK(request.last.rejection->detail.find("30 minutes before") != std::string::npos);
    CHECK(request.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}}) == "! offer_not_open");
    CHECK(countered.at(now).as(user(ben)).when(accept(offer_id)) == "! offer_not_open");
  }
  // Its timer ends it, and the answer still says why.
  auto expired = offered_at(test_start);
  CHECK(expired.at(last).as(entity({})).when(TimerFired{"offer:" + offer_id.text()}) == "offer.expired");
  CHECK(expired.as(user(ann)).when(accept(offer_id)) == "! offer_not_open");
  CHECK(expired.last.rejection->detail.find("30 minutes before") != std::string::npos);
}

}  // namespace request_last_minute_test
