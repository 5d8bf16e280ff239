#include "actors/request/goods.hpp"

#include "actors/inbox/commands.hpp"
#include "actors/messages/talk.hpp"
#include "tests/rules/request_given.hpp"

/// What may not travel, what travels as declared, and what is said of paying elsewhere.
namespace goods_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

std::vector<std::string> goods(const std::string& description, const std::string& category = "other") {
  Item item;
  item.description = description;
  item.category = category;
  return goods_names("A parcel", item);
}

std::string posts(const std::string& description, std::optional<Declaration> declared = {}, bool crosses = false,
                  const std::string& category = "other") {
  PostRequest command = post();
  command.item.description = description;
  command.item.category = category;
  command.item.declaration = std::move(declared);
  command.crosses_border = crosses;
  Given<Request> request(self);
  return request.as(user(ann)).when(command);
}

/// Ben's offer, on a request of declared goods.
std::string offers(const std::string& description, TransportMode mode, std::optional<bool> accepts,
                   bool is_declared = true) {
  PostRequest command = post();
  command.item.description = description;
  if (is_declared) command.item.declaration = Declaration{description, {}, true};
  Given<Request> request(self);
  REQUIRE(request.as(user(ann)).when(command) == "request.created");
  SubmitOffer offer = submit(offer_id, ben);
  offer.mode = mode;
  offer.accepts_goods = accepts;
  return request.as(user(ben)).when(offer);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("goods: what nobody carries is known by its category and by the words that it is described with") {
  CHECK(goods("Glock 19 pistol with ammunition") == Names{"weapons"});
  CHECK(goods("For sport", "Weapons") == Names{"weapons"});
  CHECK(goods("500 g COCAINE, pure") == Names{"drugs"});
  CHECK(goods("50,000 USD cash") == Names{"money"});
  CHECK(goods("2 l of petrol") == Names{"dangerous goods"});
  CHECK(goods("Bargeld im Umschlag") == Names{"money"});
  CHECK(goods("whisky, and a loose lithium cell") == Names{"alcohol", "batteries"});
  CHECK(goods("a sealed box, do not open") == Names{"sealed"});
}

TEST_CASE("goods: what only sounds like it is carried") {
  for (const char* harmless :
       {"A toy gun", "a water pistol for the garden", "Hot glue gun", "Nail guns", "A cashmere scarf", "Winery map",
        "A rifled folder", "my grandmother's lamp", "a camera, no cash inside", "Petrology notes", "Begun manuscript"})
    CHECK_MESSAGE(goods(harmless).empty(), harmless);
  CHECK(goods("Guns, Germs, and Steel", "books") == Names{"named after prohibited goods"});
  CHECK(goods("The Wine Bible", "books").empty());
  CHECK(goods("A toy gun and a real gun") == Names{"weapons"});
}

TEST_CASE("goods: no spelling that looks like a word hides it") {
  for (const char* hidden : {"c0caine",
                             "C0CA1NE!",
                             "c0c@ine",
                             "ｃｏｃａｉｎｅ",
                             "сосаіnе",
                             "cocaιne",
                             "coc\u200Baine",
                             "co\u00ADcaine",
                             "c\u0336o\u0336caine",
                             "c o c a i n e",
                             "1 c o c a i n e",
                             "c.o.c.a.i.n.e",
                             "c\u00A0o\u00A0c\u00A0a\u00A0i\u00A0n\u00A0e",
                             "co caine",
                             "c o ca ine",
                             "𝐜𝐨𝐜𝐚𝐢𝐧𝐞",
                             "ⓒⓞⓒⓐⓘⓝⓔ",
                             "ᴄᴏᴄᴀɪɴᴇ",
                             "CОCAINE",
                             "h3roin",
                             "her0in",
                             "heroln",
                             "m4r1juana",
                             "КОKAIN",
                             "k-o-k-a-i-n",
                             "cr\u200Bystal m3th"})
    CHECK_MESSAGE(goods(hidden) == Names{"drugs"}, hidden);
  for (const char* hidden :
       {"a p1stol", "pistoI", "pistо1", "g u n", "r-i-f-l-e", "gun!", "gun\u2019s grip", "amm0", "@mmo"})
    CHECK_MESSAGE(goods(hidden) == Names{"weapons"}, hidden);
  CHECK(goods("5000 in c@$h") == Names{"money"});
  CHECK(goods("a water p i s t o l").empty());
}

TEST_CASE("goods: innocent words in any language are no alarm") {
  for (const char* innocent : {"Mug from Scunthorpe",
                               "Begun manuscript",
                               "B E G U N, a poster",
                               "Shotgunned photo album",
                               "Gunther's violin",
                               "Gün 5, günlük ve defter",
                               "Winery map of Burgundy",
                               "Swine figurines of clay",
                               "Cashew nuts 500 g",
                               "Cashmere scarf",
                               "Caшемировый шарф",
                               "Вино-красная куртка",
                               "Кассета и пластинка",
                               "Игрушки и книги",
                               "Ελληνικό βιβλίο",
                               "Βιολί και γυαλιά",
                               "Waffeleisen",
                               "Weinrotes Kleid",
                               "Benziner-Modellkatalog",
                               "Alkoven-Vorhang",
                               "Tabakfarbenes Hemd",
                               "Propangasfrei: Campingtopf",
                               "Gunmetal grey lamp",
                               "Petroleum-blue sofa",
                               "Coke bottle opener",
                               "Heroines of history, a calendar",
                               "Heroine costume",
                               "C4 Picasso spare key",
                               "A4 paper, 5 x B5 notebooks",
                               "Router WR1043ND, 2 USB cables",
                               "Camera 4K, 64 GB, S1 lens",
                               "U S A flag",
                               "Size S, M and L shirts",
                               "Les vêtements d'été",
                               "Ropa de niños, talla 4",
                               "日本の本 3冊",
                               "手机壳",
                               "هدية صغيرة",
                               "A gu nice day card"})
    CHECK_MESSAGE(goods(innocent).empty(), innocent);
}

TEST_CASE("goods: no category takes the words back") {
  CHECK(posts("500 g cocaine", {}, false, "documents") == "! prohibited_goods");
  CHECK(posts("c0caine", {}, false, "documents") == "! prohibited_goods");
  for (const char* written : {"500 g cocaine", "Cocaine 500g", "cocaine, 2kg", "100ml of GHB and cocaine"})
    CHECK(posts(written, Declaration{"A present", {}, true}, false, "books") == "! prohibited_goods");
  CHECK(posts("A pistol", Declaration{"A pistol", {}, true}, false, "documents") == "! prohibited_goods");
  CHECK(posts("Two bottles of wine", {}, false, "documents") == "! declaration_required");
  // A paper or a book about it travels as declared, and the traveler looks.
  CHECK(posts("A gun licence", {}, false, "documents") == "! declaration_required");
  CHECK(posts("A gun licence", Declaration{"A gun licence", {}, {}}, false, "documents") == "! declaration_required");
  CHECK(posts("A gun licence", Declaration{"A gun licence", {}, true}, false, "documents") == "request.created");
  CHECK(posts("Guns, Germs, and Steel", Declaration{"A book", {}, true}, false, "books") == "request.created");
  CHECK(posts("Contract, signed", {}, false, "documents") == "request.created");
}

TEST_CASE("goods: prohibited ones are not posted, and no edit puts them in") {
  CHECK(posts("A pistol") == "! prohibited_goods");
  CHECK(posts("A pistol", Declaration{"A pistol", Price{100'000}, true}) == "! prohibited_goods");
  CHECK(posts("A present", Declaration{"A pistol", {}, true}) == "! prohibited_goods");
  auto request = posted();
  CHECK(request.as(user(ann)).when(EditRequest{"A revolver"}) == "! prohibited_goods");
  EditRequest edit;
  edit.item = post().item;
  edit.item->category = "fireworks";
  CHECK(request.when(edit) == "! prohibited_goods");
}

TEST_CASE("goods: restricted ones are posted with a declaration that lets the traveler look, and a value at a border") {
  CHECK(posts("Two bottles of wine") == "! declaration_required");
  CHECK(posts("Two bottles of wine", Declaration{"Wine", {}, {}}) == "! declaration_required");
  CHECK(posts("Two bottles of wine", Declaration{"Wine", {}, true}) == "request.created");
  CHECK(posts("Two bottles of wine", Declaration{"Wine", {}, true}, true) == "! declaration_required");
  CHECK(posts("Two bottles of wine", Declaration{"Wine", Price{300'000}, true}, true) == "request.created");
  CHECK(posts("Camera", {}, true) == "request.created");  // what is not restricted needs none
  CHECK(posts("Camera", Declaration{"A camera", {}, {}}) == "request.created");
}

TEST_CASE("goods: the traveler accepts what is declared, and no plane carries what may not fly") {
  CHECK(offers("Two bottles of wine", TransportMode::car, {}) == "! goods_not_accepted");
  CHECK(offers("Two bottles of wine", TransportMode::car, false) == "! goods_not_accepted");
  CHECK(offers("Two bottles of wine", TransportMode::car, true) == "offer.submitted");
  CHECK(offers("A puppy", TransportMode::car, true) == "offer.submitted");
  CHECK(offers("A puppy", TransportMode::plane, true) == "! prohibited_goods");
  CHECK(offers("A power bank", TransportMode::train, {}, false) == "offer.submitted");
  CHECK(offers("A power bank", TransportMode::plane, true, false) == "! declaration_required");
  CHECK(offers("A power bank", TransportMode::plane, {}) == "! goods_not_accepted");
  CHECK(offers("A power bank", TransportMode::plane, true) == "offer.submitted");
  CHECK(offers("Camera", TransportMode::plane, {}, false) == "offer.submitted");
}

TEST_CASE("goods: every rule has a name of its own, and none is freer in the air than on land") {
  std::set<std::string_view> names;
  for (const GoodsRule& rule : goods_rules()) {
    CHECK(names.insert(rule.goods).second);
    CHECK(rule.by_air >= rule.by_land);
    CHECK(rule.words.starts_with('|'));
    CHECK(rule.words.ends_with('|'));
  }
}

TEST_CASE("talk: what asks people off the platform is marked, and plain talk is not") {
  CHECK(talk_flags("Pay me 15 by PayPal tom@example.com or WhatsApp +1 212 555 0199") == Names{"payment", "contact"});
  CHECK(talk_flags("Zelle is fine") == Names{"payment"});
  CHECK(talk_flags("call (212) 555-0199") == Names{"contact"});
  CHECK(talk_flags("wir können bar bezahlen") == Names{"payment"});
  for (const char* plain : {"I leave on 2027-01-15 10:00 and arrive 15.01.2027 18:30", "Ich bin am 15.1.2027 10:00 da",
                            "Flight BA 112, gate 23, seat 14", "350 5th Ave, New York, NY 10118",
                            "It costs 35.00 or 40.00", "A cashmere scarf @ home"})
    CHECK_MESSAGE(talk_flags(plain).empty(), plain);
}

TEST_CASE("talk: an offer shows the marks of its message to both sides, and its mail warns") {
  auto request = posted();
  SubmitOffer offer = submit(offer_id, ben);
  offer.message = "Pay me by PayPal, it is cheaper";
  request.as(user(ben)).when(offer);
  CHECK(request.last.reply.get_if<OfferResource>()->flags == Names{"payment"});
  CHECK(request.sent<Notify>()->variables.contains("flagged"));
  request.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, "No, here please"});
  CHECK_FALSE(request.sent<Notify>()->variables.contains("flagged"));
}

}  // namespace goods_test
