#pragma once

#include "runtime/node.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace caravan::simulation {

/// What goes wrong in a run, and how often. Drawn once from the seed, so that runs differ in kind and not only in
/// order: one has a bank that never answers, another crashes at every tenth step, a third has neither but tiny
/// mailboxes.
struct Faults {
  // The node. Permille of steps.
  int crash = 0;           // it is gone with all that was not committed
  int unknown_commit = 0;  // a commit fails, and may have landed
  int lost_shard = 0;      // another process takes a shard: writes to it are fenced until the node starts anew
  int unreadable = 0;      // of loads: the entity cannot be read this time
  int throwing = 0;        // of draws of chance: the decision that wanted it throws, as a fault of ours would
  testkit::JobOrder order = testkit::JobOrder::any;
  NodeOptions node;  // small limits: refusals (which delay and reorder effects), passivation, many snapshots

  // Clients and their network. Percent.
  int lost_answer = 0;  // answered, but the client does not hear it and asks again
  int sent_twice = 0;   // two copies of one request under way
  int asked_again = 0;  // after the answer, with the same key

  // The payment provider. Percent.
  int bank_declines = 0;
  int bank_errs = 0;     // says that it failed; now and then it did it all the same
  int bank_refuses = 0;  // to take reserved money or to give it back, for good: a person is told
  int bank_declines_payouts = 0;
  int bank_is_silent = 0;  // does it, or not, and never answers
  int bank_answers_twice = 0;
  int bank_is_late = 0;  // each time that an answer could arrive it stays on the wire
  int mail_fails = 0;
  int directory_fails = 0;  // the store is away, or the read models are behind

  int clock_jumps = 0;  // percent of the clock's moves that are hours or days and not moments

  /// Any mix, by chance.
  static Faults draw(Chance& chance);
  /// The same, but the bank and the clock do nothing strange.
  Faults calm() const;
  /// Nothing goes wrong: what a run ends with.
  Faults healed() const;
  /// "crash 12, bank_declines 20, mailbox 2, …", for people.
  std::string text() const;
};

}  // namespace caravan::simulation
