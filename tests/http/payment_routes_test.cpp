#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/audit/commands.hpp"
#include "actors/cover/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "http/routes/payments/payments.hpp"
#include "storage/read_models/money.hpp"
#include "tests/http/edge.hpp"

namespace payment_routes_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

namespace {

const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), eve = test_id<UserId>(3), dora = test_id<UserId>(4);
const DeliveryId parcel = test_id<DeliveryId>(5);
const EscrowId escrow_id = test_id<EscrowId>(6);
const IntentId intent_id = test_id<IntentId>(7);
const auto finance = static_cast<std::uint32_t>(Permission::finance);
const auto disputes_bit = static_cast<std::uint32_t>(Permission::disputes);
const std::string root = "/api/v1";

std::vector<Route> rows(Services& services) {
  std::vector<Route> all;
  for (auto* rows_of : {payment_routes, dispute_routes, finance_routes})
    for (Route& row : rows_of(services)) all.push_back(std::move(row));
  return all;
}

/// A delivery whose money is held, and a desk to ask at.
class Desk {
 public:
  Desk()
      : edge([] {
          Edge none({});
          return rows(none.services);
        }()),
        models(edge.folder.path.string()),
        client(edge.client()) {
    edge.services.read_models = &models;
    edge.services.locate = [](const Uuid& part) -> std::optional<Address> {
      if (part == intent_id.value) return Address{EntityKind::escrow, escrow_id.value};
      return std::nullopt;
    };
    auto& delivery = edge.door.state<Delivery>(parcel.value);
    delivery.terms.request_id = test_id<RequestId>(8);
    delivery.terms.customer = ana;
    delivery.terms.traveler = ben;
    delivery.terms.price = {3500, {}};
    delivery.status = DeliveryStatus::accepted;
    delivery.escrow_id = escrow_id;
    auto& escrow = edge.door.state<Escrow>(escrow_id.value);
    CreateEscrow terms{parcel, intent_id, ana, ben, {3500, {}}, {350, {}}, "tok_ok", {}, "sandbox"};
    PaymentIntentCreated created{parcel, intent_id, ana, Money{3500, {}}, terms, testkit::test_start, {ProviderTask{}}};
    evolve(escrow, created);
    evolve(escrow, EscrowHeld{parcel, intent_id, Money{3500, {}}, testkit::test_start, testkit::test_start, {}});
  }

  std::pair<int, std::string> get(const std::string& path, UserId who, std::uint32_t permissions = 0) {
    return of(client.Get(root + path, edge.as(who, "both", permissions)));
  }
  std::pair<int, std::string> post(const std::string& path, UserId who, const std::string& body,
                                   std::uint32_t permissions = 0) {
    return of(client.Post(root + path, edge.as(who, "both", permissions), body, "application/json"));
  }
  std::pair<int, std::string> post_as_service(const std::string& path, const std::string& body) {
    return of(client.Post(root + path, edge.as_service(), body, "application/json"));
  }

  Edge edge;
  ReadModels models;
  httplib::Client client;

 private:
  static std::pair<int, std::string> of(const httplib::Result& answer) {
    REQUIRE(answer);
    return {answer->status, answer->body};
  }
};

const std::string escrow_path = "/payments/escrow/" + escrow_id.text();

}  // namespace

TEST_CASE("payment routes: parties see the escrow, its intent, its books and the receipt; strangers do not") {
  Desk desk;
  for (const std::string& path : {escrow_path, "/payments/intents/" + intent_id.text(), escrow_path + "/ledger",
                                  "/payments/receipts/" + parcel.text()}) {
    CAPTURE(path);
    CHECK(desk.get(path, ana).first == 200);
    CHECK(desk.get(path, ben).first == 200);
    CHECK(desk.get(path, eve).first == 404);
  }
  const std::string shown = desk.get(escrow_path, ben).second;
  CHECK(field_of(shown, "status") == "held");
  CHECK(field_of(shown, "platformFee") == "350");
  CHECK(field_of(shown, "travelerAmount") == "3150");
}

TEST_CASE("payment routes: a service releases what was delivered, and nothing else") {
  Desk desk;
  CHECK(desk.post(escrow_path + "/release", ana, "{}").first == 403);
  CHECK(field_of(desk.post_as_service(escrow_path + "/release", "{}").second, "code") == "invalid_state");
  desk.edge.door.state<Delivery>(parcel.value).status = DeliveryStatus::delivered;
  CHECK(field_of(desk.post_as_service(escrow_path + "/release", "{}").second, "status") == "released");
}

TEST_CASE("payment routes: who invents a delivery gets no money out of it, and its customer may call it off") {
  Desk desk;
  auto& deliveries = desk.edge.door;
  deliveries.state<Delivery>(parcel.value) = {};
  CHECK(field_of(desk.post_as_service(escrow_path + "/release", "{}").second, "code") == "invalid_state");
  const std::string cancel = "/payments/intents/" + intent_id.text() + "/cancel";
  CHECK(desk.post(cancel, ben, "").first != 200);
  CHECK(field_of(desk.post(cancel, ana, "").second, "status") == "cancelled");
}

TEST_CASE("payment routes: a split is proposed by one side and accepted by the other") {
  Desk desk;
  CHECK(desk.post(escrow_path + "/split", ana, R"({"refundAmount":-1})").first == 400);
  CHECK(desk.post(escrow_path + "/split", ana, R"({"refundAmount":1000})").first == 200);
  const std::string agreed = R"({"refundAmount":1000})";
  CHECK(desk.post(escrow_path + "/split/accept", ben, "").first == 400);
  CHECK(field_of(desk.post(escrow_path + "/split/accept", ana, agreed).second, "code") == "own_proposal");
  const auto other = desk.post(escrow_path + "/split/accept", ben, R"({"refundAmount":0})");
  CHECK(other.first == 409);
  CHECK(field_of(other.second, "code") == "split_changed");
  CHECK(field_of(desk.post(escrow_path + "/split/accept", ben, agreed).second, "status") == "held");
  CHECK(desk.edge.door.state<Escrow>(escrow_id.value).is_agreed());
}

TEST_CASE("payment routes: finance refunds by any name of the payment; nobody else does") {
  Desk desk;
  const std::string body = R"({"deliveryId":")" + parcel.text() + R"(","amount":500,"reason":"late"})";
  CHECK(desk.post("/payments/refunds", ana, body).first == 403);
  const auto [status, refund] = desk.post("/payments/refunds", dora, body, finance);
  CHECK(status == 201);
  CHECK(field_of(refund, "amount") == "500");
  CHECK(desk.post("/payments/refunds", dora, R"({"reason":"x"})", finance).first == 400);
  CHECK(field_of(desk.post("/payments/refunds", dora,
                           R"({"paymentIntentId":")" + intent_id.text() + R"(","amount":9000,"reason":"x"})", finance)
                     .second,
                 "code") == "invalid_amount");
}

TEST_CASE("payment routes: a service makes one intent a delivery, which its customer pays or cancels") {
  Desk desk;
  const auto body = [](const DeliveryId& id) {
    return R"({"deliveryId":")" + id.text() + R"(","customerId":")" + ana.text() + R"(","travelerId":")" + ben.text() +
           R"(","amount":2000,"currency":"USD"})";
  };
  CHECK(desk.post("/payments/create-intent", ana, body(parcel)).first == 403);
  const auto known = desk.post_as_service("/payments/create-intent", body(parcel));
  CHECK(known.first == 200);
  CHECK(field_of(known.second, "paymentIntentId") == intent_id.text());
  std::string charged = body(test_id<DeliveryId>(30));
  charged.insert(charged.size() - 1, R"(,"paymentMethodId":")" + intent_id.text() + '"');
  CHECK(field_of(desk.post_as_service("/payments/create-intent", charged).second, "code") == "not_allowed");
  const auto fresh = desk.post_as_service("/payments/create-intent", body(test_id<DeliveryId>(30)));
  CHECK(fresh.first == 201);
  CHECK(field_of(fresh.second, "status") == "requires_payment_method");
  const auto again = desk.post_as_service("/payments/create-intent", body(test_id<DeliveryId>(30)));
  CHECK(field_of(again.second, "paymentIntentId") == field_of(fresh.second, "paymentIntentId"));
  CHECK(field_of(desk.post("/payments/intents/" + intent_id.text() + "/confirm", ana, "{}").second, "code") ==
        "missing_payment_method");
  CHECK(field_of(desk.post("/payments/intents/" + intent_id.text() + "/cancel", ana, "").second, "code") ==
        "intent_not_open");
}

TEST_CASE("dispute routes: one is opened by a party, once, told about, and decided by a judge") {
  Desk desk;
  const std::string body =
      R"({"deliveryId":")" + parcel.text() + R"(","reason":"damaged","description":"broken","requestedAmount":2000})";
  CHECK(desk.post("/admin/disputes", eve, body).first == 404);  // as for a delivery that does not exist
  std::string more = body;
  const auto greedy = desk.post("/admin/disputes", ana, more.replace(more.find("2000"), 4, "3501"));
  CHECK(field_of(greedy.second, "code") == "invalid_amount");
  CHECK(field_of(greedy.second, "field") == "requestedAmount");
  const auto opened = desk.post("/admin/disputes", ana, body);  // the refused one has left nothing behind
  const std::string& dispute = opened.second;
  REQUIRE_MESSAGE(opened.first == 201, dispute);
  CHECK(field_of(dispute, "status") == "open");
  CHECK(field_of(desk.post("/admin/disputes", ana, body).second, "code") == "dispute_open");
  const auto other_side = desk.post("/admin/disputes", ben, body);
  CHECK(other_side.first == 200);
  CHECK(field_of(other_side.second, "disputeId") == field_of(dispute, "disputeId"));
  CHECK(field_of(desk.post("/admin/disputes", ben, body).second, "code") == "dispute_open");
  const std::string path = "/admin/disputes/" + field_of(dispute, "disputeId");
  CHECK(desk.get(path, ben).first == 200);
  CHECK(desk.get(path, eve).first == 404);
  CHECK(desk.post(path + "/messages", ben, R"({"text":"hello"})").first == 201);
  CHECK(desk.post(path + "/evidence", ana, R"({"description":"a photo"})").first == 201);
  const auto assigned = desk.client.Put(root + path + "/assign", desk.edge.as(dora, "both", disputes_bit),
                                        R"({"assigneeId":")" + dora.text() + R"("})", "application/json");
  CHECK(field_of(assigned->body, "status") == "assigned");
  // What an act answers is read as well: each leaves a look.
  const auto looks = [&] {
    return std::ranges::count_if(desk.edge.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  CHECK(looks() == 1);
  const auto to_party = desk.client.Put(root + path + "/assign", desk.edge.as(dora, "both", disputes_bit),
                                        R"({"assigneeId":")" + ana.text() + R"("})", "application/json");
  CHECK(to_party->status == 400);
  CHECK(field_of(to_party->body, "field") == "assigneeId");
  // While she still decides disputes nobody takes it from her, nor through a third; once she does not, anybody may.
  const auto hand_to = [&](UserId whom) {
    return desk.client.Put(root + path + "/assign", desk.edge.as(eve, "both", disputes_bit),
                           R"({"assigneeId":")" + whom.text() + R"("})", "application/json");
  };
  const auto appoint = [&](UserId whom, std::uint32_t permissions) {
    auto& account = desk.edge.door.state<Account>(whom.value);
    account.registered = true;
    account.status = UserStatus::active;
    account.permissions = permissions;
  };
  const UserId fred = test_id<UserId>(77);
  appoint(dora, disputes_bit);
  appoint(fred, disputes_bit);
  for (const UserId whom : {eve, fred}) CHECK(field_of(hand_to(whom)->body, "code") == "not_allowed");
  appoint(dora, 0);
  CHECK(field_of(hand_to(fred)->body, "assigneeId") == fred.text());
  appoint(fred, 0);
  CHECK(field_of(hand_to(eve)->body, "assigneeId") == eve.text());
  appoint(eve, 0);
  CHECK(desk.client
            .Put(root + path + "/assign", desk.edge.as(dora, "both", disputes_bit),
                 R"({"assigneeId":")" + dora.text() + R"("})", "application/json")
            ->status == 200);
  const std::string decision = R"({"resolution":"split","refundAmount":1500,"note":"half"})";
  CHECK(desk.post(path + "/resolve", ana, decision).first == 403);
  const auto resolved = desk.post(path + "/resolve", dora, decision, disputes_bit);
  CHECK(field_of(resolved.second, "status") == "resolved");
  CHECK_FALSE(field_of(resolved.second, "refundId").empty());
  CHECK(looks() == 5);
  CHECK(field_of(desk.post(path + "/resolve", dora, decision, disputes_bit).second, "code") == "already_resolved");
  CHECK(field_of(desk.post("/admin/disputes", ana, body).second, "code") == "already_resolved");
  const std::string reason = R"({"reason":"new photos"})";
  CHECK(desk.post(path + "/reopen", ana, reason).first == 403);
  CHECK(desk.post(path + "/reopen", dora, "{}", disputes_bit).first == 400);
  CHECK(field_of(desk.post(path + "/reopen", dora, reason, disputes_bit).second, "code") == "invalid_state");
  desk.edge.door.state<Dispute>(parcel.value).settled = EscrowSettled{{}, Money{1500, {}}, Money{2000, {}}};
  CHECK(field_of(desk.post(path + "/reopen", dora, reason, disputes_bit).second, "code") == "self_not_allowed");
  const auto again = desk.post(path + "/reopen", eve, reason, disputes_bit);
  CHECK(again.first == 200);
  CHECK(field_of(again.second, "status") == "assigned");
  CHECK(looks() == 6);
}

TEST_CASE(
    "payment routes: a service's release never has the platform pay; an administrator of finance does, with a reason") {
  Desk desk;
  desk.edge.door.state<Delivery>(parcel.value).status = DeliveryStatus::delivered;
  auto& escrow = desk.edge.door.state<Escrow>(escrow_id.value);
  escrow.status = EscrowStatus::released;
  escrow.held = {0, {}};
  escrow.to_traveler = {3150, {}};
  escrow.fee_taken = {350, {}};
  escrow.uncollected = true;
  CHECK(field_of(desk.post_as_service(escrow_path + "/release", "{}").second, "status") == "released");
  CHECK(escrow.uncollected);
  const std::string body = R"({"escrowId":")" + escrow_id.text() + R"(","reason":"paid in cash"})";
  const std::string nameless = R"({"escrowId":")" + escrow_id.text() + R"("})";
  CHECK(desk.post_as_service("/admin/finance/write-offs", body).first == 403);
  CHECK(desk.post("/admin/finance/write-offs", dora, body, disputes_bit).first == 403);
  CHECK(desk.post("/admin/finance/write-offs", dora, nameless, finance).first == 400);
  CHECK(field_of(desk.post("/admin/finance/write-offs", ben, body, finance).second, "code") == "self_not_allowed");
  CHECK(desk.post("/admin/finance/write-offs", dora, body, finance).first == 201);
  CHECK_FALSE(escrow.uncollected);
  CHECK(field_of(desk.post("/admin/finance/write-offs", dora, body, finance).second, "code") == "nothing_to_write_off");
}

TEST_CASE("payment routes: finance alone sees the pool of covers and adds to it") {
  Desk desk;
  const std::string path = "/admin/finance/cover",
                    body = R"({"amount":5000,"currency":"USD","reason":"a claim waits"})";
  CHECK(desk.post_as_service(path, body).first == 403);
  CHECK(desk.post(path, ana, body).first == 403);
  CHECK(desk.post(path, dora, body, disputes_bit).first == 403);
  CHECK(desk.post(path, dora, R"({"amount":0,"currency":"USD","reason":"x"})", finance).first == 400);
  CHECK(desk.post(path, dora, R"({"amount":5000,"currency":"USD"})", finance).first == 400);
  CHECK(desk.post(path, dora, body, finance).first == 201);
  CHECK(desk.edge.door.state<Cover>(Uuid{}).balance_in({}) == Money{5'000, {}});
  CHECK(desk.get(path, ana).first == 403);
  CHECK(desk.get(path, dora, finance).second.find("5000") != std::string::npos);
  // Nobody has their own claim paid.
  desk.edge.door.state<Cover>(Uuid{}).waiting.push_back(CoverClaim{escrow_id, {30'000, {}}, Time{}, dora});
  const auto own = desk.post(path, dora, body, finance);
  CHECK(own.first == 422);
  CHECK(field_of(own.second, "code") == "self_not_allowed");
}

TEST_CASE("payment routes: whoever moves money has shown the password a moment ago") {
  Desk desk;
  desk.edge.stepped_up = false;
  const std::string dispute = "/admin/disputes/" + parcel.text() + "/resolve";
  const std::string refund = R"({"deliveryId":")" + parcel.text() + R"(","amount":500,"reason":"late"})";
  const auto code = [](const std::pair<int, std::string>& answer) { return field_of(answer.second, "code"); };
  CHECK(code(desk.post(escrow_path + "/split", ana, R"({"refundAmount":1000})")) == "step_up_required");
  CHECK(code(desk.post(escrow_path + "/split/accept", ana, R"({"refundAmount":1000})")) == "step_up_required");
  CHECK(code(desk.post("/payments/refunds", dora, refund, finance)) == "step_up_required");
  CHECK(code(desk.post("/admin/finance/write-offs", dora, "{}", finance)) == "step_up_required");
  CHECK(code(desk.post("/admin/finance/cover", dora, R"({"amount":1,"currency":"USD","reason":"x"})", finance)) ==
        "step_up_required");
  CHECK(code(desk.post("/admin/finance/payouts", dora, R"({"userId":")" + ben.text() + R"("})", finance)) ==
        "step_up_required");
  CHECK(code(desk.post(dispute, dora, R"({"resolution":"release","note":"x"})", disputes_bit)) == "step_up_required");
  // Nor does a copied token use up its owner's dispute, or hand a judge's on.
  const std::string claim = R"({"deliveryId":")" + parcel.text() + R"(","reason":"other","description":"all is well"})";
  CHECK(code(desk.post("/admin/disputes", ana, claim)) == "step_up_required");
  const auto handed = desk.client.Put(root + std::string("/admin/disputes/") + parcel.text() + "/assign",
                                      desk.edge.as(dora, "both", disputes_bit),
                                      R"({"assigneeId":")" + dora.text() + R"("})", "application/json");
  CHECK(field_of(handed->body, "code") == "step_up_required");
}

TEST_CASE("finance routes: the trial balance, alerts and lists are there for finance alone") {
  Desk desk;
  const auto [status, check] = desk.get("/admin/finance/ledger-check", dora, finance);
  CHECK(status == 200);
  CHECK(field_of(check, "balanced") == "true");
  CHECK(desk.get("/admin/finance/ledger-check", ana).first == 403);
  CHECK(desk.get("/admin/finance/alerts", dora, finance).second == R"({"items":[],"nextCursor":null})");
  CHECK(desk.get("/admin/disputes?status=open", dora, disputes_bit).first == 200);
  CHECK(desk.get("/admin/disputes?cursor=x", dora, disputes_bit).first == 400);
  CHECK(desk.get("/payments/intents", ana).second == R"({"items":[],"nextCursor":null})");
  CHECK(desk.post("/admin/finance/payouts", dora, R"({"userId":")" + ben.text() + R"("})", finance).first == 409);
}

}  // namespace payment_routes_test
