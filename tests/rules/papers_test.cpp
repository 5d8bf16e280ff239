#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/user/entity.hpp"
#include "tests/testkit/entity.hpp"

/// How long the files of identity papers are kept.
namespace papers_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const Caller office = admin(bob, Permission::users);

SubmitVerification papers(std::string upload) { return {{{DocumentType::passport, std::move(upload), {}}}, {}}; }

Given<User> submitted() {
  Given<User> person(user_address(ann));
  person.state.created = true;
  REQUIRE(person.as(user(ann)).when(papers("first")) == "verification.submitted");
  return person;
}

std::string fire(Given<User>& person) { return person.as(timer()).when(TimerFired{std::string(papers_timer)}); }

}  // namespace

TEST_CASE("papers: refused ones go thirty days after the decision") {
  Given<User> person = submitted();
  CHECK(fire(person) == "(nothing)");
  person.as(office).when(DecideVerification{VerificationDecision::rejected});
  REQUIRE(person.last.timers.size() == 1);
  CHECK(person.last.timers.front().due == test_start + std::chrono::days{30});
  CHECK(fire(person) == "verification.papers_removed");
  REQUIRE(person.sent<DropUpload>());
  CHECK(person.sent<DropUpload>()->upload_id == "first");
  CHECK_FALSE(person.state.documents.front().upload_id);
  CHECK(fire(person) == "(nothing)");
}

TEST_CASE("papers: those that others took the place of go after the next decision, those that count stay") {
  Given<User> person = submitted();
  person.as(office).when(DecideVerification{VerificationDecision::rejected});
  person.as(user(ann)).when(papers("second"));
  CHECK(fire(person) == "(nothing)");  // somebody may compare them
  person.as(office).when(DecideVerification{VerificationDecision::approved});
  CHECK(fire(person) == "verification.papers_removed");
  CHECK(person.sent<DropUpload>()->upload_id == "first");
  CHECK(person.last.effects.size() == 1);
  CHECK(person.state.documents.front().upload_id == "second");
}

TEST_CASE("papers: those that the level does not rest on any more go thirty days after another name") {
  Given<User> person = submitted();
  person.as(office).when(DecideVerification{VerificationDecision::approved});
  CHECK(fire(person) == "(nothing)");
  ProfileChange change;
  change.last_name = "Support";
  person.at(person.now + std::chrono::days{100}).as(user(ann)).when(UpdateProfile{change});
  REQUIRE(person.last.timers.size() == 1);
  CHECK(person.last.timers.front().name == papers_timer);
  CHECK(person.last.timers.front().due == person.now + std::chrono::days{30});
  CHECK(fire(person) == "verification.papers_removed");
  CHECK(person.sent<DropUpload>()->upload_id == "first");
  CHECK_FALSE(person.state.documents.front().upload_id);
}

TEST_CASE("papers: those that were enough for a lower level alone, or whose level was taken away, go") {
  Given<User> lower = submitted();
  lower.as(office).when(DecideVerification{VerificationDecision::approved, VerificationLevel::phone});
  CHECK(fire(lower) == "verification.papers_removed");
  Given<User> revoked = submitted();
  revoked.as(office).when(DecideVerification{VerificationDecision::approved});
  revoked.when(DecideVerification{VerificationDecision::approved, VerificationLevel::email});
  CHECK(fire(revoked) == "verification.papers_removed");
}

TEST_CASE("papers: those of a level that comes back with the number's proof stay") {
  Given<User> person = submitted();
  person.as(office).when(DecideVerification{VerificationDecision::approved});
  ProfileChange change;
  change.phone_number = "+12025550101";
  person.as(user(ann)).when(UpdateProfile{change});
  REQUIRE(person.state.level != VerificationLevel::identity);
  CHECK(fire(person) == "(nothing)");
  CHECK(person.state.documents.front().upload_id == "first");
}

TEST_CASE("papers: what is handed in again stays") {
  Given<User> person = submitted();
  person.as(office).when(DecideVerification{VerificationDecision::rejected});
  person.as(user(ann)).when(papers("first"));
  person.as(office).when(DecideVerification{VerificationDecision::approved});
  CHECK(fire(person) == "(nothing)");
  CHECK(person.state.documents.front().upload_id == "first");
}

TEST_CASE("papers: however often they are refused, few former ones are kept") {
  Given<User> person = submitted();
  for (std::size_t i = 0; i < 2 * max_former_papers; ++i) {
    person.as(office).when(DecideVerification{VerificationDecision::rejected});
    person.as(user(ann)).when(papers("again " + std::to_string(i)));
    CHECK(person.state.former_papers.size() <= max_former_papers);
  }
}

namespace {

Given<User> handed_in(std::vector<VerificationDocument> documents) {
  Given<User> person(user_address(ann));
  person.state.created = true;
  REQUIRE(person.as(user(ann)).when(SubmitVerification{std::move(documents), {}}) == "verification.submitted");
  return person;
}

DecideVerification approval(std::vector<TakenPaper> taken) {
  DecideVerification out;
  out.taken = std::move(taken);
  return out;
}

std::vector<Address> claims_kept(const Given<User>& person) {
  std::vector<Address> out;
  for (const Effect& effect : person.last.effects)
    if (effect.command.get_if<ConfirmClaim>()) out.push_back(effect.to);
  return out;
}

}  // namespace

TEST_CASE("papers: one that has verified somebody else verifies nobody more, unless the administrator accepts that") {
  Given<User> person = handed_in({{DocumentType::passport, {}, "P777"}, {DocumentType::id_card, {}, "I1"}});
  const std::vector<TakenPaper> taken{{DocumentType::passport, "P777", test_id<UserId>(9)}};
  person.as(office);
  CHECK(person.when(approval(taken)) == "! paper_taken");
  CHECK(person.last.rejection->detail.find(test_id<UserId>(9).text()) != std::string::npos);
  DecideVerification by_level = approval(taken);
  by_level.decision = VerificationDecision::rejected;
  by_level.level = VerificationLevel::identity;
  CHECK(person.when(by_level) == "! paper_taken");
  Given<User> refused = person;
  by_level.level.reset();
  CHECK(refused.when(by_level) == "verification.completed");
  CHECK(claims_kept(refused).empty());
  DecideVerification accepted = approval(taken);
  accepted.duplicate = DuplicatePaper::accepted;
  CHECK(person.when(accepted) == "verification.completed");
  CHECK(person.state.level == VerificationLevel::identity);
  CHECK(person.emitted<VerificationCompleted>()->taken.size() == 1);
  // The other paper is theirs; the shared one stays with whom it verified first.
  CHECK(claims_kept(person) == std::vector{paper_claim_address(sodium_crypto, "id_card", "I1")});
}

TEST_CASE("papers: who decides says the number where the person left it out") {
  Given<User> person = handed_in({{DocumentType::passport, "upload", {}}});
  DecideVerification decision;
  decision.number = "p 777";
  CHECK(person.as(office).when(decision) == "verification.completed");
  CHECK(person.state.documents.front().number == "p 777");
  CHECK(claims_kept(person) == std::vector{paper_claim_address(sodium_crypto, "passport", "P777")});
}

}  // namespace papers_test
