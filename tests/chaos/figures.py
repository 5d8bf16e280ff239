"""The figures of a run beside their goals, and measurements that do not come from a fault."""

import json
import socket
import subprocess
import threading
import time

from cluster import Failed

# Name: what it is, the goal, and where the run is a failure: not at the goal itself where machines are noisy.
GOALS = {
    "planned_failed": ("drain or join under load: failed requests", "0", lambda v: v == 0, lambda v: v > 0),
    "planned_p99": ("drain or join under load: p99, ms", "<= 500", lambda v: v <= 500, lambda v: v > 2_000),
    "gone": ("a node killed, frozen or cut off: its entities answer elsewhere within, s", "<= 5", lambda v: v <= 5,
             lambda v: v > 15),
    "frozen": ("frozen node that woke up: writes that landed", "0", lambda v: v == 0, lambda v: v > 0),
    "remote": ("command through another node, of the local rate", ">= 0.5", lambda v: v >= 0.5, lambda v: v < 0.25),
    "durable": ("durable commands on PostgreSQL, one node, of its own multi-row rate", ">= 0.4", lambda v: v >= 0.4,
                lambda v: v < 0.2),
    "idle": ("cost of an idle node, % of a core", "<= 2", lambda v: v <= 2, lambda v: v > 6),
}


CONNECTIONS = 16


class Figures:
    def __init__(self):
        self.values = {}

    def most(self, name, value):
        self.values[name] = max(value, self.values.get(name, value))

    def sum(self, name, value):
        self.values[name] = value + self.values.get(name, 0)

    def table(self):
        lines, failures = ["", f"  {'what':<76}{'goal':>8}{'here':>10}"], 0
        for name, (what, goal, holds, is_failure) in GOALS.items():
            if name not in self.values:
                lines.append(f"  {what:<76}{goal:>8}{'-':>10}  skipped")
                continue
            value = self.values[name]
            text = f"{value:.2f}" if isinstance(value, float) else str(value)
            mark = "" if holds(value) else "  FAILED" if is_failure(value) else "  missed"
            failures += mark == "  FAILED"
            lines.append(f"  {what:<76}{goal:>8}{text:>10}{mark}")
        return "\n".join(lines), failures


def idle_cost(cluster, seconds):
    """How much of a core an idle node takes, in percent; of the node that takes most."""
    before = {node: node.processor_seconds() for node in cluster.running()}
    time.sleep(seconds)
    return max((node.processor_seconds() - spent) / seconds * 100 for node, spent in before.items())


def durable_ratio(bench, seconds):
    """Durable commands a second of a node, as a ratio to the multi-row inserts a second of its own PostgreSQL server."""
    done = subprocess.run([bench, "--ratio", str(seconds)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{bench}: {done.stderr.strip()}")
    commands, raw, ratio = done.stdout.split()
    print(f"  durable commands on PostgreSQL {commands}/s, its own inserts of 256 rows {raw}/s")
    return float(ratio)


class Poster(threading.Thread):
    """Posts messages over one connection, each when the one before is answered. Uses a bare socket, which costs less CPU
    time than an HTTP library."""

    def __init__(self, node, entities, posts):
        super().__init__(daemon=True)
        self.address, self.entities, self.posts = (node.host, node.http), entities, posts
        self.refused = ""

    def run(self):
        try:
            self.post()
        except OSError as error:
            self.refused = str(error)

    def post(self):
        body = json.dumps({"text": "local or not"}).encode()
        with socket.create_connection(self.address, timeout=5) as wire:
            for number in range(self.posts):
                delivery, token = self.entities[number % len(self.entities)]
                wire.sendall(f"POST /api/v1/deliveries/{delivery}/messages HTTP/1.1\r\nHost: chaos\r\n"
                             f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                answer = receive(wire)
                if not answer.startswith(b"HTTP/1.1 201"):
                    self.refused = answer.decode(errors="replace")
                    return


def receive(wire):
    data = b""
    while True:
        more = wire.recv(16384)
        if not more:
            raise ConnectionError("the node closed the connection")
        data += more
        head, ends, body = data.partition(b"\r\n\r\n")
        if ends:
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            if len(body) >= length:
                return data


def rate(node, entities, posts_each):
    """Posts a second that a node answers."""
    posts = posts_each * len(entities) // CONNECTIONS
    posters = [Poster(node, entities[n % len(entities):] + entities[:n % len(entities)], posts) for n in range(CONNECTIONS)]
    begun = time.monotonic()
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
        if poster.refused:
            raise Failed(f"a message that measures {node.name} was refused: {poster.refused[-300:]}")
    return posts * len(posters) / (time.monotonic() - begun)


def remote_ratio(cluster, faults, posts_each):
    """Commands a second to one node's entities sent to another node, as a ratio to those sent to the node itself. Each
    entity gets five times `posts_each`; an entity takes 10,000 messages in all."""
    rates = {"here": 0, "there": 0}
    nodes = cluster.running()
    for turn, node in enumerate(nodes):
        entities = faults.deliveries_of(node)
        other = nodes[(turn + 1) % len(nodes)]
        if not entities:
            continue
        rate(node, entities, posts_each)  # warms up: the first measure would find everything cold
        here, there = ("here", node), ("there", other)
        for way, asked in (there, here, here, there):
            rates[way] += rate(asked, entities, posts_each) / 2
    print(f"  posts through the owner {rates['here'] / len(nodes):.0f}/s, through another node "
          f"{rates['there'] / len(nodes):.0f}/s")
    return rates["there"] / rates["here"]
