"""The faults. Each is undone before the next begins, and by then all nodes must serve again."""

import signal
import subprocess
import threading
import time

import witness
from cluster import Failed, wait_until
from history import is_failed, percentile
from market import PATIENCE, Client

HEALS_WITHIN = 60  # then the run is a failure
FROZEN_FOR = 9
CUT_FOR = 8


class Faults:
    """Does one fault after the other, and notes what it cost."""

    def __init__(self, cluster, market, history, random, figures, next_binary=None):
        self.cluster, self.market, self.history = cluster, market, history
        self.next_binary = next_binary
        self.random, self.figures = random, figures
        self.started = time.monotonic()
        self.asked_sleepers = 0

    def say(self, text):
        print(f"  {time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def known(self):
        """The names of all faults that can be done to this cluster."""
        out = ["kill", "freeze", "postgres", "drain", "restart"]
        if self.cluster.network.can_cut:
            out += ["cut", "cut_one_way", "plug"]
        if self.next_binary:
            out.append("upgrade")
        return out

    def run(self, name):
        # The others may declare a node dead that is frozen, cut off or without its store; it ends when it learns so.
        self.cluster.may_end = name in ("freeze", "cut", "cut_one_way", "plug", "postgres")
        getattr(self, name)()
        self.whole()
        self.cluster.may_end = False

    def whole(self):
        began = time.monotonic()
        self.cluster.wait_ready(HEALS_WITHIN)
        self.say(f"all nodes serve ({time.monotonic() - began:.1f} s)")

    def any_node(self):
        return self.random.choice(self.cluster.running())

    def idle(self, seconds):
        """Lets time pass; nodes that ended by themselves are started again meanwhile."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.cluster.keep_up()
            time.sleep(0.1)

    def deliveries_of(self, node):
        """Known deliveries that this node owns: when it is gone, another node must answer for them."""
        shards = self.cluster.owned().get(node.name, set())
        places = self.cluster.entities()
        owner = dict(self.market.owner)
        return [(d, owner[d].customer.token) for d, shard in places.items() if shard in shards and d in owner]

    def answer_again(self, entities):
        """Asks for the entities of a node that has just gone, until each has answered; the longest time in seconds."""
        since, last, silent = time.monotonic(), [], []

        def ask(part):
            client = Client(self.market.host, self.market.port, timeout=1)
            for delivery, token in part:
                until = time.monotonic() + HEALS_WITHIN
                while client.attempt("GET", f"/deliveries/{delivery}", token)[0] != 200:
                    if time.monotonic() > until:
                        silent.append(delivery)
                        break
                    time.sleep(0.02)
                last.append(time.monotonic() - since)
        threads = [threading.Thread(target=ask, args=(entities[n::8],)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if silent:
            raise Failed(f"deliveries that nobody answers for: {', '.join(silent[:5])}")
        seconds = max(last, default=0)
        self.say(f"its {len(entities)} entities answered elsewhere within {seconds:.1f} s")
        self.figures.most("gone", seconds)
        return seconds

    def kill(self):
        node = self.any_node()
        self.say(f"kill -9 {node.name}")
        entities = self.deliveries_of(node)
        node.kill()
        self.answer_again(entities)
        node.start()

    def freeze(self):
        node = self.any_node()
        self.say(f"SIGSTOP {node.name} for {FROZEN_FOR} s")
        entities = self.deliveries_of(node)
        node.send(signal.SIGSTOP)
        seconds = self.answer_again(entities)
        self.idle(max(0, FROZEN_FOR - seconds))
        asked = self.ask_sleeper(node, [delivery for delivery, _ in entities])
        woke_at = time.time()
        node.send(signal.SIGCONT)
        self.idle(2)
        for thread in asked:
            thread.join()
        landed = witness.landed_after_waking(witness.seen(self.cluster.postgres), node.name, woke_at)
        self.say(f"{node.name} woke up: {landed} of its writes landed")
        self.figures.most("frozen", landed)

    def ask_sleeper(self, node, deliveries):
        """Sends a frozen node requests for deliveries that it owned: it finds them when it wakes up."""
        threads = []
        for delivery in self.random.sample(deliveries, min(8, len(deliveries))):
            self.asked_sleepers += 1
            threads += self.market.ask_sleeper(node, delivery, self.asked_sleepers)
        time.sleep(0.3)  # long enough for them to be sent: nothing tells when they are
        return threads

    def cut(self):
        one, other = self.random.sample(self.cluster.running(), 2)
        self.cut_off(f"{one.name} and {other.name} do not hear each other", [(one, other), (other, one)])

    def cut_one_way(self):
        one, other = self.random.sample(self.cluster.running(), 2)
        self.cut_off(f"{other.name} does not hear {one.name}", [(one, other)])

    def cut_off(self, what, ways):
        network = self.cluster.network
        self.say(f"{what}, for {CUT_FOR} s")
        for sender, receiver in ways:
            network.cut(sender.number, receiver.number)
            if network.reaches(sender.number, receiver.host, receiver.link):
                raise Failed(f"{sender.name} still reaches {receiver.name}: the cut cuts nothing")
        self.idle(CUT_FOR)
        for sender, receiver in ways:
            network.mend(sender.number, receiver.number)
        self.say("they do again")

    def plug(self):
        node = self.any_node()
        network = self.cluster.network
        self.say(f"{node.name}'s plug is pulled, for {CUT_FOR} s")
        entities = self.deliveries_of(node)
        network.pull_plug(node.number)
        if network.reaches(node.number, network.gateway, self.cluster.postgres.port):
            raise Failed(f"{node.name} still reaches PostgreSQL: its plug is in")
        seconds = self.answer_again(entities)
        self.idle(max(0, CUT_FOR - seconds))
        network.plug_in(node.number)
        self.say("it is in again")

    def postgres(self):
        how = self.random.choice([signal.SIGINT, signal.SIGQUIT])
        pause = self.random.choice([0, 1, 4])
        self.say(f"PostgreSQL {'stops' if how == signal.SIGINT else 'crashes'}, and is back {pause} s later")
        self.cluster.postgres.stop(how)
        self.expect_honesty()
        self.idle(pause)
        self.cluster.postgres.start()

    def expect_honesty(self):
        """Checks that nodes without their store still answer /health and /metrics."""
        for node in self.cluster.running():
            for path, allowed in (("/health", (200, 503)), ("/metrics", (200,))):
                status = node.ask(path)
                if status not in allowed:
                    self.history.surprise(f"{node.name} without its store: GET {path} -> {status}")

    def planned(self, what, work):
        """Does work during which no request may fail."""
        began = time.monotonic()
        work()
        self.idle(0.5)
        ended = time.monotonic()
        wait_until(lambda: self.history.is_over(ended), PATIENCE, "requests under way are answered")
        attempts = self.history.between(began, ended)
        failed = [a for a in attempts if is_failed(a)]
        slow = percentile([a.end - a.start for a in attempts], 0.99) * 1000
        for attempt in failed[:5]:
            self.say(f"FAILED {attempt.status} {attempt.what}")
        self.say(f"{what}: {len(attempts)} requests, {len(failed)} failed, p99 {slow:.0f} ms")
        self.figures.sum("planned_failed", len(failed))
        self.figures.most("planned_p99", slow)

    def drain(self):
        """Adds a node, then drains and stops another, so that as many run as before."""
        spare = next(node for node in self.cluster.nodes if not node.is_up())
        self.planned(f"{spare.name} joins", lambda: self.join(spare))
        node = self.random.choice([n for n in self.cluster.running() if n is not spare])
        self.planned(f"{node.name} is drained and stopped", lambda: self.drain_and_stop(node))

    def join(self, node):
        self.say(f"{node.name} joins")
        node.start()
        wait_until(lambda: node.is_ready() and len(self.cluster.owned().get(node.name, ())) > 4, HEALS_WITHIN,
                   f"{node.name} has its share")

    def drain_and_stop(self, node):
        self.say(f"caravan cluster drain {node.name}")
        self.cluster.order("drain", node.name)
        left = len(self.cluster.owned().get(node.name, ()))
        if left:
            raise Failed(f"{node.name} is drained, and has {left} shards")
        code = node.stop()
        if code != 0:
            raise Failed(f"{node.name} was told to stop and ended with {code}: see {node.folder}/log")

    def restart(self):
        """Stops a node by SIGTERM and starts it again, as an upgrade does."""
        node = self.any_node()
        self.planned(f"{node.name} is stopped and started again", lambda: self.stop_and_start(node))

    def stop_and_start(self, node):
        self.say(f"SIGTERM {node.name}")
        code = node.stop()
        if code != 0:
            raise Failed(f"{node.name} was told to stop and ended with {code}: see {node.folder}/log")
        node.start()
        self.cluster.wait_ready(HEALS_WITHIN)

    def upgrade(self):
        """Upgrades node by node to a build that speaks one version more. Once all do, the former build must be refused."""
        nodes = self.cluster.running()
        for done, node in enumerate(nodes, 1):
            node.binary = self.next_binary
            self.planned(f"{node.name} is upgraded", lambda node=node: self.stop_and_start(node))
            self.expect_versions(2 if done == len(nodes) else 1)
        spare = next(node for node in self.cluster.nodes if not node.is_up())
        self.say(f"{spare.name} is to join with the former build")
        spare.start()
        spare.wanted = False
        try:
            code = spare.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed(f"{spare.name} of the former build joined a cluster that speaks a newer version") from None
        with open(f"{spare.folder}/log", encoding="utf-8", errors="replace") as log:
            reason = [line for line in log.read().splitlines() if "start the build that the other nodes run" in line]
        if code == 0 or not reason:
            raise Failed(f"{spare.name} of the former build ended with {code} and did not say why: see {spare.folder}/log")
        self.say(f"refused: {reason[-1].strip()}")
        for node in self.cluster.nodes:  # there is no way back
            node.binary = self.next_binary
        self.cluster.binary, self.next_binary = self.next_binary, None

    def expect_versions(self, spoken):
        """Checks that the cluster writes what all members can read, and nothing newer."""
        wait_until(lambda: {oldest for oldest, newest in self.cluster.versions().values()} == {spoken}, HEALS_WITHIN,
                   f"the cluster speaks version {spoken}")
        self.say(f"the cluster speaks version {spoken}: " + ", ".join(
            f"{name} {oldest}-{newest}" for name, (oldest, newest) in sorted(self.cluster.versions().items())))
