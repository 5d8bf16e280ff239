#include "config/import/trip_import.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "actors/user/commands.hpp"
#include "storage/journal/entry.hpp"
#include "tests/testkit/entity.hpp"

namespace trip_import_test {

using namespace caravan;

namespace {

constexpr const char* sample = "config/samples/flights.tsv.gz";
constexpr Time first_day = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};
constexpr const char* head =
    "departure\torigin\torigin_city\torigin_lat\torigin_lng\tdestination\tdestination_city\tdestination_lat\t"
    "destination_lng\n";
constexpr const char* good = "2001-01-01T00:47:00Z\tDTW\tDetroit, MI\t42.2\t-83.3\tLAS\tLas Vegas, NV\t36.0\t-115.1\n";

/// Keeps the trips that are published; is too busy for every `busy_every`th command.
class TripStand : public Door {
 public:
  explicit TripStand(int busy_every = 0) : busy_every_(busy_every) {}
  std::map<Uuid, PublishTrip> trips;
  std::map<Uuid, UserId> travelers;
  std::map<UserId, NewProfile> profiles;
  std::size_t most = SIZE_MAX;  // then the node is gone

  void ask(Ask ask, ReplyHandler handler) override {
    Reply reply;
    if (trips.size() >= most) {
      reply.outcome = Outcome::unavailable;
    } else if (busy_every_ > 0 && ++asked_ % busy_every_ == 0) {
      reply.outcome = Outcome::overloaded;
      reply.retry_after = std::chrono::milliseconds{1};
    } else if (const auto* profile = ask.command.get_if<CreateProfile>()) {
      CHECK(ask.origin.caller.is_platform());
      profiles[UserId{ask.to.id}] = profile->profile;
      reply.outcome = Outcome::done;
    } else if (trips.try_emplace(ask.to.id, *ask.command.get_if<PublishTrip>()).second) {
      reply.outcome = Outcome::done;
      travelers[ask.to.id] = ask.origin.caller.user;
    } else {
      reply.outcome = Outcome::rejected;
      reply.rejection = Rejection{"already_exists"};
    }
    handler(std::move(reply));
  }
  void query(Address, AnyRecord, Caller, ReplyHandler) override {}
  void await(Address, AnyRecord, Caller, std::function<bool(const Reply&)>, std::chrono::milliseconds,
             ReplyHandler) override {}
  std::vector<JournalEntry> history(Address, std::uint64_t, std::size_t, std::optional<Lane>) override { return {}; }
  bool exists(Address entity) override { return trips.contains(entity.id); }
  Time now() const override { return testkit::test_start; }

 private:
  int busy_every_;
  int asked_ = 0;
};

/// A file that goes when the test ends.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& content) {
    static int number = 0;
    path = std::filesystem::temp_directory_path() /
           ("caravan_flights_" + std::to_string(::getpid()) + "_" + std::to_string(++number) + ".tsv");
    std::ofstream(path, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

TripImportReport import_from(const std::string& file, Door& door, BadLines bad = BadLines::skip) {
  TripImportOptions options;
  options.file = file;
  options.first_day = first_day;
  options.bad_lines = bad;
  return import_trips(options, door, EmbeddedRoutes{}, {});
}

}  // namespace

TEST_CASE("trip import: 20,000 flights become trips of the future, once") {
  TripStand stand(997);
  std::int64_t last = 0, total = 0;
  TripImportOptions options{.file = sample, .first_day = first_day};
  const TripImportReport report =
      import_trips(options, stand, EmbeddedRoutes{}, [&](const TripImportProgress& progress) {
        CHECK(progress.done >= last);
        last = progress.done;
        total = progress.total;
      });
  CHECK(report.lines == 20'000);
  CHECK(report.imported == 20'000);
  CHECK(report.present == 0);
  CHECK(report.bad == 0);
  CHECK(last == 20'000);
  CHECK(total == 20'000);
  CHECK(stand.trips.size() == 20'000);
  Time earliest = Time::max();
  std::set<UserId> travelers;
  for (const auto& [id, trip] : stand.trips) {
    earliest = std::min(earliest, trip.departure_time);
    REQUIRE(*trip.arrival_time > trip.departure_time);
    REQUIRE(trip.capacity.weight.units > 0);
    REQUIRE(trip.origin.located());
    travelers.insert(stand.travelers[id]);
  }
  CHECK(to_rfc3339(earliest) == "2027-03-01T00:47:00Z");
  CHECK(travelers.size() == 500);
  CHECK(stand.profiles.size() == 500);
  std::set<std::string> names;
  for (const UserId traveler : travelers) names.insert(stand.profiles.at(traveler).last_name);
  CHECK(names.size() == 500);

  const TripImportReport again = import_trips(options, stand, EmbeddedRoutes{}, {});
  CHECK(again.imported == 0);
  CHECK(again.present == 20'000);
}

TEST_CASE("trip import: one that was cut off goes on where it stood, on another day too") {
  TripStand stand;
  stand.most = 1'000;
  TripImportOptions options{.file = sample, .first_day = first_day, .most = 3'000, .most_retries = 1};
  CHECK_THROWS_WITH(import_trips(options, stand, EmbeddedRoutes{}, {}),
                    "the node is too busy or stopping; run the import again to go on");
  stand.most = SIZE_MAX;
  options.first_day += std::chrono::days{1};
  const TripImportReport report = import_trips(options, stand, EmbeddedRoutes{}, {});
  CHECK(report.imported == 2'000);
  CHECK(report.present == 1'000);
  CHECK(stand.trips.size() == 3'000);
}

TEST_CASE("trip import: bad lines are named by number, and skipped or the file refused") {
  std::string content = head;
  content += good;
  content += "\n";
  content += "yesterday\tDTW\tDetroit, MI\t42.2\t-83.3\tLAS\tLas Vegas, NV\t36.0\t-115.1\n";
  content += "2001-01-01T00:47:00Z\tDTW\tDetroit, MI\t142.2\t-83.3\tLAS\tLas Vegas, NV\t36.0\t-115.1\n";
  content += "2001-01-01T00:47:00Z\tDTW\tDetroit, MI\t42.2\n";
  content += good;  // the same again: another seat on the same flight
  content += "2001-01-01T00:47:00Z\tDTW\tDetroit\xff, MI\t42.2\t-83.3\tLAS\tLas Vegas, NV\t36.0\t-115.1\n";
  content += "2001-01-01T00:47:00Z\tDTW\tDetroit, MI\t42.2\t-83.3\tDTW\tDetroit, MI\t42.2\t-83.3\n";
  content += std::string(10'000, 'x') + "\n";
  content += "2001-02-01T00:47:00Z\tDTW\tDetroit, MI\t42.2\t-83.3\tLAS\tLas Vegas, NV\t36.0\t-115.1";  // no end of line
  const TemporaryFile file(content);
  TripStand stand;
  const TripImportReport report = import_from(file.path, stand);
  CHECK(report.lines == 10);
  CHECK(report.imported == 3);
  CHECK(report.bad == 7);
  REQUIRE(report.bad_lines.size() == 7);
  CHECK(report.bad_lines[0].number == 3);
  CHECK(report.bad_lines[1].number == 4);
  CHECK(report.bad_lines[1].fault == "departure is no time in RFC 3339: yesterday");
  CHECK(report.bad_lines[2].fault == "origin_lat is no number of degrees: 142.2");
  CHECK(report.bad_lines[3].fault == "4 columns in place of 9");
  CHECK(report.bad_lines[4].fault == "origin_city is no text in UTF-8");
  CHECK(report.bad_lines[5].fault == "goes nowhere: origin and destination are one");
  CHECK(report.bad_lines[6].number == 10);

  TripStand other;
  const TripImportReport refused = import_from(file.path, other, BadLines::refuse);
  CHECK(refused.refused);
  CHECK(refused.bad == 7);
  CHECK(other.trips.empty());
}

TEST_CASE("trip import: what is no file of flights is said to be none") {
  TripStand stand;
  CHECK_THROWS_AS(import_from("no/such/file.tsv", stand), FlightFileError);
  const TemporaryFile empty("");
  CHECK_THROWS_AS(import_from(empty.path, stand), FlightFileError);
  const TemporaryFile other("name\tage\nAnn\t7\n");
  CHECK_THROWS_AS(import_from(other.path, stand), FlightFileError);
  const TemporaryFile bare(head);
  CHECK(import_from(bare.path, stand).lines == 0);
  std::ifstream whole(sample, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  const TemporaryFile cut(bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_AS(import_from(cut.path, stand), FlightFileError);
  CHECK(stand.trips.empty());
}

}  // namespace trip_import_test
