#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include "storage/sandbox/payment_book.hpp"
#include "tests/crash/writer.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

/// Writers of all kinds write all the time; the server is killed (SIGKILL) in the middle of it and started again on the
/// same data, again and again. After each start, with nobody writing, must hold: what was acknowledged is there, once;
/// of what was cut off nothing is there twice; the ledger balances; the holds, and what the payment provider did, are
/// those of the deals. Then the writers repeat what was cut off, and go on.
namespace {

using namespace caravan::testing;
using caravan::PaymentBook;
using caravan::PaymentOperation;
using caravan::PaymentOutcome;
using caravan::testkit::PostgresServer;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string binary;
  int kills = 100;
  int crews = 2;
  int longest_ms = 150;
  bool postgres = false;
  unsigned seed = std::random_device{}();
};

/// A run on one data folder.
class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        database_(options.postgres ? std::make_unique<PostgresServer>() : nullptr),
        server_(options.binary, folder_.path(), settings(database_.get())),
        gate_(options.crews * writers_a_crew) {}

  int run() {
    std::printf("seed %u\n", options_.seed);
    try {
      write_kill_and_check();
    } catch (const std::exception& error) {
      faults_.add(error.what());
      gate_.abandon();
    }
    threads_.clear();
    if (faults_.count() == 0) return 0;
    folder_.keep();
    std::printf("%d faults; data and log: %s\n", faults_.count(), folder_.path().c_str());
    return 1;
  }

 private:
  void write_kill_and_check() {
    server_.start();
    writers_ = make_writers(server_.port(), gate_, options_.crews);
    for (auto& writer : writers_) threads_.emplace_back([this, &writer] { let_write(*writer); });
    for (int kill = 1; kill <= options_.kills && faults_.count() == 0; ++kill) {
      write_and_kill();
      if (kill % 5 == 0) kill_while_starting();
      const auto begin = Clock::now();
      server_.start();
      const auto started = Clock::now();
      check(false);
      start_time_ += started - begin;
      check_time_ += Clock::now() - started;
      if (kill % std::max(options_.kills / 10, 1) == 0) report(kill);
    }
    gate_.finish();
    check(true);  // nothing is under way any more: all must be exact
    if (server_.stop() != 0) faults_.add("the server did not stop cleanly:\n" + server_.log_end());
  }

  static std::map<std::string, std::string> settings(const PostgresServer* database) {
    return {{"CARAVAN_PAYOUT_DELAY", "0s"},
            {"CARAVAN_ACCESS_TOKEN_LIFE", "1d"},
            {"CARAVAN_JOURNAL", database ? database->url() : ""}};
  }

  void let_write(Writer& writer) {
    try {
      writer.write();
    } catch (const Gate::Over&) {
    } catch (const std::exception& error) {
      writer.failure = error.what();
    }
    gate_.leave();
  }

  void write_and_kill() {
    gate_.open();
    std::this_thread::sleep_for(milliseconds(random_() % static_cast<unsigned>(options_.longest_ms)));
    if (database_ && random_() % 3 == 0) {  // the node lives on, and so do the requests that wait
      database_->crash();
      database_->start();
      std::this_thread::sleep_for(milliseconds(random_() % static_cast<unsigned>(options_.longest_ms)));
      ++database_crashes_;
    }
    server_.crash();
    gate_.close();
  }

  /// Recovery must bear it too.
  void kill_while_starting() {
    server_.launch();
    std::this_thread::sleep_for(milliseconds(random_() % 200));
    server_.crash();
    ++killed_while_starting_;
  }

  void check(bool all) {
    Market market(server_.port());
    if (admin_.empty()) admin_ = market.admin_token();
    Deals deals;
    for (auto& writer : writers_) {
      if (!writer->failure.empty()) faults_.add("refused: " + std::exchange(writer->failure, {}));
      writer->check(market, faults_, all);
      deals += writer->deals();
    }
    check_ledger(market, deals);
    check_bank(deals);
  }

  void check_ledger(Market& market, const Deals& deals) {
    const Between holds{deals.accepted.least - deals.carried.most - deals.cancelled.most,
                        deals.accepted.most - deals.carried.least - deals.cancelled.least};
    std::string shown;
    const auto held = [&] {
      shown = market.call("GET", "/admin/finance/ledger-check", admin_).body;
      return json_at(shown, "balanced") != "true" || holds.has(std::stoll(json_at(shown, "openHolds")));
    };
    if (!soon(held) || json_at(shown, "balanced") != "true")
      faults_.add("the ledger: expected balance and " + std::to_string(holds.least) + " to " +
                  std::to_string(holds.most) + " open holds, found " + shown);
  }

  /// What the payment provider did, by its own book: everything once.
  void check_bank(const Deals& deals) {
    PaymentBook book(server_.data_folder() + "/sandbox_payments.sqlite");
    const auto expect = [&](const char* what, PaymentOperation operation, const Between& expected) {
      const auto count = [&] { return book.count(operation, PaymentOutcome::done); };
      if (!soon([&] { return expected.has(count()); }))
        faults_.add(std::to_string(count()) + ' ' + what + ", expected " + std::to_string(expected.least) + " to " +
                    std::to_string(expected.most));
    };
    expect("reservations", PaymentOperation::authorize, deals.accepted);
    expect("releases of a reservation", PaymentOperation::cancel, deals.cancelled);
    expect("captures", PaymentOperation::capture, deals.taken);
    expect("payouts", PaymentOperation::pay_out, deals.carried);
  }

  void report(int kill) const {
    int acknowledged = 0, cut_off = 0;
    for (const auto& writer : writers_) {
      acknowledged += writer->market().acknowledged();
      cut_off += writer->market().cut_off();
    }
    const auto ms = [kill](Clock::duration all) {
      return std::chrono::duration<double, std::milli>(all).count() / kill;
    };
    std::printf("%d kills, %d more while starting: %d writes acknowledged, %d cut off; ", kill, killed_while_starting_,
                acknowledged, cut_off);
    if (database_) std::printf("%d crashes of the database; ", database_crashes_);
    std::printf("ready in %.0f ms, checked in %.0f ms; %d faults\n", ms(start_time_), ms(check_time_), faults_.count());
    std::fflush(stdout);
  }

  const Options options_;
  TemporaryFolder folder_{"crash"};
  const std::unique_ptr<PostgresServer> database_;
  ServerProcess server_;
  Gate gate_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::jthread> threads_;
  std::mt19937 random_{options_.seed};
  std::string admin_;
  Faults faults_;
  Clock::duration start_time_{}, check_time_{};
  int killed_while_starting_ = 0, database_crashes_ = 0;
};

}  // namespace

int main(int count, char** words) {
  Options options;
  CLI::App app{
      "Kills a server under load, again and again, and checks after each restart that nothing was lost or done "
      "twice and that the ledger balances. Prints the seed of its timing; the data stays after a fault."};
  app.add_option("server", options.binary, "The program to run: build/release/caravan")->required();
  app.add_option("--kills", options.kills, "How many times")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  app.add_option("--crews", options.crews, "Four writers each: messages, positions, whole deliveries, wallets")
      ->capture_default_str()
      ->check(CLI::Range(1, 32));
  app.add_option("--longest-ms", options.longest_ms, "The longest time between a start and a kill")
      ->capture_default_str()
      ->check(CLI::Range(1, 60'000));
  app.add_flag("--postgres", options.postgres,
               "The journal is in a PostgreSQL server, which crashes now and then, too");
  app.add_option("--seed", options.seed, "For the times of the kills; else a random one");
  CLI11_PARSE(app, count, words);
  return Run(options).run();
}
