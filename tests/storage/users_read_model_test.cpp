#include "actors/account/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/users.hpp"
#include "tests/storage/story.hpp"

namespace users_read_model_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

void join(Story& story, std::uint8_t number, const std::string& first, const std::string& last, UserType type) {
  const auto id = test_id<UserId>(number);
  const Time at = test_start + std::chrono::seconds{number};
  UserRegistered registered;
  registered.user_id = id;
  registered.email = first + "@example.org";
  registered.first_name = first;
  registered.user_type = type;
  registered.at = at;
  story.tell(account_address(id), registered);
  NewProfile profile;
  profile.email = registered.email;
  profile.first_name = first;
  profile.last_name = last;
  profile.user_type = type;
  story.tell(user_address(id), ProfileCreated{profile, at});
}

std::vector<std::string> names(const Page<UserRow>& page) {
  std::vector<std::string> out;
  for (const UserRow& row : page.items) out.push_back(row.first_name);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("users read model: search by words, status, type and verification, newest first, in pages") {
  Story story;
  join(story, 1, "ann", "Archer", UserType::customer);
  join(story, 2, "bob", "Baker", UserType::traveler);
  join(story, 3, "cleo", "Archibald", UserType::both);
  story.tell(account_address(test_id<UserId>(2)), EmailVerified{test_start});
  story.tell(user_address(test_id<UserId>(3)), VerificationSubmitted{{}, {}, test_start});
  CHECK(names(search_users(story.models, {}, {})) == Names{"cleo", "bob", "ann"});
  CHECK(names(search_users(story.models, {.words = "arch"}, {})) == Names{"cleo", "ann"});
  CHECK(names(search_users(story.models, {.words = "bob@example.org"}, {})) == Names{"bob"});
  CHECK(names(search_users(story.models, {.words = "\"* NEAR"}, {})).empty());
  CHECK(names(search_users(story.models, {.status = UserStatus::active}, {})) == Names{"bob"});
  CHECK(names(search_users(story.models, {.user_type = UserType::customer}, {})) == Names{"ann"});
  CHECK(names(search_users(story.models, {.verification = VerificationState::pending}, {})) == Names{"cleo"});
  const auto first = search_users(story.models, {}, {.limit = 2});
  REQUIRE(first.next_cursor);
  CHECK(names(search_users(story.models, {}, {.limit = 2, .cursor = *first.next_cursor})) == Names{"ann"});
}

TEST_CASE("users read model: who left is there by id and not by name") {
  Story story;
  join(story, 1, "ann", "Archer", UserType::customer);
  story.tell(user_address(test_id<UserId>(1)), ProfileClosed{test_start});
  story.tell(account_address(test_id<UserId>(1)), UserDeleted{{}, test_start});
  CHECK(search_users(story.models, {.words = "ann"}, {}).items.empty());
  const auto all = search_users(story.models, {}, {});
  REQUIRE(all.items.size() == 1);
  CHECK(all.items[0].status == UserStatus::deleted);
  CHECK(all.items[0].email.empty());
}

TEST_CASE("users read model: who has blocked whom is kept apart both ways, until they are unblocked") {
  Story story;
  const auto ann = test_id<UserId>(1), bob = test_id<UserId>(2), cleo = test_id<UserId>(3);
  join(story, 1, "ann", "Archer", UserType::customer);
  join(story, 2, "bob", "Baker", UserType::traveler);
  story.tell(user_address(ann), UserBlocked{bob}, UserBlocked{cleo});
  CHECK(kept_apart(story.models, ann) == std::set{bob, cleo});
  CHECK(kept_apart(story.models, bob) == std::set{ann});
  story.tell(user_address(ann), UserUnblocked{bob});
  CHECK(kept_apart(story.models, bob).empty());
  CHECK(kept_apart(story.models, cleo) == std::set{ann});
}

TEST_CASE("users read model: administrators are active accounts with the permission") {
  Story story;
  const auto ann = test_id<UserId>(1), bob = test_id<UserId>(2);
  join(story, 1, "ann", "Archer", UserType::customer);
  join(story, 2, "bob", "Baker", UserType::traveler);
  const auto bits = static_cast<std::uint32_t>(Permission::users) | static_cast<std::uint32_t>(Permission::read);
  story.tell(account_address(ann), EmailVerified{test_start}, RolesSet{UserType::both, bits, bob, test_start});
  story.tell(account_address(bob), RolesSet{UserType::both, bits, ann, test_start});  // not verified
  CHECK(administrators(story.models, Permission::users) == std::vector{ann});
  CHECK(administrators(story.models, Permission::finance).empty());
  story.tell(account_address(ann), UserSuspended{UserStatus::suspended, "", bob, test_start});
  CHECK(administrators(story.models, Permission::users).empty());
}

TEST_CASE("users read model: a search finds names however their case and their letters are written") {
  Story story;
  join(story, 1, "Zoe\u0308", "Stra\u00DFer", UserType::customer);
  join(story, 2, "\u0130pek", "Ka\u0301rolyi", UserType::customer);
  join(story, 3, "\u039F\u03B4\u03C5\u03C3\u03C3\u03B5\u03CD\u03C2", "\u042F\u043A\u043E\u0432\u043B\u0435\u0432",
       UserType::customer);
  join(story, 4, "अनुष्का", "शर्मा", UserType::customer);
  join(story, 5, "Ｍａｒｉａ", "Lov\u00ADelace", UserType::customer);
  const std::pair<const char*, int> found_by[] = {
      {"zo\u00EB", 1},    {"ZOE", 1},      {"STRASSER", 1},  {"stra\u00DFer", 1},
      {"strasse", 1},     {"ipek", 2},     {"\u0130PEK", 2}, {"k\u00E1rolyi", 2},
      {"KAROLYI", 2},     {"ΟΔΥΣΣΕΎΣ", 3}, {"οδυσσεύς", 3},  {"яковлев", 3},
      {"ЯКОВ", 3},        {"अनुष्का", 4},    {"शर्मा", 4},      {"maria\u00A0lovelace", 5},
      {"\u3000MARIA", 5}, {"Ｌove", 5}};
  for (const auto& [text, id] : found_by) {
    const char* const words = text;  // clang 14 lets no lambda, as CHECK_MESSAGE is one, have what is bound
    const auto page = search_users(story.models, {.words = words}, {});
    REQUIRE_MESSAGE(page.items.size() == 1, words);
    CHECK_MESSAGE(page.items[0].user_id == test_id<UserId>(static_cast<std::uint8_t>(id)), words);
  }
  for (const char* words : {"न", "अनि", "राम", "strabe"})
    CHECK_MESSAGE(search_users(story.models, {.words = words}, {}).items.empty(), words);
}

}  // namespace users_read_model_test
