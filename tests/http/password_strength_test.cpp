#include <algorithm>

#include "http/access/passwords/strength.hpp"
#include "tests/http/people.hpp"

namespace password_strength_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

std::string rule_for(const std::string& word) {
  const auto fault = http::fault_of(word, "miriam.ex@example.org");
  return fault ? fault->rule : "none";
}

}  // namespace

TEST_CASE("password strength: what leaked, what is easy to guess and what the address tells is refused") {
  for (const char* word : {"Passw0rd", "qwerty123", "abc12345", "sunshine", "SUNSHINE", "baseball"})
    CHECK_MESSAGE(rule_for(word) == "leaked", word);
  for (const char* word : {"caravan1", "Caravan2027", "abcdefgh", "aaaaaaaa", "P@ssw0rd!", "letmein1!", "19841984",
                           "miriam.ex1", "Qwertyuiop1", "passwordpassword"})
    CHECK_MESSAGE(rule_for(word) != "none", word);
  CHECK(rule_for("Miriam.Ex") == "same_as_email");
  CHECK(rule_for("miriam.ex@example.org") == "same_as_email");
  CHECK(rule_for("\U0001F600\U0001F601") == "too_short");  // eight bytes are two characters
  for (const char* word : {"correct horse battery staple", "a-long-enough-Passw0rd", "Tr0ub4dor&3", "vX9!kq2#"})
    CHECK_MESSAGE(rule_for(word) == "none", word);
}

TEST_CASE("password strength: every leaked password is refused in any letter case, and the list is in order") {
  const auto& leaked = http::leaked_passwords();
  CHECK(leaked.size() > 8'000);
  CHECK(std::ranges::is_sorted(leaked));
  for (const std::string_view word : leaked) {
    std::string upper(word);
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
    if (rule_for(std::string(word)) != "leaked" || rule_for(upper) != "leaked") FAIL_CHECK(word);
  }
}

TEST_CASE("password strength: a refusal names field and rule, wherever a password is chosen") {
  People people;
  people.active("mia@example.org");
  const auto in = people.login("mia@example.org");
  const std::string weak = "sunshine";
  const auto blames = [&](httplib::Result answer, const std::string& field) {
    CHECK(answer->status == 422);
    CHECK(people.code_of(answer) == "weak_password");
    CHECK_MESSAGE(answer->body.find(R"("field":")" + field + R"(","code":"leaked","detail":")") != std::string::npos,
                  answer->body);
  };
  blames(people.post("/auth/register", R"({"email":"tom@example.org","password":")" + weak +
                                           R"(","firstName":"T","lastName":"X","userType":"both"})"),
         "password");
  blames(people.post("/auth/password/change",
                     R"({"currentPassword":")" + std::string(password) + R"(","newPassword":")" + weak + "\"}",
                     bearer(in)),
         "newPassword");
  people.post("/auth/password/forgot", R"({"email":"mia@example.org"})");
  people.deliver();
  blames(people.post("/auth/password/reset",
                     R"({"token":")" + people.mailed["resetToken"] + R"(","newPassword":")" + weak + "\"}"),
         "newPassword");
  people.registered("eva@example.org");
  blames(people.post("/auth/verify-email",
                     R"({"token":")" + people.mailed["verificationToken"] + R"(","password":")" + weak + "\"}"),
         "password");
}

}  // namespace password_strength_test
