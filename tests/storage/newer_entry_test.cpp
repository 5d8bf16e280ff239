#include "actors/account/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/users.hpp"
#include "tests/storage/story.hpp"

/// Read models of a build that read entries of a newer one.
namespace newer_entry_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

/// ProfileCreated of a build that has a field more.
struct NewerProfile {
  static constexpr Tag tag = ProfileCreated::tag;
  NewProfile profile;
  Time at;
  std::string more;
  static constexpr auto fields() {
    return joined_rows(spliced<&NewerProfile::profile>({1, 2, 3, 4, 5, 6, 7}), field<&NewerProfile::at>(8, "at"),
                       field<&NewerProfile::more>(2'000, "more"));
  }
};

NewProfile ann() {
  NewProfile profile;
  profile.email = "ann@example.org";
  profile.first_name = "ann";
  return profile;
}

const Address home = user_address(test_id<UserId>(1));

}  // namespace

TEST_CASE(
    "read models: what an older build made of entries that it did not know whole is made anew at the next start") {
  for (const bool newer : {false, true}) {
    Story story;
    UserRegistered registered;
    registered.user_id = test_id<UserId>(1);
    registered.email = ann().email;
    registered.at = test_start;
    story.tell(account_address(registered.user_id), registered);
    if (newer)
      story.tell(home, NewerProfile{ann(), test_start, "x"});
    else
      story.tell(home, ProfileCreated{ann(), test_start});
    const std::uint64_t position = newer ? 0 : 2;
    TemporaryFolder folder;
    {
      ReadModels models(folder.path);
      models.apply(story.journal.feed(0, 10));
      CHECK(search_users(models, {}, {}).items.size() == 1);  // it serves what it knows
    }
    CHECK(ReadModels(folder.path).position() == position);
    ReadModels models(folder.path);
    models.rebuild(story.journal);
    CHECK(models.position() == 2);
    CHECK(search_users(models, {}, {}).items.size() == 1);
  }
}

}  // namespace newer_entry_test
