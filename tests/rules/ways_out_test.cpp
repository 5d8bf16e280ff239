#include <algorithm>
#include <functional>

#include "actors/account/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"
#include "tests/testkit/small_world.hpp"

namespace ways_out_test {

/// Nothing stands still for ever: each state of each entity is final, or a timer or somebody who surely exists ends it.
/// Neither party of a deal surely exists; administrators, services, the provider's outbox and the platform do.
using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using namespace std::chrono_literals;

namespace {

/// How a state ends. `walk` brings an entity into the state, lets only `ended_by` act, and gives the state after it.
template <class Enum>
struct Way {
  Enum state;
  std::string ended_by;  // empty: final
  std::function<Enum()> walk;
};

/// Every value of the enumeration has its way, and each way leaves the state.
template <class Enum>
void check_ways(const std::vector<Way<Enum>>& ways) {
  const auto labels = enum_labels(Enum{});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto value = static_cast<Enum>(i);
    const auto way = std::ranges::find(ways, value, &Way<Enum>::state);
    REQUIRE_MESSAGE(way != ways.end(), "no way out of ", std::string(labels[i]));
    REQUIRE((way->walk != nullptr) == !way->ended_by.empty());
    if (way->walk) CHECK_MESSAGE(way->walk() != value, std::string(labels[i]), " is not ended by ", way->ended_by);
  }
}

const UserId judge_id = test_id<UserId>(50), owner_id = test_id<UserId>(51);
constexpr Duration long_enough = 100 * 24h;

/// A deal at the given stage, of which neither side is heard any more.
SmallWorld abandoned(std::optional<Handover> last_scan, bool is_returning = false) {
  SmallWorld world(
      {EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker, EntityKind::dispute});
  world.tell(parcel, AnyRecord(terms()), entity({EntityKind::request, test_id<RequestId>(20).value}));
  const auto scan = [&](Handover type) {
    for (const QrCode& code : world.state<Delivery>(parcel.id).codes)
      if (code.type == type && code.status == QrStatus::active)
        return ScanCode{code.qr_code_id, code.secret, {code.bound_to->lat, code.bound_to->lng, 10.0}, {}, {}, {}};
    return ScanCode{};
  };
  if (!last_scan) return world;
  world.tell(parcel, AnyRecord(scan(Handover::pickup)), user(carrier));
  if (is_returning) world.tell(parcel, AnyRecord(StartReturn{}), user(carrier));
  return world;
}

/// What an administrator finds in the queue in the end, and decides.
DeliveryStatus after_a_judge(SmallWorld world) {
  world.pass(long_enough);
  REQUIRE(world.state<Dispute>(parcel.id).status == DisputeStatus::open);
  REQUIRE(world
              .tell({EntityKind::dispute, parcel.id},
                    AnyRecord(ResolveDispute{DisputeResolution::refund, {}, "nobody knows where it is"}),
                    admin(judge_id, Permission::disputes))
              .empty());
  const DeliveryState& delivery = world.state<Delivery>(parcel.id);
  CHECK(world.state<Escrow>(delivery.escrow_id.value).refunded == delivery.terms.price);
  return delivery.status;
}

DeliveryStatus in_time(SmallWorld world) {
  world.pass(long_enough);
  return world.state<Delivery>(parcel.id).status;
}

Given<Escrow> escrow_with(std::string token) {
  Given<Escrow> money({EntityKind::escrow, test_id<EscrowId>(60).value});
  money.as(entity(parcel))
      .when(CreateEscrow{DeliveryId{parcel.id}, test_id<IntentId>(61), sender, carrier, {3'500, {}}, {350, {}}, token});
  return money;
}

PaymentAnswer done(const Uuid& operation) { return {PaymentOperation::authorize, operation, PaymentOutcome::done}; }

Given<Wallet> credited() {
  Given<Wallet> wallet({EntityKind::wallet, carrier.value});
  wallet.as(entity(escrow))
      .when(CreditPending{EscrowId{escrow.id}, DeliveryId{parcel.id}, {3'150, {}}, test_start + 48h});
  return wallet;
}

}  // namespace

TEST_CASE("ways out: deliveries, their sagas and codes") {
  check_ways<DeliveryStatus>({
      {DeliveryStatus::accepting, "the saga's timer",
       [] {
         Given<Delivery> delivery = paid();
         delivery.as(timer()).when(TimerFired{"saga"});
         return delivery.state.status;
       }},
      {DeliveryStatus::accepted, "its timer", [] { return in_time(abandoned({})); }},
      {DeliveryStatus::picked_up, "its timer, and an administrator",
       [] { return after_a_judge(abandoned(Handover::pickup)); }},
      {DeliveryStatus::in_transit, "its timer, and an administrator",
       [] {
         SmallWorld world = abandoned(Handover::pickup);
         world.tell(parcel, AnyRecord(TrackingBegan{world.now}), entity(tracker));
         return after_a_judge(std::move(world));
       }},
      {DeliveryStatus::returning, "its timer, and an administrator",
       [] { return after_a_judge(abandoned(Handover::pickup, true)); }},
      {DeliveryStatus::delivered, ""},
      {DeliveryStatus::cancelled, ""},
      {DeliveryStatus::returned, ""},
      {DeliveryStatus::acceptance_failed, ""},
  });
  check_ways<SagaState>({{SagaState::running, "its timer",
                          [] {
                            Given<Delivery> delivery = reserved();
                            delivery.as(timer()).when(TimerFired{"saga"});
                            return delivery.state.saga;
                          }},
                         {SagaState::completed, ""},
                         {SagaState::compensated, ""}});
  const auto code_after_the_end = [](QrStatus before) {
    SmallWorld world = abandoned({});
    world.change<Delivery>(parcel.id).codes.front().status = before;
    world.pass(long_enough);
    return world.state<Delivery>(parcel.id).codes.front().status;
  };
  check_ways<QrStatus>({{QrStatus::active, "the delivery's end", [&] { return code_after_the_end(QrStatus::active); }},
                        {QrStatus::locked, "the delivery's end", [&] { return code_after_the_end(QrStatus::locked); }},
                        {QrStatus::used, ""},
                        {QrStatus::revoked, ""}});
  CHECK(in_time(abandoned({})) == DeliveryStatus::cancelled);
}

TEST_CASE("ways out: a parcel whose traveler closes the account goes to an administrator") {
  SmallWorld world = abandoned(Handover::pickup);
  world.tell(parcel, AnyRecord(CancelDelivery{"user_deleted"}), entity({EntityKind::account, carrier.value}));
  REQUIRE(world.state<Delivery>(parcel.id).status == DeliveryStatus::returning);
  CHECK(after_a_judge(std::move(world)) == DeliveryStatus::cancelled);
}

TEST_CASE("ways out: money") {
  check_ways<EscrowStatus>({
      {EscrowStatus::none, ""},
      {EscrowStatus::requires_payment, "the service that made it",
       [] {
         Given<Escrow> money = escrow_with("");
         money.as(service()).when(CancelIntent{});
         return money.state.status;
       }},
      {EscrowStatus::authorising, "its timer",
       [] {
         Given<Escrow> money = escrow_with("tok_timeout");
         for (int i = 0; i < 50; ++i) money.as(timer()).when(TimerFired{"provider"});
         return money.state.status;
       }},
      {EscrowStatus::held, "the delivery's end",
       [] {
         SmallWorld world = abandoned({});
         world.pass(long_enough);
         return world.state<Escrow>(world.state<Delivery>(parcel.id).escrow_id.value).status;
       }},
      {EscrowStatus::released, ""},
      {EscrowStatus::settled, ""},
      {EscrowStatus::refunded, ""},
      {EscrowStatus::cancelled, ""},
      {EscrowStatus::failed, ""},
  });
  check_ways<DisputeStatus>(
      {{DisputeStatus::none, ""},
       {DisputeStatus::open, "an administrator",
        [] {
          SmallWorld world = abandoned(Handover::pickup);
          after_a_judge(world);
          return DisputeStatus::resolved;
        }},
       {DisputeStatus::assigned, "another administrator",
        [] {
          SmallWorld world = abandoned(Handover::pickup);
          world.pass(long_enough);
          const Address dispute{EntityKind::dispute, parcel.id};
          const Caller judge = admin(judge_id, Permission::disputes);
          world.tell(dispute, AnyRecord(AssignDispute{test_id<UserId>(52)}), judge);
          REQUIRE(world.state<Dispute>(parcel.id).status == DisputeStatus::assigned);
          world.tell(dispute, AnyRecord(ResolveDispute{DisputeResolution::release, {}, "so"}), judge);
          return world.state<Dispute>(parcel.id).status;
        }},
       {DisputeStatus::resolved, ""}});
  const auto payout_after = [](Given<Wallet> wallet, AnyRecord command, Caller by) {
    wallet.now += 48h;
    wallet.as(by);
    const Decision decision =
        find_entity(EntityKind::wallet)->decide(&wallet.state, wallet.context(), std::move(command));
    for (const AnyRecord& event : decision.events) find_entity(EntityKind::wallet)->evolve(&wallet.state, event);
    return wallet.state.payouts.front().status;
  };
  const auto timer_of = [](const Given<Wallet>& wallet) {
    return AnyRecord(TimerFired{"payout:" + wallet.state.payouts.front().payout_id.text()});
  };
  check_ways<PayoutStatus>(
      {{PayoutStatus::pending, "its timer", [&] { return payout_after(credited(), timer_of(credited()), timer()); }},
       {PayoutStatus::processing, "the provider, who is asked until it answers",
        [&] {
          Given<Wallet> wallet = credited();
          wallet.as(timer()).when(TimerFired{*timer_of(wallet).get_if<TimerFired>()});
          REQUIRE(wallet.state.payouts.front().status == PayoutStatus::processing);
          return payout_after(wallet, AnyRecord(done(wallet.state.payouts.front().operation_id)), provider());
        }},
       {PayoutStatus::paid, ""},
       {PayoutStatus::failed, ""},
       {PayoutStatus::taken_back, ""}});
  check_ways<RefundStatus>({{RefundStatus::pending, "the provider, who is asked until it answers",
                             [] {
                               Given<Escrow> money = escrow_with("tok_ok");
                               money.as(provider()).when(done(money.state.tasks.front().operation_id));
                               money.as(timer()).when(TimerFired{"hold_expiring"});
                               money.as(entity(parcel)).when(RefundEscrow{{3'500, {}}, {0, {}}, "over"});
                               REQUIRE(money.state.refunds.front().status == RefundStatus::pending);
                               for (int i = 0; i < 2; ++i)
                                 money.as(provider()).when(done(money.state.tasks.front().operation_id));
                               return money.state.refunds.front().status;
                             }},
                            {RefundStatus::processed, ""},
                            {RefundStatus::failed, ""}});
}

TEST_CASE("ways out: a payout frozen by a dispute, or by a capture that was refused") {
  Given<Wallet> wallet = credited();
  wallet.as(entity(escrow)).when(FreezePayout{DeliveryId{parcel.id}});
  wallet.now += long_enough;
  CHECK(wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.front().payout_id.text()}) == "(nothing)");
  CHECK(wallet.as(entity(escrow)).when(UnfreezePayout{DeliveryId{parcel.id}}) ==
        "wallet.payout_unfrozen, payout.requested");
}

TEST_CASE("ways out: requests, offers, trips and trackers") {
  using namespace caravan::testkit::request;
  const auto offer_after = [](auto prepare, const std::string& timer_name) {
    Given<Request> asked = offered();
    prepare(asked);
    const OfferStatus before = asked.state.offers.front().status;
    asked.now += long_enough;
    asked.as(timer()).when(TimerFired{timer_name});
    REQUIRE(before != asked.state.offers.front().status);
    return asked.state.offers.front().status;
  };
  const std::string offer_timer = "offer:" + offer_id.text();
  check_ways<OfferStatus>(
      {{OfferStatus::pending, "its timer", [&] { return offer_after([](Given<Request>&) {}, offer_timer); }},
       {OfferStatus::countered, "its timer",
        [&] {
          return offer_after(
              [](Given<Request>& asked) {
                asked.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
              },
              offer_timer);
        }},
       {OfferStatus::accepting, "the acceptance, which its timer ends",
        [] {
          Given<Request> asked = offered();
          asked.as(user(ann)).when(accept(offer_id));
          testkit::request::fail(asked, offer_id, "acceptance_timeout");
          return asked.state.offers.front().status;
        }},
       {OfferStatus::accepted, ""},
       {OfferStatus::rejected, ""},
       {OfferStatus::withdrawn, ""},
       {OfferStatus::expired, ""}});
  check_ways<RequestStatus>({{RequestStatus::open, "its timer",
                              [] {
                                Given<Request> asked = posted();
                                asked.now += long_enough;
                                asked.as(timer()).when(TimerFired{asked.last.timers.front().name});
                                return asked.state.status;
                              }},
                             {RequestStatus::accepting, "the acceptance, which its timer ends",
                              [] {
                                Given<Request> asked = offered();
                                asked.as(user(ann)).when(accept(offer_id));
                                testkit::request::fail(asked, offer_id, "acceptance_timeout");
                                return asked.state.status;
                              }},
                             {RequestStatus::accepted, ""},
                             {RequestStatus::cancelled, ""},
                             {RequestStatus::expired, ""}});
  const auto trip_after = [](TripStatus status) {
    Given<Trip> travel(trip);
    travel.state.traveler_id = carrier;
    travel.state.status = status;
    travel.as(admin(judge_id, Permission::deliveries)).when(CancelTrip{"nobody is there any more"});
    return travel.state.status;
  };
  check_ways<TripStatus>(
      {{TripStatus::upcoming, "an administrator", [&] { return trip_after(TripStatus::upcoming); }},
       {TripStatus::under_way, "an administrator", [&] { return trip_after(TripStatus::under_way); }},
       {TripStatus::completed, ""},
       {TripStatus::cancelled, ""}});
  const auto tracking_after = [](TrackingStatus status) {
    Given<Tracker> followed(tracker);
    followed.state.customer = sender;
    followed.state.traveler = carrier;
    followed.state.status = status;
    followed.as(entity(parcel)).when(EndTracking{});
    return followed.state.status;
  };
  check_ways<TrackingStatus>(
      {{TrackingStatus::idle, "the delivery's end", [&] { return tracking_after(TrackingStatus::idle); }},
       {TrackingStatus::active, "the delivery's end", [&] { return tracking_after(TrackingStatus::active); }},
       {TrackingStatus::stopped, "the delivery's end", [&] { return tracking_after(TrackingStatus::stopped); }},
       {TrackingStatus::ended, ""}});
}

TEST_CASE("ways out: people") {
  const auto deleted_by_office = [](UserStatus status) {
    Given<Account> account(account_address(owner_id));
    account.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
    account.state.status = status;
    account.as(admin(judge_id, Permission::users)).when(DeleteAccount{"gone"});
    return account.state.status;
  };
  check_ways<UserStatus>(
      {{UserStatus::pending_verification, "its timer",
        [] {
          Given<Account> account(account_address(owner_id));
          account.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
          account.now += long_enough;
          account.as(timer()).when(TimerFired{"unverified"});
          return account.state.status;
        }},
       {UserStatus::active, "an administrator", [&] { return deleted_by_office(UserStatus::active); }},
       {UserStatus::suspended, "an administrator", [&] { return deleted_by_office(UserStatus::suspended); }},
       {UserStatus::banned, "an administrator", [&] { return deleted_by_office(UserStatus::banned); }},
       {UserStatus::deleted, ""}});
  check_ways<VerificationState>({{VerificationState::none, ""},
                                 {VerificationState::pending, "an administrator",
                                  [] {
                                    Given<User> person(user_address(owner_id));
                                    person.state.created = true;
                                    person.state.verification = VerificationState::pending;
                                    person.as(admin(judge_id, Permission::users))
                                        .when(DecideVerification{VerificationDecision::rejected, {}, {}});
                                    return person.state.verification;
                                  }},
                                 {VerificationState::approved, ""},
                                 {VerificationState::rejected, ""}});
}

}  // namespace ways_out_test
