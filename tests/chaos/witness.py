"""What the database saw: who wrote to which shard, under which epoch. See WITNESS in cluster.py."""

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
    """One writer for each shard and epoch, epochs that only rise, no position written twice."""
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
    """Writes of a node that woke up, in shards that it has not claimed anew since."""
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
    """No entity's sequence has a gap, no position of the feed is missing."""
    faults = []
    for key, kind, count, last in postgres.ask(
            "SELECT id, kind, count(*), max(sequence) FROM entry GROUP BY id, kind HAVING count(*) <> max(sequence)"):
        faults.append(f"entity {kind}/{key}: {count} entries, the last is number {last}")
    for count, last in postgres.ask("SELECT count(position), coalesce(max(position), 0) FROM entry"):
        if count != last:
            faults.append(f"the feed has {count} entries, and its last position is {last}")
    return faults
