"""What others than the nodes saw, and checks of it. The database saw who wrote to which shard under which epoch (WITNESS
in cluster.py), the payment provider who was paid."""

import collections
import sqlite3

ROWS = """SELECT w.number, w.shard, w.epoch, w.claimed, w.first, w.last, w.application, w.owner,
  extract(epoch FROM pg_xact_commit_timestamp(w.transaction::xid)), extract(epoch FROM w.written) FROM witness w ORDER BY w.number"""


class Seen:
    def __init__(self, row):
        self.shard, self.epoch = int(row[1]), int(row[2])
        self.claimed = row[3] == "t"
        self.first, self.last = int(row[4]), int(row[5])
        self.application, self.owner = row[6], row[7]
        self.at, self.written = float(row[8]), float(row[9])


def seen(postgres):
    return [Seen(row) for row in postgres.ask(ROWS)]


def check_owners(rows):
    """Checks that each shard and epoch has one writer, which owned the shard, that epochs only rise, and that each write
    begins where the last one ended."""
    faults, now = [], {}
    for row in rows:
        epoch, last, writer = now.get(row.shard, (row.epoch, row.first, row.application))
        if row.epoch < epoch:
            faults.append(f"shard {row.shard}: {row.application} wrote under epoch {row.epoch} after epoch {epoch} had begun")
        if row.epoch == epoch and row.application != writer:
            faults.append(f"shard {row.shard}: epoch {epoch} of {writer} was written under by {row.application}")
        if row.epoch > epoch and not row.claimed:
            faults.append(f"shard {row.shard}: epoch {row.epoch} was never claimed")
        if row.first != last:
            faults.append(f"shard {row.shard}: its end was {last}, and {row.application} began from {row.first}")
        if row.owner.split("/")[0] != row.application:
            faults.append(f"shard {row.shard}: {row.owner} owned it, {row.application} wrote")
        now[row.shard] = (row.epoch, row.last, row.application)
    return faults


def landed_after_waking(rows, application, woke_at):
    """Counts writes of a node that woke up to shards that it has not claimed anew since."""
    claimed, landed = set(), 0
    for row in rows:
        if row.application != application or row.at <= woke_at:
            continue
        if row.claimed:
            claimed.add(row.shard)
        elif row.shard not in claimed:
            landed += 1
            print(f"    landed: shard {row.shard} epoch {row.epoch} up to {row.last}: written {row.written - woke_at:.3f} s, "
                  f"committed {row.at - woke_at:.3f} s after it woke")
    return landed


def check_entries(postgres):
    """Checks that no entity's sequence has a gap and no position of the feed is missing."""
    faults = []
    for key, kind, count, last in postgres.ask(
            "SELECT id, kind, count(*), max(sequence) FROM entry GROUP BY id, kind HAVING count(*) <> max(sequence)"):
        faults.append(f"entity {kind}/{key}: {count} entries, the last is number {last}")
    for count, last in postgres.ask("SELECT count(DISTINCT position), coalesce(max(position), 0) FROM entry"):
        if count != last:
            faults.append(f"the feed has {count} entries, and its last position is {last}")
    return faults


def check_payouts(name, arrived, payouts):
    """One for each parcel that arrived and for no other; all parcels cost the same."""
    faults = [f"{name}: payout {payout['payoutId']} is {payout['status']}" for payout in payouts if payout["status"] != "paid"]
    for_parcel = collections.Counter(payout.get("deliveryId") for payout in payouts)
    faults += [f"{name}: delivery {delivery} arrived, and was paid out {for_parcel[delivery]} times"
               for delivery in arrived if for_parcel[delivery] != 1]
    faults += [f"{name}: delivery {delivery} was paid out, and did not arrive" for delivery in for_parcel if
               delivery not in arrived]
    if len({payout["amount"] for payout in payouts}) > 1 or any(payout["amount"] <= 0 for payout in payouts):
        faults.append(f"{name}: not the same amount each time: {sorted(payout['amount'] for payout in payouts)}")
    return faults


def check_provider(book, payouts):
    """The provider paid what the wallets say, and no more; it captured and refunded no intent twice. `book` is the
    sandbox's own file, see storage/sandbox/payment_book.cpp; kinds are those of PaymentOperation."""
    with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as database:
        paid = database.execute("SELECT count(*), coalesce(sum(amount), 0) FROM operation WHERE kind = 4 AND outcome = 0")
        told = len(payouts), sum(payout["amount"] for payout in payouts)
        found = paid.fetchone()
        faults = [] if found == told else [f"the provider paid {found[1]} in {found[0]} payouts, wallets say {told}"]
        again = database.execute("SELECT kind, hex(intent), count(*) FROM operation WHERE outcome = 0 AND kind IN (0, 1, 3)"
                                 " GROUP BY kind, intent HAVING count(*) > 1")
        return faults + [f"the provider did operation {kind} of intent {intent} {count} times" for kind, intent, count in again]
