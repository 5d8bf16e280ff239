#!/usr/bin/env python3
"""Makes flights.tsv.gz of this folder: the columns that `caravan import trips` reads.

usage: build.py FLIGHTS.tsv.gz

FLIGHTS  tab-separated, with a head that has at least the columns below (from the US Bureau of Transportation
         Statistics, public domain); lines without all of them are left out. The same input gives the same bytes.
"""
import gzip
import pathlib
import sys

COLUMNS = ["departure", "origin", "origin_city", "origin_lat", "origin_lng",
           "destination", "destination_city", "destination_lat", "destination_lng"]


def main(flights):
    with gzip.open(flights, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\r\n").split("\t") for line in lines]
    places = [rows[0].index(column) for column in COLUMNS]
    kept = [[row[place] for place in places] for row in rows if len(row) == len(rows[0])]
    text = "".join("\t".join(row) + "\n" for row in kept)
    target = pathlib.Path(__file__).parent / "flights.tsv.gz"
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{target.name}: {len(kept) - 1} flights")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
