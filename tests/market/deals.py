"""What becomes of an accepted offer: most parcels arrive, some people do not come, lose, break, delay, or cheat."""

import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "testkit"))
from node import instant, stamp  # noqa: E402

MINUTE = datetime.timedelta(minutes=1)
HOUR, DAY = 60 * MINUTE, 1440 * MINUTE

# How often each comes, of 100.
FATES = {"arrives": 77, "delayed": 5, "sender_absent": 2, "traveler_absent": 2, "receiver_absent": 3, "lost": 2,
         "damaged": 2, "false_claim": 2, "customer_leaves": 3, "traveler_leaves": 2}
STAY = 5  # points that a phone sends while its owner waits at a door, four minutes apart


class Deal:
    def __init__(self, market, customer, traveler, request, accepted):
        self.market, self.customer, self.traveler = market, customer.person, traveler.person
        self.id, self.escrow = accepted["deliveryId"], accepted["escrowId"]
        self.request, self.said = request, []
        delivery = self.customer.ask("GET", self.path())
        self.trip = delivery["tripId"]
        self.pickup_at = self.time(delivery, "plannedPickup") or market.now + HOUR
        self.arrives_at = self.time(delivery, "plannedArrival") or self.pickup_at + DAY
        rng = market.rng
        self.fate = rng.choices(list(FATES), list(FATES.values()))[0]
        getattr(self, "plan_" + self.fate, self.plan_arrives)()

    def path(self, rest=""):
        return f"/deliveries/{self.id}{rest}"

    def time(self, delivery, name):
        return instant(delivery[name]) if delivery.get(name) else None

    def at(self, when, what, *more):
        self.market.at(when, what, *more)

    # Fates.
    def plan_arrives(self):
        self.at(self.pickup_at - 10 * MINUTE, self.pick_up)
        self.at(self.arrives_at, self.deliver)

    def plan_delayed(self):
        self.at(self.pickup_at - 6 * HOUR, self.tell_delay)
        self.at(self.pickup_at + 2 * HOUR, self.pick_up)
        self.at(self.arrives_at + 3 * HOUR, self.deliver)

    def plan_sender_absent(self):
        for i in range(STAY):
            self.at(self.pickup_at + (4 * i - 17) * MINUTE, self.stand_at, "pickup")
        self.at(self.pickup_at, self.cancel, self.traveler, "no_show")

    def plan_traveler_absent(self):
        self.at(self.pickup_at + 6 * HOUR, self.cancel, self.customer, "traveler_no_show")

    def plan_receiver_absent(self):
        self.at(self.pickup_at - 10 * MINUTE, self.pick_up)
        for i in range(STAY):
            self.at(self.arrives_at + 4 * i * MINUTE, self.stand_at, "delivery")
        self.at(self.arrives_at + 17 * MINUTE, self.go_back)
        self.at(self.arrives_at + 2 * DAY, self.bring_back)

    def plan_lost(self):
        self.at(self.pickup_at - 10 * MINUTE, self.pick_up)
        self.at(self.arrives_at + DAY, self.dispute, "lost", "It never came")

    def plan_damaged(self):
        self.plan_arrives()
        self.at(self.arrives_at + 2 * HOUR, self.dispute, "damaged", "It is broken")

    def plan_false_claim(self):
        self.plan_arrives()
        self.at(self.arrives_at + 20 * HOUR, self.dispute, "not_as_described", "I say that it is not what I sent")

    def plan_customer_leaves(self):
        self.at(self.market.now + (self.pickup_at - self.market.now) / 2, self.cancel, self.customer, "changed_plans")

    def plan_traveler_leaves(self):
        self.at(self.market.now + (self.pickup_at - self.market.now) / 2, self.cancel, self.traveler, "changed_plans")

    # Acts.
    def scan(self, kind):
        """The customer shows the code, or has passed it on to whom it is for; the traveler scans it there."""
        codes = self.customer.ask("GET", f"/qr-codes/delivery/{self.id}").get("items", [])
        code = next((each["qrCodeId"] for each in codes if each["type"] == kind), None)
        if not code:
            return {}
        text = self.customer.ask("GET", f"/qr-codes/{code}/image?format=text")
        if not isinstance(text, str):
            return {}
        place = self.request["body"]["pickup" if kind == "return" else kind]
        return self.traveler.ask("POST", "/qr-codes/validate", {
            "code": text, "acceptsGoods": True,
            "location": {"lat": place["lat"], "lng": place["lng"], "accuracy": 15}})

    def pick_up(self):
        if self.scan("pickup"):
            self.traveler.ask("POST", "/location/tracking/start", {"deliveryId": self.id})
            self.point(self.request["body"]["pickup"])

    def deliver(self):
        if "deliveryStatus" not in self.scan("delivery"):
            return
        rng = self.market.rng
        if self.fate in ("arrives", "delayed") and rng.random() < 0.5:
            self.at(self.market.now + 6 * HOUR, self.confirm)
        for writer, about in ((self.customer, self.traveler), (self.traveler, self.customer)):
            if rng.random() < 0.6:
                self.at(self.market.now + rng.uniform(1, 4) * DAY, self.review, writer, about)

    def confirm(self):
        self.customer.fresh()
        self.customer.ask("POST", self.path("/confirm"))

    def review(self, writer, about):
        writer.ask("POST", f"/users/{about.id}/reviews",
                   {"deliveryId": self.id, "rating": self.market.rng.choice([5, 5, 5, 4, 4, 3])})

    def tell_delay(self):
        trip = self.traveler.ask("GET", f"/trips/{self.trip}")
        if "departureTime" in trip:
            leaves = self.time(trip, "departureTime") + 3 * HOUR
            self.traveler.ask("PATCH", f"/trips/{self.trip}", {"departureTime": stamp(leaves)})

    def point(self, place):
        self.traveler.ask("POST", "/location/tracking/update", {
            "deliveryId": self.id, "location": {"lat": place["lat"], "lng": place["lng"]}, "accuracy": 10,
            "timestamp": stamp(self.market.now)})

    def stand_at(self, end):
        self.traveler.ask("POST", "/location/tracking/start", {"deliveryId": self.id})
        self.point(self.request["body"][end])

    def cancel(self, who, reason):
        who.fresh()
        cost = who.ask("POST", self.path("/cancel?dryRun=true"), {"reason": reason})
        if cost:
            who.ask("POST", self.path("/cancel"), {"reason": reason})

    def go_back(self):
        """Whoever was seen at another door meanwhile has not waited at this one, and comes again."""
        if not self.traveler.ask("POST", self.path("/failed-attempt"),
                                 {"reason": "recipient_absent", "note": "Rang twice", "nextStep": "return"}):
            self.at(self.market.now + DAY, self.deliver)

    def bring_back(self):
        self.scan("return")

    def dispute(self, reason, text):
        self.customer.fresh()
        self.customer.ask("POST", "/admin/disputes", {"deliveryId": self.id, "reason": reason, "description": text})
