#!/usr/bin/env python3
"""Counts the cases in ctest's log: those of a doctest program one by one, every other test as one.

Prints `PASSED FAILED`.
"""

import re
import sys

passed = failed = 0
with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
    tests = re.split(r"(?m)^\d+/\d+ Testing: ", file.read())[1:]
for test in tests:
    went_well = re.search(r"(?m)^Test Passed\.$", test) is not None
    cases = re.search(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed", test)
    if cases:
        passed += int(cases.group(1))
        failed += int(cases.group(2))
        if not went_well and cases.group(2) == "0":  # it ended badly after its last case
            failed += 1
    elif went_well:
        passed += 1
    else:
        failed += 1
print(passed, failed)
