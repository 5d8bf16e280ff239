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

}  // namespace rights_test
