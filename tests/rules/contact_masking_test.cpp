#include "actors/inbox/commands.hpp"
#include "actors/messages/talk.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/rules/user_given.hpp"

/// Who reads an address or a number that somebody wrote into an offer, a review or their profile.
namespace contact_masking_test {

using namespace caravan;
using namespace caravan::testkit;
using Names = std::vector<std::string>;

namespace {

const std::string said = "Write to tom@example.net or call +1 212 555 0199.";
const std::string read = "Write to •••• or call ••••.";

/// Ben's offer on Ann's request, with all that he would say.
Given<Request> offered() {
  auto request = request::posted();
  SubmitOffer offer = request::submit(request::offer_id, request::ben);
  offer.message = said;
  request.as(user(request::ben)).when(offer);
  return request;
}

std::string message_for(Given<Request>& request, const Caller& reader) {
  const auto shown = request.as(reader).ask(ViewOffer{request::offer_id}).resource;
  const auto* offer = shown.get_if<OfferResource>();
  REQUIRE(offer);
  return offer->message.value_or("(nothing)");
}

/// Bob's review of Ann, which is read by all once she has written hers.
Given<User> reviewed(const std::string& comment) {
  const DeliveryId parcel = test_id<DeliveryId>(7);
  Given<User> person = users::created();
  person.as(entity({EntityKind::delivery, parcel.value}));
  person.when(RecordDelivery{{parcel, users::bob, DeliveryRole::traveler, true, test_start}});
  person.as(entity(user_address(users::bob))).when(CounterReviewWritten{parcel, test_start});
  SubmitReview review{parcel, 4};
  review.comment = comment;
  person.as(user(users::bob)).when(review);
  return person;
}

ReviewResource review_for(Given<User>& person, const Caller& reader) {
  const auto shown = person.as(reader).ask(ListReviews{}).resource;
  const auto* list = shown.get_if<ReviewList>();
  REQUIRE(list);
  REQUIRE(list->items.size() == 1);
  return list->items.front();
}

}  // namespace

TEST_CASE("masked contacts: addresses and numbers are masked, and nothing else") {
  const std::pair<const char*, const char*> cases[] = {{said.c_str(), read.c_str()},
                                                       {"(212) 555-0199 at noon", "•••• at noon"},
                                                       {"0171/123 45 67 89, a.b+c@mail.example.org!", "••••, ••••!"},
                                                       {"2125550199@example.net", "••••"},
                                                       {"Bis 15.1.2027, dann 030 12345678", "Bis 15.1.2027, dann ••••"},
                                                       {"I leave on 2027-01-15 10:00, flight BA 112, 35.00 USD",
                                                        "I leave on 2027-01-15 10:00, flight BA 112, 35.00 USD"},
                                                       {"A cashmere scarf @ home", "A cashmere scarf @ home"},
                                                       {"Grüße aus Köln", "Grüße aus Köln"},
                                                       {"", ""}};
  for (const auto& [text, shown] : cases) CHECK(masked_contacts(text) == shown);
}

TEST_CASE("masked contacts: an offer's two sides read no way around the platform before they have a deal") {
  auto request = offered();
  CHECK(request.last.reply.get_if<OfferResource>()->message == read);
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->variables.at("message") == read);
  CHECK(request.sent<Notify>()->variables.contains("flagged"));
  CHECK(message_for(request, user(request::ann)) == read);
  CHECK(message_for(request, user(request::ben)) == read);
  CHECK(message_for(request, admin(request::cem, Permission::private_data)) == said);
  CHECK(message_for(request, admin(request::cem, Permission::read)) == "(nothing)");

  request.as(user(request::ann)).when(request::accept(request::offer_id));
  CHECK(message_for(request, user(request::ann)) == read);  // not paid yet
  request::complete(request, request::offer_id);
  CHECK(message_for(request, user(request::ann)) == said);
  CHECK(message_for(request, user(request::ben)) == said);
}

TEST_CASE("masked contacts: a counter-offer's message is masked and marked like the first one") {
  auto request = offered();
  request.as(user(request::ann)).when(CounterOffer{request::offer_id, Price{300'000}, "Zelle me: ann@example.net"});
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->variables.at("message") == "Zelle me: ••••");
  CHECK(request.sent<Notify>()->variables.contains("flagged"));
  CHECK(message_for(request, user(request::ben)) == "Zelle me: ••••");
}

TEST_CASE("masked contacts: a review and its answer are marked, and masked for everybody but who looks after people") {
  Given<User> person = reviewed("Nice. " + said);
  const auto* written = person.last.reply.get_if<ReviewResource>();
  REQUIRE(written);
  CHECK(written->flags == Names{"contact"});
  CHECK(written->comment == "Nice. " + read);
  CHECK(person.as(user(users::ann)).when(RespondToReview{written->review_id, "PayPal me: ann@example.net"}) ==
        "review.answered");
  for (const UserId reader : {users::ann, users::bob, users::eve}) {
    const ReviewResource review = review_for(person, user(reader));
    CHECK(review.comment == "Nice. " + read);
    CHECK(review.response == "PayPal me: ••••");
    CHECK(review.flags == Names{"payment", "contact"});
  }
  const ReviewResource evidence = review_for(person, admin(users::eve, Permission::users));
  CHECK(evidence.comment == "Nice. " + said);
  CHECK(evidence.response == "PayPal me: ann@example.net");
}

TEST_CASE("masked contacts: strangers read of a profile what it says, but no way around the platform") {
  Given<User> person = users::created();
  UpdateProfile update;
  update.change.bio = said;
  person.as(user(users::ann)).when(update);
  const auto bio_for = [&](const Caller& reader) {
    return person.as(reader).ask(ViewProfile{}).resource.get_if<ProfileResource>()->bio;
  };
  CHECK(bio_for(user(users::bob)) == read);
  CHECK(bio_for(user(users::ann)) == said);
  CHECK(bio_for(admin(users::eve, Permission::users)) == said);
}

}  // namespace contact_masking_test
