#include "http/routes/admin/tax_files.hpp"

#include <algorithm>

#include "http/documents/escaped.hpp"

namespace caravan::http {

namespace {

constexpr auto union_members =
    std::to_array<std::string_view>({"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
                                     "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"});

std::string element(std::string_view name, std::string_view content, std::string_view attributes = {}) {
  std::string out = "<";
  out.append(name).append(attributes).append(">").append(content).append("</").append(name).append(">");
  return out;
}

std::string text_element(std::string_view name, std::string_view text, std::string_view attributes = {}) {
  return element(name, escaped(text), attributes);
}

/// In whole units of the currency, as the schema wants it.
std::int64_t whole_units(std::int64_t amount, Currency currency) {
  std::int64_t minor = 1;
  for (int i = 0; i < currency.digits(); ++i) minor *= 10;
  return share_of(amount, 1, minor);
}

/// Four elements of that name, Q1 to Q4: amounts of money where a currency is given, else counts.
template <class ValueOf>
std::string quarters(const YearOfTraveler& traveler, const std::string& name, bool is_money, ValueOf value_of) {
  const std::string currency = " currCode=\"" + std::string(traveler.currency.text()) + '"';
  std::string out;
  for (const EarnedQuarter& each : traveler.quarters) {
    const std::int64_t value = is_money ? whole_units(value_of(each), traveler.currency) : value_of(each);
    out += element(name + std::to_string(each.quarter), std::to_string(value), is_money ? currency : std::string());
  }
  return out;
}

/// What the schema asks for and nobody told is named in a comment, so that whoever files it sees where to ask.
std::string seller_id(const YearOfTraveler& traveler) {
  const auto& [tax_id, country] = traveler.tax;
  std::string out, missing;
  if (country)
    out += text_element("ResCountryCode", *country);
  else
    missing += " ResCountryCode";
  if (tax_id)
    out += text_element("TIN", *tax_id, " issuedBy=\"" + escaped(country.value_or("")) + '"');
  else
    out += "<TIN unknown=\"true\"/>";
  out += element("Name", text_element("FirstName", traveler.first_name) + text_element("LastName", traveler.last_name));
  if (traveler.last_name.empty()) missing += " Name";
  if (traveler.address && country)
    out += element("Address", text_element("CountryCode", *country) + text_element("AddressFree", *traveler.address),
                   " legalAddressType=\"OECD305\"");
  else
    missing += " Address";
  return out + "<!-- not known:" + missing + " BirthInfo -->";
}

std::string decimal(std::int64_t amount, Currency currency) {
  const std::string text = money_text({amount, currency});
  return text.substr(0, text.find(' '));
}

/// A cell in quotes. What a spreadsheet would take for a formula begins with an apostrophe.
std::string cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char each : text) {
    if (each == '"') out += '"';
    out += each;
  }
  return out + '"';
}

}  // namespace

bool is_for_dac7(const YearOfTraveler& traveler) {
  return !traveler.tax.tax_country ||
         std::ranges::find(union_members, *traveler.tax.tax_country) != union_members.end();
}

std::string dac7_head(int year, Time now) {
  const std::string number = std::to_string(year);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!-- To be completed before it is filed: SendingEntityIN, TransmittingCountry, ReceivingCountry and "
         "PlatformOperator, and what each seller's comment names. -->\n"
         "<DPI_OECD xmlns=\"urn:oecd:ties:dpi:v1\" xmlns:stf=\"urn:oecd:ties:dpistf:v1\" version=\"1.0\">\n" +
         element("MessageSpec", text_element("MessageType", "DPI") +
                                    text_element("MessageRefId", number + '-' + std::to_string(to_millis(now))) +
                                    text_element("MessageTypeIndic", "DPI401") +
                                    text_element("ReportingPeriod", number + "-12-31") +
                                    text_element("Timestamp", to_rfc3339(now))) +
         "\n<DPIBody>\n";
}

std::string dac7_seller(int year, const YearOfTraveler& traveler) {
  const std::string reference =
      std::to_string(year) + '-' + traveler.user_id.text() + '-' + std::string(traveler.currency.text());
  const std::string work =
      element("Consideration",
              quarters(traveler, "ConsQ", true, [](const EarnedQuarter& each) { return each.consideration; })) +
      element("NumberOfActivities",
              quarters(traveler, "NumbQ", false, [](const EarnedQuarter& each) { return each.activities; })) +
      element("Fees", quarters(traveler, "FeesQ", true, [](const EarnedQuarter& each) { return each.fees; })) +
      element("Taxes", quarters(traveler, "TaxQ", true, [](const EarnedQuarter&) { return std::int64_t{0}; }));
  return element("ReportableSeller",
                 element("Identity", element("IndividualSeller",
                                             element("Standard", element("IndSellerID", seller_id(traveler))))) +
                     element("RelevantActivities", element("PersonalServices", work)) +
                     element("DocSpec",
                             text_element("stf:DocTypeIndic", "OECD1") + text_element("stf:DocRefId", reference))) +
         '\n';
}

std::string dac7_tail() { return "</DPIBody>\n</DPI_OECD>\n"; }

bool is_for_1099k(const YearOfTraveler& traveler) { return traveler.currency.text() == "USD"; }

std::string form_1099k_head() {
  std::string out =
      "payee_id,payee_first_name,payee_last_name,payee_tin,payee_tax_country,payee_address,payee_email,"
      "payee_verification,form_due,box_1a,box_1b,box_3,box_4";
  for (char month = 'a'; month <= 'l'; ++month) out += std::string(",box_5") + month;
  return out + "\r\n";
}

std::string form_1099k_line(const YearOfTraveler& traveler) {
  const std::string_view level =
      enum_labels(VerificationLevel{})[static_cast<std::size_t>(traveler.verification_level)];
  std::string out = traveler.user_id.text();
  for (const std::string_view text : {std::string_view(traveler.first_name), std::string_view(traveler.last_name)})
    out += ',' + cell(text);
  out += ',' + cell(traveler.tax.tax_id.value_or("")) + ',' + cell(traveler.tax.tax_country.value_or("")) + ',' +
         cell(traveler.address.value_or("")) + ',' + cell(traveler.email) + ',' + std::string(level);
  out += traveler.form_1099k ? ",yes," : ",no,";
  // 1b is not filled in by who settles for third parties, and of 4 nothing is withheld.
  out += decimal(traveler.gross, traveler.currency) + ",," + std::to_string(traveler.activities) + ",0.00";
  for (const std::int64_t month : traveler.monthly_gross) out += ',' + decimal(month, traveler.currency);
  return out + "\r\n";
}

}  // namespace caravan::http
