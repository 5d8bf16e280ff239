#include "tests/rules/user_given.hpp"

namespace user_name_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;

TEST_CASE("user: another name is not the one on the papers") {
  Given<User> person = created();
  person.as(anns_account).when(RecordContactVerified{"ann@example.com", {}});
  person.when(RecordContactVerified{{}, "+12025550100"});
  const auto verify = [&] {
    person.as(user(ann)).when(SubmitVerification{{{DocumentType::passport, {}, "X123"}}, {}});
    person.as(admin(bob, Permission::users)).when(DecideVerification{VerificationDecision::approved, {}, {}});
    REQUIRE(person.state.level == VerificationLevel::identity);
  };
  const auto rename = [&](const std::string& last) {
    ProfileChange change;
    change.last_name = last;
    return person.as(user(ann)).when(UpdateProfile{change});
  };
  verify();
  CHECK(rename(person.state.last_name) == "user.updated");
  CHECK(rename("Support") == "user.updated, identity.unproven");
  CHECK(person.state.level == VerificationLevel::phone);
  CHECK(rename("Helper") == "user.updated");
  verify();
  ProfileChange number;
  number.phone_number = "+12025550101";
  person.as(user(ann)).when(UpdateProfile{number});
  CHECK(rename("Support") == "user.updated, identity.unproven");  // nor does the proven number bring it back
  person.as(anns_account).when(RecordContactVerified{{}, "+12025550101"});
  CHECK(person.state.level == VerificationLevel::phone);
}

}  // namespace user_name_test
