#!/usr/bin/env python3
"""The suite against the bundled mock: everything is judged, everything passes, each documented pair of
call and status among it. By an address and a token alone, what can be judged passes, and the rest is not claimed."""

import sys

from harness import PAIRS, Failures, Programs


def by_address_alone(programs, failures):
    apis = ("--api=images-v1", "--api=images-v2", "--api=gns3-compute-v2")
    with programs.serve() as mock:
        status, report = programs.results("--token", "u:p:member", *apis, mock.url)
    other = [(c["id"], c["verdict"], c["reason"]) for c in report["cases"] if c["verdict"] not in ("pass", "not-claimed")]
    failures.expect(status == 0 and not other, f"by address and token alone: {status}, {other}")
    failures.expect(report["summary"]["pass"] > 900, f"by address and token alone: {report['summary']}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    status, report = programs.results()
    failures.expect(status == 0, f"exit status {status}")
    unjudged = [c["id"] for c in report["cases"] if c["verdict"] != "pass"]
    failures.expect(not unjudged, f"not passed: {unjudged}")
    passed = {c["id"] for c in report["cases"] if c["verdict"] == "pass"}
    clauses = programs.coverage()["clauses"]
    judged = [c for c in clauses if c["edition"] in ("all", report["edition"])]
    failures.expect(report["edition"] == "in-tree", f"judged by edition {report['edition']}")
    for pair in {(c["call"], c["status"]) for c in judged} & set(PAIRS):
        cases = {case for c in judged if (c["call"], c["status"]) == pair for case in c["cases"]}
        failures.expect(cases and cases <= passed, f"{pair} was not judged and passed: {sorted(cases - passed)}")
    unrun = {case for c in judged for case in c["cases"]} ^ {c["id"] for c in report["cases"]}
    failures.expect(not unrun, f"in the ledger or in the report only: {sorted(unrun)}")
    notes = [(c["id"], c["notes"]) for c in report["cases"] if c["notes"]]
    failures.expect(not notes, f"notes: {notes}")
    by_address_alone(programs, failures)
    print(f"{len(report['cases'])} cases, {len(PAIRS)} pairs of call and status, {report['duration_ms']:.0f} ms")
    failures.end()


main()
