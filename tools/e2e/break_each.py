#!/usr/bin/env python3
"""Each clause notices: with the mock's fault of its id switched on, a case that proves it fails and names it.

Proves first that it can see: with nothing broken, nothing fails. With --beside, all cases of the clause's API are
run each time, and the clauses that fail beside the broken one are shown, since a sentence may follow from another."""

import concurrent.futures
import json
import re
import subprocess
import sys

from harness import Failures, Programs

# With --beside, cases that take their time are left to the clauses that they prove: a large body, a wait of a second.
SLOW = re.compile("64m-bytes|a-second-later")


def named(report):
    """The clauses that findings of failed cases name, each found by a case that proves it."""
    return {f["clause"] for c in report["cases"] if c["verdict"] == "fail" for f in c["findings"]
            if f["clause"] in c["clauses"]}


def break_one(programs, clause, cases):
    """Judged by the edition that the clause belongs to."""
    only = [argument for case in cases for argument in ("--only", case)]
    edition = [] if clause["edition"] == "all" else ["--edition", clause["edition"]]
    status, report = programs.results(*edition, "--mock-arg", "--break", "--mock-arg", clause["id"], *only)
    return clause["id"], status, named(report)


def quick_cases(clauses, api):
    return {case for c in clauses if c["api"] == api for case in c["cases"] if not SLOW.search(case)}


def main():
    beside = "--beside" in sys.argv
    programs = Programs([argument for argument in sys.argv if argument != "--beside"])
    failures = Failures()
    clauses = programs.coverage()["clauses"]
    quick = {api: quick_cases(clauses, api) if beside else set() for api in {c["api"] for c in clauses}}
    status, report = programs.results()
    failures.expect(status == 0 and not named(report), "with nothing broken something fails")
    faults = json.loads(subprocess.run([programs.mock, "--list-faults", "--json"], capture_output=True,
                                       text=True, check=True).stdout)["faults"]
    missing = {c["id"] for c in clauses} ^ {f["clause"] for f in faults}
    failures.expect(not missing, f"clauses without a fault, or faults without a clause: {missing}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(break_one, programs, c, sorted(quick[c["api"]] | set(c["cases"]))) for c in clauses]
        for run in runs:
            clause, status, failed = run.result()
            failures.expect(status == 1, f"{clause} broken: exit status {status}")
            failures.expect(clause in failed, f"{clause} broken: not named, failed were {sorted(failed)}")
            others = sorted(failed - {clause})
            print(f"{clause}: killed" + (f", and beside it {len(others)}: {', '.join(others)}" if others else ""))
    failures.end()


main()
