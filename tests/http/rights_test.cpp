#include "actors/audit/entity.hpp"
#include "tests/http/people.hpp"

namespace rights_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("rights: they are those of now, whatever a token says") {
  People people;
  const UserId boss = people.active("boss@example.org"), mia = people.active("mia@example.org"),
               tom = people.active("tom@example.org");
  const auto set_permissions = [&](UserId whose, std::uint32_t permissions) {
    people.edge.door.state<Account>(whose.value).permissions = permissions;
  };
  set_permissions(boss, all_permissions);
  set_permissions(mia, all_permissions);
  const auto in = people.login("mia@example.org");
  const auto by_boss = bearer(people.login("boss@example.org")), by_mia = bearer(in);
  const std::string token = R"({"token":")" + field_of(in->body, "accessToken") + "\"}";
  const std::string status = "/admin/users/" + tom.text() + "/status", roles = "/admin/users/" + tom.text() + "/roles";
  CHECK(people.put(status, R"({"status":"active","reason":""})", by_mia)->status == 200);
  CHECK(people.post("/auth/validate", token, people.edge.as_service())->body.find("\"users\"") != std::string::npos);
  REQUIRE(people.put("/admin/users/" + mia.text() + "/roles", R"({"roles":["customer"]})", by_boss)->status == 200);
  CHECK(people.put(status, R"({"status":"suspended","reason":"x"})", by_mia)->status == 403);
  CHECK(people.put(roles, R"({"roles":["admin"],"permissions":["users"]})", by_mia)->status == 403);
  const auto known = people.post("/auth/validate", token, people.edge.as_service());
  CHECK(known->body.find("\"valid\":true") != std::string::npos);
  CHECK(known->body.find("\"permissions\":[]") != std::string::npos);
  CHECK(known->body.find("traveler") == std::string::npos);
  // What is given is there at once, too.
  REQUIRE(
      people.put("/admin/users/" + mia.text() + "/roles", R"({"roles":["admin"],"permissions":["users"]})", by_boss)
          ->status == 200);
  CHECK(people.put(status, R"({"status":"active","reason":""})", by_mia)->status == 200);
}

TEST_CASE("rights: a key does what its scopes say, and who lacks one is told which") {
  People people;
  people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto key_of = [&](const std::string& body) {
    const auto made = people.post("/auth/api-keys", body, in);
    REQUIRE_MESSAGE(made->status == 201, made->body);
    return httplib::Headers{{"X-Api-Key", field_of(made->body, "key")}};
  };
  const auto reader = key_of(R"({"name":"reader"})"),
             writer = key_of(R"({"name":"writer","scopes":["users:write"],"expiresAt":"2090-01-01T00:00:00Z"})");
  const auto rename = [&](const httplib::Headers& key) {
    return people.client.Patch("/api/v1/users/me", key, R"({"firstName":"Maria"})", "application/json");
  };
  CHECK(people.get("/users/me", reader)->status == 200);
  auto refused = rename(reader);
  CHECK(refused->status == 403);
  CHECK(people.code_of(refused) == "scope_missing");
  CHECK(refused->body.find("users:write") != std::string::npos);
  CHECK(rename(writer)->status == 200);
  refused = people.get("/users/me", writer);
  CHECK(people.code_of(refused) == "scope_missing");
  const auto list = people.get("/auth/api-keys", reader);
  CHECK(list->body.find(R"("scopes":["users:write"])") != std::string::npos);
  CHECK(people.post("/auth/api-keys", R"({"name":"x","scopes":["act:users"]})", in)->status == 403);
  CHECK(people.post("/auth/api-keys", R"({"name":"x","scopes":["all"]})", in)->status == 400);
  CHECK(people.post("/auth/api-keys", R"({"name":"x","scopes":[]})", in)->status == 400);
  const auto late = people.post("/auth/api-keys", R"({"name":"x","expiresAt":"2020-01-01T00:00:00Z"})", in);
  CHECK(late->status == 400);
  CHECK(late->body.find("expiresAt") != std::string::npos);
}

TEST_CASE("rights: what can take an account over needs a step-up, and no key gets there") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto made =
      people.post("/auth/api-keys", R"({"name":"shop","scopes":["auth:write","auth:read","users:write"]})", in);
  REQUIRE(made->status == 201);
  const httplib::Headers key{{"X-Api-Key", field_of(made->body, "key")}};
  people.edge.door.advance(std::chrono::minutes{5});
  const std::string change =
      std::string(R"({"currentPassword":")") + password + R"(","newPassword":"another-long-Passw0rd"})";
  const std::pair<const char*, std::string> rows[] = {{"/auth/2fa/setup", ""},
                                                      {"/auth/2fa/enable", R"({"code":"123456"})"},
                                                      {"/auth/2fa/disable", R"({"password":"x","code":"123456"})"},
                                                      {"/auth/2fa/recovery-codes", ""},
                                                      {"/auth/password/change", change},
                                                      {"/auth/api-keys", R"({"name":"second"})"}};
  for (const auto& headers : {in, key}) {
    for (const auto& [path, body] : rows) {
      const std::string row = path;
      CAPTURE(row);
      auto refused = people.post(path, body, headers);
      CHECK(refused->status == 403);
      CHECK(people.code_of(refused) == "step_up_required");
    }
    CHECK(people.client.Delete("/api/v1/users/me", headers)->status == 403);
  }
  const std::string by_password = std::string(R"({"password":")") + password + "\"}";
  auto by_key = people.post("/auth/step-up", by_password, key);
  CHECK(people.code_of(by_key) == "step_up_required");
  CHECK(people.post("/auth/step-up", "{}", in)->status == 400);
  auto wrong = people.post("/auth/step-up", R"({"password":"wrong"})", in);
  CHECK(people.code_of(wrong) == "wrong_password");
  CHECK(people.edge.door.state<Account>(mia.value).security_events.back().type == "login_failed");
  const auto opened = people.post("/auth/step-up", by_password, in);
  CHECK(opened->status == 200);
  CHECK_FALSE(field_of(opened->body, "steppedUpUntil").empty());
  CHECK(people.post("/auth/2fa/setup", "", in)->status == 200);
  const auto changed = people.post("/auth/password/change", change, in);
  REQUIRE(changed->status == 200);
  CHECK(people.post("/auth/2fa/setup", "", in)->status == 401);  // whoever had copied its tokens is out
  auto afresh = people.post("/auth/2fa/setup", "", bearer(changed));
  CHECK(afresh->status == 403);
  CHECK(people.code_of(afresh) == "step_up_required");
  CHECK(people.get("/auth/me", bearer(changed))->status == 200);
}

TEST_CASE("rights: with a second factor the password steps nobody up") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  Account::State& account = people.edge.door.state<Account>(mia.value);
  account.totp_secret = people.secrets.seal(mia, Bytes{std::string(http::SecretSealer::totp_secret_bytes, 's')});
  const auto refused = people.post("/auth/step-up", std::string(R"({"password":")") + password + "\"}", in);
  CHECK(refused->status == 400);
  CHECK(refused->body.find("\"field\":\"code\"") != std::string::npos);
  for (int i = 0; i < max_login_failures; ++i) {
    auto wrong = people.post("/auth/step-up", R"({"code":"not a code"})", in);
    CHECK(people.code_of(wrong) == "code_invalid");
  }
  auto locked = people.post("/auth/step-up", R"({"code":"not a code"})", in);
  CHECK(people.code_of(locked) == "account_locked");
}

TEST_CASE("rights: a key signs its owner out nowhere, and an old sign-in bans and verifies nobody") {
  People people;
  const UserId boss = people.active("boss@example.org"), tom = people.active("tom@example.org");
  people.edge.door.state<Account>(boss.value).permissions = all_permissions;
  const auto in = bearer(people.login("boss@example.org"));
  const auto made = people.post("/auth/api-keys", R"({"name":"x","scopes":["auth:write","auth:read"]})", in);
  REQUIRE(made->status == 201);
  const httplib::Headers key{{"X-Api-Key", field_of(made->body, "key")}};
  auto refused = people.post("/auth/logout-all", "{}", key);
  CHECK(people.code_of(refused) == "forbidden");
  CHECK(people.get("/auth/me", in)->status == 200);
  people.edge.door.advance(std::chrono::minutes{6});
  const std::string path = "/admin/users/" + tom.text();
  refused = people.put(path + "/status", R"({"status":"banned","reason":"fraud"})", in);
  CHECK(people.code_of(refused) == "step_up_required");
  refused = people.put(path + "/verification", R"({"status":"approved","level":"basic"})", in);
  CHECK(people.code_of(refused) == "step_up_required");
  CHECK(people.post("/auth/logout-all", "{}", in)->status == 204);
}

TEST_CASE("rights: what comes by a key says by which, as a stolen one is found by what it did") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto in = bearer(people.login("mia@example.org"));
  const auto made = people.post("/auth/api-keys", R"({"name":"shop","scopes":["users:write"]})", in);
  REQUIRE(made->status == 201);
  const auto caller_of_last = [&] { return people.edge.door.asked.back().origin.caller; };
  const std::string body = R"({"bio":"hello"})";
  const httplib::Headers by_key{{"X-Api-Key", field_of(made->body, "key")}};
  CHECK(people.client.Patch("/api/v1/users/me", by_key, body, "application/json")->status == 200);
  CHECK(caller_of_last().api_key == people.edge.door.state<Account>(mia.value).api_keys.at(0).id);
  CHECK(caller_of_last().is_user(mia));
  CHECK(people.client.Patch("/api/v1/users/me", in, body, "application/json")->status == 200);
  CHECK_FALSE(caller_of_last().api_key);
}

TEST_CASE("rights: who searches for people, or looks at one, is in the trail before the answer, once a search") {
  People people;
  const UserId mia = people.active("mia@example.org"), tom = people.active("tom@example.org");
  people.edge.door.state<Account>(mia.value).permissions = static_cast<std::uint32_t>(Permission::users);
  const auto boss = bearer(people.login("mia@example.org"));
  const auto look = [&](const std::string& path) {
    people.edge.door.asked.clear();
    people.get(path, boss);
    std::vector<RecordLook> looks;
    for (const Ask& ask : people.edge.door.asked)
      if (const auto* found = ask.command.get_if<RecordLook>()) looks.push_back(*found);
    REQUIRE(looks.size() == 1);
    return looks.front();
  };
  CHECK(look("/admin/users?q=tom&status=active").filter == "status=active, q=tom");
  CHECK(look("/admin/users").filter == "everybody");
  CHECK(look("/admin/users").entity == audit_address(mia.value));
  CHECK(look("/admin/users/" + tom.text()).entity == account_address(tom));
  CHECK(look("/users/" + tom.text()).entity == account_address(tom));  // with the address and the number
}

TEST_CASE("rights: a second factor is removed by an administrator who stepped up, and kept by its owner") {
  People people;
  const UserId boss = people.active("boss@example.org"), mia = people.active("mia@example.org");
  people.edge.door.state<Account>(boss.value).permissions = all_permissions;
  const auto by_boss = bearer(people.login("boss@example.org")), by_mia = bearer(people.login("mia@example.org"));
  const std::string row = "/admin/users/" + mia.text() + "/2fa/removal", reason = R"({"reason":"lost"})";
  auto refused = people.post(row, reason, by_boss);
  CHECK(people.code_of(refused) == "two_factor_not_enabled");
  people.edge.door.state<Account>(mia.value).totp_secret = Bytes{std::string(64, 's')};
  CHECK(people.post(row, reason, by_mia)->status == 403);
  CHECK(people.post(row, "{}", by_boss)->status == 400);
  refused = people.post("/admin/users/" + boss.text() + "/2fa/removal", reason, by_boss);
  CHECK(people.code_of(refused) == "self_not_allowed");
  const auto asked = people.post(row, reason, by_boss);
  CHECK(asked->status == 202);
  CHECK_FALSE(field_of(asked->body, "removedAt").empty());
  people.deliver();
  const auto is_leaving = [&] {
    return people.get("/auth/me", by_mia)->body.find("twoFactorRemovalAt") != std::string::npos;
  };
  CHECK(is_leaving());
  const auto stop = [&](const std::string& token) {
    return people.post("/auth/2fa/removal/stop", R"({"token":")" + token + "\"}")->status;
  };
  CHECK(people.post("/auth/2fa/removal/stop", "{}")->status == 400);
  CHECK(stop("invented") == 422);
  CHECK(stop(people.mailed["keepToken"]) == 204);
  CHECK_FALSE(is_leaving());
  CHECK(people.post(row, reason, by_boss)->status == 202);
  CHECK(people.client.Delete("/api/v1/auth/2fa/removal", by_mia)->status == 204);
  CHECK_FALSE(is_leaving());
  people.edge.door.advance(std::chrono::minutes{5});
  for (const auto& answer :
       {people.client.Delete("/api/v1/auth/2fa/removal", by_mia), people.post(row, reason, by_boss)})
    CHECK(field_of(answer->body, "code") == "step_up_required");
}

}  // namespace rights_test
