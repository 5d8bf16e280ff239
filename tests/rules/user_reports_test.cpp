#include "actors/user/entity.hpp"
#include "tests/testkit/entity.hpp"

/// What is told to the platform about a person: who may read it, and that nobody's friends push it out.
namespace user_reports_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId evil = test_id<UserId>(1), victim = test_id<UserId>(2), friend_of_evil = test_id<UserId>(3),
             clerk = test_id<UserId>(4);
const DeliveryId parcel = test_id<DeliveryId>(7), other_parcel = test_id<DeliveryId>(8);

Given<User> reported() {
  Given<User> person(user_address(evil));
  person.state.created = true;
  REQUIRE(person.as(user(victim)).when(ReportUser{"stole my parcel", "It never came.", parcel}) == "user.reported");
  return person;
}

ReportList seen(Given<User>& person, Caller reader) {
  return *person.as(reader).ask(ListReports{}).resource.get_if<ReportList>();
}

Caller may_read_words() {
  Caller reader = admin(clerk, Permission::users);
  reader.permissions |= static_cast<std::uint32_t>(Permission::private_data);
  return reader;
}

std::vector<std::string> reasons(const Given<User>& person) {
  std::vector<std::string> out;
  for (const UserReport& report : person.state.reports) out.push_back(report.reason);
  return out;
}

}  // namespace

TEST_CASE("user reports: administrators see who told what, when and of which delivery; how many without the words") {
  Given<User> person = reported();
  const ReportList whole = seen(person, may_read_words());
  REQUIRE(whole.items.size() == 1);
  CHECK(whole.items.front().by == victim);
  CHECK(whole.items.front().reason == "stole my parcel");
  CHECK(whole.items.front().delivery_id == parcel);
  CHECK(whole.items.front().at == test_start);
  const ReportList counted = seen(person, admin(clerk, Permission::users));
  CHECK(counted.total == 1);
  CHECK(counted.items.empty());
}

TEST_CASE("user reports: nobody reads them of themselves, and nobody without the permission") {
  Given<User> person = reported();
  Caller self = may_read_words();
  self.user = evil;
  for (const Caller& reader : {self, user(victim), admin(clerk, Permission::read), service()})
    CHECK(person.as(reader).ask(ListReports{}).rejection);
}

TEST_CASE("user reports: one a person and delivery, of which the newest counts") {
  Given<User> person = reported();
  CHECK(person.when(ReportUser{"stole my parcel", "It never came.", parcel}) == "(nothing)");
  CHECK(person.when(ReportUser{"stole my parcel", "And he laughed.", parcel}) == "user.reported");
  CHECK(person.when(ReportUser{"was rude", {}, other_parcel}) == "user.reported");
  CHECK(person.when(ReportUser{"is no driver", {}, {}}) == "user.reported");
  CHECK(person.as(user(friend_of_evil)).when(ReportUser{"fine", {}, parcel}) == "user.reported");
  // About no delivery, another reason is another report.
  CHECK(person.as(user(victim)).when(ReportUser{"follows me home", {}, {}}) == "user.reported");
  CHECK(person.when(ReportUser{"is no driver", "He has no car.", {}}) == "user.reported");
  CHECK(reasons(person) ==
        std::vector<std::string>{"stole my parcel", "was rude", "fine", "follows me home", "is no driver"});
  CHECK(person.state.reports.front().description == "And he laughed.");
}

TEST_CASE("user reports: whoever reports the most pushes out their own") {
  Given<User> person = reported();
  for (std::uint8_t i = 0; i < 250; ++i)
    person.as(user(friend_of_evil)).when(ReportUser{"rude " + std::to_string(i), {}, test_id<DeliveryId>(i)});
  CHECK(person.state.reports.size() == max_reports_kept);
  CHECK(person.state.reports.front().reason == "stole my parcel");
  CHECK(person.state.reports.back().reason == "rude 249");
  CHECK(person.state.reports[1].reason == "rude 151");
  for (std::uint8_t i = 10; i < 210; ++i) person.as(user(test_id<UserId>(i))).when(ReportUser{"one of many", {}, {}});
  CHECK(person.state.reports.size() == max_reports_kept);  // where all reported once, the oldest of all goes
  CHECK(reasons(person) == std::vector<std::string>(max_reports_kept, "one of many"));
}

TEST_CASE("user reports: what earlier builds wrote is kept as they kept it") {
  Given<User> person(user_address(evil));
  person.state.created = true;
  for (int i = 0; i < 101; ++i) person.event(UserReported{{victim, std::to_string(i), {}, parcel, test_start}});
  CHECK(person.state.reports.size() == max_reports_kept);
  CHECK(person.state.reports.front().reason == "1");
  CHECK(person.as(user(victim)).when(ReportUser{"new", {}, parcel}) == "user.reported");
  CHECK(reasons(person) == std::vector<std::string>{"new"});
}

}  // namespace user_reports_test
