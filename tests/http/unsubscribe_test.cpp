#include "http/routes/system/system.hpp"
#include "tests/http/people.hpp"

namespace unsubscribe_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("unsubscribe: a mail program's one click ends mails without a sign-in, an opened link does not") {
  testkit::MemoryDoor door;
  testkit::SeededRandom random;
  http::Services services{.door = door, .random = random};
  std::vector<http::Route> rows = people_rows();
  for (http::Route& row : http::system_routes(services)) rows.push_back(std::move(row));
  People people(std::move(rows));
  const UserId mia = people.active("mia@example.org");
  const auto has_mail = [&] { return people.edge.door.state<Inbox>(mia.value).channels.email; };
  const std::string link = "/unsubscribe?token=" + people.edge.door.state<Inbox>(mia.value).unsubscribe_token;
  const auto page = people.client.Get(link);
  CHECK(page->status == 200);
  CHECK(page->body.find("/api/v1/notifications/unsubscribe") != std::string::npos);
  CHECK(has_mail());
  const std::string one_click = "List-Unsubscribe=One-Click", form = "application/x-www-form-urlencoded";
  CHECK(people.client.Post("/unsubscribe?token=not-a-token", one_click, form)->status == 422);
  CHECK(people.client.Post("/unsubscribe", one_click, form)->status == 400);
  CHECK(has_mail());
  CHECK(people.client.Post(link, one_click, form)->status == 204);
  CHECK_FALSE(has_mail());
}

}  // namespace unsubscribe_test
