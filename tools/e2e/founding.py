#!/usr/bin/env python3
"""The reference documents that the project was founded on, when they are at hand (IMAGEPROOF_REFERENCE, or
../shared/reference beside the sources): what each reader takes out of them, and which of them the suite covers."""

import fnmatch
import json
import os
import pathlib
import sys

from harness import Failures, Programs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REFERENCE = pathlib.Path(os.environ.get("IMAGEPROOF_REFERENCE", ROOT.parent / "shared/reference"))
SKIPPED = 77

# Document: its reader, and how many atoms of each kind it has. Counted by hand in the five documents.
FOUNDING = {
    "seeds/000_fa02819e55353158.txt": ("gns3", {"call": 2, "status code": 2, "parameter": 15, "enum value": 27}),
    "seeds/001_54cd7a6769f276cf.txt": ("site_rst", {"call": 1, "status code": 1, "parameter": 3, "enum value": 16,
                                                    "response field": 1}),
    "seeds/002_8a522c1784034553.txt": ("site_text", {"call": 9, "parameter": 30, "response field": 4}),
    "seeds/003_f628dfd08797b607.txt": ("rst", {"call": 7, "status code": 22, "parameter": 22, "precondition": 3,
                                               "refusal": 4, "response field": 7}),
    "seeds/004_b739b032f9989bb0.txt": ("rst", {"call": 2, "status code": 17, "parameter": 4, "precondition": 6,
                                               "postcondition": 8, "response field": 3}),
}
# What the suite claims to cover whole.
COVERED = ("glance-v1/*.inc", "glance-v2/images-data.inc", "seeds/000_*", "seeds/001_*", "seeds/002_*", "seeds/003_*",
           "seeds/004_*")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    if not REFERENCE.is_dir():
        print(f"{REFERENCE} is not there")
        sys.exit(SKIPPED)
    ledger = json.loads(programs.judge("coverage", "--json", "--reference", REFERENCE).stdout)
    documents = {d["document"]: d for d in ledger["documents"]}
    for name, (grammar, kinds) in FOUNDING.items():
        found = {kind: count for kind, count in documents[name]["kinds"].items() if count}
        failures.expect(documents[name]["grammar"] == grammar, f"{name} is read by {documents[name]['grammar']}")
        failures.expect(found == kinds, f"{name}: {found}")
        print(f"{name}: {sum(kinds.values())} atoms")
    in_tree = {a["key"] for a in ledger["atoms"] if a["document"].startswith("glance-")}
    copied = {a["key"] for a in ledger["atoms"] if a["document"].startswith("seeds/003")}
    failures.expect(copied <= in_tree, f"a copy says what its source does not: {sorted(copied - in_tree)}")
    open_documents = {opening["where"].rsplit(":", 1)[0] for opening in ledger["open"]}
    for pattern in COVERED:
        failures.expect(fnmatch.filter(documents, pattern), f"{pattern} is none of the documents")
        failures.expect(not fnmatch.filter(open_documents, pattern), f"{pattern} is not covered whole")
        ran = programs.judge("coverage", "--reference", REFERENCE, "--document", pattern)
        failures.expect(ran.returncode == 0, f"coverage of {pattern}: exit status {ran.returncode}")
    print(f"{ledger['totals']['atoms']} atoms in all, {ledger['totals']['covered']} covered")
    failures.end()


main()
