#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/scripted_payments.hpp"
#include "tests/testkit/simulated_node.hpp"

using namespace caravan;
using namespace caravan::testkit;

// The whole market on one simulated node: real entities, a provider that remembers, crashes at any commit.

namespace {

constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589};
const UserId traveler_id = test_id<UserId>(1);
const Currency usd;

Place place(const char* address, Coordinates at) { return {address, at.lat, at.lng}; }
Stop stop(const char* address, Coordinates at) { return {address, at.lat, at.lng, "Ann", "+12125550100", {}}; }

class Market {
 public:
  explicit Market(std::uint64_t seed) : chance(seed) { restart(); }

  /// As after `kill -9`: what was not committed is gone.
  void restart() {
    const Time now = node ? node->clock.now() : test_start;
    node.reset();
    node = std::make_unique<SimulatedNode>(journal, chance());
    node->clock.set(now);
    node->node().add_provider(EntityKind::payments, payments);
    node->node().start();
  }

  /// Runs to the end; with `crashes`, that many times something is lost on the way.
  void run(int crashes) {
    for (int i = 0; i < crashes; ++i) {
      for (std::uint64_t rounds = chance() % 6; rounds > 0; --rounds) {
        node->run_actors(chance() % 8);
        if (chance() % 3 != 0) node->commit();
      }
      restart();
      for (const auto& ask : unanswered) node->begin_ask(ask);  // clients try again
    }
    node->settle();
  }

  void publish_trip(std::int32_t items) {
    PublishTrip trip;
    trip.title = "New York to Boston";
    trip.origin = place("New York, NY", new_york);
    trip.destination = place("Boston, MA", boston);
    trip.departure_time = node->clock.now() + std::chrono::hours{24};
    trip.arrival_time = trip.departure_time + std::chrono::hours{5};
    trip.capacity = {{20'000}, {50'000}, items};
    trip.route = {.distance_meters = 306'000,
                  .duration_seconds = 18'000,
                  .provider = "test",
                  .legs = {{.distance_meters = 306'000, .duration_seconds = 18'000}}};
    const Reply reply = node->ask(trip_address, trip, user(traveler_id));
    REQUIRE_MESSAGE(reply.outcome == Outcome::done, reply.rejection.value_or(Rejection{"-"}).code);
  }

  /// A request of customer n with one offer on it, of 35 dollars.
  void post_request_with_offer(std::uint8_t n) {
    PostRequest post;
    post.title = "A book";
    post.pickup = stop("New York, NY", new_york);
    post.dropoff = stop("Boston, MA", boston);
    post.item.description = "a book";
    post.item.weight = {1'000};
    post.item.volume = {1'000};
    post.item.items = 1;
    post.max_price = {600'000};
    const Reply posted = node->ask(request_address(n), post, user(customer(n)));
    REQUIRE_MESSAGE(posted.outcome == Outcome::done, posted.rejection.value_or(Rejection{"-"}).code);
    SubmitOffer offer;
    offer.trip_id = TripId{trip_address.id};
    offer.price = {350'000};
    offer.offer_id = offer_id(n);
    offer.trip_owner = traveler_id;
    offer.trip_open = true;
    offer.free_room = {{20'000}, {50'000}, 5};
    offer.is_verified = true;
    const Reply offered = node->ask(request_address(n), offer, user(traveler_id));
    REQUIRE_MESSAGE(offered.outcome == Outcome::done, offered.rejection.value_or(Rejection{"-"}).code);
  }

  void accept(std::uint8_t n, const std::string& token) {
    AcceptOffer command;
    command.offer_id = offer_id(n);
    command.payment_token = token;
    command.provider = "sandbox";
    unanswered.push_back({.to = request_address(n),
                          .command = command,
                          .origin = {.caller = user(customer(n)), .idempotency_key = "accept"}});
    node->begin_ask(unanswered.back());
  }

  OfferResource offer(std::uint8_t n) {
    const Reply reply = node->query(request_address(n), ViewOffer{offer_id(n)}, user(customer(n)));
    REQUIRE(reply.resource.get_if<OfferResource>());
    return *reply.resource.get_if<OfferResource>();
  }

  TripCapacityResource capacity() {
    const Reply reply = node->query(trip_address, ViewCapacity{}, user(traveler_id));
    REQUIRE(reply.resource.get_if<TripCapacityResource>());
    return *reply.resource.get_if<TripCapacityResource>();
  }

  DeliveryResource delivery(const OfferResource& offer) {
    REQUIRE(offer.delivery_id);
    const Reply reply =
        node->query({EntityKind::delivery, offer.delivery_id->value}, ViewDelivery{}, user(offer.customer_id));
    REQUIRE(reply.resource.get_if<DeliveryResource>());
    return *reply.resource.get_if<DeliveryResource>();
  }

  std::string escrow_status(const OfferResource& offer) {
    const Reply reply =
        node->query({EntityKind::escrow, offer.escrow_id->value}, ViewEscrow{}, user(offer.customer_id));
    REQUIRE(reply.resource.get_if<EscrowResource>());
    return reply.resource.get_if<EscrowResource>()->status;
  }

  /// The traveler scans the delivery's code of that step at its place.
  ScanResult scan(const OfferResource& offer, Handover step, Coordinates at) {
    const Address address{EntityKind::delivery, offer.delivery_id->value};
    QrCodeId code;
    for (const QrCodeRef& ref : *offer.qr_codes)
      if (ref.type == step) code = ref.qr_code_id;
    const Reply secret = node->query(address, ViewQrSecret{code}, user(offer.customer_id));
    REQUIRE(secret.resource.get_if<QrCodeResource>());
    ScanCode command;
    command.qr_code_id = code;
    command.secret = secret.resource.get_if<QrCodeResource>()->secret;
    command.location.lat = at.lat;
    command.location.lng = at.lng;
    const Reply scanned = node->ask(address, command, user(traveler_id));
    REQUIRE(scanned.resource.get_if<ScanResult>());
    return *scanned.resource.get_if<ScanResult>();
  }

  /// Every event's postings, over every escrow and wallet: zero in sum.
  void check_books() {
    std::map<LedgerAccount, std::int64_t> accounts;
    for (const FeedEntry& row : journal.feed(0, 100'000)) {
      if (row.entity.kind != EntityKind::escrow && row.entity.kind != EntityKind::wallet) continue;
      JournalEntry entry{.entity = row.entity, .sequence = row.sequence};
      REQUIRE(decode_body(row.entity.kind == EntityKind::escrow ? entity_class<Escrow>() : entity_class<Wallet>(),
                          row.body, entry));
      for (const AnyRecord& event : entry.events) {
        const schema::Field* postings = schema::find_field(event.type(), "postings");
        if (!postings) continue;
        std::int64_t sum = 0;
        for (const Posting& posting :
             *static_cast<const std::vector<Posting>*>(schema::member_of(*postings, event.value()))) {
          sum += posting.amount;
          accounts[posting.account] += posting.amount;
        }
        CHECK(sum == 0);
      }
    }
  }

  static UserId customer(std::uint8_t n) { return test_id<UserId>(static_cast<std::uint8_t>(100 + n)); }
  static OfferId offer_id(std::uint8_t n) { return test_id<OfferId>(static_cast<std::uint8_t>(50 + n)); }
  static Address request_address(std::uint8_t n) {
    return {EntityKind::request, test_id<RequestId>(static_cast<std::uint8_t>(20 + n)).value};
  }

  MemoryJournal journal;
  std::mt19937_64 chance;
  std::shared_ptr<ScriptedPayments> payments = std::make_shared<ScriptedPayments>();
  std::unique_ptr<SimulatedNode> node;
  std::vector<Ask> unanswered;
  const Address trip_address{EntityKind::trip, test_id<TripId>(10).value};
};

}  // namespace

TEST_CASE("market: a parcel from offer to payout") {
  Market market(1);
  market.publish_trip(3);
  market.post_request_with_offer(1);
  market.accept(1, "tok_ok");
  market.run(0);
  const OfferResource offer = market.offer(1);
  REQUIRE(offer.status == OfferStatus::accepted);
  CHECK(offer.delivery_number == "DEL-000001");
  CHECK(market.escrow_status(offer) == "held");
  CHECK(market.payments->held() == 3500);
  CHECK(market.capacity().available.items == 2);

  CHECK(market.scan(offer, Handover::pickup, boston).code == ScanOutcome::qr_wrong_location);
  CHECK(market.scan(offer, Handover::delivery, boston).code == ScanOutcome::qr_wrong_order);
  CHECK(market.scan(offer, Handover::pickup, new_york).valid);
  CHECK(market.scan(offer, Handover::delivery, boston).delivery_status == DeliveryStatus::delivered);
  CHECK(market.escrow_status(offer) == "released");
  CHECK(market.payments->paid_out() == 0);
  market.node->advance(std::chrono::hours{49});
  CHECK(market.payments->paid_out() == 3150);
  market.check_books();
}

TEST_CASE("market: a declined card undoes everything, and another card makes it good") {
  Market market(2);
  market.publish_trip(3);
  market.post_request_with_offer(1);
  market.accept(1, "tok_declined");
  market.run(0);
  CHECK(market.offer(1).status == OfferStatus::pending);
  CHECK(market.capacity().available.items == 3);
  CHECK(market.payments->held() == 0);
  market.check_books();
}

TEST_CASE("market: whatever crashes on the way, one delivery, one hold, and room for no more than there is") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Market market(seed);
    market.payments->answers_twice = seed % 3 == 0;
    market.publish_trip(2);
    for (std::uint8_t n = 1; n <= 4; ++n) market.post_request_with_offer(n);
    for (std::uint8_t n = 1; n <= 4; ++n) market.accept(n, n == 4 ? "tok_declined" : "tok_ok");
    market.run(static_cast<int>(seed % 5));
    market.node->advance(std::chrono::minutes{30});

    std::int32_t accepted = 0;
    for (std::uint8_t n = 1; n <= 4; ++n) {
      const OfferResource offer = market.offer(n);
      CAPTURE(static_cast<int>(n));
      CHECK((offer.status == OfferStatus::accepted || offer.status == OfferStatus::pending));
      if (offer.status != OfferStatus::accepted) continue;
      ++accepted;
      CHECK(market.escrow_status(offer) == "held");
      CHECK(market.delivery(offer).status == DeliveryStatus::accepted);
    }
    CHECK(accepted == 2);
    CHECK(market.capacity().available.items == 0);
    CHECK(market.payments->held() == accepted * 3500);
    market.check_books();
  }
}
