#include "actors/account/entity.hpp"
#include "actors/cover/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/read_models/earnings.hpp"
#include "tests/rules/escrow_given.hpp"
#include "tests/storage/earned.hpp"
#include "tests/storage/story.hpp"

/// What travelers were paid in a year: by quarter and month, and never another sum than the ledger's.
namespace earnings_read_model_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;
using namespace std::chrono_literals;

namespace {

const Viewer office{test_start, provider()};

Time day(int year, unsigned month, unsigned day_of_month, Duration since_midnight = {}) {
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day_of_month)} +
         since_midnight;
}

/// What the escrow says of the traveler's account in its own ledger.
std::int64_t owed_to_traveler(const EscrowState& state, int year) {
  std::int64_t sum = 0;
  for (const LedgerEntry& entry : state.ledger) {
    const std::chrono::year_month_day booked = std::chrono::floor<std::chrono::days>(entry.at);
    for (const Posting& line : entry.postings)
      if (line.account == LedgerAccount::traveler_payable && static_cast<int>(booked.year()) == year)
        sum -= line.amount;
  }
  return sum;
}

/// Deals whose decisions the read model follows.
struct Market {
  Story story;
  std::vector<GivenEscrow> deals;

  void tell(const GivenEscrow& escrow) {
    for (const AnyRecord& event : escrow.last.events) {
      if (const auto* released = event.get_if<EscrowReleased>()) story.tell(escrow.self, *released);
      if (const auto* refunded = event.get_if<PaymentRefunded>()) story.tell(escrow.self, *refunded);
    }
  }
  /// 35.00 USD, of which 31.50 are Ben's.
  GivenEscrow& paid(Time at) {
    const auto number = static_cast<std::uint8_t>(100 + deals.size());
    GivenEscrow& escrow = deals.emplace_back(Address{EntityKind::escrow, test_id<EscrowId>(number).value});
    escrow.at(at).as(delivery).when(terms());
    answer_with(escrow, PaymentOutcome::done);
    escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
    tell(escrow);
    return escrow;
  }
  /// Finance gives so much back of what was paid, and the wallet has it.
  void gives_back(GivenEscrow& escrow, Time at, std::int64_t amount) {
    escrow.at(at).as(admin(finn, Permission::finance)).when(RefundPayment{back, amount, "late"});
    const Money taken = escrow.sent<TakeBack>()->amount;
    escrow.as(wallet).when(TakenBack{parcel, back, taken});
    tell(escrow);
  }
  std::int64_t ledger(int year) const {
    std::int64_t sum = 0;
    for (const GivenEscrow& deal : deals) sum += owed_to_traveler(deal.state, year);
    return sum;
  }
  YearOfTraveler only(int year) {
    const auto page = year_of_travelers(story.models, year, office, {});
    REQUIRE(page.items.size() == 1);
    return page.items.front();
  }
};

/// So much is paid at once into the escrow of that number, of which a tenth is the platform's.
void pays(Story& story, std::uint8_t number, UserId traveler, std::int64_t amount, const char* currency) {
  const std::int64_t fee = amount / 10;
  earns(story, test_id<EscrowId>(number), traveler, amount - fee, fee, currency);
}

}  // namespace

TEST_CASE("earnings: quarters and months of what was credited, less what was taken back, as the ledger has it") {
  Market market;
  market.deals.reserve(8);
  GivenEscrow& first = market.paid(day(2027, 1, 15));
  market.paid(day(2027, 5, 20));
  market.gives_back(first, day(2027, 8, 1), 1000);
  const YearOfTraveler year = market.only(2027);
  CHECK(year.user_id == ben);
  CHECK(year.gross == 7000);
  CHECK(year.credited == 6300);
  CHECK(year.taken_back == 900);
  CHECK(year.consideration == 5400);
  CHECK(year.fees == 600);
  CHECK(year.activities == 2);
  REQUIRE(year.quarters.size() == 4);
  const std::int64_t considerations[] = {3150, 3150, -900, 0}, fees[] = {350, 350, -100, 0}, counts[] = {1, 1, 0, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(year.quarters[i].quarter == static_cast<std::int32_t>(i) + 1);
    CHECK(year.quarters[i].consideration == considerations[i]);
    CHECK(year.quarters[i].fees == fees[i]);
    CHECK(year.quarters[i].activities == counts[i]);
  }
  CHECK(year.monthly_gross == std::vector<std::int64_t>{3500, 0, 0, 0, 3500, 0, 0, 0, 0, 0, 0, 0});
  const auto totals = year_totals(market.story.models, 2027);
  REQUIRE(totals.size() == 1);
  CHECK(totals[0].travelers == 1);
  CHECK(totals[0].gross == 7000);
  CHECK(totals[0].fees == 600);
  CHECK(totals[0].activities == 2);
  CHECK(totals[0].consideration == year.consideration);
  CHECK(totals[0].ledger == year.consideration);
  CHECK(market.ledger(2027) == year.consideration);
}

TEST_CASE("earnings: a year begins and ends in UTC, and what is taken back counts where it was") {
  Market market;
  market.deals.reserve(8);
  GivenEscrow& last = market.paid(day(2027, 1, 1) - 1ms);
  market.paid(day(2027, 1, 1));
  CHECK(market.only(2026).consideration == 3150);
  CHECK(market.only(2026).monthly_gross[11] == 3500);
  CHECK(market.only(2027).monthly_gross[0] == 3500);
  market.gives_back(last, day(2027, 2, 1), 3500);
  CHECK(market.only(2026).consideration == 3150);
  CHECK(market.only(2027).consideration == 0);
  CHECK(market.only(2027).taken_back == 3150);
  for (const int year : {2026, 2027}) {
    const auto totals = year_totals(market.story.models, year);
    REQUIRE(totals.size() == 1);
    CHECK(totals[0].consideration == market.ledger(year));
    CHECK(totals[0].ledger == market.ledger(year));
  }
  CHECK(year_of_travelers(market.story.models, 2028, office, {}).items.empty());
  CHECK(year_totals(market.story.models, 2028).empty());
}

TEST_CASE("earnings: what an event pays that the read model does not know is not overlooked") {
  Story story;
  story.tell({EntityKind::escrow, test_id<EscrowId>(1).value},
             ProviderTaskDone{{}, {}, "", test_start, {{LedgerAccount::traveler_payable, -500, usd(0).currency}}});
  const auto totals = year_totals(story.models, 2027);
  REQUIRE(totals.size() == 1);
  CHECK(totals[0].ledger == 500);
  CHECK(totals[0].consideration == 0);
}

TEST_CASE("earnings: what a cover pays its customer is no traveler's consideration") {
  Market market;
  market.deals.reserve(8);
  market.paid(day(2027, 1, 15));
  GivenEscrow covered({EntityKind::escrow, test_id<EscrowId>(99).value});
  CreateEscrow with_cover = terms();
  with_cover.cover = CoverTerms{600, 30'000, {}, 7};
  covered.at(day(2027, 2, 1)).as(delivery).when(with_cover);
  answer_with(covered, PaymentOutcome::done);
  covered.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver});
  answer_with(covered, PaymentOutcome::done);
  covered.as(dispute).when(FreezeEscrow{quarrel});
  covered.when(SettleDispute{quarrel, back, usd(3'500), false, usd(25'000)});
  covered.as(entity(cover_address)).when(CoverAnswered{true});
  REQUIRE(covered.emitted<CoverPaid>());
  REQUIRE(owed_to_traveler(covered.state, 2027) == 25'000);
  market.story.tell(covered.self, *covered.emitted<CoverPaid>());
  const auto totals = year_totals(market.story.models, 2027);
  REQUIRE(totals.size() == 1);
  CHECK(totals[0].consideration == 3150);
  CHECK(totals[0].ledger == 3150);
}

TEST_CASE("earnings: travelers and their currencies page by page, each once") {
  Story story;
  for (std::uint8_t number = 1; number <= 5; ++number)
    for (const char* currency : {"EUR", "USD"}) pays(story, number, test_id<UserId>(number), 100 * number, currency);
  std::vector<std::string> seen;
  Paging paging{.limit = 3, .cursor = {}};
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = year_of_travelers(story.models, 2027, office, paging);
    for (const YearOfTraveler& each : page.items)
      seen.push_back(each.user_id.text() + std::string(each.currency.text()) + std::to_string(each.gross));
    if (!page.next_cursor) break;
    paging.cursor = *page.next_cursor;
  }
  std::vector<std::string> all;
  for (std::uint8_t number = 1; number <= 5; ++number)
    for (const char* currency : {"EUR", "USD"})
      all.push_back(test_id<UserId>(number).text() + currency + std::to_string(100 * number));
  CHECK(seen == all);
  CHECK(year_totals(story.models, 2027).size() == 2);
}

TEST_CASE("earnings: Form 1099-K is due above both limits, in dollars") {
  const UserId one = test_id<UserId>(1), few = test_id<UserId>(2), slight = test_id<UserId>(3),
               euro = test_id<UserId>(4);
  Story story;
  const auto pay = [&](UserId traveler, std::int64_t times, std::int64_t amount, const char* currency) {
    for (std::int64_t i = 0; i < times; ++i) pays(story, traveler.value.bytes[15], traveler, amount, currency);
  };
  pay(one, form_1099k_payments + 1, 10'000, "USD");
  pay(few, form_1099k_payments, 10'001, "USD");
  pay(slight, form_1099k_payments + 1, form_1099k_gross / (form_1099k_payments + 1), "USD");
  pay(euro, form_1099k_payments + 1, 10'000, "EUR");
  std::vector<UserId> due;
  for (const YearOfTraveler& each : year_of_travelers(story.models, 2027, office, {}).items)
    if (each.form_1099k) due.push_back(each.user_id);
  CHECK(due == std::vector{one});
}

TEST_CASE("earnings: who the traveler is comes from profile, account and wallet, and nobody is left out without them") {
  Story story;
  pays(story, 1, ben, 1000, "EUR");
  auto page = year_of_travelers(story.models, 2027, office, {});
  REQUIRE(page.items.size() == 1);
  CHECK(page.items[0].first_name.empty());
  CHECK_FALSE(page.items[0].tax.tax_id);
  ProfileCreated created;
  created.profile.first_name = "Ben";
  created.profile.last_name = "Berger";
  SavedAddress home;
  home.address = "Hauptstraße 1, 10115 Berlin";
  home.is_default = true;
  story.tell(user_address(ben), created, AddressSaved{home});
  UserRegistered registered;
  registered.user_id = ben;
  registered.email = "ben@example.org";
  story.tell(account_address(ben), registered);
  story.tell({EntityKind::wallet, ben.value}, TaxFactsTold{{"1", "AT"}, test_start});
  story.tell({EntityKind::wallet, ben.value}, TaxFactsTold{{"12345678901", "DE"}, test_start});
  page = year_of_travelers(story.models, 2027, office, {});
  REQUIRE(page.items.size() == 1);
  const YearOfTraveler& shown = page.items[0];
  CHECK(shown.first_name == "Ben");
  CHECK(shown.last_name == "Berger");
  CHECK(shown.email == "ben@example.org");
  CHECK(shown.address == home.address);
  CHECK(shown.tax == TaxFacts{"12345678901", "DE"});
}

}  // namespace earnings_read_model_test
