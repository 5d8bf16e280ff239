#!/usr/bin/env python3
"""Asks a node every row of the API as every kind of caller, about their own things and those of others.

    tests/rights/matrix.py build/release/caravan

What must hold: the server's rows are those of rights.tsv, with their access, scope and step-up. Nobody but those whom the
table names gets 2xx; nobody's call ends in 5xx; and who may call gets past every right (2xx, or an answer of the state).
"""

import argparse
import json
import pathlib
import re
import sys
import uuid

from world import ADMIN, PICTURE, SERVICE_KEY, Market, Node, Person

TABLE = pathlib.Path(__file__).parent / "rights.tsv"
PERMISSIONS = ["read", "users", "deliveries", "disputes", "security", "finance", "notifications", "ops", "private"]
RIGHTS_CODES = {"unauthenticated", "permission_denied", "scope_missing", "step_up_required", "forbidden", "not_owner",
                "wrong_user_type", "not_user", "key_read_only", "key_invalid", "session_revoked", "not_participant"}
STEP_UP, STEP_UP_SECONDS = "POST /auth/step-up", 5 * 60
# What these rows ask for in their query.
QUERIES = {"GET /location/geofences": "deliveryId={deliveryId}", "POST /uploads": "purpose=item",
           "DELETE /admin/dead-letters/:letterId": "reason=a+test"}
CODE = "GET /qr-codes/:qrCodeId/image"  # shown to the customer alone, not to who acts for them
DEVICE = "POST /notifications/devices"  # would outlive the service that registered it in a user's name
LINK = "POST /deliveries/:deliveryId/share"  # would show the way long after the service has ended
# A review is somebody's own word.
REVIEWS = ("POST /users/:userId/reviews", "POST /users/:userId/reviews/:reviewId/response")
# By no key of a side's: nobody calls a return off again, and with a trip the parcels on it go back.
# Nor makes one a link, which would go on once the key is revoked.
BY_NO_KEY = {"POST /deliveries/:deliveryId/return", "POST /trips/:tripId/cancel", LINK}
NOT_BY_DEFAULT = {"qr-codes:read", "uploads:read"}  # of a key for which no scopes were chosen
MOST_KEYS = 15  # of one account
# Whoever calls these cannot go on; somebody new calls each.
ENDS = {"POST /auth/logout", "POST /auth/logout-all", "DELETE /auth/sessions/:sessionId", "POST /auth/password/change",
        "DELETE /users/me"}


class Row:
    def __init__(self, line):
        (self.method, self.path, self.access, self.of, self.scope, self.step, admins, self.body) = line.split("\t")
        self.scopes = set() if self.scope == "-" else set(self.scope.split("+"))
        self.admins = set() if admins == "-" else set(admins.split(","))
        self.name = f"{self.method} {self.path}"

    def admin_permission(self):
        return self.access.partition(":")[2] if self.access.startswith("admin:") else None


def read_table():
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return [Row(line) for line in lines[1:]]


class Contract:
    """What the server says of its rows."""

    def __init__(self, node):
        document = node.must("GET", "/openapi.json")
        self.rows, self.examples = {}, {}
        for path, methods in document["paths"].items():
            plain = re.sub(r"{(\w+)}", r":\1", path.removeprefix("/api/v1"))
            for method, row in methods.items():
                name = f"{method.upper()} {plain}"
                scope = "+".join(row[key] for key in ("x-scope", "x-also-scope") if key in row) or "-"
                step = "step-up" if row.get("x-step-up") else "some" if row.get("x-may-ask-step-up") else "-"
                self.rows[name] = (row["x-access"], scope, step)
                content = row.get("requestBody", {}).get("content", {})
                self.examples[name] = next(iter(content.values()), {}).get("example")

    def compare(self, table):
        wrong = []
        told = {row.name: (row.access, row.scope, row.step) for row in table}
        for name in sorted(self.rows.keys() | told.keys()):
            if self.rows.get(name) != told.get(name):
                wrong.append(f"{name}: the server has {self.rows.get(name)}, rights.tsv says {told.get(name)}")
        return wrong


class Caller:
    """`side`: customer or traveler of the market asked about, where it is one. `scopes` None: all of its kind."""

    def __init__(self, name, headers, kind="user", side=None, permissions=(), scopes=None, can_step_up=True):
        self.name, self.headers, self.kind, self.side = name, headers, kind, side
        self.permissions, self.scopes, self.can_step_up = set(permissions), scopes, can_step_up

    def may(self, row):
        """Whether the table lets this caller have 2xx."""
        if row.access == "public":
            return True
        if self.kind in ("nobody", "suspended"):
            return False
        if row.step == "step-up" and not self.can_step_up:
            return False
        if "Caravan-On-Behalf-Of" in self.headers and (
                row.scope in ("auth:read", "auth:write") or row.name in (CODE, DEVICE, LINK, *REVIEWS)):
            return False
        if row.name in BY_NO_KEY and self.side and "X-Api-Key" in self.headers and (
                "Caravan-On-Behalf-Of" not in self.headers):
            return False
        if row.name == STEP_UP and "Authorization" not in self.headers:
            return False
        if self.scopes is not None and not row.scopes <= self.scopes and not self.by_permission(row):
            return False
        if permission := row.admin_permission():
            return permission in self.permissions
        if row.access == "operators":
            return self.kind == "service" or "ops" in self.permissions
        if row.access == "service":
            return self.kind == "service"
        if row.access == "person" and self.kind == "service":
            return row.method == "GET" and row.of == "any"
        if row.step == "some" and row.of != "any" and self.side is None and not self.can_step_up and self.permissions:
            return False
        if row.admins == {"private"} and self.kind == "service":
            return "private:read" in self.scopes
        if self.kind == "service" or row.of == "any":
            return True
        return self.side is not None and row.of in (self.side, "both") or bool(row.admins & self.permissions)

    def by_permission(self, row):
        return row.admin_permission() is not None and row.scope.startswith("admin:")


def fill(value, ids, key=None):
    """An example with the market's ids in it."""
    if isinstance(value, dict):
        return {name: fill(part, ids, name) for name, part in value.items()}
    if isinstance(value, list):
        return [fill(part, ids, key) for part in value]
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return ids[value[1:-1]]
    return ids[key] if isinstance(value, str) and key in ids else value


def path_of(row, ids):
    return re.sub(r":(\w+)", lambda part: str(ids.get(part[1], uuid.uuid4())), row.path)


class Matrix:
    def __init__(self, node):
        self.node, self.faults, self.asked = node, [], 0
        self.table = read_table()
        self.contract = Contract(node)
        self.faults += self.contract.compare(self.table)

    def body(self, row, ids):
        if row.method in ("GET", "DELETE"):
            return None
        if row.body == "picture":
            return PICTURE
        return fill(json.loads(row.body) if row.body != "-" else self.contract.examples.get(row.name), ids)

    def ask(self, row, caller, market, own):
        path = path_of(row, market.ids)
        if row.name in QUERIES:
            path += "?" + QUERIES[row.name].format(**market.ids)
        status, answer = self.node.send(row.method, path, caller.headers, self.body(row, market.ids))
        self.asked += 1
        code = answer.get("code") if isinstance(answer, dict) else None
        what = f"{row.name} as {caller.name} about {'their own' if own else 'others'}: {status} {code or ''}"
        if status >= 500:
            self.faults.append(what)
        elif not caller.may(row) and 200 <= status < 300:
            self.faults.append(what + ", which they may not")
        elif own and caller.may(row) and (status == 401 or code in RIGHTS_CODES):
            self.faults.append(what + ", though they may")
        elif own and caller.may(row) and code == "validation_failed" and row.method != "GET":
            self.faults.append(what + f": the body is no good: {answer.get('errors')}")
        elif caller.scopes is not None and code == "scope_missing" and row.scopes <= caller.scopes:
            self.faults.append(what + ", though the key has it")
        return status


def administrators(node, root):
    for permission in PERMISSIONS:
        person = Person(node, "admin-" + permission)
        node.must("PUT", f"/admin/users/{person.id}/roles", root,
                  {"roles": ["customer", "traveler", "admin"], "permissions": [permission]})
        yield Caller(f"an administrator with {permission}", person.headers, permissions=(permission, "read"))


def service(node, root, name, scopes):
    made = node.must("POST", "/admin/services", root, {"name": name, "scopes": scopes})
    return {"X-Api-Key": made["keys"][0]["key"]}


def demoted(node, root):
    person = Person(node, "demoted")
    roles = f"/admin/users/{person.id}/roles"
    node.must("PUT", roles, root, {"roles": ["customer", "traveler", "admin"], "permissions": PERMISSIONS})
    node.must("GET", "/admin/users", person.headers)
    node.must("PUT", roles, root, {"roles": ["customer", "traveler"], "permissions": []})
    return Caller("an administrator who was demoted a moment ago", person.headers)


def suspended(node, root):
    person = Person(node, "suspended")
    node.must("PUT", f"/admin/users/{person.id}/status", root, {"status": "suspended", "reason": "a test"})
    return Caller("somebody suspended", person.headers, kind="suspended")


def keys_of(person, side, table):
    """Keys of a party: with each scope alone, with all, with the reading ones, and with one that no row has."""
    scopes = sorted({scope for row in table for scope in row.scopes
                     if scope != "ops:read" and not scope.startswith("admin:")})
    half = scopes[:MOST_KEYS] if side == "customer" else scopes[MOST_KEYS:]
    for scope in half:
        yield Caller(f"a key of the {side} with {scope}", person.key(scope, [scope]), side=side, scopes={scope},
                     can_step_up=False)
    yield Caller(f"a key of the {side} with all", person.key("all", scopes), side=side, scopes=set(scopes),
                 can_step_up=False)
    yield Caller(f"a key of the {side} that reads", person.key("reads"), side=side,
                 scopes={scope for scope in scopes if scope.endswith(":read")} - NOT_BY_DEFAULT, can_step_up=False)
    yield Caller(f"a key of the {side} with a scope of nothing here", person.key("none", ["webhooks:read"]), side=side,
                 scopes={"webhooks:read"}, can_step_up=False)


def callers_of(node, root, market, other, table):
    """Everybody, as they stand to the first market."""
    ordinary = sorted({scope for row in table for scope in row.scopes if not scope.startswith("admin:")})
    everything = service(node, root, "everything", ordinary + ["act:users", "private:read"])
    act = lambda user: {**everything, "Caravan-On-Behalf-Of": user}
    yield Caller("nobody", {}, kind="nobody")
    yield Caller("a stranger", Person(node, "stranger").headers)
    yield Caller("the customer of another market", other.customer.headers)
    yield Caller("the traveler of another market", other.traveler.headers)
    yield suspended(node, root)
    yield demoted(node, root)
    yield from administrators(node, root)
    yield Caller("a service with every scope", everything, kind="service", scopes={*ordinary, "private:read"},
                 can_step_up=False)
    yield Caller("a service with one scope", service(node, root, "one", ["trips:read"]), kind="service",
                 scopes={"trips:read"}, can_step_up=False)
    yield Caller("the service of the settings", {"X-Api-Key": SERVICE_KEY}, kind="service", scopes=set(ordinary),
                 can_step_up=False)
    yield Caller("a service on behalf of another customer", act(other.customer.id), scopes=set(ordinary),
                 can_step_up=False)
    yield from keys_of(market.traveler, "traveler", table)
    yield from keys_of(market.customer, "customer", table)
    yield Caller("a service on behalf of the customer", act(market.customer.id), side="customer", scopes=set(ordinary),
                 can_step_up=False)
    yield Caller("a service on behalf of the traveler", act(market.traveler.id), side="traveler", scopes=set(ordinary),
                 can_step_up=False)
    yield Caller("the traveler", market.traveler.headers, side="traveler")
    yield Caller("the customer", market.customer.headers, side="customer")


def sign_in(node):
    """Of the first administrator."""
    answer = node.must("POST", "/auth/login", body={"email": ADMIN[0], "password": ADMIN[1]})
    return {"Authorization": "Bearer " + answer["accessToken"]}


def play(node):
    root = sign_in(node)
    matrix = Matrix(node)
    first, other = Market(node, "one", root), Market(node, "two", root)
    stale, boss = first.customer.headers, Person(node, "stale-boss")
    node.must("PUT", f"/admin/users/{boss.id}/roles", root,
              {"roles": ["customer", "traveler", "admin"], "permissions": PERMISSIONS})
    node.advance(STEP_UP_SECONDS)
    for person in (first.customer, first.traveler, other.customer, other.traveler):
        person.sign_in()
    root = sign_in(node)
    everybody = list(callers_of(node, root, first, other, matrix.table))
    everybody.insert(0, Caller("the customer, signed in long ago", stale, side="customer", can_step_up=False))
    everybody.insert(0, Caller("an administrator with all, signed in long ago", boss.headers, permissions=PERMISSIONS,
                               can_step_up=False))
    may_not = [(row, caller) for row in matrix.table for caller in everybody if not caller.may(row)]
    for row, caller in may_not:  # first: as long as nobody may, nothing changes
        matrix.ask(row, caller, first, caller.side is not None)
    # What somebody may, they may of their own; and reading also what is open to them of others.
    for row in sorted(matrix.table, key=lambda row: row.method != "GET"):
        if row.access == "public":
            continue
        if row.name in ENDS:
            leaver = Person(node, "leaver-" + re.sub("[^a-z]", "-", row.name.lower()))
            matrix.ask(row, Caller("somebody who leaves", leaver.headers), first, True)
            continue
        for caller in everybody:
            if caller.may(row) and (row.method == "GET" or caller.side or caller.kind == "service"):
                matrix.ask(row, caller, first, caller.side is not None)
    return matrix


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    node = Node(options.parse_args().binary)
    faults = ["it did not come to an end"]
    try:
        node.wait_until_ready()
        matrix = play(node)
        faults = matrix.faults
        print(f"{len(matrix.table)} rows, {matrix.asked} calls, {len(faults)} faults")
        for fault in faults:
            print(" ", fault)
    finally:
        node.stop(bool(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
