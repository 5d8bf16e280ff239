#pragma once

#include "actors/escrow/entity.hpp"
#include "tests/storage/story.hpp"

namespace caravan::testkit {

/// An escrow of that id begins anew and releases its money at once: the traveler is credited so much, and so much
/// beside it is the platform's.
inline void earns(Story& story, EscrowId id, UserId traveler, std::int64_t credited, std::int64_t fee,
                  const char* currency) {
  const Address escrow{EntityKind::escrow, id.value};
  PaymentIntentCreated created;
  created.intent_id = IntentId{id.value};
  created.terms.amount = created.terms.platform_fee = {0, *Currency::parse(currency)};
  EscrowReleased event;
  event.traveler = traveler;
  event.currency = *Currency::parse(currency);
  event.amount = credited + fee;
  event.platform_fee = fee;
  event.traveler_amount = credited;
  event.at = test_start;
  credit(event.postings, LedgerAccount::traveler_payable, {credited, event.currency});
  story.tell(escrow, created, event);
}

}  // namespace caravan::testkit
