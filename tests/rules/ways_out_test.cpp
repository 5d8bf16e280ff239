#include "tests/rules/ways_out.hpp"

#include <map>

#include "actors/cover/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/entity/scope.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/files/state.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/request/details.hpp"
#include "actors/request/legs.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/testkit/small_world.hpp"

namespace caravan::testkit::ways_out {

using namespace delivery_stages;
using namespace std::chrono_literals;

namespace {

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
  world.pass(long_enough);  // the parcel has to come back, and does not
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

/// A cover that a judge has pay, and the pool, which has nothing.
struct WaitingClaim {
  Given<Escrow> money{{EntityKind::escrow, test_id<EscrowId>(62).value}};
  Given<Cover> pool{cover_address};
  const DisputeId quarrel{parcel.id};

  WaitingClaim() {
    CreateEscrow command{
        DeliveryId{parcel.id}, test_id<IntentId>(63), sender, carrier, {3'500, {}}, {350, {}}, "tok_ok"};
    command.cover = CoverTerms{600, 30'000, {}, 7};
    money.as(entity(parcel)).when(command);
    money.as(provider()).when(done(money.state.tasks.front().operation_id));
    money.as(entity(parcel)).when(DropSplit{{}, ParcelWay::to_receiver});
    money.as(provider()).when(done(money.state.tasks.front().operation_id));
    freeze();
    money.when(SettleDispute{quarrel, test_id<RefundId>(64), {3'500, {}}, false, Money{30'000, {}}});
    pool.as(entity(money.self)).when(*money.sent<PayOutOfCover>());
    hear();
    REQUIRE(money.state.cover_standing == CoverStanding::claimed);
  }
  void freeze() { money.as(entity({EntityKind::dispute, quarrel.value})).when(FreezeEscrow{quarrel}); }
  /// The escrow hears what the pool said last.
  void hear() { money.as(entity(cover_address)).when(*pool.sent<CoverAnswered>()); }
};

CoverStanding after_finance_added() {
  WaitingClaim claim;
  claim.pool.as(admin(judge_id, Permission::finance)).when(AddToCover{30'000, {}, "a claim waits"});
  claim.hear();
  return claim.money.state.cover_standing;
}

CoverStanding after_a_dispute_reopened() {
  WaitingClaim claim;
  claim.freeze();
  claim.pool.as(entity(claim.money.self)).when(*claim.money.sent<DropCoverClaim>());
  claim.hear();
  return claim.money.state.cover_standing;
}

/// Of a parcel that nobody fetches.
CoverStanding cover_in_time() {
  SmallWorld world(
      {EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker, EntityKind::dispute});
  BeginAcceptance agreed = terms();
  agreed.cover = CoverTerms{600, 30'000, {}, 7};
  world.tell(parcel, AnyRecord(agreed), entity({EntityKind::request, test_id<RequestId>(20).value}));
  const Uuid escrow_id = world.state<Delivery>(parcel.id).escrow_id.value;
  REQUIRE(world.state<Escrow>(escrow_id).cover_standing == CoverStanding::held);
  world.pass(long_enough);
  return world.state<Escrow>(escrow_id).cover_standing;
}

Given<Wallet> credited() {
  Given<Wallet> wallet({EntityKind::wallet, carrier.value});
  wallet.as(user(carrier)).when(AddPayoutAccount{test_id<PayoutAccountId>(71), "bank", "acct", {}, {}});
  wallet.as(provider()).when(done(wallet.state.accounts.front().operation_id));
  wallet.as(entity(escrow))
      .when(CreditPending{EscrowId{escrow.id}, DeliveryId{parcel.id}, {3'150, {}}, test_start + 48h});
  return wallet;
}

}  // namespace

void walk_deliveries(Walked& walked) {
  check_ways<DeliveryStatus>(walked, {
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
  check_ways<SagaState>(walked, {{SagaState::running, "its timer",
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
  check_ways<QrStatus>(walked,
                       {{QrStatus::active, "the delivery's end", [&] { return code_after_the_end(QrStatus::active); }},
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

void walk_money(Walked& walked) {
  check_ways<EscrowStatus>(walked,
                           {
                               {EscrowStatus::none, ""},
                               {EscrowStatus::requires_payment, "the service that made it",
                                [] {
                                  Given<Escrow> money = escrow_with("");
                                  money.as(service()).when(CancelIntent{});
                                  return money.state.status;
                                }},
                               {EscrowStatus::authorising, "the runtime, which gives the question up",
                                [] {
                                  Given<Escrow> money = escrow_with("tok_timeout");
                                  PaymentAnswer nothing = done(money.state.tasks.front().operation_id);
                                  nothing.outcome = PaymentOutcome::undelivered;
                                  money.as(provider()).when(nothing);
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
  // Held it is until the pickup, or the delivery's end, which comes in time; while the parcel travels, and after, it is
  // nobody's turn.
  check_ways<CoverStanding>(walked, {{CoverStanding::none, ""},
                                     {CoverStanding::held, "the delivery's end", cover_in_time},
                                     {CoverStanding::taken, ""},
                                     {CoverStanding::returned, ""},
                                     {CoverStanding::claimed, "finance, which adds to the pool", after_finance_added},
                                     {CoverStanding::paid, ""}});
  CHECK(after_finance_added() == CoverStanding::paid);
  CHECK(after_a_dispute_reopened() == CoverStanding::taken);
  check_ways<DisputeStatus>(
      walked, {{DisputeStatus::none, ""},
               {DisputeStatus::open, "an administrator",
                [] {
                  SmallWorld world = abandoned(Handover::pickup);
                  after_a_judge(world);
                  return DisputeStatus::resolved;
                }},
               {DisputeStatus::assigned, "an administrator, who takes it over from one who decides no more",
                [] {
                  SmallWorld world = abandoned(Handover::pickup);
                  world.pass(long_enough);
                  const Address dispute{EntityKind::dispute, parcel.id};
                  const Caller judge = admin(judge_id, Permission::disputes);
                  world.tell(dispute, AnyRecord(AssignDispute{test_id<UserId>(52)}), judge);
                  world.tell(dispute, AnyRecord(AssignDispute{judge_id, true}), judge);
                  REQUIRE(world.state<Dispute>(parcel.id).status == DisputeStatus::assigned);
                  world.tell(dispute, AnyRecord(ResolveDispute{DisputeResolution::release, {}, "so"}), judge);
                  return world.state<Dispute>(parcel.id).status;
                }},
               {DisputeStatus::resolved, ""},
               {DisputeStatus::withdrawn, ""}});
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
      walked,
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
       {PayoutStatus::taken_back, ""},
       {PayoutStatus::set_off, ""}});
  check_ways<AccountStatus>(
      walked, {{AccountStatus::pending, "the provider, who is asked until it answers",
                [] {
                  Given<Wallet> wallet({EntityKind::wallet, carrier.value});
                  wallet.as(user(carrier)).when(AddPayoutAccount{test_id<PayoutAccountId>(70), "bank", "acct", {}, {}});
                  wallet.as(provider()).when(done(wallet.state.accounts.front().operation_id));
                  return wallet.state.accounts.front().status;
                }},
               {AccountStatus::verified, ""},
               {AccountStatus::failed, ""}});
  check_ways<RefundStatus>(walked, {{RefundStatus::pending, "the provider, who is asked until it answers",
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

TEST_CASE("ways out: deliveries, their sagas and codes") {
  Walked walked;
  walk_deliveries(walked);
}
TEST_CASE("ways out: money") {
  Walked walked;
  walk_money(walked);
}
TEST_CASE("ways out: requests, offers, trips and trackers") {
  Walked walked;
  walk_the_market(walked);
}
TEST_CASE("ways out: people, their reviews and messages") {
  Walked walked;
  walk_people(walked);
}

namespace {

/// All enumerations within the type, by their labels, and where one stands.
void find_enumerations(const schema::Type& type, const std::string& where, std::map<std::string, std::string>& found) {
  if (type.kind == schema::Kind::enumeration) found.emplace(labels_of(type.labels), where);
  if (type.element) find_enumerations(type.element(), where, found);
  for (const schema::Field& field : type.fields)
    find_enumerations(field.type(), where + "." + std::string(field.name), found);
}

}  // namespace

TEST_CASE("ways out: every enumeration that an entity's state holds is walked here, or is no state that could last") {
  Walked known;
  for (auto* walk : {walk_deliveries, walk_money, walk_the_market, walk_people}) walk(known);
  // Kinds, sides, reasons and choices; a step of a saga, which ends with it; what was told of a position, or of a
  // parcel. An invitation lapses at its own time, which whoever reads it compares. How a leg stands is what its
  // delivery told, which is walked, and its acceptance waits for others that all end in time.
  for (const std::string& choice : {labels_of_enum<Handover>(),
                                    labels_of_enum<ScanOutcome>(),
                                    labels_of_enum<SagaStepName>(),
                                    labels_of_enum<SagaStepState>(),
                                    labels_of_enum<NextStep>(),
                                    labels_of_enum<GeometryKind>(),
                                    labels_of_enum<GeofenceEventType>(),
                                    labels_of_enum<Urgency>(),
                                    labels_of_enum<TransportMode>(),
                                    labels_of_enum<OfferSide>(),
                                    labels_of_enum<Channel>(),
                                    labels_of_enum<NotifyPriority>(),
                                    labels_of_enum<DevicePlatform>(),
                                    labels_of_enum<AttemptOutcome>(),
                                    labels_of_enum<DisputeResolution>(),
                                    labels_of_enum<PaymentOperation>(),
                                    labels_of_enum<TransactionType>(),
                                    labels_of_enum<LedgerAccount>(),
                                    labels_of_enum<UserType>(),
                                    labels_of_enum<DeliveryRole>(),
                                    labels_of_enum<DocumentType>(),
                                    labels_of_enum<VerificationLevel>(),
                                    labels_of_enum<PinType>(),
                                    labels_of_enum<UploadPurpose>(),
                                    labels_of_enum<EntityKind>(),
                                    labels_of_enum<Caller::Kind>(),
                                    labels_of_enum<Scope>(),
                                    labels_of_enum<Fault>(),
                                    labels_of_enum<MatchDigest>(),
                                    labels_of_enum<InvitationStatus>(),
                                    labels_of_enum<InvitationLimit>(),
                                    labels_of_enum<LegState>(),
                                    labels_of_enum<ParcelWay>()})
    known.insert(choice);
  std::map<std::string, std::string> found;
  for (const EntityClass* entity : all_entities()) find_enumerations(*entity->state, std::string(entity->name), found);
  for (const auto& choice : found)
    CHECK_MESSAGE(known.contains(choice.first), choice.second, " may stand still: ", choice.first);
}

}  // namespace caravan::testkit::ways_out
