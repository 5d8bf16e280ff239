#!/usr/bin/env python3
"""Prints what a person wants to see of ctest's log though its tests passed: figures beside their goals, what was measured,
what was left out.

tests/figures.py LOG
"""

import re
import sys

SHOWN = re.compile(r"(?m)^(?:.*MESSAGE: .*|.* {2,}(?:goal {2,}here|missed|skipped)$|chaos: .*|no network namespaces here.*)$")
TABLE = re.compile(r"(?ms)^ +what +goal +here$.*?(?=^chaos: )")

with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    tests = re.split(r"(?m)^\d+/\d+ Testing: ", file.read())[1:]
for test in tests:
    name, _, output = test.partition("\n")
    lines = [line for table in TABLE.findall(output) for line in table.rstrip().splitlines()]
    lines += [line for line in SHOWN.findall(TABLE.sub("", output))]
    if lines:
        print(f"{name}:")
        for line in lines:
            print(f"  {line.strip() if not line.startswith('  ') else line.rstrip()}")
