#include "http/routes/admin/tax.hpp"

#include <algorithm>
#include <charconv>

#include "actors/audit/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/json/parts.hpp"
#include "http/routes/admin/tax_files.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "storage/read_models/earnings.hpp"

namespace caravan::http {

namespace {

enum class TaxFormat { json, dac7, form_1099k };
constexpr auto enum_labels(TaxFormat) { return std::to_array<std::string_view>({"json", "dac7", "1099-k"}); }

struct TaxQuery {
  static constexpr std::string_view record_name = "TaxQuery";
  std::optional<TaxFormat> format;
  static constexpr auto fields() { return std::array{field<&TaxQuery::format>(1, "format")}; }
};

/// `balanced`: in each currency the consideration is what the ledger says.
struct TaxYear {
  static constexpr std::string_view record_name = "TaxYear";
  std::int32_t year = 0;
  Time made_at;
  bool balanced = true;
  std::vector<YearTotal> totals;
  std::vector<YearOfTraveler> travelers;
  static constexpr auto fields() {
    return std::array{field<&TaxYear::year>(1, "year"), field<&TaxYear::made_at>(2, "madeAt"),
                      field<&TaxYear::balanced>(3, "balanced"), field<&TaxYear::totals>(4, "totals"),
                      field<&TaxYear::travelers>(5, "travelers")};
  }
};

constexpr int first_year = 2000;
constexpr std::string_view other_tax_types[] = {"application/xml", "text/csv"};

int year_in(const Call& call, Time now) {
  const std::chrono::year_month_day today = std::chrono::floor<std::chrono::days>(now);
  const int this_year = static_cast<int>(today.year());
  const std::string& text = call.path_text("year");
  int year = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), year);
  if (error != std::errc{} || stop != text.data() + text.size() || year < first_year || year > this_year)
    throw Problem{.code = "validation_failed",
                  .errors = {{"year", "out_of_range",
                              "a year from " + std::to_string(first_year) + " to " + std::to_string(this_year)}}};
  return year;
}

/// A page of the year's travelers at a time; nothing after the last one.
class Travelers {
 public:
  Travelers(const ReadModels& models, int year, Time now) : models_(models), year_(year), viewer_{now, edge_caller()} {}

  std::optional<std::vector<YearOfTraveler>> next() {
    if (is_over_) return std::nullopt;
    auto page = year_of_travelers(models_, year_, viewer_, paging_);
    is_over_ = !page.next_cursor;
    paging_.cursor = page.next_cursor.value_or("");
    return std::move(page.items);
  }

 private:
  const ReadModels& models_;
  int year_;
  Viewer viewer_;
  Paging paging_{.limit = max_page_limit, .cursor = {}};
  bool is_over_ = false;
};

using Selects = bool (*)(const YearOfTraveler&);
using Writes = std::function<std::string(const YearOfTraveler&)>;

/// A file that is made while it is sent: what it begins with, a text for each traveler whom it is about, and its end.
std::function<std::string()> parts_of(Travelers travelers, std::string head, Selects selects, Writes writes,
                                      std::string tail) {
  return [travelers, head = std::move(head), selects, writes = std::move(writes), tail = std::move(tail),
          has_begun = false, is_over = false]() mutable -> std::string {
    if (!std::exchange(has_begun, true)) return head;
    while (const auto page = travelers.next()) {
      std::string out;
      for (const YearOfTraveler& each : *page)
        if (selects(each)) out += writes(each);
      if (!out.empty()) return out;
    }
    return std::exchange(is_over, true) ? std::string() : tail;
  };
}

std::function<std::string()> json_parts(TaxYear year, Travelers travelers) {
  const auto parts = std::make_shared<JsonParts>(
      AnyRecord(std::move(year)), std::map<std::string_view, JsonParts::NextPage>{
                                      {"travelers", [travelers]() mutable -> std::optional<std::vector<AnyRecord>> {
                                         const auto page = travelers.next();
                                         if (!page) return std::nullopt;
                                         return std::vector<AnyRecord>(page->begin(), page->end());
                                       }}});
  return [parts] { return parts->next(); };
}

/// Every look is logged: it is who earned how much, and by which number their tax office knows them.
Response year_file(Call& call) {
  const Time now = call.door().now();
  const int year = year_in(call, now);
  const TaxFormat format = call.query<TaxQuery>().format.value_or(TaxFormat::json);
  const std::string name(enum_labels(TaxFormat{})[static_cast<std::size_t>(format)]);
  call.record_listing(PrivateThing::account, "tax=" + std::to_string(year) + ", format=" + name);
  call.see_all_writes();
  const ReadModels& models = needed(call.services().read_models);
  Travelers travelers(models, year, now);
  Response response{.status = call.route().status};
  if (format == TaxFormat::dac7) {
    const auto seller = [year](const YearOfTraveler& each) { return dac7_seller(year, each); };
    response.next_part = parts_of(travelers, dac7_head(year, now), is_for_dac7, seller, dac7_tail());
  } else if (format == TaxFormat::form_1099k) {
    response.next_part = parts_of(travelers, form_1099k_head(), is_for_1099k, form_1099k_line, {});
  } else {
    TaxYear out{year, now, true, year_totals(models, year), {}};
    out.balanced =
        std::ranges::all_of(out.totals, [](const YearTotal& total) { return total.consideration == total.ledger; });
    response.next_part = json_parts(std::move(out), travelers);
  }
  const bool is_json = format == TaxFormat::json;
  const std::string_view ending = is_json ? "json" : format == TaxFormat::dac7 ? "xml" : "csv";
  if (!is_json) response.content_type = other_tax_types[format == TaxFormat::dac7 ? 0 : 1];
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + '-' + std::to_string(year) +
                                                           '.' + std::string(ending) + '"');
  return response;
}

}  // namespace

std::vector<Route> tax_routes(Services&) {
  return {get("/admin/tax/:year", admin(Permission::finance),
              "Whom the platform paid in that year (UTC): JSON with the ledger's sums, or, by format, an XML of DAC7's "
              "sellers or a CSV of Form 1099-K's payees")
              .query<TaxQuery>()
              .answers<TaxYear>()
              .or_media(other_tax_types)
              .rated(RateClass::bulk)
              .after_step_up()  // everybody's numbers, names and addresses at once
              .handle(year_file)};
}

}  // namespace caravan::http
