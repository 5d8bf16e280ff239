"""People on the market: clients over HTTP that try again, with the same key, until they are answered."""

import datetime
import http.client
import json
import sys
import threading
import time
import urllib.parse
import uuid

from history import Attempt, Read, Write

PASSWORD = "a-long-enough-Passw0rd"
NEW_YORK = {"address": "New York, NY", "lat": 40.7484, "lng": -73.9857}
BOSTON = {"address": "Boston, MA", "lat": 42.3584, "lng": -71.0598}
PATIENCE = 60  # how long one call tries
TEXTS_A_DELIVERY = 150  # a page has 200
PARCELS_A_TRIP = 90
PAUSE = 0.02
SIGNED_OUT_WITHIN = 1.5  # seconds; for one of them a node may remember that somebody is signed in
PAUSE_AFTER_A_DEAL = 0.5  # each deal leaves timers, all of which fire when the clock moves two days in the end


class Unanswered(Exception):
    pass


class Refused(Exception):
    pass


class Client:
    """One connection at a time. Not for several threads."""

    def __init__(self, host, port, history=None, timeout=5):
        self.host, self.port, self.history, self.timeout = host, port, history, timeout
        self.connection = None
        self.asked_at = 0  # when the latest request was sent

    def attempt(self, method, path, token="", body=None, key=""):
        """The status and what came with it; 0 if no answer came."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        number = self.history.begin() if self.history is not None else None
        start, status, text = time.monotonic(), 0, ""
        self.asked_at = start
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
            self.connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            status = answer.status
            if answer.will_close:
                self.close()
        except (OSError, http.client.HTTPException) as error:
            text = f"{type(error).__name__}: {error}"
            self.close()
        if self.history is not None:
            self.history.attempted(number, Attempt(start, time.monotonic(), status, f"{method} {path} {text[:150]}"))
        return status, text

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, method, path, token="", body=None):
        """Tries again until there is an answer. An answer of 4xx is raised."""
        key = str(uuid.uuid4()) if method != "GET" else ""
        until = time.monotonic() + PATIENCE
        while True:
            status, text = self.attempt(method, path, token, body, key)
            if status and status < 500 and status != 429:
                break
            if time.monotonic() > until:
                raise Unanswered(f"{method} {path}: nothing for {PATIENCE} s, at last {status} {text[:300]}")
            time.sleep(0.1)
        if status >= 400:
            raise Refused(f"{method} {path} -> {status} {text[:400]}")
        return json.loads(text) if text.startswith(("{", "[")) else text


class Person:
    def __init__(self, client, name):
        self.email = f"{name}@example.org"
        client.call("POST", "/auth/register", body={"email": self.email, "password": PASSWORD, "firstName": name,
                                                    "lastName": "Example", "userType": "both"})
        until = time.monotonic() + PATIENCE
        tokens = []
        while not tokens:
            if time.monotonic() > until:
                raise Unanswered(f"no mail to {self.email}")
            mails = client.call("GET", f"/sandbox/messages?to={self.email}")["items"]
            tokens = [m["variables"]["verificationToken"] for m in mails if m["templateId"] == "email_verification_template"]
        client.call("POST", "/auth/verify-email", body={"token": tokens[0]})
        self.sign_in(client)
        card = {"provider": "sandbox", "token": "tok_ok"}
        self.card = client.call("POST", "/payments/methods", self.token, card)["methodId"]
        client.call("POST", "/payments/payout-accounts", self.token, {"provider": "sandbox", "token": "tok_ok"})

    def sign_in(self, client):
        self.token = client.call("POST", "/auth/login", body={"email": self.email, "password": PASSWORD})["accessToken"]


class Pair:
    """A customer and a traveler, and the deals between them."""

    def __init__(self, client, name):
        self.name = name
        self.customer, self.traveler = Person(client, name + "-customer"), Person(client, name + "-traveler")
        self.parcels, self.trip = 0, ""

    def deal(self, client):
        """Does a deal up to the accepted offer; returns what accepting it was answered."""
        if self.parcels % PARCELS_A_TRIP == 0:
            self.trip = post_trip(client, self.traveler)
        self.parcels += 1
        request = client.call("POST", "/delivery-requests", self.customer.token, {
            "title": "A parcel", "pickup": dict(NEW_YORK, contactName="Ana", contactPhone="+12125550100"),
            "delivery": dict(BOSTON, contactName="Eva", contactPhone="+16175550100"),
            "item": {"description": "Books", "category": "books", "weight": 2.5, "volume": 3.0, "items": 1, "value": 50.0},
            "urgency": "standard", "maxPrice": 60.0, "currency": "USD"})["requestId"]
        offer = client.call("POST", f"/delivery-requests/{request}/offers", self.traveler.token,
                            {"tripId": self.trip, "price": 35.0})["offerId"]
        return client.call("POST", f"/offers/{offer}/accept", self.customer.token,
                           {"paymentMethodId": self.customer.card})

    def scan(self, client, accepted, kind, place):
        code = next(c["qrCodeId"] for c in accepted["qrCodes"] if c["type"] == kind)
        text = client.call("GET", f"/qr-codes/{code}/image?format=text", self.customer.token)
        client.call("POST", "/qr-codes/validate", self.traveler.token,
                    {"code": text, "location": {"lat": place["lat"], "lng": place["lng"]}})


def post_trip(client, person):
    week = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=7)
    return client.call("POST", "/trips", person.token, {
        "title": "New York to Boston", "origin": NEW_YORK, "destination": BOSTON,
        "departureTime": week.strftime("%Y-%m-%dT%H:%M:%SZ"), "transportMode": "car",
        "capacity": {"weight": 500, "volume": 1000, "items": 100}})["tripId"]


def whole_list(client, path, token, limit):
    """The items of all pages of a list."""
    items, after, asked_at = [], "", None
    while True:
        page = client.call("GET", f"{path}?limit={limit}{after}", token)
        asked_at = asked_at or client.asked_at
        items += page["items"]
        if not page.get("nextCursor"):
            client.asked_at = asked_at
            return items
        after = "&cursor=" + urllib.parse.quote(page["nextCursor"])


def conversation(client, delivery, token):
    """The texts of a delivery's messages, oldest first."""
    return [sys.intern(item["text"]) for item in whole_list(client, f"/deliveries/{delivery}/messages", token, 200)]


class Market:
    """All threads of the load: for each pair two that write to the same deliveries and one that reads them; carriers; and
    a visitor."""

    def __init__(self, host, port, history, pairs, carriers):
        self.host, self.port, self.history = host, port, history
        self.stopping, self.threads = threading.Event(), []
        client = self.client()
        self.pairs = [Pair(client, f"talkers{n}") for n in range(pairs)]
        self.carriers = [Pair(client, f"carrier{n}") for n in range(carriers)]
        self.visitor = Person(client, "visitor")
        self.talks = {pair.name: [client_deal(client, pair) for _ in range(4)] for pair in self.pairs}
        self.owner = {d: pair for pair in self.pairs for d in self.talks[pair.name]}
        self.counts = {d: 0 for d in self.owner}

    def client(self):
        return Client(self.host, self.port, self.history)

    def forget_talks(self):
        """Uses other deliveries from now on: those used so far have messages that the history does not know."""
        client = self.client()
        self.owner.clear()
        self.counts.clear()
        for pair in self.pairs:
            fresh = [client_deal(client, pair) for _ in self.talks[pair.name]]
            self.talks[pair.name] = fresh
            self.owner.update((d, pair) for d in fresh)
            self.counts.update((d, 0) for d in fresh)

    def start(self):
        for pair in self.pairs:
            self.thread(self.talk, pair, pair.customer, "c")
            self.thread(self.talk, pair, pair.traveler, "t")
            self.thread(self.read, pair)
        for pair in self.carriers:
            self.thread(self.carry, pair)
        self.thread(self.visit, self.visitor)

    def thread(self, work, *arguments):
        def run():
            try:
                work(self.client(), *arguments)
            except (Unanswered, Refused) as error:
                self.history.surprise(str(error))
            except Exception as error:  # pylint: disable=broad-except
                self.history.surprise(f"{work.__name__}: {type(error).__name__}: {error}")
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)

    def stop(self):
        """Ends the load; each thread first ends what it is doing."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENCE * 3)
            if thread.is_alive():
                self.history.surprise("a deal that was under way does not end")

    def talk(self, client, pair, person, side):
        talks, number = self.talks[pair.name], 0
        while not self.stopping.is_set():
            slot = number % len(talks)
            delivery = talks[slot]
            text = sys.intern(f"{pair.name}{side}{number}")
            number += 1
            start, end = time.monotonic(), None
            try:
                client.call("POST", f"/deliveries/{delivery}/messages", person.token, {"text": text})
                end = time.monotonic()
            finally:
                self.history.add("writes", delivery, Write(text, start, end))
            self.counts[delivery] += 1
            if side == "c" and self.counts[delivery] >= TEXTS_A_DELIVERY:
                talks[slot] = client_deal(client, pair)
                self.counts[talks[slot]], self.owner[talks[slot]] = 0, pair
            time.sleep(PAUSE)

    def read(self, client, pair):
        talks, number = self.talks[pair.name], 0
        while not self.stopping.is_set():
            delivery = talks[number // 2 % len(talks)]
            number += 1
            # Of several attempts the read is the one that was answered: it must show what was there when that began.
            if number % 2:
                shown = conversation(client, delivery, pair.traveler.token)
                self.history.add("reads", delivery, Read(client.asked_at, time.monotonic(), shown))
            else:
                shown = client.call("GET", f"/deliveries/{delivery}", pair.customer.token)
                self.history.add("versions", delivery, Read(client.asked_at, time.monotonic(), shown["version"]))
            time.sleep(PAUSE)

    def ask_sleeper(self, node, delivery, number):
        """Sends a frozen node one read and one write, which it gets when it wakes up. Its answers are checked as all others."""
        pair = self.owner[delivery]
        reader, writer = (Client(node.host, node.http, self.history, timeout=20) for _ in range(2))

        def read():
            status, text = reader.attempt("GET", f"/deliveries/{delivery}/messages?limit=200", pair.traveler.token)
            if status == 200:
                shown = [sys.intern(item["text"]) for item in json.loads(text)["items"]]
                self.history.add("reads", delivery, Read(reader.asked_at, time.monotonic(), shown))

        def write():
            text = sys.intern(f"{pair.name}s{number}")
            start, end = time.monotonic(), None
            status, _ = writer.attempt("POST", f"/deliveries/{delivery}/messages", pair.customer.token, {"text": text},
                                       str(uuid.uuid4()))
            if status == 201:
                end = time.monotonic()
            self.history.add("writes", delivery, Write(text, start, end))
        threads = [threading.Thread(target=work, daemon=True) for work in (read, write)]
        for thread in threads:
            thread.start()
        return threads

    def carry(self, client, pair):
        number = 0
        while not self.stopping.is_set():
            number += 1
            accepted = pair.deal(client)
            deal = {"delivery": accepted["deliveryId"], "pair": pair, "status": "accepted"}
            self.history.deals.append(deal)
            if number % 4 == 0:
                client.call("POST", f"/deliveries/{deal['delivery']}/cancel", pair.customer.token,
                            {"reason": "Changed my mind"})
                deal["status"] = "cancelled"
            else:
                pair.scan(client, accepted, "pickup", NEW_YORK)
                client.call("POST", "/location/tracking/start", pair.traveler.token, {"deliveryId": deal["delivery"]})
                pair.scan(client, accepted, "delivery", BOSTON)
                deal["status"] = "delivered"
            self.stopping.wait(PAUSE_AFTER_A_DEAL)

    def visit(self, client, person):
        """Signs in, posts a trip, finds it among the own ones, signs out and is signed out: each on whichever node."""
        while not self.stopping.is_set():
            person.sign_in(client)
            trip = post_trip(client, person)
            if trip not in [item["tripId"] for item in whole_list(client, "/trips", person.token, 100)]:
                self.history.surprise(f"trip {trip}, acknowledged, is not in the list of its own traveler")
            try:
                client.call("POST", "/auth/logout", person.token)
            except Refused as refused:  # it was sent twice, since the first answer was lost
                if "session_revoked" not in str(refused):
                    raise
            if self.stopping.wait(SIGNED_OUT_WITHIN):
                return  # too early to ask
            status, _ = client.attempt("GET", "/users/me", person.token)
            if status == 200:
                self.history.surprise(f"who signed out {SIGNED_OUT_WITHIN} s ago is signed in")


def client_deal(client, pair):
    return pair.deal(client)["deliveryId"]
