#!/usr/bin/env python3
"""Writes time_zones.tsv from tz.js of the npm package @photostructure/tz-lookup (CC0): build_time_zones.py TZ_JS.

The first line is its quadtree, packed in printable text, as http/providers/places/time_zones.cpp reads it. Each line
after it is a zone of the IANA database, in the order in which the tree counts them.
"""
import re
import sys
from pathlib import Path

source = Path(sys.argv[1]).read_text(encoding="utf-8")
tree = re.search(r'var X="([^"\\]+)"', source).group(1)
names = re.search(r'T=\[("[^\]]+")\]', source).group(1)
lines = [tree] + [name.strip('"') for name in names.split(",")]
(Path(__file__).parent / "time_zones.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
