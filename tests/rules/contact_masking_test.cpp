#include "actors/inbox/commands.hpp"
#include "actors/messages/talk.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/matching_facts.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/rules/trip_given.hpp"
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

TEST_CASE("masked contacts: days, amounts, ZIP codes and flights are no telephones, and an amount at a price no mail") {
  for (const char* plain : {"100.00 - 120.00 USD",
                            "NY 10001-1234",
                            "15.01.27 - 17.01.27",
                            "15.01.27 17.01.27",
                            "15/01/2027 - 17/01/2027",
                            "01/15/2027 - 01/17/2027",
                            "2027-01-15 - 2027-01-17",
                            "15.01.2027-17.01.2027",
                            "01.02. - 05.02.2027",
                            "10115 - 80331",
                            "01067 - 04109",
                            "04109 15.01.2027",
                            "18.00 - 20.00 15.1.2027",
                            "08.00-10.00 15.01.2027",
                            "20.00/25.00/30.00",
                            "LH400 15.01.2027",
                            "LH400 15.01.27",
                            "3 boxes@9.99",
                            "one@9.99/kg",
                            "me @ home."})
    CHECK(masked_contacts(plain) == plain);
}

TEST_CASE("masked contacts: a number is masked however it is parted, and in the shape of a day too") {
  for (const char* number :
       {"01512345678",    "0151 234 56 78", "0151.234.56.78",  "0151/2345678",      "0151 / 2345678",
        "(0151) 2345678", "030 - 12345678", "0171 23456-7890", "00 49 151 2345678", "0049 171 12345.67",
        "212.555.0199",   "0151-23-45678",  "0170-12-34-567",  "01.51.2345678",     "01.02.03.04.05",
        "01/02/03/04/05", "06.12.11 22 33", "30.12 34.56 78",  "0151 12.10.27",     "tom@example.net"})
    CHECK(masked_contacts(number) == contact_mask);
  for (const char* number : {"+49 (0)151 2345678", "+1212-55-50199", "+49 171 - 1234567", "+49 30 12.10.2027"})
    CHECK(masked_contacts(number) == contact_mask);
  CHECK(masked_contacts("15.01.2027 0151 2345678") == "15.01.2027 ••••");
  CHECK(masked_contacts("tom@example.net,now") == "••••,now");
  std::string days = "01.02.03";
  for (int i = 0; i < 2'000; ++i) days += ".04";
  CHECK(masked_contacts(days) == contact_mask);  // and at once
}

TEST_CASE("masked contacts: nobody gets around a mask by other signs and digits that look the same") {
  for (const char* contact :
       {"0151\u00A0234\u00A05678", "0151_234_5678", "0151,234,5678", "0151:234:5678", "0151\u00B7234\u00B75678",
        "0151\u2013234\u20135678", "01:51:23:45:67:89", "171,234,567", "\uFF10\uFF11\uFF15\uFF11 2345678",
        "\u0660\u0661\u0665\u0661\u0662\u0663\u0664\u0665\u0666", "0151\u200B2345\u200B678", "tom\uFF20example.net",
        "tom@example\u3002net", "tom @ example.net", "tom@ example . net", "tom @example .net",
        "\uFF54om@exampl\u0435.net"})
    CHECK_MESSAGE(masked_contacts(contact) == contact_mask, contact);
  // What stands around it stays as it was written, byte by byte.
  CHECK(masked_contacts("Gr\u00FC\u00DFe \u2013 \uFF10\uFF11\uFF15\uFF11\uFF0F2345678 \u2013 \u0442\u043E\u043C") ==
        "Gr\u00FC\u00DFe \u2013 •••• \u2013 \u0442\u043E\u043C");
  CHECK(talk_flags("\u0440\u0430ypal") == Names{"payment"});
}

TEST_CASE("masked contacts: times, thousands and lists of numbers are no telephones either") {
  for (const char* plain :
       {"10:00, 12:30, 14:45", "18:00 - 20:00 15.01.2027", "10:00-12:00 14:00-16:00", "1,500 - 2,500 km",
        "15,000-20,000 km", "20,00 - 25,00 EUR", "100,00/120,00", "15.01.2027\u201317.01.2027",
        "1, 2, 3, 4, 5, 6, 7, 8, 9", "18.00 \u2013 20.00 15.1.2027", "me @ home. We meet"})
    CHECK_MESSAGE(masked_contacts(plain) == plain, plain);
}

TEST_CASE("masked contacts: words are known in capital letters too, umlauts as others") {
  for (const char* text : {"Überweisung bitte", "per ÜBERWEISUNG", "überweise es", "PayPal"})
    CHECK(talk_flags(text) == Names{"payment"});
}

TEST_CASE("masked contacts: why an offer or a request ended, and where a parcel is handed on, has masks as well") {
  auto request = request::posted();
  SubmitOffer offer = request::submit(request::offer_id, request::ben);
  offer.to = MeetingPoint{"New Haven, call 0151 2345678", 41.2982, -72.9292, 0};
  offer.passing = Passing{0, 0, test_start + std::chrono::hours{24}, test_start + std::chrono::hours{26}};
  request.as(user(request::ben)).when(offer);
  const auto shown_to = [&](const Caller& reader) {
    return *request.as(reader).ask(ViewOffer{request::offer_id}).resource.get_if<OfferResource>();
  };
  const Caller reads_all = admin(request::cem, Permission::private_data);
  REQUIRE(shown_to(user(request::ann)).to);
  CHECK(shown_to(user(request::ann)).to->address == "New Haven, call ••••");
  CHECK(shown_to(user(request::ann)).flags == Names{"contact"});
  CHECK(shown_to(reads_all).to->address == offer.to->address);

  request.as(user(request::ann)).when(RejectOffer{request::offer_id, "PayPal me: ann@example.net"});
  CHECK(shown_to(user(request::ben)).close_reason == "PayPal me: ••••");
  CHECK(shown_to(user(request::ben)).flags == Names{"payment", "contact"});
  CHECK(shown_to(reads_all).close_reason == "PayPal me: ann@example.net");

  request.as(user(request::ann)).when(CancelRequest{said});
  const auto reason_for = [&](const Caller& reader) {
    return request.as(reader).ask(ViewRequest{}).resource.get_if<RequestResource>()->cancel_reason;
  };
  CHECK(reason_for(user(request::ben)) == read);
  CHECK(reason_for(reads_all) == said);
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

namespace {

/// Ann's request, with all that she would say in it.
PostRequest talkative() {
  PostRequest command = request::post();
  command.title = "A camera. " + said;
  command.item.description = "PayPal me. " + said;
  command.item.declaration = Declaration{"A camera. " + said, {}, {}};
  return command;
}

RequestResource request_for(Given<Request>& posted, const Caller& reader) {
  const auto shown = posted.as(reader).ask(ViewRequest{}).resource;
  const auto* found = shown.get_if<RequestResource>();
  REQUIRE(found);
  return *found;
}

void check_whole(const RequestResource& shown) {
  CHECK(shown.title == "A camera. " + said);
  CHECK(shown.item.description == "PayPal me. " + said);
  CHECK(shown.item.declaration->contents == "A camera. " + said);
}

void check_masked(const RequestResource& shown) {
  CHECK(shown.title == "A camera. " + read);
  CHECK(shown.item.description == "PayPal me. " + read);
  CHECK(shown.item.declaration->contents == "A camera. " + read);
  CHECK(shown.flags == Names{"payment", "contact"});
  CHECK(shown.warnings.empty());
}

}  // namespace

TEST_CASE(
    "masked contacts: of a request others read no way around the platform before a deal, and its customer is "
    "warned") {
  Given<Request> posted(request::self);
  PostRequest command = talkative();
  RequestTripMatch match;
  match.trip_id = request::trip_id;
  match.traveler_id = request::ben;
  command.matches = {match};
  REQUIRE(posted.as(user(request::ann)).when(command) == "request.created");
  const auto* answer = posted.last.reply.get_if<RequestResource>();
  REQUIRE(answer);
  check_whole(*answer);
  Names warned;
  for (const RequestWarning& each : answer->warnings) warned.push_back(each.code + ' ' + each.about);
  CHECK(warned ==
        Names{"off_platform title", "off_platform item.description", "off_platform item.declaration.contents"});
  CHECK(answer->flags == Names{"payment", "contact"});
  REQUIRE(posted.sent<Notify>());
  CHECK(posted.sent<Notify>()->variables.at("title") == "A camera. " + read);

  check_whole(request_for(posted, user(request::ann)));
  CHECK(request_for(posted, user(request::ann)).warnings.size() == 3);
  check_whole(request_for(posted, admin(request::cem, Permission::private_data)));
  check_masked(request_for(posted, user(request::ben)));
  check_masked(request_for(posted, admin(request::cem, Permission::read)));
  const auto facts = matching_facts({}, request::ann, posted.state.details, test_start);
  CHECK(facts.title == "A camera. " + read);
  CHECK(facts.declaration->contents == "A camera. " + read);

  posted.as(user(request::ben)).when(request::submit(request::offer_id, request::ben));
  check_masked(request_for(posted, user(request::ben)));
  posted.as(user(request::ann)).when(CounterOffer{request::offer_id, Price{300'000}, {}});
  REQUIRE(posted.sent<Notify>());
  CHECK(posted.sent<Notify>()->variables.at("requestTitle") == "A camera. " + read);
  posted.as(user(request::ben)).when(CounterOffer{request::offer_id, Price{340'000}, {}});
  CHECK(posted.sent<Notify>()->variables.at("requestTitle") == "A camera. " + said);  // to Ann, in her own words
  posted.as(user(request::ann)).when(request::accept(request::offer_id));
  request::complete(posted, request::offer_id);
  check_whole(request_for(posted, user(request::ben)));
  check_masked(request_for(posted, user(request::cem)));
}

TEST_CASE("masked contacts: a plain request has neither warnings nor flags, and is read as it was written") {
  auto posted = request::posted();
  for (const UserId reader : {request::ann, request::ben}) {
    const RequestResource shown = request_for(posted, user(reader));
    CHECK(shown.title == "A camera");
    CHECK(shown.item.description == "Camera");
    CHECK(shown.flags.empty());
    CHECK(shown.warnings.empty());
  }
}

TEST_CASE("masked contacts: a trip's title is marked, and masked for everybody but its traveler") {
  Given<Trip> trip(trips::self);
  PublishTrip command = trips::trip_command();
  command.title = "By car. " + said;
  trip.as(user(trips::ben)).when(command);
  const auto shown = [&](const Caller& reader) {
    return *trip.as(reader).ask(ViewTrip{}).resource.get_if<TripResource>();
  };
  CHECK(shown(user(trips::ben)).title == "By car. " + said);
  CHECK(shown(admin(trips::ann, Permission::private_data)).title == "By car. " + said);
  CHECK(shown(user(trips::ann)).title == "By car. " + read);
  for (const UserId reader : {trips::ben, trips::ann}) CHECK(shown(user(reader)).flags == Names{"contact"});
  trip.as(user(trips::ben)).when(CancelTrip{said});
  CHECK(shown(user(trips::ann)).cancel_reason == read);
  CHECK(shown(user(trips::ben)).cancel_reason == said);
}

}  // namespace contact_masking_test
