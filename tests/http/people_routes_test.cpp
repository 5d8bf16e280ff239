#include <liboath/oath.h>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/routes/admin/admin_users.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/notifications/notifications.hpp"
#include "http/routes/users/users.hpp"
#include "storage/text/unicode.hpp"
#include "tests/http/people.hpp"

namespace people_routes_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("people: registration, verification, sign-in, and a refresh token that was used twice") {
  People people;
  people.registered("mia@example.org");
  const std::string again = R"({"email":"MIA@Example.org","password":"a-long-enough-Passw0rd","firstName":"M",
                                "lastName":"T","userType":"customer"})";
  auto answer = people.post("/auth/register", again);
  CHECK(answer->status == 409);
  CHECK(people.code_of(answer) == "email_taken");
  answer = people.login("mia@example.org");
  CHECK(answer->status == 403);
  CHECK(people.code_of(answer) == "email_not_verified");
  const std::string token = R"({"token":")" + people.mailed["verificationToken"] + "\"}";
  CHECK(people.post("/auth/verify-email", R"({"token":"not-a-token"})")->status == 422);
  CHECK(field_of(people.post("/auth/verify-email", token)->body, "status") == "active");
  CHECK(people.post("/auth/verify-email", token)->status == 422);
  const auto in = people.login("Mia@example.org");
  REQUIRE(in->status == 200);
  CHECK(field_of(in->body, "tokenType") == "Bearer");
  CHECK(people.get("/auth/me", bearer(in))->status == 200);
  CHECK(people.get("/users/me", bearer(in))->status == 200);
  const std::string first = R"({"refreshToken":")" + field_of(in->body, "refreshToken") + "\"}";
  const auto second = people.post("/auth/refresh", first);
  REQUIRE(second->status == 200);
  const std::string sealed = field_of(second->body, "refreshToken"), bare = sealed.substr(0, sealed.find('.'));
  CHECK(people.post("/auth/refresh", R"({"refreshToken":")" + bare + "\"}")->status == 200);  // of an older build
  answer = people.post("/auth/refresh", first);
  CHECK(answer->status == 401);
  CHECK(people.code_of(answer) == "refresh_token_reused");
  CHECK(people.post("/auth/refresh", R"({"refreshToken":")" + field_of(second->body, "refreshToken") + "\"}")->status ==
        401);
  CHECK(people.post("/auth/refresh", R"({"refreshToken":"x"})")->status == 401);
}

TEST_CASE("people: the same registration with the same key is one account") {
  People people;
  const std::string body = R"({"email":"mia@example.org","password":"a-long-enough-Passw0rd","firstName":"M",
                               "lastName":"T","userType":"customer"})";
  const httplib::Headers key{{"Idempotency-Key", "k1"}};
  const auto first = people.post("/auth/register", body, key), second = people.post("/auth/register", body, key);
  CHECK(first->status == 201);
  CHECK(second->status == 201);
  CHECK(field_of(first->body, "userId") == field_of(second->body, "userId"));
}

TEST_CASE("people: a service learns who a token belongs to, and that another is none") {
  People people;
  people.active("mia@example.org");
  const auto in = people.login("mia@example.org");
  const std::string token = R"({"token":")" + field_of(in->body, "accessToken") + "\"}";
  auto answer = people.post("/auth/validate", token, people.edge.as_service());
  CHECK(answer->body.find("\"valid\":true") != std::string::npos);
  people.edge.sessions_live = false;
  answer = people.post("/auth/validate", token, people.edge.as_service());
  CHECK(field_of(answer->body, "reason") == "session_revoked");
  CHECK(people.post("/auth/validate", R"({"token":"nonsense"})", people.edge.as_service())->status == 200);
  CHECK(people.post("/auth/validate", token)->status == 401);
}

TEST_CASE("people: unknown addresses answer and lock like known ones") {
  People people;
  people.active("mia@example.org");
  for (const char* email : {"mia@example.org", "nobody@example.org"}) {
    for (int i = 0; i < max_login_failures; ++i) {
      auto answer = people.login(email, "wrong-password");
      CHECK(answer->status == 401);
      CHECK(people.code_of(answer) == "invalid_credentials");
    }
    auto answer = people.login(email);
    CHECK(answer->status == 429);
    CHECK(people.code_of(answer) == "account_locked");
    CHECK(answer->has_header("Retry-After"));
  }
}

TEST_CASE("people: the second factor, from its secret to a recovery code") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = people.login("mia@example.org");
  const auto setup = people.post("/auth/2fa/setup", "{}", bearer(in));
  REQUIRE(setup->status == 200);
  const Bytes sealed = people.edge.door.state<Account>(mia.value).pending_totp_secret;
  const auto opened = people.secrets.open(mia, sealed);
  REQUIRE(opened);
  const Bytes secret = *opened;
  CHECK(sealed.value.find(secret.value) == std::string::npos);  // what the journal has gives nothing away
  CHECK(field_of(setup->body, "secret") == http::base32_text(secret));
  const auto code = [&](int steps) {
    char text[8];
    const auto seconds = to_millis(people.edge.tokens.now()) / 1'000 + steps * 30;
    REQUIRE(oath_totp_generate(secret.value.data(), secret.value.size(), seconds, 30, 0, 6, text) == OATH_OK);
    return std::string(text);
  };
  CHECK(people.post("/auth/2fa/enable", R"({"code":"000000"})", bearer(in))->status == 422);
  const auto enabled = people.post("/auth/2fa/enable", R"({"code":")" + code(0) + "\"}", bearer(in));
  REQUIRE(enabled->status == 200);
  const auto challenge = people.login("mia@example.org");
  REQUIRE(challenge->status == 200);
  CHECK(field_of(challenge->body, "accessToken").empty());
  const std::string with = R"({"challengeToken":")" + field_of(challenge->body, "challengeToken") + R"(","code":")";
  CHECK(people.post("/auth/login/2fa", with + code(0) + "\"}")->status == 422);  // used to enable it
  CHECK(people.post("/auth/login/2fa", with + code(1) + "\"}")->status == 200);
  const auto other = people.login("mia@example.org");
  const std::size_t at = enabled->body.find("[\"") + 2;
  const std::string recovery = enabled->body.substr(at, enabled->body.find('"', at) - at);
  const std::string by_recovery =
      R"({"challengeToken":")" + field_of(other->body, "challengeToken") + R"(","code":")" + recovery + "\"}";
  CHECK(people.post("/auth/login/2fa", by_recovery)->status == 200);
  CHECK(people.post("/auth/login/2fa", by_recovery)->status == 401);
}

TEST_CASE("people: a secret of a journal older than the seal still signs in") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const Bytes secret{std::string(http::SecretSealer::totp_secret_bytes, 'k')};
  people.edge.door.state<Account>(mia.value).totp_secret = secret;
  const auto challenge = people.login("mia@example.org");
  char code[8];
  const auto seconds = to_millis(people.edge.tokens.now()) / 1'000;
  REQUIRE(oath_totp_generate(secret.value.data(), secret.value.size(), seconds, 30, 0, 6, code) == OATH_OK);
  CHECK(people
            .post("/auth/login/2fa", R"({"challengeToken":")" + field_of(challenge->body, "challengeToken") +
                                         R"(","code":")" + code + "\"}")
            ->status == 200);
}

TEST_CASE("people: a key does what it was made for, and a read-only one only reads") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  CHECK(people.post("/auth/api-keys", R"({"name":"x","permissions":["users"]})", in)->status == 403);
  people.edge.door.state<Account>(mia.value).permissions = static_cast<std::uint32_t>(Permission::users);
  const auto boss = bearer(people.login("mia@example.org"));
  const auto key_of = [&](const char* body) {
    const auto made = people.post("/auth/api-keys", body, boss);
    REQUIRE_MESSAGE(made->status == 201, made->body);
    return httplib::Headers{{"X-Api-Key", field_of(made->body, "key")}};
  };
  const auto plain = key_of(R"({"name":"plain"})"), admin = key_of(R"({"name":"admin","permissions":["users"]})"),
             reader = key_of(R"({"name":"reader","permissions":["users"],"readOnly":true})");
  const std::string sessions = "/admin/users/" + mia.text() + "/sessions/revoke";
  CHECK(people.get("/users/me", plain)->status == 200);
  CHECK(people.get("/admin/users/" + mia.text(), plain)->status == 403);
  CHECK(people.post("/auth/api-keys", R"({"name":"x","permissions":["users"]})", plain)->status == 403);
  CHECK(people.get("/admin/users/" + mia.text(), reader)->status == 200);
  auto refused = people.post(sessions, "", reader);
  CHECK(refused->status == 403);
  CHECK(people.code_of(refused) == "key_read_only");
  refused = people.post(sessions, "", admin);  // it keeps nobody from deleting it
  CHECK(people.code_of(refused) == "self_not_allowed");
  const UserId eve = people.active("eve@example.org");
  CHECK(people.post("/admin/users/" + eve.text() + "/sessions/revoke", "", admin)->status == 204);
  const auto list = people.get("/auth/api-keys", reader);
  CHECK(list->body.find("\"readOnly\":true") != std::string::npos);
  CHECK(list->body.find("\"permissions\":[\"users\"]") != std::string::npos);
}

TEST_CASE("people: what is sealed opens for its owner alone, after a restart too") {
  ScratchFolder folder;
  const UserId mia = test_id<UserId>(1), tom = test_id<UserId>(2);
  const Bytes secret{std::string(http::SecretSealer::totp_secret_bytes, 's')};
  http::SecretSealer sealer(folder.path);
  Bytes sealed = sealer.seal(mia, secret);
  CHECK(http::SecretSealer(folder.path).open(mia, sealed) == secret);
  CHECK_FALSE(sealer.open(tom, sealed));
  sealed.value.back() ^= 1;
  CHECK_FALSE(sealer.open(mia, sealed));
  CHECK_FALSE(sealer.open(mia, Bytes{}));
}

TEST_CASE("people: a forgotten password, and one that is changed") {
  People people;
  people.active("mia@example.org");
  CHECK(people.post("/auth/password/forgot", R"({"email":"nobody@example.org"})")->status == 202);
  CHECK(people.post("/auth/password/forgot", R"({"email":"mia@example.org"})")->status == 202);
  people.deliver();
  const std::string reset = R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":")";
  CHECK(people.post("/auth/password/reset", reset + "aaaaaaaa\"}")->status == 422);
  CHECK(people.post("/auth/password/reset", reset + "another-Passw0rd\"}")->status == 204);
  CHECK(people.login("mia@example.org")->status == 401);
  const auto in = people.login("mia@example.org", "another-Passw0rd");
  REQUIRE(in->status == 200);
  const std::string change = R"(","newPassword":"a-third-Passw0rd"})";
  CHECK(people.post("/auth/password/change", R"({"currentPassword":"wrong)" + change, bearer(in))->status == 403);
  CHECK(people.post("/auth/password/change", R"({"currentPassword":"another-Passw0rd)" + change, bearer(in))->status ==
        200);
  CHECK(people.login("mia@example.org", "a-third-Passw0rd")->status == 200);
}

TEST_CASE("people: profile, preferences, addresses by coordinates, blocks") {
  People people;
  const UserId mia = people.active("mia@example.org"), tom = people.active("tom@example.org");
  const auto as_mia = people.edge.as(mia), as_tom = people.edge.as(tom);
  const auto edited = people.client.Patch("/api/v1/users/me", as_mia, R"({"bio":"I travel."})", "application/json");
  CHECK(field_of(edited->body, "bio") == "I travel.");
  CHECK(people.get("/users/" + mia.text(), as_tom)->body.find("mia@example.org") == std::string::npos);
  CHECK(people
            .put("/users/me/preferences",
                 R"({"language":"de","timezone":"Europe/Berlin","currency":"EUR",
                     "channels":{"email":true,"sms":false,"push":true},"quietHours":{"from":"22:00","to":"07:00"}})",
                 as_mia)
            ->status == 200);
  people.deliver();
  CHECK(people.edge.door.state<Inbox>(mia.value).language == "de");
  const auto added = people.post("/users/me/addresses", R"({"address":"1 Main St","lat":40.7,"lng":-74})", as_mia);
  CHECK(added->status == 201);
  const std::string address = "/api/v1/users/me/addresses/" + field_of(added->body, "addressId");
  CHECK(people.client.Delete(address, as_mia)->status == 204);
  CHECK(people.client.Delete(address, as_mia)->status == 404);
  CHECK(people.put("/users/" + tom.text() + "/block", "", as_mia)->status == 204);
  CHECK(people.edge.door.state<User>(mia.value).blocks(tom));
  CHECK(people.put("/users/" + mia.text() + "/block", "", as_mia)->status == 422);
}

TEST_CASE("people: reviews after a delivery") {
  People people;
  const UserId mia = people.active("mia@example.org"), tom = people.active("tom@example.org");
  const auto parcel = test_id<DeliveryId>(9);
  const auto record = [&](UserId of, UserId other, DeliveryRole role) {
    people.edge.door.ask({.to = user_address(of),
                          .command = RecordDelivery{parcel, other, role, true, people.edge.door.now()},
                          .origin = {.caller = entity({EntityKind::delivery, parcel.value})}});
  };
  record(mia, tom, DeliveryRole::customer);
  record(tom, mia, DeliveryRole::traveler);
  const std::string body = R"({"deliveryId":")" + parcel.text() + R"(","rating":5,"comment":"quick"})";
  const std::string path = "/users/" + tom.text() + "/reviews";
  CHECK(people.get("/users/me/reviews/pending", people.edge.as(mia))->body.find(parcel.text()) != std::string::npos);
  CHECK(people.post(path, R"({"deliveryId":")" + parcel.text() + R"(","rating":6})", people.edge.as(mia))->status ==
        400);
  auto answer = people.post(path, body, people.edge.as(mia));
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "status") == "hidden");
  people.deliver();
  answer = people.post(path, body, people.edge.as(mia));
  CHECK(answer->status == 409);
  CHECK(people.code_of(answer) == "already_reviewed");
  CHECK(people.post(path, body, people.edge.as(test_id<UserId>(7)))->status == 403);
  CHECK(people.get(path, people.edge.as(mia))->body == R"({"items":[],"nextCursor":null})");
  CHECK(people.post("/users/" + mia.text() + "/reviews", body, people.edge.as(tom))->status == 201);
  people.deliver();
  CHECK(people.get(path, people.edge.as(mia))->body.find("\"rating\":5") != std::string::npos);
  CHECK(people.get("/users/" + tom.text() + "/statistics", people.edge.as(mia))->body.find("totalEarnings") ==
        std::string::npos);
}

TEST_CASE("people: who reviews before the delivery's end is told so, and a stranger that it is not theirs") {
  People people;
  const UserId mia = people.active("mia@example.org"), tom = people.active("tom@example.org");
  const auto parcel = test_id<DeliveryId>(9);
  auto& delivery = people.edge.door.state<Delivery>(parcel.value);
  delivery.status = DeliveryStatus::in_transit;
  delivery.terms.request_id = test_id<RequestId>(8);
  delivery.terms.customer = mia;
  delivery.terms.traveler = tom;
  const std::string body = R"({"deliveryId":")" + parcel.text() + R"(","rating":5})";
  const std::string path = "/users/" + tom.text() + "/reviews";
  auto early = people.post(path, body, people.edge.as(mia));
  CHECK(early->status == 409);
  CHECK(people.code_of(early) == "review_window_closed");
  CHECK(early->body.find("not over yet") != std::string::npos);
  auto foreign = people.post(path, body, people.edge.as(people.active("eve@example.org")));
  CHECK(people.code_of(foreign) == "not_a_party");
}

TEST_CASE("people: notifications are sent by services and read in the reader's language") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto as_mia = people.edge.as(mia);
  people.edge.door.state<Inbox>(mia.value).language = "de";
  const std::string to = R"({"userId":")" + mia.text() + R"(","variables":{"price":"35.00 USD"},"templateId":)";
  CHECK(people.post("/notifications/send", to + "\"offer_received\"}", as_mia)->status == 403);
  CHECK(people.post("/notifications/send", to + "\"no_such\"}", people.edge.as_service())->status == 400);
  for (const char* reserved : {"\"password_reset_template\"}", "\"new_login\"}"})
    CHECK(people.post("/notifications/send", to + reserved, people.edge.as_service())->status == 403);
  CHECK(people.post("/notifications/send", to + "\"offer_received\"}", people.edge.as_service())->status == 202);
  const auto list = people.get("/notifications?limit=1", as_mia);
  CHECK(list->body.find("Du hast ein neues Angebot") != std::string::npos);
  const std::string id = field_of(list->body, "notificationId");
  CHECK(people.post("/notifications/" + id + "/read", "", as_mia)->status == 200);
  CHECK(people.get("/notifications/" + id + "/attempts", as_mia)->status == 200);
  CHECK(people.post("/notifications/read-all", "", as_mia)->body == R"({"count":0})");
  CHECK(people.client.Delete("/api/v1/notifications/" + id, as_mia)->status == 204);
  const auto device = people.post("/notifications/devices", R"({"token":"device-token","platform":"ios"})", as_mia);
  CHECK(device->status == 201);
  CHECK(people.get("/notifications/devices", as_mia)->body.find("device-token") == std::string::npos);
  const std::string token = people.edge.door.state<Inbox>(mia.value).unsubscribe_token;
  CHECK(people.post("/notifications/unsubscribe", R"({"token":"not-a-token"})")->status == 422);
  CHECK(people.post("/notifications/unsubscribe", R"({"token":")" + token + "\"}")->status == 204);
}

TEST_CASE("people: a profile is made for an account alone, and a name holds no link, address or number") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto made = [&](UserId id, const std::string& name) {
    return people
        .post("/users/create-profile",
              R"({"userId":")" + id.text() + R"(","email":"m@example.org","firstName":")" + name +
                  R"(","lastName":"Ex","userType":"both"})",
              people.edge.as_service())
        ->status;
  };
  CHECK(made(mia, "Mia") == 201);
  CHECK(made(test_id<UserId>(77), "Mia") == 404);
  for (const char* name : {"https://evil.example", "WWW.evil", "Win at evil.example", "mia@evil.example", "Mia @mia_ig",
                           "Mia \uFF20mia", "Mia 0151 2345678", "Mia \uFF10\uFF11\uFF15\uFF11_2345678"}) {
    CHECK_MESSAGE(made(mia, name) == 400, name);
    const auto edited = people.client.Patch("/api/v1/users/me", people.edge.as(mia),
                                            R"({"lastName":")" + std::string(name) + "\"}", "application/json");
    CHECK_MESSAGE(edited->status == 400, name);
    CHECK(edited->body.find("without a link") != std::string::npos);
  }
  CHECK(made(mia, "Dr. J. R. Nguyễn-O'Neil") == 201);
}

TEST_CASE("people: an administrator who signs somebody out ends keys and push devices, and a reset does") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto add_device = [&](const httplib::Headers& who) {
    REQUIRE(people.post("/notifications/devices", R"({"token":"device-token","platform":"ios"})", who)->status == 201);
  };
  const auto devices = [&]() -> const std::vector<Device>& {
    people.deliver();
    return people.edge.door.state<Inbox>(mia.value).devices;
  };
  add_device(in);
  REQUIRE(devices().size() == 1);
  CHECK(devices()[0].session_id == people.edge.door.state<Account>(mia.value).sessions.at(0).id);
  CHECK(people.post("/auth/logout", "", in)->status == 204);
  CHECK(devices().empty());
  const auto again = bearer(people.login("mia@example.org"));
  const auto key = people.post("/auth/api-keys", R"({"name":"shop"})", again);
  const httplib::Headers by_key{{"X-Api-Key", field_of(key->body, "key")}};
  CHECK(people.get("/users/me", by_key)->status == 200);
  add_device(again);
  const auto admin = people.edge.as(test_id<UserId>(5), "both", all_permissions);
  CHECK(people.post("/admin/users/" + mia.text() + "/sessions/revoke", "", admin)->status == 204);
  CHECK(devices().empty());
  CHECK(people.get("/users/me", by_key)->status == 401);
  add_device(people.edge.as(mia));
  people.post("/auth/password/forgot", R"({"email":"mia@example.org"})");
  people.deliver();
  CHECK(people
            .post("/auth/password/reset",
                  R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":"another-Passw0rd"})")
            ->status == 204);
  CHECK(devices().empty());
}

TEST_CASE("people: the first administrator is made once") {
  People people;
  CHECK(http::bootstrap_admin(people.edge.door, people.edge.random, people.passwords, "Root@example.org", password) ==
        "made the administrator Root@example.org");
  people.deliver();
  CHECK(http::bootstrap_admin(people.edge.door, people.edge.random, people.passwords, "root@example.org", "other") ==
        "the administrator root@example.org is there already");
  // Shut out, and without what came later: the settings bring it back.
  const UserId root = *http::find_account(people.edge.door, "root@example.org");
  people.edge.door.state<Account>(root.value).status = UserStatus::banned;
  people.edge.door.state<Account>(root.value).permissions &= ~static_cast<std::uint32_t>(Permission::private_data);
  CHECK(people.login("root@example.org")->status == 403);
  CHECK(http::bootstrap_admin(people.edge.door, people.edge.random, people.passwords, "root@example.org", "other") ==
        "restored the administrator root@example.org: active, with all permissions");
  CHECK(people.edge.door.state<Account>(root.value).permissions == all_permissions);
  people.edge.door.state<Account>(root.value).status = UserStatus::closing;
  CHECK(http::bootstrap_admin(people.edge.door, people.edge.random, people.passwords, "root@example.org", "other")
            .starts_with("the administrator root@example.org is not restored: account_closing. The account is erased"));
  people.edge.door.state<Account>(root.value).status = UserStatus::active;
  people.registered("eve@example.org");
  CHECK(http::bootstrap_admin(people.edge.door, people.edge.random, people.passwords, "eve@example.org", "other") ==
        "the administrator eve@example.org is not restored: email_not_verified");
  const auto in = people.login("root@example.org");
  CHECK(in->status == 200);
  CHECK(people.get("/auth/me", bearer(in))->body.find("\"finance\"") != std::string::npos);
}

TEST_CASE("people: a sign-in's device is text, whatever the header held") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const std::string body = std::string(R"({"email":"mia@example.org","password":")") + password + R"("})";
  const std::string long_name = std::string(299, 'x') + "e\u0301";
  for (const std::string& agent : {std::string("\xFF"), std::string("a\u202Eb\u200B"), long_name})
    REQUIRE(people.post("/auth/login", body, {{"User-Agent", agent}})->status == 200);
  people.post("/auth/login", R"({"email":"mia@example.org","password":"wrong"})", {{"User-Agent", "caf\xC3"}});
  const auto as_mia = people.edge.as(mia);
  for (const char* list : {"/auth/sessions", "/auth/security-events"}) {
    const auto shown = people.get(list, as_mia);
    REQUIRE(shown->status == 200);
    CHECK_MESSAGE(unicode::is_utf8(shown->body), list);
    CHECK(shown->body.find("\u202E") == std::string::npos);
    CHECK(shown->body.find("a\uFFFDb\uFFFD") != std::string::npos);
    CHECK(shown->body.find('"' + std::string(299, 'x') + '"') != std::string::npos);
  }
}

}  // namespace people_routes_test
