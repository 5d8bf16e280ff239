#include "actors/audit/entity.hpp"
#include "http/routes/admin/admin_users.hpp"
#include "http/routes/users/users.hpp"
#include "tests/http/people.hpp"

/// What administrators are shown of a person, and what they decide.
namespace admin_people_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;

TEST_CASE("admin people: one paper verifies one person, and the administrator is told whom it has verified") {
  People people;
  const auto admin = people.edge.as(test_id<UserId>(9), "both", all_permissions);
  const UserId mia = people.active("mia@example.org"), ada = people.active("ada@example.org"),
               eve = people.active("eve@example.org");
  const auto submit = [&](UserId who, const std::string& paper) {
    return people.post("/users/me/verification", R"({"documents":[)" + paper + "]}", people.edge.as(who));
  };
  const auto decide = [&](UserId whom, const std::string& body) {
    return people.put("/admin/users/" + whom.text() + "/verification", body, admin);
  };
  const auto overview = [&](UserId whom) { return people.get("/admin/users/" + whom.text(), admin)->body; };
  submit(mia, R"({"type":"passport","number":"P777"})");
  submit(ada, R"({"type":"passport","number":"p 777"})");
  CHECK(overview(ada).find(R"("takenPapers":[])") != std::string::npos);
  CHECK(decide(mia, R"({"decision":"approved"})")->status == 200);
  people.deliver();
  people.put("/admin/users/" + mia.text() + "/status", R"({"status":"banned","reason":"fraud"})", admin);
  CHECK(overview(ada).find(R"("number":"p 777","userId":")" + mia.text()) != std::string::npos);
  CHECK(overview(mia).find(R"("takenPapers":[])") != std::string::npos);
  auto answer = decide(ada, R"({"decision":"approved"})");
  CHECK(answer->status == 409);
  CHECK(people.code_of(answer) == "paper_taken");
  CHECK(answer->body.find(mia.text()) != std::string::npos);
  // Without a number nobody could tell.
  submit(eve, R"({"type":"passport"})");
  answer = decide(eve, R"({"decision":"approved"})");
  CHECK(answer->status == 400);
  CHECK(answer->body.find(R"("field":"number")") != std::string::npos);
  answer = decide(eve, R"({"decision":"approved","number":"P-777"})");
  CHECK(people.code_of(answer) == "paper_taken");
  CHECK(decide(eve, R"({"decision":"approved","number":"P-778"})")->status == 200);
  CHECK(decide(ada, R"({"decision":"approved","duplicate":"accepted"})")->status == 200);
}

TEST_CASE(
    "admin people: administrators of users see how often a person was reported; by whom and why, who may read words") {
  People people;
  const UserId mia = people.active("mia@example.org"), ada = people.active("ada@example.org");
  const std::string path = "/users/" + mia.text();
  CHECK(people.post(path + "/report", R"({"reason":"stole my parcel"})", people.edge.as(ada))->status == 204);
  const auto seen = [&](std::uint32_t permissions, UserId by) {
    return people.get("/admin" + path, people.edge.as(by, "both", permissions))->body;
  };
  const UserId clerk = test_id<UserId>(9);
  const auto users = static_cast<std::uint32_t>(Permission::users),
             words = static_cast<std::uint32_t>(Permission::private_data);
  const auto looks = [&] { return people.edge.door.state<Audit>(clerk.value).looks; };
  CHECK(seen(users, clerk).find("stole") == std::string::npos);
  CHECK(seen(users, clerk).find(R"("reportCount":1)") != std::string::npos);
  const auto before = looks();
  const std::string whole = seen(users | words, clerk);
  CHECK(whole.find(R"("by":")" + ada.text()) != std::string::npos);
  CHECK(whole.find("stole my parcel") != std::string::npos);
  CHECK(looks() == before + 2);  // the account, and the words
  CHECK(seen(users | words, mia).find("reportCount") == std::string::npos);
}

}  // namespace admin_people_test
