#include "actors/account/entity.hpp"
#include "tests/http/people.hpp"

namespace people_roles_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("people: administrators suspend, verify and give roles") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const auto admin = people.edge.as(test_id<UserId>(5), "both", all_permissions);
  const std::string path = "/admin/users/" + mia.text();
  CHECK(people.get(path, people.edge.as(mia))->status == 403);
  CHECK(people.get(path, admin)->body.find("mia@example.org") != std::string::npos);
  CHECK(people.put(path + "/status", R"({"status":"suspended","reason":"fraud"})", admin)->status == 200);
  auto answer = people.login("mia@example.org");
  CHECK(answer->status == 403);
  CHECK(people.code_of(answer) == "account_suspended");
  CHECK(people.put(path + "/status", R"({"status":"active","reason":""})", admin)->status == 200);
  CHECK(people.login("mia@example.org")->status == 200);
  CHECK(people.post(path + "/sessions/revoke", "", admin)->status == 204);
  CHECK(people.edge.door.state<Account>(mia.value).sessions.empty());
  const auto roles = people.put(path + "/roles", R"({"roles":["admin","customer"],"permissions":["users"]})", admin);
  CHECK(roles->body.find(R"("permissions":["read","users"])") != std::string::npos);
  const std::string verify = R"({"decision":"approved","level":"identity"})";
  const auto other = people.edge.as(test_id<UserId>(7), "both", all_permissions);
  CHECK(people.put(path + "/verification", verify, other)->status == 409);
  people.post("/users/me/verification", R"({"documents":[{"type":"passport","number":"X1"}]})", people.edge.as(mia));
  // Mia may read and administer users: whoever may less decides nothing of hers.
  const auto lesser = people.edge.as(test_id<UserId>(6), "both", static_cast<std::uint32_t>(Permission::users));
  auto refused = people.put(path + "/verification", verify, lesser);
  CHECK(refused->status == 403);
  CHECK(people.code_of(refused) == "permission_denied");
  // Who gave her a permission does not decide about her either.
  refused = people.put(path + "/verification", verify, admin);
  CHECK(people.code_of(refused) == "self_not_allowed");
  CHECK(people.put(path + "/verification", verify, other)->status == 200);
}

}  // namespace people_roles_test
