#include "http/access/administrators.hpp"

#include "actors/account/entity.hpp"
#include "tests/http/memory_door.hpp"
#include "tests/storage/story.hpp"

/// Two administrators whom nobody promoted are enough; the operator is told where there are fewer.
namespace administrators_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

struct Office {
  /// Whom the settings made an administrator, unless `by` somebody.
  UserId add(std::uint8_t number, UserId by = {}, std::uint32_t permissions = all_permissions) {
    const auto id = test_id<UserId>(number);
    UserRegistered registered;
    registered.user_id = id;
    registered.email = id.text() + "@example.org";
    registered.permissions = permissions;
    registered.verified = true;
    registered.at = test_start;
    story.tell(account_address(id), registered);
    AccountState& account = door.state<Account>(id.value);
    evolve(account, registered);
    if (!by.is_nil()) account.grants = {{permissions, by, test_start}};
    return id;
  }
  std::string advice() { return http::advice_on_administrators(door, story.models); }

  Story story;
  MemoryDoor door;
};

}  // namespace

TEST_CASE("administrators: the operator is told in one line where fewer than two come from the settings") {
  Office office;
  CHECK(office.advice().starts_with("no active administrator"));
  const UserId first = office.add(1);
  CHECK(office.advice().starts_with("only one active administrator"));
  CHECK(office.advice().find("bootstrap-admin=") != std::string::npos);
  CHECK(office.advice().find('\n') == std::string::npos);
  const UserId promoted = office.add(2, first);
  office.add(3, promoted);
  office.add(4, {}, static_cast<std::uint32_t>(Permission::users));
  CHECK(office.advice().starts_with("only one active administrator"));
  office.add(5);
  CHECK(office.advice().empty());
}

}  // namespace administrators_test
