#include "tests/rules/user_given.hpp"

namespace user_name_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::users;

namespace {

const std::string first_number = "+12025550100", second_number = "+12025550101";

std::string prove(Given<User>& person, const std::string& number) {
  return person.as(anns_account).when(RecordContactVerified{{}, number});
}

std::string submit(Given<User>& person) {
  return person.as(user(ann)).when(SubmitVerification{{{DocumentType::passport, {}, "X123"}}, {}});
}

std::string approve(Given<User>& person) {
  return person.as(admin(bob, Permission::users)).when(DecideVerification{VerificationDecision::approved, {}, {}});
}

std::string change(Given<User>& person, const ProfileChange& what) {
  return person.as(user(ann)).when(UpdateProfile{what});
}

ProfileChange name(const std::string& last) {
  ProfileChange out;
  out.last_name = last;
  return out;
}

ProfileChange number(const std::string& phone) {
  ProfileChange out;
  out.phone_number = phone;
  return out;
}

Given<User> with_email() {
  Given<User> person = created();
  person.as(anns_account).when(RecordContactVerified{"ann@example.com", {}});
  return person;
}

}  // namespace

TEST_CASE("user: a number that is proven after the papers stays proven under another name") {
  Given<User> person = with_email();
  submit(person);
  approve(person);
  prove(person, first_number);
  REQUIRE(person.state.level == VerificationLevel::identity);
  CHECK(change(person, name("Support")) == "user.updated, identity.unproven");
  CHECK(person.state.level == VerificationLevel::phone);
}

TEST_CASE("user: a number that was not proven when papers were decided about is not proven under another name") {
  for (const bool is_first_decision : {true, false}) {
    CAPTURE(is_first_decision);
    Given<User> person = with_email();
    prove(person, first_number);
    if (!is_first_decision) {
      submit(person);
      approve(person);
    }
    CHECK(change(person, number(second_number)) == "user.updated, phone.unproven");
    submit(person);
    approve(person);
    REQUIRE(person.state.level == VerificationLevel::identity);
    Given<User> proven = person;
    CHECK(change(person, name("Support")) == "user.updated, identity.unproven");
    CHECK(person.state.level == VerificationLevel::email);
    prove(proven, second_number);
    change(proven, name("Support"));
    CHECK(proven.state.level == VerificationLevel::phone);
  }
}

TEST_CASE("user: an address that is proven after the papers stays proven under another name") {
  Given<User> person = created();
  submit(person);
  approve(person);
  person.as(anns_account).when(RecordContactVerified{"ann@example.com", {}});
  change(person, name("Support"));
  CHECK(person.state.level == VerificationLevel::email);
}

TEST_CASE("user: what earlier builds wrote of numbers and papers leads to the level that it led to") {
  Given<User> person = created();
  person.event(ContactVerified{"ann@example.com", {}, test_start});
  person.event(VerificationSubmitted{{{DocumentType::passport, {}, "X123"}}, {}, test_start});
  person.event(VerificationCompleted{VerificationDecision::approved, VerificationLevel::identity, {}, bob, test_start});
  person.event(ContactVerified{{}, first_number, test_start});
  CHECK_FALSE(person.state.before_papers);
  Given<User> proven = person;
  change(person, name("Support"));
  CHECK(person.state.level == VerificationLevel::email);
  prove(proven, second_number);  // by this build
  change(proven, name("Support"));
  CHECK(proven.state.level == VerificationLevel::phone);
}

TEST_CASE("user: papers that wait for a decision go on waiting under another name") {
  Given<User> person = with_email();
  prove(person, first_number);
  submit(person);
  approve(person);
  change(person, number(second_number));
  submit(person);
  CHECK(change(person, name("Support")) == "user.updated, identity.unproven");
  CHECK(person.state.verification == VerificationState::pending);
  CHECK(approve(person) == "verification.completed");
  CHECK(person.state.level == VerificationLevel::identity);
}

TEST_CASE("user: another name is not the one on the papers") {
  Given<User> person = with_email();
  prove(person, first_number);
  const auto verify = [&] {
    submit(person);
    approve(person);
    REQUIRE(person.state.level == VerificationLevel::identity);
  };
  verify();
  CHECK(change(person, name(person.state.last_name)) == "user.updated");
  CHECK(change(person, name("Support")) == "user.updated, identity.unproven");
  CHECK(person.state.level == VerificationLevel::phone);
  CHECK(change(person, name("Helper")) == "user.updated");
  verify();
  change(person, number(second_number));
  CHECK(change(person, name("Support")) == "user.updated, identity.unproven");  // nor does the number bring it back
  prove(person, second_number);
  CHECK(person.state.level == VerificationLevel::phone);
}

TEST_CASE("user: another number is not proven, and a level that rested on the one before comes back with its proof") {
  Given<User> person = created();
  person.as(anns_account).when(RecordContactVerified{"ann@example.com", {}});
  person.when(RecordContactVerified{{}, "+12025550100"});
  person.as(user(ann)).when(SubmitVerification{{{DocumentType::passport, {}, "X123"}}, {}});
  person.as(admin(bob, Permission::users))
      .when(DecideVerification{VerificationDecision::approved, VerificationLevel::identity, {}});
  REQUIRE(person.state.level == VerificationLevel::identity);
  const auto renumber = [&](const std::string& to) {
    ProfileChange wanted;
    wanted.phone_number = to;
    return person.as(user(ann)).when(UpdateProfile{wanted});
  };
  CHECK(renumber("+12025550100") == "user.updated");  // the same
  CHECK(person.state.level == VerificationLevel::identity);
  CHECK(renumber("+12025550101") == "user.updated, phone.unproven");
  CHECK(effects(person.last) == std::vector<std::string>{"account note_phone_change"});
  CHECK(person.state.level == VerificationLevel::email);
  CHECK(renumber("+12025550102") == "user.updated");
  person.as(anns_account).when(RecordContactVerified{{}, "+12025550102"});
  CHECK(person.state.level == VerificationLevel::identity);
}

}  // namespace user_name_test
