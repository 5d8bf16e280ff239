#!/usr/bin/env python3
"""A market on a real node, over HTTP, by the sandbox's clock: people with habits, delays, losses and cheats.

It prints what became of it, and fails where the ledger does not balance, where anything has not ended two months after
the last parcel was posted, or a request not as its deliveries did, where no parcel arrived, or where the server
answered an error of its own.

  year.py path/to/caravan [--days 365] [--people 60] [--seed 1]
"""

import argparse
import collections
import datetime
import heapq
import itertools
import pathlib
import random
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "testkit"))
import node as testkit  # noqa: E402
from habits import DAY, HOUR, Customer, Traveler  # noqa: E402
from places import LANES  # noqa: E402

AWAKE = (8, 13, 19)  # hours of the day, UTC, at which people look what is new
AFTERMATH = 60  # days without new parcels, in which everything must end
STEP_UP = datetime.timedelta(minutes=4)
ENDED = {"delivery": ("delivered", "cancelled", "returned"), "request": ("accepted", "cancelled", "expired"),
         "escrow": ("released", "settled", "refunded", "cancelled", "failed"), "trip": ("completed", "cancelled")}
ASK_FOR_OFFER = ("match_digest", "invitation_received")  # mails


class Person(testkit.Person):
    """Whoever signs in when they come back, and notes what the node answers instead of failing."""

    def __init__(self, market, name, user_type="both"):
        self.market = market
        super().__init__(market.node, name, user_type)

    def sign_in(self):
        self.signed_in = self.market.now
        return super().sign_in()

    def fresh(self):
        if self.market.now - self.signed_in > STEP_UP:
            self.sign_in()

    def ask(self, method, path, body=None):
        """The answer, or {} where it is a refusal; refusals are counted by row and problem."""
        if self.market.now - self.signed_in > 10 * STEP_UP / 4:
            self.sign_in()
        status, answer = self.node.send(method, path, self.headers, body)
        if status < 300:
            return answer if answer is not None else {"done": True}
        row = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", ":id", path.split("?")[0])
        code = answer.get("code") if isinstance(answer, dict) else None
        refusal = f"{method} {row}: {status} {code}"
        if self.market.refusals[refusal] == 0:
            self.market.first_refusals[refusal] = answer
        self.market.refusals[refusal] += 1
        if status >= 500:
            self.market.faults.append(f"{method} {path}: {status} {answer}")
        return {}


class Administrator(Person):
    def __init__(self, market):
        self.market, self.node, self.email = market, market.node, testkit.ADMIN[0]
        self.sign_in()
        self.id = self.do("GET", "/users/me")["userId"]

    def sign_in(self):
        self.signed_in = self.market.now
        answer = self.node.must("POST", "/auth/login", body={"email": self.email, "password": testkit.ADMIN[1]})
        self.headers = {"Authorization": "Bearer " + answer["accessToken"]}
        return self

    def judge(self):
        """Each dispute a day after it was opened, by what really happened."""
        self.fresh()
        for dispute in self.ask("GET", "/admin/disputes?limit=100&status=open").get("items", []):
            path = f"/admin/disputes/{dispute['disputeId']}"
            self.ask("PUT", path + "/assign", {"assigneeId": self.id})
            decision = {"lost": {"resolution": "refund"}, "damaged": {"resolution": "split", "refundAmount": 500}}.get(
                dispute["reason"], {"resolution": "release"})
            decided = self.ask("POST", path + "/resolve", {**decision, "note": "By what both sides showed"})
            if not decided:  # nobody is paid for what has not arrived
                self.ask("POST", path + "/resolve", {"resolution": "refund", "note": "It has not arrived"})


class Market:
    def __init__(self, node, seed, people, days):
        self.node, self.rng = node, random.Random(seed)
        self.events, self.order = [], itertools.count()
        self.now = node.now()
        self.ends = self.now + days * DAY
        self.requests, self.deals, self.trips, self.travelers = {}, [], [], {}
        self.first_refusals = {}
        self.refusals, self.faults, self.mails = collections.Counter(), [], collections.Counter()
        self.asked = []  # by mail, for an offer: who, when, and for which request, where the mail names one
        self.lanes = LANES[:max(1, (people + 2) // 3)]  # that anybody of them goes
        self.admin = Administrator(self)
        self.people = []
        for index in range(people):
            name = f"{'ben' if index % 3 == 0 else 'ana'}-{index}"
            person = Person(self, name)
            someone = (Traveler(self, person, index // 3) if index % 3 == 0 else
                       Customer(self, person, self.rng.choice([0.5, 1, 2])))
            if isinstance(someone, Traveler):
                self.travelers[person.id] = someone
            self.people.append(someone)

    @property
    def open(self):
        """Whether anybody posts anything new."""
        return self.now < self.ends

    def at(self, when, what, *more):
        heapq.heappush(self.events, (max(when, self.now), next(self.order), what, more))

    def run(self, until):
        while self.events and self.events[0][0] <= until:
            when, _, what, more = heapq.heappop(self.events)
            self.reach(when)
            what(*more)
        self.reach(until)

    def reach(self, when):
        seconds = int((when - self.now).total_seconds())
        if seconds > 0:
            self.node.advance(seconds)
            self.now += seconds * datetime.timedelta(seconds=1)

    def live(self):
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        while self.now < self.ends + AFTERMATH * DAY:
            day = midnight
            midnight += DAY
            for hour in AWAKE:
                for someone in self.people:
                    if not self.open and someone.has_nothing_to_see():
                        continue
                    self.at(day + hour * HOUR + self.rng.uniform(0, 1) * HOUR, someone.wake)
            self.at(day + 12 * HOUR, self.admin.judge)
            self.run(midnight)
            self.count_mails(day)

    def count_mails(self, since):
        for someone in self.people:
            for mail in self.node.must("GET", f"/sandbox/messages?limit=100&to={someone.person.email}")["items"]:
                at = testkit.instant(mail["createdAt"])
                if mail["channel"] != "email" or not since <= at < since + DAY:
                    continue
                self.mails[mail["templateId"]] += 1
                if mail["templateId"] in ASK_FOR_OFFER:
                    self.asked.append((someone, at, mail["variables"].get("requestId")))


class Census:
    """What stands at the end, and what should not."""

    def __init__(self, market):
        self.market = market
        self.left = list(market.faults)
        admin = market.admin
        admin.fresh()
        check = admin.ask("GET", "/admin/finance/ledger-check")
        if check.get("balanced") is not True:
            self.left.append(f"the ledger does not balance: {check}")
        self.deliveries, self.escrows, self.requests = (collections.Counter() for _ in range(3))
        self.ends = collections.defaultdict(set)  # of the deliveries of each request
        for deal in market.deals:
            delivery = deal.customer.ask("GET", deal.path())
            escrow = deal.customer.ask("GET", f"/payments/escrow/{deal.escrow}")
            self.deliveries[delivery.get("status")] += 1
            self.escrows[escrow.get("status")] += 1
            self.ends[deal.request["id"]].add(delivery.get("status"))
            if delivery.get("status") not in ENDED["delivery"]:
                self.left.append(f"delivery {deal.id} ({deal.fate}) is {delivery.get('status')}")
            if escrow.get("status") not in ENDED["escrow"]:
                self.left.append(f"escrow {deal.escrow} ({deal.fate}) is {escrow.get('status')}")
        self.of_requests()
        if not self.deliveries["delivered"]:
            self.left.append("nothing was carried: this market is no test")
        for traveler, trip in market.trips:
            status = traveler.person.ask("GET", f"/trips/{trip}").get("status")
            if status not in ENDED["trip"]:
                self.left.append(f"trip {trip} is {status}")
        for traveler in market.travelers.values():
            wallet = traveler.person.ask("GET", "/payments/wallet")
            if "balances" not in wallet:
                self.left.append(f"{traveler.person.email} sees no wallet")
            for balance in wallet.get("balances", []):
                if balance["pending"]:
                    self.left.append(f"{traveler.person.email} waits for {balance['pending']} {balance['currency']}")

    def of_requests(self):
        """They have ended, and as their deliveries did: an accepted one has some, any other has none that arrived."""
        for request in self.market.requests.values():
            status = request["of"].person.ask("GET", f"/delivery-requests/{request['id']}").get("status")
            self.requests[status] += 1
            ends = self.ends[request["id"]]
            if status not in ENDED["request"] or (not ends if status == "accepted" else "delivered" in ends):
                self.left.append(f"request {request['id']} is {status}; its deliveries are {ends or 'none'}")

    def in_vain(self):
        """Mails that ask for an offer whose receiver made none within a day, for that request where they name one."""
        return sum(not any(at <= when < at + DAY and about in (None, request) for when, request in someone.sent)
                   for someone, at, about in self.market.asked)

    def print(self):
        market = self.market
        matched = [each for each in market.requests.values() if each["matched"]]
        closed = sorted((each["closed"] - each["at"]).total_seconds() / 3600 for each in matched if each["closed"])
        fates = collections.Counter(deal.fate for deal in market.deals)
        offers = sum(len(someone.sent) for someone in market.people)
        in_vain = self.in_vain()
        print(f"{len(market.people)} people, {len(market.trips)} trips, {len(market.requests)} parcels, "
              f"{offers} offers, {len(market.deals)} deals")
        if matched:
            print(f"with a trip that fits: {len(matched)}; of these closed: {len(closed)} "
                  f"({100 * len(closed) // len(matched)} %)")
        if closed:
            print(f"time to close: half within {statistics.median(closed):.0f} h, "
                  f"nine in ten within {closed[len(closed) * 9 // 10]:.0f} h")
        print(f"mails: {sum(market.mails.values())}; that ask for an offer: {len(market.asked)}; of these in vain, "
              f"without one within a day: {in_vain}, {in_vain / max(len(market.travelers), 1):.1f} a traveler")
        for name, counts in (("fates", fates), ("requests", self.requests), ("deliveries", self.deliveries),
                             ("escrows", self.escrows), ("mails", market.mails), ("refused", market.refusals)):
            print(f"{name}:", ", ".join(f"{key} {count}" for key, count in counts.most_common(40)) or "none")
        for refusal, answer in market.first_refusals.items():
            print("the first", refusal, answer)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("binary")
    words.add_argument("--days", type=int, default=365, help="for which anything is posted (365)")
    words.add_argument("--people", type=int, default=60, help="a third of them travel (60)")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep", action="store_true", help="leave the node's folder")
    words = words.parse_args()
    node = testkit.Node(words.binary)
    keep = True
    try:
        node.wait_until_ready()
        market = Market(node, words.seed, words.people, words.days)
        market.live()
        census = Census(market)
        census.print()
        for each in census.left[:50]:
            print("LEFT:", each)
        keep = bool(census.left) or words.keep
        return 1 if census.left else 0
    finally:
        node.stop(keep)


if __name__ == "__main__":
    sys.exit(main())
