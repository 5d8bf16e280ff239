#include "actors/inbox/commands.hpp"
#include "tests/rules/user_given.hpp"

/// What a thief changes in the preferences.
namespace user_preferences_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;

TEST_CASE("user: preferences that were changed within a week are as before once the owner has shut a thief out") {
  Given<User> person = created();
  const auto set = [&](bool email) {
    person.as(user(ann)).when(ReplacePreferences{"en", "UTC", *Currency::parse("EUR"), {.email = email}, {}});
  };
  const auto restore = [&] {
    person.as(anns_account);
    return person.when(RestorePreferences{person.now - std::chrono::days{7}});
  };
  CHECK(restore() == "(nothing)");
  set(false);
  set(true);
  set(false);
  CHECK(person.when(RestorePreferences{person.now}) == "! not_owner");
  CHECK(restore() == "preferences.replaced");
  CHECK(person.state.preferences.channels.email);
  REQUIRE(person.sent<SetNotificationPreferences>());
  CHECK(person.sent<SetNotificationPreferences>()->channels.email);
  CHECK(person.sent<Notify>()->template_id == "preferences_restored");
  CHECK(restore() == "(nothing)");
  set(false);
  person.now += std::chrono::days{7};
  CHECK(restore() == "(nothing)");  // that is the owner's own by now
  CHECK_FALSE(person.state.preferences.channels.email);
}

}  // namespace user_preferences_test
