#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/delivery/events.hpp"
#include "actors/delivery/state.hpp"
#include "actors/escrow/events.hpp"
#include "actors/payments/ledger.hpp"
#include "tests/simulation/chronicle.hpp"

namespace caravan::simulation {

/// How many of each kind of end, fee, refund, posting, dispute and cheat were seen: what never happens is not tested.
class Census {
 public:
  Census();

  /// One more of a kind, which stands in the list of census.cpp.
  void see(std::string_view kind);
  /// What the entry is one more of. Called once its events are folded into the chronicle.
  void entry(const JournalEntry& entry, const Chronicle& chronicle);  // census_entries.cpp

  void add(const Census& other);
  /// The kinds of which none was seen.
  std::vector<std::string> missing() const;
  /// A line for each kind.
  std::string text() const;

 private:
  void delivery(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle);
  void escrow(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle);
  void split(const Uuid& escrow, const AnyRecord& event);
  void wallet(const AnyRecord& event);
  void dispute(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle);
  void account(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle);
  void relay(const JournalEntry& entry, const AnyRecord& event, const Chronicle& chronicle);
  void cover(const AnyRecord& event);
  void completed(const DeliveryCompleted& end, const DeliveryState& delivery);
  void cancelled(const DeliveryCancelled& end, const DeliveryState& delivery);
  void released(const std::string& command, const Uuid& escrow, const Chronicle& chronicle);
  void refunded(const std::string& command, const PaymentRefunded& refund);
  void postings(const AnyRecord& event);

  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::set<Uuid> split_proposed_;  // escrows with a proposal that stands
};

}  // namespace caravan::simulation
