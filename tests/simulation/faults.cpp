#include "tests/simulation/faults.hpp"

namespace caravan::simulation {

namespace {

/// Absent in half of all runs; else up to `most`.
int maybe(Chance& chance, int most) { return chance.percent(50) ? 0 : static_cast<int>(chance.between(1, most)); }

}  // namespace

Faults Faults::draw(Chance& chance) {
  Faults faults;
  faults.crash = maybe(chance, 8);
  faults.unknown_commit = maybe(chance, 4);
  faults.lost_shard = maybe(chance, 2);
  faults.unreadable = maybe(chance, 40);
  faults.order = static_cast<testkit::JobOrder>(chance.below(3));
  const std::size_t mailboxes[] = {1, 2, 8, 1'024}, works[] = {4, 16, 50'000, 50'000}, residents[] = {1, 200'000};
  const std::size_t batches[] = {1, 3, 4'096};
  const std::uint64_t snapshots[] = {1, 2, 7, 128};
  faults.node.mailbox_limit = chance.one_of(mailboxes);
  faults.node.work_limit = chance.one_of(works);
  faults.node.resident_limit = chance.one_of(residents);
  faults.node.batch_items = chance.one_of(batches);
  faults.node.snapshot_every = chance.one_of(snapshots);
  faults.node.most_marks = faults.node.snapshot_every - 1;
  faults.node.idle = std::chrono::seconds{chance.percent(50) ? 5 : 300};
  faults.lost_answer = maybe(chance, 20);
  faults.sent_twice = maybe(chance, 20);
  faults.asked_again = maybe(chance, 20);
  faults.bank_declines = maybe(chance, 25);
  faults.bank_errs = maybe(chance, 40);
  faults.bank_is_silent = maybe(chance, 40);
  faults.bank_answers_twice = maybe(chance, 30);
  faults.bank_is_late = maybe(chance, 95);
  faults.mail_fails = maybe(chance, 40);
  faults.clock_jumps = maybe(chance, 6);
  faults.throwing = maybe(chance, 20);
  faults.directory_fails = maybe(chance, 40);
  if (chance.percent(40)) faults.bank_refuses = static_cast<int>(chance.between(1, 15));
  if (chance.percent(60)) faults.bank_declines_payouts = static_cast<int>(chance.between(1, 90));
  return faults;
}

Faults Faults::calm() const {
  Faults calm = *this;
  calm.bank_declines = calm.bank_errs = calm.bank_refuses = calm.bank_is_silent = calm.bank_answers_twice =
      calm.bank_is_late = 0;
  calm.clock_jumps = 0;
  return calm;
}

Faults Faults::healed() const {
  Faults none;
  none.node.snapshot_every = node.snapshot_every;
  none.node.most_marks = node.most_marks;
  none.order = order;
  return none;
}

std::string Faults::text() const {
  std::string text;
  const auto add = [&](std::string_view name, std::uint64_t value) {
    if (value != 0) text += (text.empty() ? "" : ", ") + std::string(name) + ' ' + std::to_string(value);
  };
  add("crash", static_cast<std::uint64_t>(crash));
  add("unknown_commit", static_cast<std::uint64_t>(unknown_commit));
  add("lost_shard", static_cast<std::uint64_t>(lost_shard));
  add("unreadable", static_cast<std::uint64_t>(unreadable));
  add("order", static_cast<std::uint64_t>(order));
  add("lost_answer", static_cast<std::uint64_t>(lost_answer));
  add("sent_twice", static_cast<std::uint64_t>(sent_twice));
  add("asked_again", static_cast<std::uint64_t>(asked_again));
  add("bank_declines", static_cast<std::uint64_t>(bank_declines));
  add("bank_errs", static_cast<std::uint64_t>(bank_errs));
  add("bank_refuses", static_cast<std::uint64_t>(bank_refuses));
  add("bank_declines_payouts", static_cast<std::uint64_t>(bank_declines_payouts));
  add("bank_is_silent", static_cast<std::uint64_t>(bank_is_silent));
  add("bank_answers_twice", static_cast<std::uint64_t>(bank_answers_twice));
  add("bank_is_late", static_cast<std::uint64_t>(bank_is_late));
  add("mail_fails", static_cast<std::uint64_t>(mail_fails));
  add("throwing", static_cast<std::uint64_t>(throwing));
  add("directory_fails", static_cast<std::uint64_t>(directory_fails));
  add("clock_jumps", static_cast<std::uint64_t>(clock_jumps));
  add("mailbox", node.mailbox_limit);
  add("work", node.work_limit);
  add("residents", node.resident_limit);
  add("batch", node.batch_items);
  add("snapshot_every", node.snapshot_every);
  add("marks", node.most_marks);
  return text;
}

}  // namespace caravan::simulation
