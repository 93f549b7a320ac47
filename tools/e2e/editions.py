#!/usr/bin/env python3
"""The editions of the Images API v1: the suite passes under each when the mock follows the same, and fails
exactly the contested clauses when judge and mock follow different ones."""

import concurrent.futures
import fnmatch
import sys

from harness import EDITIONS, Failures, Programs

# (edition of the judge, of the mock): the clauses of the judge's edition that the mock's edition does not contradict.
OBEYED = {
    ("in-tree", "api-site"): ("v1.create.answers-201", "v1.create.reserves-without-metadata"),
    ("in-tree", "create-page"): ("v1.list.*", "v1.detail.*", "v1.update.*", "v1.members.*"),
    ("api-site", "in-tree"): (),
    ("api-site", "create-page"): ("v1.create.body-location-of-api-site",),
    ("create-page", "in-tree"): (),
    ("create-page", "api-site"): ("v1.create.body-location-of-create-page",),
}


def failed_clauses(report):
    return {f["clause"] for c in report["cases"] if c["verdict"] == "fail" for f in c["findings"]}


def unjudged(report):
    return sorted(c["id"] for c in report["cases"] if c["verdict"] not in ("pass", "fail"))


def check_same(programs, failures, edition):
    status, report = programs.results("--api", "images-v1", "--edition", edition)
    failures.expect(status == 0, f"{edition}: exit status {status}, failed {sorted(failed_clauses(report))}")
    failures.expect(report["edition"] == edition, f"{edition}: the report names {report['edition']}")
    failures.expect(not unjudged(report), f"{edition}: not judged {unjudged(report)}")
    notes = [(c["id"], c["notes"]) for c in report["cases"] if c["notes"]]
    failures.expect(not notes, f"{edition}: notes {notes}")
    print(f"{edition}: {report['summary']}")


def check_different(programs, failures, editions, own):
    """`own` are the clauses of the judge's edition alone."""
    judge, mock = editions
    status, report = programs.results("--api", "images-v1", "--edition", judge, "--mock-arg", "--edition",
                                      "--mock-arg", mock)
    expected = {clause for clause in own if not any(fnmatch.fnmatch(clause, glob) for glob in OBEYED[editions])}
    failed = failed_clauses(report)
    pair = f"judged by {judge}, the mock following {mock}"
    failures.expect(status == 1, f"{pair}: exit status {status}")
    failures.expect(failed == expected, f"{pair}: failed beside them {sorted(failed - expected)}, "
                                        f"not failed {sorted(expected - failed)}")
    failures.expect(not unjudged(report), f"{pair}: not judged {unjudged(report)}")
    print(f"{pair}: {len(failed)} of {len(own)} contested clauses failed, and nothing else")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    clauses = programs.coverage()["clauses"]
    own = {edition: {c["id"] for c in clauses if c["edition"] == edition} for edition in EDITIONS}
    with concurrent.futures.ThreadPoolExecutor() as pool:  # most of a run's time is waiting
        checks = [pool.submit(check_same, programs, failures, edition) for edition in EDITIONS]
        checks += [pool.submit(check_different, programs, failures, pair, own[pair[0]]) for pair in OBEYED]
        for check in checks:
            check.result()
    failures.end()


main()
