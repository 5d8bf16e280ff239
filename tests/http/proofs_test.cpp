#include "actors/account/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/http/people.hpp"

/// Whose an address or a number is, and how an account is kept from thieves and strangers, at the edge.
namespace proofs_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const httplib::Headers other_client{{"User-Agent", "somebody else's"}};

std::string json_of(const std::string& name, const std::string& value) {
  return R"({")" + name + R"(":")" + value + "\"}";
}

}  // namespace

TEST_CASE("proofs: from another client than registered, a new password takes the place of the registrant's") {
  People people;
  people.registered("mia@example.org");
  const std::string token = R"({"token":")" + people.mailed["verificationToken"] + '"';
  auto refused = people.post("/auth/verify-email", token + "}", other_client);
  CHECK(refused->status == 422);
  CHECK(people.code_of(refused) == "password_required");
  CHECK(people.post("/auth/verify-email", token + R"(,"password":"aaaaaaaa"})", other_client)->status == 422);
  CHECK(people.post("/auth/verify-email", token + R"(,"password":"quite-Another-one7"})", other_client)->status == 200);
  people.deliver();
  CHECK(people.login("mia@example.org")->status == 401);
  CHECK(people.login("mia@example.org", "quite-Another-one7")->status == 200);
}

TEST_CASE("proofs: whoever never registered frees the address") {
  People people;
  people.registered("mia@example.org");
  const std::string token = json_of("token", people.mailed["verificationToken"]);
  CHECK(people.post("/auth/verify-email/reject", json_of("token", "not-a-token"))->status == 422);
  CHECK(people.post("/auth/verify-email/reject", token)->status == 204);
  people.deliver();
  CHECK(people.post("/auth/verify-email/reject", token)->status == 422);
  CHECK(people.post("/auth/verify-email", token)->status == 422);
  CHECK(people.login("mia@example.org")->status == 401);
  people.active("mia@example.org");
  CHECK(people.login("mia@example.org")->status == 200);
}

TEST_CASE("proofs: another address counts once it is proven") {
  People people;
  people.active("mia@example.org");
  people.active("tom@example.org");
  const auto in = people.login("mia@example.org");
  REQUIRE(in->status == 200);
  auto taken = people.post("/auth/email/change", json_of("email", "TOM@example.org"), bearer(in));
  CHECK(taken->status == 409);
  CHECK(people.code_of(taken) == "email_taken");
  CHECK(people.post("/auth/email/change", json_of("email", "mia@example.com"))->status == 401);
  CHECK(people.post("/auth/email/change", json_of("email", "mia@example.com"), bearer(in))->status == 202);
  people.deliver();
  const std::string token = json_of("token", people.mailed["verificationToken"]);
  CHECK(people.login("mia@example.com")->status == 401);
  SUBCASE("proven") {
    CHECK(people.post("/auth/email/verify", token)->status == 200);
    people.deliver();
    CHECK(people.login("mia@example.com")->status == 200);
    CHECK(people.login("mia@example.org")->status == 401);
    CHECK(people.post("/auth/email/verify", token)->status == 422);
    CHECK(field_of(people.get("/users/me", bearer(in))->body, "email") == "mia@example.com");
  }
  SUBCASE("taken meanwhile") {
    people.active("mia@example.com");
    auto late = people.post("/auth/email/verify", token);
    CHECK(late->status == 409);
    CHECK(people.code_of(late) == "email_taken");
  }
}

TEST_CASE("proofs: a number proves one account, and another number is not proven by the one before") {
  People people;
  people.active("mia@example.org");
  people.active("tom@example.org");
  const auto mia = people.login("mia@example.org"), tom = people.login("tom@example.org");
  const auto prove = [&](const httplib::Result& who, const std::string& number) {
    CHECK(people.post("/auth/phone/send-code", json_of("phoneNumber", number), bearer(who))->status == 204);
    people.deliver();
    return people.post("/auth/phone/verify", json_of("code", people.mailed["code"]), bearer(who));
  };
  CHECK(prove(mia, "+12025550100")->status == 200);
  people.deliver();
  auto second = prove(tom, "+12025550100");
  CHECK(second->status == 409);
  CHECK(people.code_of(second) == "phone_taken");
  CHECK(field_of(people.get("/users/me", bearer(mia))->body, "verificationLevel") == "phone");
  const auto changed =
      people.client.Patch("/api/v1/users/me", bearer(mia), json_of("phoneNumber", "+12025550101"), "application/json");
  REQUIRE(changed->status == 200);
  CHECK(field_of(changed->body, "verificationLevel") == "email");
  people.deliver();
  CHECK(field_of(people.get("/auth/me", bearer(mia))->body, "phoneVerified") == "false");
  CHECK(prove(tom, "+12025550100")->status == 200);
}

TEST_CASE("proofs: a proven number changes after the password alone, never by a key, and its owner is told") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto made = people.post("/auth/api-keys", R"({"name":"shop","scopes":["users:write"]})", in);
  REQUIRE(made->status == 201);
  const httplib::Headers by_key{{"X-Api-Key", field_of(made->body, "key")}};
  const auto change = [&](const httplib::Headers& who, const char* number) {
    return people.client.Patch("/api/v1/users/me", who, json_of("phoneNumber", number), "application/json");
  };
  CHECK(change(by_key, "+12025550109")->status == 200);  // nothing is proven yet
  people.deliver();
  CHECK(people.post("/auth/phone/send-code", json_of("phoneNumber", "+12025550100"), in)->status == 204);
  people.deliver();
  REQUIRE(people.post("/auth/phone/verify", json_of("code", people.mailed["code"]), in)->status == 200);
  people.deliver();
  auto refused = change(by_key, "+12025550101");
  CHECK(people.code_of(refused) == "step_up_required");
  CHECK(change(by_key, "+12025550100")->status == 200);  // the same
  people.edge.door.advance(std::chrono::minutes{10});
  refused = change(in, "+12025550101");
  CHECK(people.code_of(refused) == "step_up_required");
  CHECK(people.edge.door.state<Account>(mia.value).phone_verified);
  REQUIRE(people.post("/auth/step-up", json_of("password", password), in)->status == 200);
  CHECK(change(in, "+12025550101")->status == 200);
  people.deliver();
  CHECK_FALSE(people.edge.door.state<Account>(mia.value).phone_verified);
  const auto& inbox = people.edge.door.state<Inbox>(mia.value).notifications;
  CHECK(std::ranges::count(inbox, "phone_changed", &Notification::template_id) == 1);
}

TEST_CASE("proofs: all accounts together send few codes to a number and few links to an address") {
  People people;
  std::vector<httplib::Result> in;
  for (const char* name : {"ann", "ben", "cleo"}) {
    people.active(std::string(name) + "@example.org");
    in.push_back(people.login(std::string(name) + "@example.org"));
  }
  for (const auto& [path, body] : {std::pair("/auth/phone/send-code", json_of("phoneNumber", "+12025550100")),
                                   std::pair("/auth/email/change", json_of("email", "victim@example.org"))}) {
    int sent = 0;
    for (int round = 0; round < 3; ++round)
      for (const httplib::Result& who : in)
        if (people.post(path, body, bearer(who))->status < 300) ++sent;
    auto last = people.post(path, body, bearer(in[0]));
    CHECK(sent == 5);
    CHECK(last->status == 429);
    CHECK(people.code_of(last) == "too_many_attempts");
    const int wait = std::stoi(last->get_header_value("Retry-After"));
    CHECK(wait > 3500);
    CHECK(wait <= 3601);
  }
  CHECK(people.post("/auth/phone/send-code", json_of("phoneNumber", "+12025550101"), bearer(in[0]))->status == 204);
  // What an account refuses uses up no turn of the number.
  const std::string own = json_of("phoneNumber", "+12025550102");
  people.post("/auth/phone/send-code", own, bearer(in[1]));
  people.deliver();
  REQUIRE(people.post("/auth/phone/verify", json_of("code", people.mailed["code"]), bearer(in[1]))->status == 200);
  for (int i = 0; i < 6; ++i) CHECK(people.post("/auth/phone/send-code", own, bearer(in[1]))->status == 409);
  CHECK(people.post("/auth/phone/send-code", own, bearer(in[2]))->status == 204);
  people.edge.door.advance(std::chrono::hours{1});
  const auto later = people.login("ann@example.org");
  CHECK(people.post("/auth/phone/send-code", json_of("phoneNumber", "+12025550100"), bearer(later))->status == 204);
}

TEST_CASE("proofs: a retry makes no second API key") {
  People people;
  people.active("mia@example.org");
  auto headers = bearer(people.login("mia@example.org"));
  const httplib::Headers plain = headers;
  headers.emplace("Idempotency-Key", "k1");
  CHECK(people.post("/auth/api-keys", R"({"name":"one"})", headers)->status == 201);
  auto again = people.post("/auth/api-keys", R"({"name":"one"})", headers);
  CHECK(again->status == 409);
  CHECK(people.code_of(again) == "secret_shown_once");
  auto other = people.post("/auth/api-keys", R"({"name":"two"})", headers);
  CHECK(other->status == 422);
  CHECK(people.code_of(other) == "idempotency_key_reused");
  const std::string listed = people.get("/auth/api-keys", plain)->body;
  CHECK(listed.find("keyId") == listed.rfind("keyId"));
}

TEST_CASE("proofs: strangers lock themselves out; the owner's client and session go on") {
  People people;
  people.active("mia@example.org");
  const auto in = people.login("mia@example.org");
  const std::string wrong = R"({"email":"mia@example.org","password":"wrong-one"})";
  const std::string right = R"({"email":"mia@example.org","password":")" + std::string(password) + "\"}";
  for (int i = 0; i < max_login_failures; ++i) CHECK(people.post("/auth/login", wrong, other_client)->status == 401);
  CHECK(people.post("/auth/login", right, other_client)->status == 429);
  CHECK(people.login("mia@example.org")->status == 200);
  for (int i = 0; i < max_login_failures; ++i) CHECK(people.login("mia@example.org", "wrong-one")->status == 401);
  CHECK(people.login("mia@example.org")->status == 429);
  const std::string change = R"({"currentPassword":")" + std::string(password) + R"(","newPassword":"fair-Enough-8x"})";
  CHECK(people.post("/auth/password/change", change, bearer(in))->status == 200);
  people.deliver();
  CHECK(people.post("/auth/login", right, other_client)->status == 401);  // the lock is open, the password another
}

TEST_CASE("proofs: a wrong code for the second factor counts, and a reset ends keys") {
  People people;
  people.active("mia@example.org");
  const auto in = people.login("mia@example.org");
  const auto key = people.post("/auth/api-keys", json_of("name", "thief"), bearer(in));
  REQUIRE(key->status == 201);
  const httplib::Headers with_key{{"X-Api-Key", field_of(key->body, "key")}};
  CHECK(people.get("/auth/me", with_key)->status == 200);
  REQUIRE(people.post("/auth/2fa/setup", "", bearer(in))->status == 200);
  for (int i = 0; i < max_login_failures; ++i)
    CHECK(people.post("/auth/2fa/enable", json_of("code", "000000"), bearer(in))->status == 422);
  auto locked = people.post("/auth/2fa/enable", json_of("code", "000000"), bearer(in));
  CHECK(locked->status == 429);
  CHECK(people.code_of(locked) == "account_locked");
  CHECK(people.post("/auth/password/forgot", json_of("email", "mia@example.org"))->status == 202);
  people.deliver();
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"fair-Enough-8x"})")
            ->status == 204);
  CHECK(people.get("/auth/me", with_key)->status == 401);
}

TEST_CASE("proofs: the mailbox from before takes back a thief's address, and ends the password that they know") {
  People people;
  people.active("mia@example.org");
  const auto thief = people.login("mia@example.org");
  REQUIRE(people.post("/auth/email/change", json_of("email", "thief@example.com"), bearer(thief))->status == 202);
  people.deliver();
  const std::string undo = json_of("token", people.mailed["undoToken"]);
  REQUIRE(people.post("/auth/email/verify", json_of("token", people.mailed["verificationToken"]))->status == 200);
  people.deliver();
  CHECK(people.login("thief@example.com")->status == 200);
  const std::string registration = std::string(R"({"email":"mia@example.org","password":")") + password +
                                   R"(","firstName":"Mia","lastName":"Ex","userType":"both"})";
  CHECK(people.post("/auth/register", registration)->status == 409);  // held, as it may come back
  CHECK(people.post("/auth/undo", json_of("token", "no-token"))->status == 422);
  CHECK(people.post("/auth/undo", undo)->status == 204);
  people.deliver();
  CHECK(people.get("/auth/me", bearer(thief))->status == 401);
  CHECK(people.login("thief@example.com")->status == 401);
  CHECK(people.login("mia@example.org")->status == 401);
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"fair-Enough-8x"})")
            ->status == 204);
  CHECK(people.login("mia@example.org", "fair-Enough-8x")->status == 200);
  CHECK(people.post("/auth/undo", undo)->status == 422);
}

TEST_CASE("proofs: a push device that an API key registered goes with the key") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto key = people.post("/auth/api-keys", R"({"name":"thief","scopes":["notifications:write"]})", in);
  REQUIRE(key->status == 201);
  const httplib::Headers with_key{{"X-Api-Key", field_of(key->body, "key")}};
  const std::string device = R"({"token":"thiefs-telephone","platform":"ios"})";
  CHECK(people.post("/notifications/devices", device, with_key)->status == 201);
  CHECK(people.edge.door.state<Inbox>(mia.value).devices.size() == 1);
  CHECK(people.client.Delete("/api/v1/auth/api-keys/" + field_of(key->body, "keyId"), in)->status == 204);
  people.deliver();
  CHECK(people.edge.door.state<Inbox>(mia.value).devices.empty());
}

TEST_CASE("proofs: an account is not deleted while there is money in its wallet") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  Wallet::State& wallet = people.edge.door.state<Wallet>(mia.value);
  wallet.available.push_back({1'750, *Currency::parse("USD")});
  auto refused = people.client.Delete("/api/v1/users/me", in, "{}", "application/json");
  CHECK(refused->status == 409);
  CHECK(people.code_of(refused) == "money_pending");
  wallet.available.clear();
  CHECK(people.client.Delete("/api/v1/users/me", in, "{}", "application/json")->status == 204);
}

}  // namespace proofs_test
