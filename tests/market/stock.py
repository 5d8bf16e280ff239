"""What the seeded market holds, from a seed: trips of people's own beside the flights, and requests of every kind."""

import collections
import csv
import gzip
import pathlib

from deals import stamp
from places import CITIES
from sense import DAY, HOUR, km

ROOT = pathlib.Path(__file__).parents[2]
FLIGHTS = ROOT / "config/samples/flights.tsv.gz"
POSTAL_CODES = ROOT / "config/gazetteer/postal_codes.tsv.gz"
OWN = (("car", 120), ("train", 40), ("bus", 40))
WITH_STOP = 33
NEAR_AIRPORT = 45  # km
LENGTHS = {"car": (100, 1500), "train": (100, 900), "bus": (100, 900)}  # km
MORE_CITIES = {
    "Atlanta, GA": (33.7490, -84.3880, "USD"), "Miami, FL": (25.7617, -80.1918, "USD"),
    "Seattle, WA": (47.6062, -122.3321, "USD"), "Phoenix, AZ": (33.4484, -112.0740, "USD"),
    "Minneapolis, MN": (44.9778, -93.2650, "USD"), "St. Louis, MO": (38.6270, -90.1994, "USD"),
    "Cleveland, OH": (41.4993, -81.6944, "USD"), "Pittsburgh, PA": (40.4406, -79.9959, "USD"),
    "Charlotte, NC": (35.2271, -80.8431, "USD"), "Nashville, TN": (36.1627, -86.7816, "USD"),
    "Salt Lake City, UT": (40.7608, -111.8910, "USD"), "Portland, OR": (45.5152, -122.6784, "USD"),
    "San Antonio, TX": (29.4241, -98.4936, "USD"), "New Orleans, LA": (29.9511, -90.0715, "USD"),
    "Vienna, Austria": (48.2082, 16.3738, "EUR"), "Prague, Czechia": (50.0755, 14.4378, "EUR"),
    "Warsaw, Poland": (52.2297, 21.0122, "EUR"), "Amsterdam, Netherlands": (52.3676, 4.9041, "EUR"),
    "Cologne, Germany": (50.9375, 6.9603, "EUR"), "Frankfurt, Germany": (50.1109, 8.6821, "EUR"),
    "Marseille, France": (43.2965, 5.3698, "EUR")}
TOWNS = {name: (lat, lng, currency) for name, (lat, lng, currency, *_) in {**CITIES, **MORE_CITIES}.items()}


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def place(name, at):
    return {"address": name, "lat": round(at[0], 5), "lng": round(at[1], 5)}


def stop(name, at):
    return {**place(name, at), "contactName": "Ana", "contactPhone": "+12125550100"}


def parcel(pickup, delivery, weight=1.5, value=50, pays=100, currency="USD", urgency="standard", by=None):
    """The body of a request; `pickup` and `delivery`: of stop()."""
    body = {"title": "A parcel", "pickup": pickup, "delivery": delivery, "urgency": urgency, "maxPrice": pays,
            "currency": currency, "item": {"description": "A parcel", "category": "other", "weight": weight,
                                           "volume": round(2 * weight, 1), "items": 1, "value": value}}
    if by:
        body["deliverBy"] = stamp(by)
    return body


def journey(mode, origin, destination, leaves, asks=0, currency="USD", weight=20, volume=60, via=()):
    return {"title": f"{origin['address']} to {destination['address']}", "origin": origin, "destination": destination,
            "stops": list(via), "departureTime": stamp(leaves), "transportMode": mode, "currency": currency,
            "minPrice": asks, "capacity": {"weight": weight, "volume": volume, "items": 20}}


class Stock:
    def __init__(self, rng):
        self.rng = rng
        self.ways, self.airports = [], {}
        head, *flights = rows(FLIGHTS)
        for flight in (dict(zip(head, row)) for row in flights):
            for end in ("origin", "destination"):
                self.airports[flight[end]] = (float(flight[end + "_lat"]), float(flight[end + "_lng"]))
            self.ways.append((flight["origin"], flight["destination"]))
        self.codes, self.cells = [], collections.defaultdict(list)
        for country, code, city, state, lat, lng, *_ in rows(POSTAL_CODES):
            if country == "US":
                at = (int(lat) / 10_000, int(lng) / 10_000)
                self.codes.append((f"{city}, {state} {code}", at))
                self.cells[int(at[0] // 1), int(at[1] // 1)].append(self.codes[-1])
        self.near = {}

    def around(self, airport):
        """Postal codes within reach of it."""
        if airport not in self.near:
            at = self.airports[airport]
            cells = [(int(at[0] // 1) + i, int(at[1] // 1) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
            self.near[airport] = [code for cell in cells for code in self.cells[cell] if km(code[1], at) <= NEAR_AIRPORT]
        return self.near[airport]

    def town_pair(self, currency, least=100, most=20_000):
        names = [name for name, (_, _, of) in TOWNS.items() if of == currency]
        while True:
            pair = self.rng.sample(names, 2)
            if least <= km(*(TOWNS[name][:2] for name in pair)) <= most:
                return pair

    def trips(self, now):
        """Bodies of the travelers' own trips."""
        left, out = WITH_STOP, []
        modes = [mode for mode, count in OWN for _ in range(count)]
        self.rng.shuffle(modes)
        for mode in modes:
            currency = self.rng.choice(["USD", "EUR"])
            names = self.town_pair(currency, *LENGTHS[mode])
            a, b = (TOWNS[name][:2] for name in names)
            between = [name for name, (lat, lng, of) in TOWNS.items() if of == currency and name not in names
                       and km(a, (lat, lng)) + km((lat, lng), b) < 1.15 * km(a, b)]
            via = [self.rng.choice(between)] if between and left > 0 else []
            left -= len(via)
            ends = [place(name, TOWNS[name][:2]) for name in (names[0], *via, names[1])]
            out.append(journey(mode, ends[0], ends[-1], now + self.rng.uniform(6, 30 * 24) * HOUR,
                               self.rng.randint(8, 40), currency, self.rng.randint(5, 30), self.rng.randint(20, 90),
                               ends[1:-1]))
        return out

    def pairs(self):
        """(two places, currency) of each request."""
        served = [way for way in self.ways if all(self.around(end) for end in way)]
        ways = [self.rng.choice(served) for _ in range(90)]
        found = [([self.rng.choice(self.around(end)) for end in way], "USD") for way in ways]
        found += [(self.rng.sample(self.codes, 2), "USD") for _ in range(40)]
        for currency in ("USD", "EUR"):
            found += [([(name, TOWNS[name][:2]) for name in self.town_pair(currency)], currency) for _ in range(35)]
        return found

    def requests(self, now):
        """Their bodies: a third of each urgency, a quarter of them valuable, some of them stingy."""
        out, rng = [], self.rng
        pairs = self.pairs()
        rng.shuffle(pairs)
        for i, (ends, currency) in enumerate(pairs):
            weight = round(0.3 * (25 / 0.3) ** rng.random(), 1)
            fair = 15 + 0.02 * km(ends[0][1], ends[1][1]) + 2 * weight
            value = rng.randint(1_100, 3_000) if rng.random() < 0.25 else rng.randint(10, 600)
            days = rng.choice([None, 2, 7, 30])
            out.append(parcel(*(stop(*end) for end in ends), weight, value, max(5, round(fair * rng.uniform(0.5, 2))),
                              currency, ("standard", "express", "same_day")[i % 3], now + days * DAY if days else None))
        return out
