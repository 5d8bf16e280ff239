#include "actors/cover/commands.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/registry.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/journal/memory_journal.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/money.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace money_read_model_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), dora = test_id<UserId>(4);
const DeliveryId parcel = test_id<DeliveryId>(5);
const Caller delivery = entity({EntityKind::delivery, parcel.value});
const Viewer judge{test_start, admin(dora, Permission::disputes)};

Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }

/// Entities in tests whose decisions go to a journal, and from there into read models.
struct Story {
  TemporaryFolder folder;
  MemoryJournal journal{1};
  ReadModels models{folder.path};
  std::map<Address, std::uint64_t> sequences;
  Story() { journal.claim_all_shards("test"); }

  template <class Entity>
  void tell(Given<Entity>& given) {
    JournalEntry entry;
    entry.entity = given.self;
    entry.sequence = ++sequences[given.self];
    entry.origin.at = given.now;
    entry.events = given.last.events;
    Write write;
    write.entity = entry.entity;
    write.sequence = entry.sequence;
    write.body = encode_body(entry);
    journal.commit({write});
    models.apply(journal.feed(models.position(), 10));
  }
};

Given<Escrow> intent(Story& story, std::uint8_t number, std::string token = "tok_ok") {
  Given<Escrow> escrow({EntityKind::escrow, test_id<EscrowId>(number).value});
  escrow.at(test_start + std::chrono::seconds{number});
  escrow.as(delivery).when(
      CreateEscrow{parcel, test_id<IntentId>(number), ana, ben, usd(3500), usd(350), std::move(token), {}, "sandbox"});
  story.tell(escrow);
  return escrow;
}
void provider_done(Story& story, Given<Escrow>& escrow) {
  const ProviderTask task = escrow.state.tasks.front();
  escrow.as(provider()).when(PaymentAnswer{task.operation, task.operation_id, PaymentOutcome::done, "", "", ""});
  story.tell(escrow);
}

}  // namespace

TEST_CASE("money read model: the trial balance follows every posting") {
  Story story;
  CHECK(ledger_check(story.models, test_start).balanced);
  Given<Escrow> escrow = intent(story, 10);
  provider_done(story, escrow);
  LedgerCheck check = ledger_check(story.models, test_start);
  CHECK(check.balanced);
  CHECK(check.held == 3500);
  CHECK(check.open_holds == 1);
  CHECK(check.debits == 3500);
  escrow.as(delivery).when(ReleaseEscrow{});
  story.tell(escrow);
  provider_done(story, escrow);
  check = ledger_check(story.models, test_start);
  CHECK(check.balanced);
  CHECK(check.held == 0);
  CHECK(check.open_holds == 0);
  CHECK(check.debits == 10'500);
  CHECK(check.credits == 10'500);
  CHECK(check.currencies.size() == 1);
}

TEST_CASE("money read model: what travelers owe is shown in its currency") {
  Story story;
  Given<Wallet> wallet({EntityKind::wallet, ben.value});
  const Caller escrow = entity({EntityKind::escrow, test_id<EscrowId>(10).value});
  wallet.as(escrow).when(TakeBack{parcel, test_id<RefundId>(12), usd(900)});
  story.tell(wallet);
  const LedgerCheck check = ledger_check(story.models, test_start);
  CHECK(check.balanced);
  CHECK(check.currencies.at(0).owed == 900);
  wallet.when(CreditPending{test_id<EscrowId>(11), parcel, usd(500), test_start});
  story.tell(wallet);
  CHECK(ledger_check(story.models, test_start).currencies.at(0).owed == 400);
}

TEST_CASE("money read model: an entry that does not balance is not overlooked") {
  Story story;
  Given<Escrow> escrow = intent(story, 10);
  escrow.last = Decision{};
  escrow.last.emit(ProviderTaskDone{{}, {}, "", test_start, {{LedgerAccount::customer_funds, 5, usd(0).currency}}});
  story.tell(escrow);
  CHECK_FALSE(ledger_check(story.models, test_start).balanced);
}

TEST_CASE("money read model: a customer's intents, newest first, and the owners of parts") {
  Story story;
  intent(story, 10);
  Given<Escrow> second = intent(story, 11);
  provider_done(story, second);
  const Viewer viewer{test_start, user(ana)};
  const auto first_page = intents_of(story.models, ana, viewer, {.limit = 1});
  REQUIRE(first_page.items.size() == 1);
  CHECK(first_page.items[0].intent_id == test_id<IntentId>(11));
  CHECK(first_page.items[0].status == IntentStatus::held);
  REQUIRE(first_page.next_cursor);
  const auto next_page = intents_of(story.models, ana, viewer, {.limit = 1, .cursor = *first_page.next_cursor});
  CHECK(next_page.items.at(0).intent_id == test_id<IntentId>(10));
  CHECK_FALSE(next_page.next_cursor);
  CHECK(intents_of(story.models, ben, {test_start, user(ben)}, {}).items.empty());
  CHECK(locate(story.models, test_id<IntentId>(11).value) == second.self);
  Given<Wallet> wallet({EntityKind::wallet, ben.value});
  wallet.as(entity(second.self)).when(CreditPending{EscrowId{second.self.id}, parcel, usd(3150), test_start});
  story.tell(wallet);
  CHECK(locate(story.models, wallet.state.payouts.front().payout_id.value) == wallet.self);
}

TEST_CASE("money read model: what the provider refused to take is owed by the customer until it is borne") {
  Story story;
  Given<Escrow> escrow = intent(story, 10);
  provider_done(story, escrow);
  escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
  story.tell(escrow);
  CHECK_FALSE(payment_owed_by(story.models, ana));
  PaymentAnswer refused;
  refused.operation_id = escrow.state.tasks.front().operation_id;
  refused.outcome = PaymentOutcome::declined;
  refused.code = "card_declined";
  escrow.as(provider()).when(refused);
  story.tell(escrow);
  CHECK(payment_owed_by(story.models, ana) == parcel);
  CHECK_FALSE(payment_owed_by(story.models, ben));
  escrow.as(admin(test_id<UserId>(9), Permission::finance)).when(WriteOffEscrow{"borne", {}});
  story.tell(escrow);
  CHECK_FALSE(payment_owed_by(story.models, ana));
}

TEST_CASE("money read model: a cover that is to pay is its customer's alone to wait for, until it has paid") {
  Story story;
  const Caller quarrel = entity({EntityKind::dispute, parcel.value});
  Given<Escrow> escrow({EntityKind::escrow, test_id<EscrowId>(10).value});
  CreateEscrow terms{parcel, test_id<IntentId>(10), ana, ben, usd(3500), usd(350), "tok_ok", {}, "sandbox"};
  terms.cover = CoverTerms{600, 30'000, {}, 7};
  escrow.as(delivery).when(terms);
  story.tell(escrow);
  provider_done(story, escrow);
  escrow.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver});
  story.tell(escrow);
  provider_done(story, escrow);
  escrow.as(quarrel).when(FreezeEscrow{DisputeId{parcel.value}});
  story.tell(escrow);
  CHECK_FALSE(cover_waits_for(story.models, ana));
  escrow.when(SettleDispute{DisputeId{parcel.value}, test_id<RefundId>(8), usd(3500), false, usd(30'000)});
  story.tell(escrow);
  CHECK(cover_waits_for(story.models, ana) == parcel);
  CHECK_FALSE(cover_waits_for(story.models, ben));
  CHECK_FALSE(money_held_for(story.models, ana));
  CHECK_FALSE(money_held_for(story.models, ben));
  CHECK(undecided_escrows(story.models, ana).empty());
  escrow.as(entity(cover_address)).when(CoverAnswered{true});
  story.tell(escrow);
  CHECK_FALSE(cover_waits_for(story.models, ana));
}

TEST_CASE("money read model: money is held for both sides until it is shared out, a fee that waits included") {
  Story story;
  const UserId cem = test_id<UserId>(3);
  CHECK_FALSE(money_held_for(story.models, ana));
  Given<Escrow> escrow = intent(story, 10);
  CHECK(money_held_for(story.models, ana) == parcel);  // the provider is asked
  provider_done(story, escrow);
  CHECK(money_held_for(story.models, ana) == parcel);
  CHECK(money_held_for(story.models, ben) == parcel);
  CHECK_FALSE(money_held_for(story.models, cem));
  for (const UserId side : {ana, ben})
    CHECK(undecided_escrows(story.models, side) == std::vector{EscrowId{escrow.self.id}});
  CHECK(undecided_escrows(story.models, cem).empty());
  escrow.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true});
  story.tell(escrow);
  CHECK(money_held_for(story.models, ben) == parcel);
  escrow.when(RefundEscrow{usd(0), usd(875), "no_show", false});
  story.tell(escrow);
  CHECK_FALSE(money_held_for(story.models, ana));
  CHECK_FALSE(money_held_for(story.models, ben));
  CHECK(undecided_escrows(story.models, ben).empty());
}

TEST_CASE("money read model: which delivery paid a traveler, and when it ended") {
  Story story;
  Given<Escrow> escrow = intent(story, 10);
  provider_done(story, escrow);
  BeginAcceptance terms;
  terms.request_id = test_id<RequestId>(30);
  terms.customer = ana;
  terms.traveler = ben;
  DeliveryCreated created;
  created.at = test_start;
  DeliveryStatusChanged ended;
  ended.new_status = DeliveryStatus::delivered;
  ended.at = test_start + std::chrono::hours{1};
  ended.ends = true;
  Given<Delivery> carried(delivery.entity);
  carried.last.events = {AnyRecord(AcceptanceStarted{terms, EscrowId{escrow.self.id}, {}, test_start}),
                         AnyRecord(created), AnyRecord(ended)};
  story.tell(carried);
  CHECK_FALSE(paid_delivery_of(story.models, ben, test_start));  // nothing was paid yet
  escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
  story.tell(escrow);
  const auto paid = paid_delivery_of(story.models, ben, test_start);
  REQUIRE(paid);
  CHECK(paid->delivery == parcel);
  CHECK(paid->ended_at == ended.at);
  CHECK_FALSE(paid_delivery_of(story.models, ben, ended.at));
  CHECK_FALSE(paid_delivery_of(story.models, ana, test_start));
}

TEST_CASE("money read model: disputes by status and assignee") {
  Story story;
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(20).value});
  dispute.as(user(ana)).when(OpenDispute{parcel, "damaged", "broken", {}, {}, ana, ben, ana, usd(3500)});
  story.tell(dispute);
  CHECK(disputes(story.models, {.status = DisputeStatus::open}, judge, {}).items.size() == 1);
  dispute.as(judge.caller).when(AssignDispute{dora});
  story.tell(dispute);
  CHECK(disputes(story.models, {.status = DisputeStatus::open}, judge, {}).items.empty());
  CHECK(disputes(story.models, {.assignee = dora}, judge, {}).items.at(0).status == DisputeStatus::assigned);
  CHECK(disputes(story.models, {}, {test_start, user(ben)}, {}).items.size() == 1);
  CHECK(disputes(story.models, {}, {test_start, user(test_id<UserId>(9))}, {}).items.empty());
}

TEST_CASE("money read model: a dispute that is not decided is found for both of its sides") {
  Story story;
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(20).value});
  dispute.as(user(ana)).when(OpenDispute{parcel, "damaged", "broken", {}, {}, ana, ben, ana, usd(3500)});
  story.tell(dispute);
  CHECK(disputed_for(story.models, ana) == parcel);
  CHECK(disputed_for(story.models, ben) == parcel);
  CHECK_FALSE(disputed_for(story.models, dora));
  CHECK(dispute_between(story.models, ana, ben) == parcel);
  CHECK(dispute_between(story.models, ben, ana) == parcel);
  CHECK_FALSE(dispute_between(story.models, ana, dora));
  for (const auto& [side, other] : {std::pair(ana, ben), std::pair(ben, ana)}) {
    const auto found = counterparts_of(story.models, side, test_start);
    REQUIRE(found.size() == 1);
    CHECK(found.front().user == other);
    CHECK(found.front().delivery == parcel);
  }
  dispute.as(user(ana)).when(WithdrawDispute{});
  story.tell(dispute);
  CHECK_FALSE(disputed_for(story.models, ana));
  CHECK_FALSE(dispute_between(story.models, ana, ben));
  CHECK(counterparts_of(story.models, ana, test_start).empty());
}

}  // namespace money_read_model_test
