#include <nlohmann/json.hpp>

#include "actors/audit/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "http/routes/admin/tax.hpp"
#include "http/routes/admin/tax_files.hpp"
#include "tests/http/edge.hpp"
#include "tests/storage/earned.hpp"
#include "tests/storage/story.hpp"

/// The files of a year for tax offices: for finance alone, each look in the trail, and the same figures in each form.
namespace tax_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;

namespace {

const UserId ben = test_id<UserId>(2), cem = test_id<UserId>(3), dora = test_id<UserId>(4);
const std::string path = "/api/v1/admin/tax/";

struct Office {
  Story story;
  Edge edge{[] {
    Edge none({});
    return tax_routes(none.services);
  }()};
  httplib::Client client = edge.client();
  Office() { edge.services.read_models = &story.models; }

  httplib::Result get(const std::string& what, Permission permission = Permission::finance) {
    auto answer = client.Get(path + what, edge.as(dora, "both", static_cast<std::uint32_t>(permission)));
    REQUIRE(answer);
    return answer;
  }
  /// The traveler is credited so much, of which a tenth more was the platform's.
  void pays(UserId traveler, std::int64_t credited, const char* currency) {
    earns(story, EscrowId{traveler.value}, traveler, credited, credited / 10, currency);
  }
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("tax: a year is for finance alone, and each look stands in the trail") {
  Office office;
  CHECK(office.get("2027", Permission::users)->status == 403);
  CHECK(office.edge.door.state<Audit>(dora.value).looks == 0);
  for (const char* query : {"2027", "2027?format=dac7", "2027?format=1099-k"}) CHECK(office.get(query)->status == 200);
  CHECK(office.edge.door.state<Audit>(dora.value).looks == 3);
}

TEST_CASE("tax: whoever asks for a year has shown password or code a moment ago") {
  Office office;
  office.edge.stepped_up = false;
  for (const char* query : {"2027", "2027?format=dac7", "2027?format=1099-k"}) {
    const auto refused = office.get(query);
    CHECK(refused->status == 403);
    CHECK(field_of(refused->body, "code") == "step_up_required");
  }
  CHECK(office.edge.door.state<Audit>(dora.value).looks == 0);
}

TEST_CASE("tax: a year that is none, that is to come, or a form that nobody knows is named") {
  Office office;
  for (const char* year : {"abc", "1999", "2028", "-1", "2027x", "99999999999"}) {
    CAPTURE(year);
    const auto answer = office.get(year);
    CHECK(answer->status == 400);
    CHECK(answer->body.find(R"("field":"year")") != std::string::npos);
  }
  CHECK(office.get("2027?format=w2")->body.find(R"("field":"format")") != std::string::npos);
}

TEST_CASE("tax: JSON has every traveler, and the sums that the ledger has") {
  Office office;
  for (std::uint8_t i = 0; i < 250; ++i) office.pays(test_id<UserId>(i), 1000 + i, "EUR");
  office.pays(ben, 5000, "USD");
  const auto answer = office.get("2027");
  REQUIRE(answer->status == 200);
  const auto year = nlohmann::json::parse(answer->body);
  CHECK(year["year"] == 2027);
  CHECK(year["balanced"] == true);
  CHECK(year["travelers"].size() == 251);
  std::int64_t euros = 0;
  for (const auto& each : year["travelers"])
    if (each["currency"] == "EUR") euros += each["consideration"].get<std::int64_t>();
  REQUIRE(year["totals"].size() == 2);
  CHECK(year["totals"][0]["currency"] == "EUR");
  CHECK(year["totals"][0]["ledger"] == euros);
  CHECK(year["totals"][0]["consideration"] == euros);
  CHECK(year["totals"][1]["ledger"] == 5000);
  CHECK(nlohmann::json::parse(office.get("2026")->body)["travelers"].empty());
}

TEST_CASE("tax: what the ledger does not have is told") {
  Office office;
  EscrowReleased event;
  event.traveler = ben;
  event.amount = event.traveler_amount = 1000;
  event.at = test_start;
  credit(event.postings, LedgerAccount::traveler_payable, {999, event.currency});
  office.story.tell({EntityKind::escrow, ben.value}, event);
  CHECK(nlohmann::json::parse(office.get("2027")->body)["balanced"] == false);
}

TEST_CASE("tax: DAC7 has those who pay taxes in the Union, or of whom nobody knows where, in whole units") {
  Office office;
  office.pays(ben, 31'550, "EUR");
  office.pays(cem, 1000, "EUR");
  office.pays(dora, 1000, "EUR");
  ProfileCreated created;
  created.profile.first_name = "Ben & Co";
  created.profile.last_name = "Berger";
  office.story.tell(user_address(ben), created);
  office.story.tell({EntityKind::wallet, ben.value}, TaxFactsTold{{"12345678901", "DE"}, test_start});
  office.story.tell({EntityKind::wallet, cem.value}, TaxFactsTold{{"123-45-6789", "US"}, test_start});
  const auto answer = office.get("2027?format=dac7");
  REQUIRE(answer->status == 200);
  CHECK(answer->get_header_value("Content-Type").starts_with("application/xml"));
  CHECK(answer->get_header_value("Content-Disposition") == "attachment; filename=\"dac7-2027.xml\"");
  const std::string& xml = answer->body;
  CHECK(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
  CHECK(xml.ends_with("</DPI_OECD>\n"));
  CHECK(count(xml, "<ReportableSeller>") == 2);
  CHECK(count(xml, "<TIN issuedBy=\"DE\">12345678901</TIN>") == 1);
  CHECK(count(xml, "<TIN unknown=\"true\"/>") == 1);
  CHECK(xml.find("123-45-6789") == std::string::npos);
  CHECK(count(xml, "<FirstName>Ben &amp; Co</FirstName><LastName>Berger</LastName>") == 1);
  CHECK(count(xml, "<ConsQ1 currCode=\"EUR\">316</ConsQ1>") == 1);
  CHECK(count(xml, "<FeesQ1 currCode=\"EUR\">32</FeesQ1>") == 1);
  CHECK(count(xml, "<NumbQ1>1</NumbQ1><NumbQ2>0</NumbQ2>") == 2);
}

TEST_CASE("tax: facts that a thief told are reported no more once they are taken back") {
  Office office;
  office.pays(ben, 31'550, "EUR");
  office.pays(cem, 1000, "EUR");
  for (const UserId whose : {ben, cem}) {
    const Address wallet{EntityKind::wallet, whose.value};
    office.story.tell(wallet, TaxFactsTold{{"98765432101", "AT"}, test_start});
    const TaxFacts before = whose == ben ? TaxFacts{"12345678901", "DE"} : TaxFacts{};
    office.story.tell(wallet, TaxFactsTakenBack{{before, test_start}, test_start});
  }
  const std::string xml = office.get("2027?format=dac7")->body;
  CHECK(count(xml, "<TIN issuedBy=\"DE\">12345678901</TIN>") == 1);
  CHECK(count(xml, "<TIN unknown=\"true\"/>") == 1);
  CHECK(xml.find("98765432101") == std::string::npos);
}

TEST_CASE("tax: Form 1099-K has whoever was paid in dollars, box by box, and no formula for a spreadsheet") {
  Office office;
  office.pays(ben, 10'000, "USD");
  office.pays(cem, 10'000, "EUR");
  ProfileCreated created;
  created.profile.first_name = "=Ben \"B\"";
  office.story.tell(user_address(ben), created);
  const auto answer = office.get("2027?format=1099-k");
  REQUIRE(answer->status == 200);
  CHECK(answer->get_header_value("Content-Type").starts_with("text/csv"));
  CHECK(count(answer->body, "\r\n") == 2);
  CHECK(answer->body.starts_with("payee_id,"));
  CHECK(answer->body.find(ben.text() + ",\"'=Ben \"\"B\"\"\",") != std::string::npos);
  CHECK(answer->body.find(",no,110.00,,1,0.00,110.00,0.00,") != std::string::npos);
  CHECK(answer->body.find(cem.text()) == std::string::npos);
  const std::string head = form_1099k_head();
  CHECK(std::ranges::count(head, ',') == std::ranges::count(form_1099k_line([] {
                                                              YearOfTraveler nobody;
                                                              nobody.monthly_gross.resize(12);
                                                              return nobody;
                                                            }()),
                                                            ','));
}

}  // namespace tax_test
