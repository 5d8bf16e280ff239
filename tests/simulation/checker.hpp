#pragma once

#include <map>
#include <set>

#include "actors/cover/events.hpp"
#include "actors/delivery/events.hpp"
#include "actors/dispute/events.hpp"
#include "actors/escrow/events.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/request/events.hpp"
#include "actors/tracker/events.hpp"
#include "actors/values/parcel.hpp"
#include "tests/simulation/bank.hpp"
#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/clients.hpp"

namespace caravan::simulation {

/// What must hold: some of it after every entry of the journal, the rest once a run has come to rest. It judges by the
/// journal, the bank's books and what clients were told. Of the code under test it uses only `evolve`, queries, the
/// numbers of pricing/policy.hpp, and `share_of` for percentages.
class Checker {
 public:
  explicit Checker(const Chronicle& chronicle) : chronicle_(chronicle) {}

  /// After each entry, at every prefix of the journal: check_entries.cpp.
  void entry(const JournalEntry& entry);

  /// At rest. `all_is_over`: nothing may be under way any more, not even a delivery.
  void market(Time now, bool all_is_over);                     // check_market.cpp
  void shares();                                               // check_policy.cpp
  void money(const Bank& bank, bool all_is_over);              // check_money.cpp
  void relays();                                               // check_relay.cpp
  void covers(bool all_is_over);                               // check_cover.cpp
  void runtime(Journal& journal, Time now, bool all_is_over);  // check_runtime.cpp
  void promises(const Clients& clients);                       // check_runtime.cpp
  /// Checks that an answer of the living node is what the journal says.
  void view(const Address& at, const Reply& reply, const Caller& by, Time now);

  void fault(std::string what);
  const std::vector<std::string>& faults() const { return faults_; }
  /// An entity's plain query; empty for kinds that nobody looks at.
  static AnyRecord plain_view(EntityKind kind);

 private:
  using Balances = std::map<LedgerAccount, std::int64_t>;
  struct Written {
    Address to;
    std::uint64_t sequence = 0;
    std::string rejection;
  };
  struct Delivered {
    bool by_scan = false;     // the delivery's code, by its traveler
    bool by_service = false;  // a partner says so
  };

  void bookkeeping(const JournalEntry& entry);
  void postings(const JournalEntry& entry, const AnyRecord& event);
  void capacity(const Uuid& trip);
  void room_given_back(const JournalEntry& entry, DeliveryId delivery);
  void one_winner(const Uuid& request);
  /// Travelers are sought again for the rest of a relay's way: legs that are undone have won nothing.
  void relay_broken(const Uuid& request);
  void created(const Uuid& delivery);
  void released(const JournalEntry& entry);
  void refunded(const JournalEntry& entry);
  void hold_given_back(const JournalEntry& entry, const std::vector<Posting>& lines);
  void rest_decided(const Uuid& id);
  void policy_of(const JournalEntry& entry, const AnyRecord& event);
  void accepted(const JournalEntry& entry, const SplitAccepted& split);
  void agreed_on(const JournalEntry& entry, const OfferAcceptanceStarted& begun);
  void cancelled(const JournalEntry& entry, const DeliveryCancelled& end);
  void returned(const JournalEntry& entry, const DeliveryReturned& end);
  void came_back(const Uuid& delivery, const DeliveryReturned& end);
  void handed_out(const JournalEntry& entry, const DeliveryCompleted& end);
  /// That place is nearer to the receiver than to where the parcel was taken.
  bool is_nearer_receiver(const Uuid& delivery, Coordinates place) const;
  void presence(const JournalEntry& entry, const PresenceNoted& noted);
  void fee_paid(const JournalEntry& entry);
  void waited_for_objection(const JournalEntry& entry);
  void word_paid(const JournalEntry& entry);
  void relay_of(const JournalEntry& entry, const AnyRecord& event);
  void legs_taken(const JournalEntry& entry, const RelayStarted& started);
  void handed_on(const Uuid& leg);
  /// What was handed on is paid once the last leg has arrived and its day is over, or at the customer's word.
  void way_paid(const JournalEntry& entry);
  void cover_of(const JournalEntry& entry, const AnyRecord& event);
  void cover_granted(const JournalEntry& entry, const DisputeWasResolved& decision);
  void cover_held(const Uuid& escrow, bool all_is_over);
  /// What each side has of an escrow is no more than the policy says.
  void shares_of(const Uuid& escrow);
  /// The traveler was seen at that place long enough, by when the entries came about.
  bool has_waited(const Uuid& delivery, Handover at, Time now) const;
  bool dispute_is_resolved(const Address& dispute) const;
  /// The owner has left without a payout account.
  bool nobody_can_say_where_to(const Uuid& wallet) const;
  void books_agree(const Uuid& escrow, const Bank& bank);

  const Chronicle& chronicle_;
  std::vector<std::string> faults_;

  // What entries said that no state keeps.
  std::map<std::string, Written> keys_;                           // by idempotency key
  std::map<Address, std::uint64_t> effects_sent_;                 // by sender
  std::set<std::pair<Address, std::uint64_t>> asked_;             // of the outside, by sender and number
  std::set<std::pair<Address, std::uint64_t>> taken_;             // answers of the outside too
  std::map<Address, std::map<std::string, StoredTimer>> timers_;  // running ones
  std::map<Address, Balances> ledgers_;                           // of escrows and wallets
  std::map<Uuid, std::int64_t> judged_;                           // refund after the release, by escrow
  std::map<Uuid, std::int64_t> agreed_;     // by both sides or a judge, for the traveler; by delivery
  std::map<Uuid, UserId> proposers_;        // of splits, by escrow
  std::map<Uuid, Time> accepted_;           // when, by escrow
  std::map<Uuid, Delivered> delivered_;     // by delivery
  std::set<Uuid> decided_;                  // escrows whose money people moved
  std::set<Uuid> alerted_;                  // escrows whose provider refused an operation
  std::map<Uuid, Time> left_;               // deleted accounts
  std::map<Uuid, std::set<Uuid>> winners_;  // request → delivery, or those of a relay's legs
  std::map<std::pair<Uuid, Handover>, std::pair<Time, Time>> seen_;  // since and until when travelers stay at a place
  std::map<std::pair<Uuid, Handover>, std::pair<Time, Time>> seen_before_;  // the stay before that one
  std::set<std::pair<Uuid, Handover>> gone_;        // they left it, and the delivery has not heard yet
  std::map<Uuid, Time> ended_;                      // deliveries, without having been delivered
  std::set<Uuid> doubted_;                          // deliveries whose wait another place of the traveler contradicts
  std::set<Uuid> came_;                             // deliveries to whose pickup somebody came when waits count
  std::set<std::pair<Uuid, Handover>> earned_;      // where the traveler was once seen for as long as a wait takes
  std::map<std::pair<Uuid, Handover>, Time> said_;  // when customers last said that somebody is there
  std::set<Uuid> in_time_;  // deliveries of which an attempt failed that was not long before the planned arrival
  std::map<Uuid, Coordinates> taken_at_;            // where their parcels were taken
  std::map<Uuid, Time> elsewhere_;                  // when they were handed over off their place
  std::map<Uuid, Time> arrived_;                    // when they were handed out to their receivers
  std::map<Uuid, int> releases_;                    // by escrow
  std::map<Uuid, std::set<std::int64_t>> granted_;  // what judges said that covers pay, by delivery
  std::set<Uuid> covered_;                          // escrows whose cover was paid
  std::int64_t pool_ = 0;                           // of covers, by the ledger
};

}  // namespace caravan::simulation
