"""What clients saw, and whether one cluster that loses nothing could have shown them that.

Times are of one monotonic clock of this machine. A conversation is a list that only grows, so that its order tells all:
a read must show a beginning of the final list, with everything that was acknowledged before the read began, and nothing
that was written after it had ended.
"""

import collections
import threading
import time

Write = collections.namedtuple("Write", "text start end")  # end is none where it was never acknowledged
Read = collections.namedtuple("Read", "start end seen")  # seen: the texts, or the entity's version
Attempt = collections.namedtuple("Attempt", "start end status what")


class History:
    """Filled by many threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.attempts = []
        self.under_way = {}  # when it began, by a number of its own
        self.begun = 0
        self.writes = collections.defaultdict(list)  # by delivery
        self.reads = collections.defaultdict(list)
        self.versions = collections.defaultdict(list)
        self.deals = []
        self.surprises = []  # answers that no client should see

    def add(self, where, key, entry):
        with self.lock:
            getattr(self, where)[key].append(entry)

    def begin(self):
        """A request is about to be sent; its number."""
        with self.lock:
            self.begun += 1
            self.under_way[self.begun] = time.monotonic()
            return self.begun

    def attempted(self, number, attempt):
        with self.lock:
            del self.under_way[number]
            self.attempts.append(attempt)

    def surprise(self, text):
        with self.lock:
            self.surprises.append(text)
        print(f"    SURPRISE {text}", flush=True)

    def between(self, start, end):
        with self.lock:
            return [a for a in self.attempts if a.start < end and a.end > start]

    def is_over(self, moment):
        """Whether all requests that began before it have ended."""
        with self.lock:
            return not any(start < moment for start in self.under_way.values())


def is_failed(attempt):
    return attempt.status == 0 or attempt.status == 429 or attempt.status >= 500


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def check_writes(name, writes, final):
    """Checks that each acknowledged text is there once, that no text is there that nobody sent, and that a text which was
    sent after another was answered stands behind it."""
    faults = []
    count = collections.Counter(final)
    known = {write.text for write in writes}
    for write in writes:
        if write.end is not None and count[write.text] != 1:
            faults.append(f"{name}: {write.text}, acknowledged, is there {count[write.text]} times")
        elif count[write.text] > 1:
            faults.append(f"{name}: {write.text} is there {count[write.text]} times")
    faults += [f"{name}: {text} is there, and nobody wrote it" for text in final if text not in known]
    place = {text: index for index, text in enumerate(final)}
    done = sorted((w for w in writes if w.end is not None and w.text in place), key=lambda w: w.end)
    begun = sorted((w for w in writes if w.text in place), key=lambda w: w.start)
    at, furthest = 0, None
    for write in begun:
        while at < len(done) and done[at].end < write.start:
            furthest = max(done[at], furthest or done[at], key=lambda w: place[w.text])
            at += 1
        if furthest and place[furthest.text] > place[write.text]:
            faults.append(f"{name}: {write.text} stands before {furthest.text}, which was acknowledged before it began")
    return faults


def check_reads(name, writes, reads, final):
    faults = []
    place = {text: index for index, text in enumerate(final)}
    begun_at = {write.text: write.start for write in writes}
    # What a read must show at least: the number of texts up to the furthest that was seen or acknowledged before.
    events = [(w.end, place[w.text] + 1, f"write of {w.text}") for w in writes if w.end is not None and w.text in place]
    for read in reads:
        if read.seen != final[:len(read.seen)]:
            faults.append(f"{name}: a read showed {read.seen[-3:]} (the last of {len(read.seen)}), which is no beginning "
                          f"of what is there")
            continue
        events.append((read.end, len(read.seen), "read"))
        late = [text for text in read.seen[-5:] if begun_at.get(text, 0) > read.end]
        if late:
            faults.append(f"{name}: a read showed {late} before it was written")
    events.sort()
    at, least, why = 0, 0, ""
    for read in sorted(reads, key=lambda r: r.start):
        while at < len(events) and events[at][0] < read.start:
            if events[at][1] > least:
                least, why = events[at][1], events[at][2]
            at += 1
        if len(read.seen) < least:
            faults.append(f"{name}: a read showed {len(read.seen)} messages where {least} were there since a {why}: stale by "
                          f"{read.start - events[at - 1][0]:.3f} s or more")
    return faults


def check_versions(name, reads):
    """Checks that no entity goes back: a read that begins after an answer shows that version or a later one."""
    faults, done, at, least = [], sorted(reads, key=lambda r: r.end), 0, 0
    for read in sorted(reads, key=lambda r: r.start):
        while at < len(done) and done[at].end < read.start:
            least = max(least, done[at].seen)
            at += 1
        if read.seen < least:
            faults.append(f"{name}: version {read.seen} was shown after version {least}")
    return faults


def check_conversations(history, final_of):
    """`final_of` asks for a conversation as it is now, oldest first."""
    faults = list(history.surprises)
    for name, writes in history.writes.items():
        final = final_of(name)
        # The first few are enough: one fault leads to others.
        faults += check_writes(name, writes, final)[:5] + check_reads(name, writes, history.reads[name], final)[:5]
    for name, reads in history.versions.items():
        faults += check_versions(name, reads)[:5]
    return faults
