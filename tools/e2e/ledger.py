#!/usr/bin/env python3
"""`imageproof coverage --json`: the shape of DESIGN.md, and each documented sentence with its cases."""

import sys

from harness import PAIRS, Failures, Programs

PRECONDITIONS = {
    "image-data.upload.needs-image",
    "image-data.upload.needs-formats",
    "image-data.upload.needs-queued",
    "image-data.upload.needs-quota",
    "image-data.upload.needs-size-within-cap",
    "image-data.download.needs-image",
}
POSTCONDITIONS = {
    "image-data.upload.becomes-active",
    "image-data.upload.stores-data",
    "image-data.download.gives-data",
    "image-data.download.full-is-200",
    "image-data.download.partial-is-206",
    "image-data.download.no-data-is-204",
    "image-data.download.no-record-is-404",
    "image-data.download.unsatisfiable-is-416",
}
KEYS = {"id", "api", "level", "edition", "kind", "call", "status", "from", "cases", "killed_by"}


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    ledger = programs.coverage()
    clauses = {c["id"]: c for c in ledger["clauses"]}
    failures.expect(ledger["schema"] == "imageproof.coverage/1", "schema")
    failures.expect(isinstance(ledger["atoms"], list) and "totals" in ledger, "atoms and totals")
    for clause in clauses.values():
        failures.expect(KEYS <= clause.keys(), f"{clause['id']} lacks {KEYS - clause.keys()}")
        failures.expect({"document", "heading", "item"} == clause["from"].keys(), f"{clause['id']}: from")
        failures.expect(clause["cases"], f"{clause['id']} has no case")
    listed = {(c["call"], c["status"]) for c in clauses.values() if c["kind"] == "status"}
    failures.expect(listed == set(PAIRS), f"pairs: {listed ^ set(PAIRS)}")
    for kind, ids in (("precondition", PRECONDITIONS), ("postcondition", POSTCONDITIONS)):
        for clause_id in ids:
            found = clauses.get(clause_id)
            failures.expect(found and found["kind"] == kind, f"{clause_id} is no {kind} of the ledger")
    print(f"{len(clauses)} clauses, {len(listed)} pairs, {len(PRECONDITIONS)} preconditions, "
          f"{len(POSTCONDITIONS)} postconditions")
    failures.end()


main()
