#!/usr/bin/env python3
"""The suite against the bundled mock: everything is judged, everything passes, each documented pair of
call and status among it."""

import sys

from harness import PAIRS, Failures, Programs


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    status, report = programs.results()
    failures.expect(status == 0, f"exit status {status}")
    unjudged = [c["id"] for c in report["cases"] if c["verdict"] != "pass"]
    failures.expect(not unjudged, f"not passed: {unjudged}")
    passed = {clause for c in report["cases"] if c["verdict"] == "pass" for clause in c["clauses"]}
    by_pair = {(c["call"], c["status"]): c["id"] for c in programs.coverage()["clauses"] if c["status"]}
    for pair in PAIRS:
        failures.expect(by_pair.get(pair) in passed, f"{pair} was not judged and passed")
    notes = [(c["id"], c["notes"]) for c in report["cases"] if c["notes"]]
    failures.expect(not notes, f"notes: {notes}")
    print(f"{len(report['cases'])} cases, {len(PAIRS)} pairs of call and status, {report['duration_ms']:.0f} ms")
    failures.end()


main()
