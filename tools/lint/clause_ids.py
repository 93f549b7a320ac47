#!/usr/bin/env python3
"""Every fault of the mock breaks a clause that exists, and every clause has a fault that breaks it."""

import re

import lint

FAULT = re.compile(r'^[A-Z_]*FAULT\([^"\n]*(?:\n[^"\n]*)?"([^"]*)"', re.M)
CLAUSES = re.compile(r"^clauses:\s*(?:#.*)?\n((?:[ \-#].*\n|\n)*)", re.M)
CLAUSE = re.compile(r"""^ *(?:- +)?(?:\{ *)?id: +["']?([^"'\s,}]+)""", re.M)


def places(root, folder, suffix, ids):
    """id to (path, line); `ids(text)` yields (offset, id)."""
    found = {}
    for path in lint.tracked(root / folder, suffix):
        text = path.read_text()
        for offset, name in ids(text):
            found[name] = (path, text.count("\n", 0, offset) + 1)
    return found


def faults_of(text):
    return ((match.start(), match[1]) for match in FAULT.finditer(text))


def clauses_of(text):
    """Ids stand elsewhere, too: in bodies and in what is expected. A clause's is indented like its first key."""
    for block in CLAUSES.finditer(text):
        first = re.search(r"^( *)- ", block[1], re.M)
        depths = (len(first[1]), len(first[1]) + 2) if first else ()
        for match in CLAUSE.finditer(block[1]):
            depth = len(match[0]) - len(match[0].lstrip())
            if depth in depths:
                yield block.start(1) + match.start(), match[1]


def find(root):
    faults = places(root, "mock", ".def", faults_of)
    clauses = places(root, "specs", ".yaml", clauses_of)
    for name in sorted(set(faults) - set(clauses)):
        yield *faults[name], f"there is no clause {name}"
    for name in sorted(set(clauses) - set(faults)):
        yield *clauses[name], f"no fault of the mock breaks {name}"


lint.main(find, {
    "mock/faults.def": 'FAULT(A, "some.clause", "x")\nFAULT(B, "both.have", "x")\n',
    "mock/status.def": 'STATUS_FAULT(A,\n             "other.status", "x")\n',
    "specs/images-v2/a.yaml": "clauses:\n  - id: other.clause\n",
    "specs/images-v1/quoted.yaml": 'clauses:\n- id: "quoted.clause"\n',
    "specs/gns3-compute-v2/later.yaml": "clauses:\n  - kind: rule\n    id: later.clause\n",
}, {
    "specs/images-v2/b.yaml": "bodies:\n  a:\n    id: no-clause\nclauses:\n  - id: both.have\n    cases:\n"
                              "      - send:\n          json:\n            id: no-clause\n",
})
