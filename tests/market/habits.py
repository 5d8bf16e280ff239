"""What people of the market do when awake: travelers post trips and offer, customers post parcels and choose."""

import math

from deals import DAY, HOUR, Deal, instant, stamp
from places import CITIES, LANES, spot

ASKED_AFTER = 12 * HOUR  # without an offer, a customer asks travelers whose trips fit
GOODS = [("Camera", "electronics", 1.2, 250), ("Books", "books", 4, 60), ("A winter coat", "clothing", 2, 120),
         ("Contracts", "documents", 0.3, 10), ("A guitar", "music", 5, 600), ("Chocolates", "food", 1, 30),
         ("Bicycle wheels", "sports", 6, 180), ("A painting", "art", 3, 900)]


def worth(pair, weight):
    """What a customer thinks that a transport costs: as a parcel service, by the way and the weight."""
    (a, b), (c, d) = CITIES[pair[0]][:2], CITIES[pair[1]][:2]
    way = 111 * math.hypot(a - c, (b - d) * math.cos(math.radians(a)))
    return 20 + 0.03 * way + 2 * weight


class Traveler:
    """Goes one way and back, week by week."""

    def __init__(self, market, person, index):
        self.market, self.person, self.rng = market, person, market.rng
        self.lane, self.trips, self.offered = LANES[index % len(LANES)], [], set()
        self.sent = []  # offers: when, and for which request
        self.next_trip = market.now + self.rng.uniform(2, 9) * DAY
        for currency in {CITIES[self.lane.origin][2], CITIES[self.lane.destination][2]}:
            person.do("POST", "/payments/payout-accounts",
                      {"provider": "sandbox", "token": "tok_ok", "currency": currency})

    def has_nothing_to_see(self):
        return not self.trips

    def wake(self):
        market = self.market
        if self.next_trip < market.now + 6 * DAY and market.open:
            self.post()
        self.trips = [trip for trip in self.trips if trip["departs"] > market.now + HOUR]
        for trip in self.trips:
            for match in self.person.ask("GET", f"/trips/{trip['id']}/matches").get("items", [])[:3]:
                self.offer(trip, match)

    def post(self):
        for lane, departs in ((self.lane, self.next_trip), (self.lane.back(), self.next_trip + 2 * DAY)):
            currency = CITIES[lane.origin][2]
            answer = self.person.ask("POST", "/trips", {
                "title": f"{lane.origin} to {lane.destination}", "origin": {"address": lane.origin},
                "destination": {"address": lane.destination}, "departureTime": stamp(departs),
                "transportMode": lane.mode, "minPrice": 8, "currency": currency,
                "capacity": {"weight": 20, "volume": 80, "items": 5}})
            if "tripId" in answer:
                self.trips.append({"id": answer["tripId"], "departs": departs})
                self.market.trips.append((self, answer["tripId"]))
        self.next_trip += self.rng.choice([7, 7, 14]) * DAY

    def offer(self, trip, match):
        if (trip["id"], match["requestId"]) in self.offered:
            return
        self.offered.add((trip["id"], match["requestId"]))
        fair = match.get("travelerAmount", 2000) + match.get("platformFee", 0)
        price = fair * self.rng.uniform(0.9, 1.1)
        if match.get("maxPrice"):
            price = min(price, match["maxPrice"])
        answer = self.person.ask("POST", f"/delivery-requests/{match['requestId']}/offers", {
            "tripId": trip["id"], "price": round(max(price, 800)) / 100, "message": "I pass right by."})
        if "offerId" in answer:
            self.sent.append((instant(answer["createdAt"]), match["requestId"]))


class Customer:
    """Has a parcel now and then, mostly along a way that somebody goes."""

    sent = ()  # only travelers offer

    def __init__(self, market, person, parcels_a_week):
        self.market, self.person, self.rng = market, person, market.rng
        self.needs = parcels_a_week / 7 / 3  # at each of three times a day that they are awake
        self.open = {}
        card = person.do("POST", "/payments/methods", {"provider": "sandbox", "token": "tok_ok"})
        self.card = card["methodId"]

    def has_nothing_to_see(self):
        return not self.open

    def wake(self):
        if self.market.open and self.rng.random() < self.needs:
            self.post()
        for request in list(self.open.values()):
            self.look_after(request)

    def post(self):
        lane = self.rng.choice(self.market.lanes)
        lane = self.rng.choice([lane, lane.back()])
        pair = self.rng.choice(lane.pairs())
        if self.rng.random() < 0.2:
            pair = self.rng.sample(list(CITIES), 2)
        name, category, weight, value = self.rng.choice(GOODS)
        body = {"title": name, "item": {"description": name, "category": category, "weight": weight,
                                        "volume": weight * 2, "items": 1, "value": value},
                "pickup": {**spot(pair[0], self.rng), "contactName": "Ana", "contactPhone": "+12125550100"},
                "delivery": {**spot(pair[1], self.rng), "contactName": "Eva", "contactPhone": "+16175550100"},
                "urgency": self.rng.choices(["standard", "express", "same_day"], [8, 2, 1])[0],
                "currency": CITIES[pair[0]][2], "maxPrice": round(self.rng.uniform(0.8, 1.6) * worth(pair, weight))}
        answer = self.person.ask("POST", "/delivery-requests", body)
        if "requestId" in answer:
            self.market.requests[answer["requestId"]] = request = {
                "id": answer["requestId"], "of": self, "at": self.market.now, "body": body, "asked": 0,
                "matched": bool(answer["matches"]), "closed": None}
            self.open[request["id"]] = request

    def look_after(self, request):
        path = f"/delivery-requests/{request['id']}"
        status = self.person.ask("GET", path).get("status")
        if status != "open":
            if status != "accepting":  # which may come to nothing
                self.open.pop(request["id"])
            return
        offers = [each for each in self.person.ask("GET", path + "/offers").get("items", [])
                  if each["status"] == "pending" and not each.get("late")]
        if offers:
            self.accept(request, min(offers, key=lambda each: each["amount"]))
        elif self.market.now - request["at"] > ASKED_AFTER and request["asked"] < 3:
            for match in self.person.ask("GET", path + "/matches").get("items", [])[:1]:
                request["matched"] = True
                request["asked"] += 1
                self.person.ask("POST", path + "/invitations", {"tripId": match["tripId"]})

    def accept(self, request, offer):
        self.person.fresh()
        answer = self.person.ask("POST", f"/offers/{offer['offerId']}/accept", {"paymentMethodId": self.card})
        if "deliveryId" not in answer:
            return
        request.update(matched=True, closed=request["closed"] or self.market.now)
        traveler = self.market.travelers[offer["travelerId"]]
        self.market.deals.append(Deal(self.market, self, traveler, request, answer))
