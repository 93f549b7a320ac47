#!/usr/bin/env python3
"""Every fault of the mock breaks a clause that exists, and every clause has a fault that breaks it."""

import re

import lint

FAULT = re.compile(r'^(?:STATUS_)?FAULT\(.*?"([a-z0-9.-]+)"')
CLAUSE = re.compile(r"^\s*- id: ([a-z0-9.-]+)\s*$")


def places(root, folder, suffix, pattern):
    found = {}
    for path in lint.tracked(root, suffix):
        if not str(path.relative_to(root)).startswith(folder):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = pattern.match(line)
            if match:
                found[match[1]] = (path, number)
    return found


def find(root):
    faults = places(root, "mock/", ".def", FAULT)
    clauses = places(root, "specs/images", ".yaml", CLAUSE)
    for name in sorted(set(faults) - set(clauses)):
        yield *faults[name], f"there is no clause {name}"
    for name in sorted(set(clauses) - set(faults)):
        yield *clauses[name], f"no fault of the mock breaks {name}"


lint.main(find, {
    "mock/faults.def": 'FAULT(A, "some.clause", "x")\n',
    "specs/images-v2/a.yaml": "  - id: other.clause\n",
})
