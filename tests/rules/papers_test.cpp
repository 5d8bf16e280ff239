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
  CHECK(person.state.former_papers.size() == max_former_papers);
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

}  // namespace

TEST_CASE("papers: one that has verified somebody else verifies nobody more, unless the administrator accepts that") {
  Given<User> person = handed_in({{DocumentType::passport, {}, "P777"}, {DocumentType::id_card, {}, "I1"}});
  const std::vector<TakenPaper> taken{{DocumentType::passport, "p 777", test_id<UserId>(9)}};
  person.as(office);
  CHECK(person.when(approval(taken)) == "! paper_taken");
  CHECK(person.last.rejection->detail.find(test_id<UserId>(9).text()) != std::string::npos);
  DecideVerification by_level = approval(taken);
  by_level.decision = VerificationDecision::rejected;
  by_level.level = VerificationLevel::identity;
  CHECK(person.when(by_level) == "! no_level");
  Given<User> refused = person;
  by_level.level.reset();
  CHECK(refused.when(by_level) == "verification.completed");
  CHECK(refused.receivers<ConfirmClaim>().empty());
  DecideVerification accepted = approval(taken);
  accepted.duplicate = DuplicatePaper::accepted;
  CHECK(person.when(accepted) == "verification.completed");
  CHECK(person.state.level == VerificationLevel::identity);
  CHECK(person.emitted<VerificationCompleted>()->taken.size() == 1);
  // The other paper is theirs; the shared one stays with whom it verified first.
  CHECK(person.receivers<ConfirmClaim>() == std::vector{paper_claim_address(sodium_crypto, "I1")});
}

TEST_CASE("papers: who decides says the number where the person left it out") {
  Given<User> person = handed_in({{DocumentType::passport, "upload", {}}});
  DecideVerification decision;
  decision.number = "p 777";
  CHECK(person.as(office).when(decision) == "verification.completed");
  CHECK(person.state.documents.front().number == "p 777");
  CHECK(person.receivers<ConfirmClaim>() == std::vector{paper_claim_address(sodium_crypto, "P777")});
}

TEST_CASE("papers: the number that is read from the picture counts, and it is said where the person said another") {
  Given<User> person = handed_in({{DocumentType::passport, "upload", "C01X00T48"}});
  DecideVerification decision;
  decision.number = "C01X00T47";
  CHECK(person.as(office).when(decision) == "verification.completed");
  CHECK(person.receivers<ConfirmClaim>() == std::vector{paper_claim_address(sodium_crypto, "C01X00T47")});
  const auto shown = *person.as(user(ann)).ask(ViewVerification{}).resource.get_if<VerificationResource>();
  CHECK(shown.documents.front().number == "C01X00T47");
  CHECK(shown.said_number == "C01X00T48");
  Given<User> alike = handed_in({{DocumentType::passport, "upload", "c01x-00t47"}});
  alike.as(office).when(decision);
  CHECK_FALSE(alike.state.said_number);
}

TEST_CASE("papers: an identity rests on the papers with a picture, and each of them has a number of its own") {
  std::vector<VerificationDocument> papers{{DocumentType::id_card, {}, "invented"},
                                           {DocumentType::passport, "one", {}},
                                           {DocumentType::id_card, "two", "I1"}};
  CHECK(counted_papers(papers) == std::vector<std::int32_t>{1, 2});
  CHECK(counted_papers({papers.front()}) == std::vector<std::int32_t>{0});
  DecideVerification decision;
  CHECK_FALSE(number_paper(papers, decision));
  decision.number = "P1";
  CHECK(number_paper(papers, decision) == 1);  // that lacks one
  CHECK(papers[1].number == "P1");
  decision.number = "P2";
  CHECK(number_paper(papers, decision) == 1);  // the first that counts
  decision.document = 2;
  CHECK(number_paper(papers, decision) == 2);
  decision.document = 0;
  CHECK_FALSE(number_paper(papers, decision));
  // Whoever names somebody else's number beside a picture of their own takes nothing from them.
  Given<User> person = handed_in({{DocumentType::id_card, {}, "victims"}, {DocumentType::passport, "one", "P1"}});
  person.as(office).when(DecideVerification{});
  CHECK(person.receivers<ConfirmClaim>() == std::vector{paper_claim_address(sodium_crypto, "P1")});
}

TEST_CASE("papers: letters that look like those of the passport are no number") {
  CHECK(is_usable_number("P-777 x1"));
  CHECK_FALSE(is_usable_number("\u0420777X1"));  // a Cyrillic letter
  CHECK_FALSE(is_usable_number("--"));
  CHECK(paper_claim_address(sodium_crypto, "p-777 x1") == paper_claim_address(sodium_crypto, "P777X1"));
}

TEST_CASE("papers: an entry of a build that numbered the first paper without a number is read as then") {
  Given<User> person = handed_in({{DocumentType::passport, "one", "P1"}, {DocumentType::id_card, {}, {}}});
  VerificationCompleted event;
  event.level = VerificationLevel::identity;
  event.number = "I1";
  person.event(event);
  CHECK(person.state.documents.front().number == "P1");
  CHECK(person.state.documents.back().number == "I1");
  CHECK_FALSE(person.state.said_number);
  // One that nobody can compare was a number all the same: what old entries say must not come to mean another paper.
  Given<User> odd = handed_in({{DocumentType::passport, "one", "--"}, {DocumentType::id_card, {}, {}}});
  odd.event(event);
  CHECK(odd.state.documents.front().number == "--");
  CHECK(odd.state.documents.back().number == "I1");
}

namespace {

ProfileChange last_name(std::string name) {
  ProfileChange change;
  change.last_name = std::move(name);
  return change;
}

Given<User> proven() {
  Given<User> person = submitted();
  person.state.last_name = "Archer";
  person.as(office).when(DecideVerification{VerificationDecision::approved});
  return person;
}

}  // namespace

TEST_CASE("papers: a name that they proved is changed by whoever is signed in and stepped up") {
  Given<User> person = proven();
  Caller key = user(ann), service = user(ann), stale = user(ann);
  key.api_key = test_id<UserId>(5).value;
  service.service = test_id<UserId>(6).value;
  stale.stepped_up = false;
  for (const Caller& caller : {key, service})
    CHECK(person.as(caller).when(UpdateProfile{last_name("Renn")}) == "! forbidden");
  CHECK(person.as(stale).when(UpdateProfile{last_name("Renn")}) == "! step_up_required");
  // What is no other name, and a name that nothing rests on, is theirs to set.
  CHECK(person.as(key).when(UpdateProfile{last_name("Archer")}) == "user.updated");
  Given<User> unproven = submitted();
  CHECK(unproven.as(key).when(UpdateProfile{last_name("Renn")}) == "user.updated");
}

TEST_CASE("papers: the former name brings the identity back within a week") {
  Given<User> person = proven();
  CHECK(person.as(user(ann)).when(UpdateProfile{last_name("Renn")}) == "user.updated, identity.unproven");
  CHECK(person.state.level != VerificationLevel::identity);
  Given<User> late = person, again = person, other = person;
  CHECK(person.when(UpdateProfile{last_name("Archer")}) == "user.updated, identity.proven_again");
  CHECK(person.state.level == VerificationLevel::identity);
  CHECK(person.state.verification == VerificationState::approved);
  CHECK(other.when(UpdateProfile{last_name("Archers")}) == "user.updated");
  late.at(late.now + proven_name_life);
  CHECK(late.when(UpdateProfile{last_name("Archer")}) == "user.updated");
  // Whatever was handed in since, and whether or not somebody has looked at it.
  REQUIRE(again.when(papers("second")) == "verification.submitted");
  for (const bool is_refused : {false, true}) {
    Given<User> back = again;
    if (is_refused) back.as(office).when(DecideVerification{VerificationDecision::rejected, {}, "unreadable"});
    CHECK(back.as(user(ann)).when(UpdateProfile{last_name("Archer")}) == "user.updated, identity.proven_again");
    CHECK(back.state.level == VerificationLevel::identity);
    CHECK(back.state.verification == VerificationState::approved);
    CHECK_FALSE(back.state.verification_note);
    REQUIRE(back.state.documents.size() == 1);
    CHECK(back.state.documents.front().upload_id == "first");
    REQUIRE(back.state.former_papers.size() == 1);
    CHECK(back.state.former_papers.front() == "second");
  }
  again.as(office).when(DecideVerification{VerificationDecision::approved});
  CHECK_FALSE(again.state.proven_name);  // these prove the other name
}

TEST_CASE("papers: within a week of another name they are handed in by whoever is signed in and stepped up") {
  Given<User> person = proven();
  REQUIRE(person.as(user(ann)).when(UpdateProfile{last_name("Renn")}) == "user.updated, identity.unproven");
  Caller key = user(ann), service = user(ann), stale = user(ann);
  key.api_key = test_id<UserId>(5).value;
  service.service = test_id<UserId>(6).value;
  stale.stepped_up = false;
  for (const Caller& caller : {key, service}) CHECK(person.as(caller).when(papers("junk")) == "! forbidden");
  CHECK(person.as(stale).when(papers("junk")) == "! step_up_required");
  person.at(person.now + proven_name_life);
  CHECK(person.as(key).when(papers("junk")) == "verification.submitted");
}

TEST_CASE("papers: of a deleted person the name that they proved is kept no more than they are") {
  Given<User> person = proven();
  person.as(user(ann)).when(UpdateProfile{last_name("Renn")});
  REQUIRE(person.state.proven_name);
  person.event(ProfileClosed{person.now});
  CHECK_FALSE(person.state.proven_name);
}

TEST_CASE("papers: an identity that waits for the number's proof comes back with it alone") {
  Given<User> person = proven();
  person.event(ContactVerified{{}, "+12025550100", person.now, VerificationLevel::phone});
  person.as(user(ann)).when(UpdateProfile{last_name("Renn")});
  person.as(provider()).when(RecordPhoneUnproven{"+12025550100"});
  CHECK(person.as(user(ann)).when(UpdateProfile{last_name("Archer")}) == "user.updated, identity.proven_again");
  CHECK(person.state.level == VerificationLevel::email);
  CHECK(person.state.fallen_from == VerificationLevel::identity);
}

}  // namespace papers_test
