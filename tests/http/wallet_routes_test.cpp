#include "actors/wallet/entity.hpp"
#include "http/routes/payments/payments.hpp"
#include "tests/http/edge.hpp"

namespace wallet_routes_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

namespace {

const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2);
const std::string root = "/api/v1/payments/";

struct Desk {
  Edge edge;
  httplib::Client client;
  Desk()
      : edge([] {
          Edge none({});
          return wallet_routes(none.services);
        }()),
        client(edge.client()) {}
  std::pair<int, std::string> post(const std::string& path, UserId who, const std::string& body,
                                   const std::string& key = {}) {
    auto headers = edge.as(who);
    if (!key.empty()) headers.emplace("Idempotency-Key", key);
    const auto answer = client.Post(root + path, headers, body, "application/json");
    REQUIRE(answer);
    return {answer->status, answer->body};
  }
  std::pair<int, std::string> get(const std::string& path, UserId who) {
    const auto answer = client.Get(root + path, edge.as(who));
    REQUIRE(answer);
    return {answer->status, answer->body};
  }
};

}  // namespace

TEST_CASE("wallet routes: a payment method is added once a key, listed, made the default and removed") {
  Desk desk;
  const std::string body = R"({"provider":"sandbox","token":"tok_ok"})";
  const auto [status, first] = desk.post("methods", ana, body, "once");
  CHECK(status == 201);
  CHECK(field_of(first, "last4") == "4242");
  CHECK(field_of(first, "isDefault") == "true");
  CHECK(first.find("tok_ok") == std::string::npos);
  const std::string id = field_of(first, "methodId");
  CHECK(desk.post("methods", ana, body, "once").second == first);
  const auto second = desk.post("methods", ana, R"({"provider":"sandbox","token":"tok_slow"})");
  const std::string other = field_of(second.second, "methodId");
  CHECK(desk.post("methods/" + other + "/default", ana, "").first == 200);
  CHECK(desk.get("methods", ana).second.find(R"("isDefault":true)") != std::string::npos);
  CHECK(desk.client.Delete(root + "methods/" + id, desk.edge.as(ana))->status == 204);
  CHECK(desk.client.Delete(root + "methods/" + id, desk.edge.as(ana))->status == 404);
  CHECK(desk.get("methods", ben).second == R"({"items":[],"nextCursor":null})");
}

TEST_CASE("wallet routes: what cannot be is refused by name") {
  Desk desk;
  CHECK(field_of(desk.post("methods", ana, R"({"provider":"sandbox","token":"4242"})").second, "code") ==
        "payment_token_invalid");
  CHECK(desk.post("methods", ana, R"({"provider":"bank","token":"tok_ok"})").first == 400);
  CHECK(desk.post("methods", ana, R"({"provider":"sandbox","token":"tok_ok","brand":"gold"})").first == 400);
  CHECK(desk.post("methods", ana, R"({"provider":"sandbox"})").first == 400);
  CHECK(field_of(desk.post("payouts", ben, "{}").second, "code") == "insufficient_balance");
  CHECK(desk.get("payouts?cursor=x", ben).first == 400);
}

TEST_CASE("wallet routes: balances, payouts page by page, and the statement") {
  Desk desk;
  auto& wallet = desk.edge.door.state<Wallet>(ben.value);
  for (std::uint8_t i = 1; i <= 3; ++i)
    evolve(wallet, WalletCredited{test_id<PayoutId>(i), test_id<EscrowId>(i), test_id<DeliveryId>(i),
                                  Money{100 * i, {}}, testkit::test_start, testkit::test_start});
  CHECK(desk.get("wallet", ben).second == R"({"balances":[{"currency":"USD","available":0,"pending":600,"debt":0}]})");
  const auto page = desk.get("payouts?limit=2", ben).second;
  CHECK(page.find(test_id<PayoutId>(3).text()) < page.find(test_id<PayoutId>(2).text()));
  const std::string next = field_of(page, "nextCursor");
  CHECK(next.starts_with("1."));
  CHECK(desk.get("payouts?limit=2&cursor=" + next, ben).second.find(test_id<PayoutId>(1).text()) != std::string::npos);
  CHECK(desk.get("payouts/" + test_id<PayoutId>(1).text(), ben).first == 200);
  CHECK(desk.get("payouts/" + test_id<PayoutId>(1).text(), ana).first == 404);
  CHECK(desk.get("wallet/transactions", ben).second.find(R"("type":"credit","amount":300)") != std::string::npos);
}

}  // namespace wallet_routes_test
