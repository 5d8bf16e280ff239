#include "actors/values/customs.hpp"

#include "actors/request/matching_facts.hpp"
#include "tests/rules/request_given.hpp"

/// Where customs borders lie, and what is asked of who sends a parcel across one.
namespace customs_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

constexpr Coordinates berlin{52.52, 13.4}, paris{48.86, 2.35};

bool border(std::string_view one, std::string_view other) {
  return is_customs_border({one, "", "", berlin}, {other, "", "", paris});
}

bool border(const CustomsPlace& one, std::string_view other) {
  const bool there = is_customs_border(one, {other, "", "", berlin});
  CHECK(is_customs_border({other, "", "", berlin}, one) == there);
  return there;
}

PostRequest abroad(std::optional<Declaration> declared = {}, bool required = false) {
  PostRequest command = post();
  command.item.declaration = std::move(declared);
  command.crosses_border = true;
  command.customs_required = required;
  return command;
}

std::vector<std::string> warned(const RequestResource& shown) {
  std::vector<std::string> out;
  for (const RequestWarning& each : shown.warnings) out.push_back(each.code + ' ' + each.about);
  return out;
}

using Warnings = std::vector<std::string>;

}  // namespace

TEST_CASE("customs: countries of one territory have no border between them, and others have") {
  CHECK_FALSE(border("DE", "DE"));
  CHECK_FALSE(border("DE", "FR"));
  CHECK_FALSE(border("FR", "MC"));
  CHECK_FALSE(border("CH", "LI"));
  CHECK_FALSE(border("GB", "IM"));
  CHECK_FALSE(border("US", "PR"));
  CHECK_FALSE(border("RU", "KZ"));
  CHECK(border("DE", "CH"));
  CHECK(border("FR", "GB"));
  CHECK(border("US", "CA"));
  CHECK(border("NO", "SE"));
  CHECK(border("FR", "RE"));
  CHECK(border("ES", "AD"));
  CHECK(border("TR", "GR"));
  CHECK_FALSE(border("", "CH"));  // nobody knows where
}

TEST_CASE("customs: parts of a country that are not where the rest of it is") {
  const CustomsPlace canary{"ES", "", "Telde", {28.0, -15.4}}, ceuta{"ES", "CE", "Ceuta", {35.9, -5.3}};
  CHECK(border(canary, "ES"));
  CHECK(border(canary, "DE"));
  CHECK_FALSE(is_customs_border(canary, canary));
  CHECK(is_customs_border(canary, ceuta));
  CHECK(border({"DE", "", "Helgoland", {54.2, 7.9}}, "DE"));
  CHECK(border({"DE", "", "Büsingen", {47.7, 8.7}}, "DE"));
  CHECK_FALSE(border({"DE", "", "Büsingen", {47.7, 8.7}}, "CH"));
  CHECK(border({"IT", "09", "Livigno", {46.5, 10.1}}, "IT"));
  const CustomsPlace belfast{"GB", "NIR", "Belfast", {54.6, -5.9}};
  CHECK_FALSE(border(belfast, "GB"));
  CHECK_FALSE(border(belfast, "IE"));
  CHECK(border(belfast, "US"));
}

TEST_CASE("customs: what crosses a border undeclared is warned of, or refused where the operator says so") {
  Given<Request> request(self);
  REQUIRE(request.as(user(ann)).when(abroad()) == "request.created");
  const auto* shown = request.last.reply.get_if<RequestResource>();
  REQUIRE(shown);
  CHECK(shown->crosses_customs);
  CHECK(warned(*shown) == Warnings{"declaration_required item.declaration.contents"});

  Given<Request> strict(self);
  CHECK(strict.as(user(ann)).when(abroad({}, true)) == "! declaration_required");
  CHECK(strict.last.rejection->field == "item.declaration.contents");
  CHECK(strict.when(abroad(Declaration{"A camera"}, true)) == "request.created");
  CHECK(warned(*strict.last.reply.get_if<RequestResource>()) ==
        Warnings{"declaration_required item.declaration.customsValue"});

  Given<Request> at_home(self);
  PostRequest command = post();
  command.customs_required = true;
  CHECK(at_home.as(user(ann)).when(command) == "request.created");
  CHECK(at_home.last.reply.get_if<RequestResource>()->warnings.empty());
}

TEST_CASE("customs: an edit is judged by the places that it leaves, and travelers see the declaration in a match") {
  Given<Request> request(self);
  REQUIRE(request.as(user(ann)).when(abroad()) == "request.created");
  EditRequest edit;
  edit.item = request.state.details.item;
  edit.item->declaration = Declaration{"A camera", Price{3'000'000}};
  edit.crosses_border = true;
  edit.customs_required = true;
  CHECK(request.when(edit) == "request.updated");
  const auto facts = [&] {
    return matching_facts(RequestId{self.id}, ann, request.state.details, request.state.created_at);
  };
  CHECK(facts().crosses_customs);
  CHECK(facts().declaration->contents == "A camera");
  EditRequest price;  // touches no place: nothing is asked again
  price.max_price = Price{500'000};
  CHECK(request.when(price) == "request.updated");
  CHECK(facts().crosses_customs);
  EditRequest nearer;
  nearer.title = "A camera, near by";
  CHECK(request.when(nearer) == "request.updated");
  CHECK_FALSE(facts().crosses_customs);
}

}  // namespace customs_test
