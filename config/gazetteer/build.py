#!/usr/bin/env python3
"""Makes places.tsv.gz and postal_codes.tsv.gz of this folder from two downloads.

usage: build.py CITIES.tsv.gz ZIPCODES.csv.gz

CITIES   tab-separated, with a head: geonameid name country admin1 lat lng population feature (from GeoNames)
ZIPCODES comma-separated, with a head: zip_code latitude longitude city state county (from US Census and GeoNames)

The same input gives the same bytes. Coordinates become integers of 1/10,000 degree (11 m). Places are sorted by their
folded name, as http/providers/places/folding.cpp folds it, so that the program need not sort them when it starts.
"""
import collections
import gzip
import pathlib
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n",
           "ə": "e", "ß": "ss"}
WORDS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
GONE = {"PPLH", "PPLQ", "PPLW", "PPLCH"}  # historical, abandoned, destroyed
TERRITORIES = {"PR", "GU", "VI", "AS", "MP"}  # states to the post, countries to GeoNames


def fold(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    out = []
    for c in text:
        if unicodedata.combining(c) or c in "'’‘“”`.ʻʼ":
            continue
        c = LETTERS.get(c, c)
        out.append(c if c.isalnum() or ord(c) > 127 and unicodedata.category(c)[0] == "L" else " ")
    return " ".join(WORDS.get(word, word) for word in "".join(out).split())


def tenthousandths(degrees):
    return str(round(float(degrees) * 10_000))


def read(path, separator):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\r\n").split(separator)


def write(name, rows):
    text = "".join("\t".join(row) + "\n" for row in rows).encode()
    (HERE / name).write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{name}: {len(rows)} rows")


def main(cities, zipcodes):
    aliases = {}  # geonameid -> aliases
    for line in (HERE / "aliases.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            geonameid, names = line.split("\t")[:2]
            aliases[geonameid] = names
    places, known = [], set()
    for geonameid, name, country, admin1, lat, lng, population, feature in read(cities, "\t"):
        if feature in GONE:
            continue
        part = "x" if feature == "PPLX" else ""  # a part of another place
        also = aliases.pop(geonameid, "")
        places.append([name, country, admin1, tenthousandths(lat), tenthousandths(lng), population or "0", part, also])
        for each in [name] + also.split("|"):
            known.add((fold(each), country, admin1 if country == "US" else ""))
    if aliases:
        sys.exit(f"aliases.tsv names unknown geonameids: {', '.join(aliases)}")
    codes, villages = [], collections.defaultdict(list)
    for code, lat, lng, city, state, _county in read(zipcodes, ","):
        codes.append([code, city, state, tenthousandths(lat), tenthousandths(lng)])
        country, admin1 = (state, "") if state in TERRITORIES else ("US", state)
        if (fold(city), country, admin1) not in known:
            villages[city, country, admin1].append((float(lat), float(lng)))
    for (city, country, admin1), points in villages.items():  # places too small for GeoNames' list
        lat = sum(point[0] for point in points) / len(points)
        lng = sum(point[1] for point in points) / len(points)
        places.append([city, country, admin1, tenthousandths(lat), tenthousandths(lng), "0", "", ""])
    places.sort(key=lambda row: (fold(row[0]).encode(), -int(row[5]), row))
    codes.sort()
    write("places.tsv.gz", places)
    write("postal_codes.tsv.gz", codes)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
