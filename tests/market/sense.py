"""What a person would call a fitting trip, worked out without the server's rules: distances, times, room, price.

It is judged as people plan: whoever flies goes to the airport early, nobody crosses half a country for a parcel, and what
is wanted today is no good next week.
"""

import dataclasses
import math

from deals import DAY, HOUR, MINUTE, instant  # noqa: F401

HORIZON = {"same_day": 1 * DAY, "express": 3 * DAY, "standard": 21 * DAY}
CHECK_IN = {"plane": 90 * MINUTE, "train": 20 * MINUTE, "bus": 15 * MINUTE}  # before what keeps to its stops leaves
LEAVING = {"plane": 30 * MINUTE, "train": 10 * MINUTE, "bus": 10 * MINUTE}  # until they are out of the station
TO_STOP = 80  # km that somebody goes for a parcel at each end of a train, bus or plane
ASIDE_SHARE, ASIDE = 0.35, 120  # of their way, and km, that somebody drives more for a parcel
LITTLE = 20  # km beyond which nobody goes more aside than the parcel itself travels
DOOR_SPEED = 50  # km/h beside the way
MOST_MORE = 100  # km of detour that the node takes, and half the parcel's way
BESIDE = 20  # km that it looks farther beside a road than around a stop
ROUNDED = 2  # km by which areas, which it knows alone, lie off the places
UNVERIFIED = {"USD": 1000, "EUR": 880}  # value above which the platform asks for a verified traveler


def km(a, b):
    """Over the sphere, between two of (latitude, longitude)."""
    lat1, lat2 = math.radians(a[0]), math.radians(b[0])
    h = (math.sin((lat2 - lat1) / 2) ** 2
         + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2)
    return 2 * 6371 * math.asin(min(1, math.sqrt(h)))


@dataclasses.dataclass
class Trip:
    id: str
    traveler: str
    mode: str
    points: list  # of ((latitude, longitude), time)
    room: tuple  # kg, litres, pieces
    asks: float
    currency: str
    verified: bool = False

    @classmethod
    def read(cls, shown, legs=(1,), verified=()):
        """From what the node answers; `legs`: how long each takes, beside the others."""
        places = [(p["lat"], p["lng"]) for p in (shown["origin"], *shown["stops"], shown["destination"])]
        leaves, arrives = instant(shown["departureTime"]), instant(shown["arrivalTime"])
        times = [leaves + (arrives - leaves) * (sum(legs[:i]) / sum(legs)) for i in range(len(places))]
        free = shown["capacity"]["available"]
        return cls(shown["tripId"], shown["travelerId"], shown["transportMode"], list(zip(places, times)),
                   (free["weight"], free["volume"], free["items"]), shown.get("minPrice") or 0, shown["currency"],
                   shown["travelerId"] in verified)

    @property
    def leaves(self):
        return self.points[0][1]

    @property
    def keeps_to_stops(self):
        return self.mode in CHECK_IN


@dataclasses.dataclass
class Parcel:
    pickup: tuple
    delivery: tuple
    load: tuple  # kg, litres, pieces
    pays: float
    currency: str
    value: float
    urgency: str
    by: object  # the customer's own deadline, or None

    @classmethod
    def read(cls, body):
        item = body["item"]
        return cls((body["pickup"]["lat"], body["pickup"]["lng"]), (body["delivery"]["lat"], body["delivery"]["lng"]),
                   (item["weight"], item["volume"], item["items"]), body["maxPrice"], body["currency"], item["value"],
                   body["urgency"], instant(body["deliverBy"]) if "deliverBy" in body else None)

    @property
    def is_valuable(self):
        return self.value > UNVERIFIED[self.currency]

    def latest(self, now, own=False):
        """`own`: by the customer's own deadline, where they name one later than the urgency's."""
        if own and self.by:
            return self.by
        promised = now + HORIZON[self.urgency]
        return min(promised, self.by) if self.by else promised


def drive(way):
    return way / DOOR_SPEED * HOUR


def by_stops(parcel, trip):
    """When it is fetched and brought where both stops lie near, by the shortest ways; else None."""
    best = None
    for i, (on, leaves) in enumerate(trip.points[:-1]):
        there = km(parcel.pickup, on)
        if there > TO_STOP:
            continue
        for off, arrives in trip.points[i + 1:]:
            back = km(parcel.delivery, off)
            if back <= TO_STOP and (best is None or there + back < best[0]):
                best = (there + back, leaves - CHECK_IN[trip.mode] - drive(there),
                        arrives + LEAVING[trip.mode] + drive(back))
    return best


def by_road(parcel, trip):
    """The same where somebody drives: they leave the way for each of the two places, wherever that is shortest."""
    way = sum(km(a, b) for (a, _), (b, _) in zip(trip.points, trip.points[1:]))
    direct, best = km(parcel.pickup, parcel.delivery), None
    for i, ((a, leaves), (b, arrives)) in enumerate(zip(trip.points, trip.points[1:])):
        to, past, leg = km(a, parcel.pickup), km(parcel.pickup, b), max(km(a, b), 0.001)
        share = min(1, max(0, ((to * to - past * past) / leg + leg) / 2 / leg))
        fetched = leaves + (arrives - leaves) * share + drive(max(0, to - share * leg))
        for j in range(i, len(trip.points) - 1):
            (c, starts), (d, ends) = trip.points[j], trip.points[j + 1]
            until, rest, last = km(c, parcel.delivery), km(parcel.delivery, d), max(km(c, d), 0.001)
            more = to + direct + rest - leg if i == j else to + past - leg + until + rest - last
            if more > min(ASIDE, ASIDE_SHARE * way, max(LITTLE, direct)) or (best is not None and more >= best[0]):
                continue
            off = min(1, max(0, ((until * until - rest * rest) / last + last) / 2 / last))
            best = (more, fetched, max(fetched, starts + (ends - starts) * off) + drive(max(0, more)))
    return best


def passing(parcel, trip):
    """(km more, when it is fetched, when it is brought); None: the trip does not go that way."""
    return by_stops(parcel, trip) if trip.keeps_to_stops else by_road(parcel, trip)


def against(parcel, trip, now, own=False):
    """All that speaks against it; nothing: people would call it a fitting trip."""
    passes = passing(parcel, trip)
    if not passes:
        return ["way"]
    why = []
    _, fetched, brought = passes
    if any(part > whole for part, whole in zip(parcel.load, trip.room)):
        why.append("room")
    if fetched < now:
        why.append("early")
    if brought > parcel.latest(now, own):
        why.append("late")
    if trip.currency == parcel.currency and trip.asks > parcel.pays:
        why.append("price")
    if parcel.is_valuable and not trip.verified:
        why.append("verification")
    return why


def beyond_bounds(parcel, trip):
    """By which of the node's own bounds, narrower than common sense, it leaves out a trip that fits; None: by none."""
    more, *_ = passing(parcel, trip)
    direct = km(parcel.pickup, parcel.delivery)
    allowed = min(MOST_MORE, max(LITTLE, direct / 2))
    if more > allowed - ROUNDED:
        return f"a detour of {more:.0f} km, and the node takes {allowed:.0f}"
    near = min(TO_STOP, max(15, direct / 5))
    if trip.keeps_to_stops:
        ends = [min(km(place, at) for at, _ in trip.points) for place in (parcel.pickup, parcel.delivery)]
        if max(ends) > near - ROUNDED:
            return f"a stop {max(ends):.0f} km off, and the node looks {near:.0f} km around it"
    elif (aside := max(from_way(parcel.pickup, trip), from_way(parcel.delivery, trip))) > near + BESIDE - ROUNDED:
        return f"a place {aside:.0f} km from the way, and the node looks {near + BESIDE:.0f} km to its sides"
    return None


def from_way(place, trip):
    """km from the nearest leg."""
    least = math.inf
    for (a, _), (b, _) in zip(trip.points, trip.points[1:]):
        to, past, leg = km(a, place), km(place, b), max(km(a, b), 0.001)
        along = min(leg, max(0, (to * to - past * past + leg * leg) / 2 / leg))
        least = min(least, math.sqrt(max(0, to * to - along * along)))
    return least


class Atlas:
    """All trips, so that those which may pass two places are found without looking at every one."""

    def __init__(self, trips):
        self.by_road = [trip for trip in trips if not trip.keeps_to_stops]
        self.starting = {}
        for trip in trips:
            if trip.keeps_to_stops:
                for place, _ in trip.points[:-1]:
                    self.starting.setdefault(place, []).append(trip)

    def fitting(self, parcel, now):
        """Those that nothing speaks against; and with what does, the others that go this way."""
        near = {trip.id: trip for place, trips in self.starting.items()
                if abs(place[0] - parcel.pickup[0]) < 1 and km(place, parcel.pickup) <= TO_STOP for trip in trips}
        found, nearly = [], []
        for trip in [*near.values(), *self.by_road]:
            why = against(parcel, trip, now)
            if not why:
                found.append(trip)
            elif "way" not in why:
                nearly.append((why, trip))
        return found, nearly
