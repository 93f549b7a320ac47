#!/usr/bin/env python3
"""A run of 100,000 cases: the judge stays small, the suite in its memory included; its reports are made in little memory,
and the page of it stays small.

Slow (a minute): a stage of .ci/run, no part of the ordinary tests."""

import json
import pathlib
import sys
import tempfile

from harness import Failures, Programs, run_watched

CLAUSES = 100
ROWS = 1000  # of each clause: as many as a matrix may have
RESIDENT_MAX_KIB = 64 * 1024
PAGE_MAX_BYTES = 30 << 20

HEAD = """section: Many
reference: none
calls:
  show: GET /v2/images/{image_id}
clauses:
"""
CLAUSE = """  - id: many.part-%d
    kind: status
    level: must
    call: show
    status: 404
    from: nowhere
    says: An image that is not there is answered with 404.
    cases:
      - name: number ${n}
        matrix:
%s        send: {call: show, image_id: "${case.uuid}"}
        expect: {status: 404}
"""


def write_suite(folder):
    rows = "".join(f"          - {{n: {n}}}\n" for n in range(ROWS))
    (folder / "images-v2").mkdir()
    (folder / "images-v2" / "many.yaml").write_text(HEAD + "".join(CLAUSE % (part, rows) for part in range(CLAUSES)))


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_suite(folder)
        log, page, results = folder / "run.log", folder / "report.html", folder / "report.json"
        status, _, suite_kib = run_watched([programs.imageproof, "list", "--specs", name])
        failures.expect(status == 0, f"list: exit status {status}")
        status, said, run_kib = run_watched([programs.imageproof, "run", "--quiet", "--specs", name, "--log", str(log)])
        failures.expect(status == 0, f"run: exit status {status}: {said}")
        status, said, report_kib = run_watched([programs.imageproof, "report", str(log), "--report", f"html={page}",
                                                "--report", f"json={results}"])
        failures.expect(status == 0, f"report: exit status {status}: {said}")
        passed = json.loads(results.read_text())["summary"]["pass"]
        failures.expect(passed == CLAUSES * ROWS, f"{passed} cases passed")
        page_bytes = page.stat().st_size
    for name, kib in (("suite", suite_kib), ("run", run_kib), ("reports", report_kib)):
        failures.expect(0 < kib < RESIDENT_MAX_KIB, f"the {name} took {kib} KiB")
    failures.expect(page_bytes < PAGE_MAX_BYTES, f"the page has {page_bytes} bytes")
    print(f"resident at most: suite {suite_kib / 1024:.1f} MiB, run {run_kib / 1024:.1f} MiB, reports "
          f"{report_kib / 1024:.1f} MiB; the page has {page_bytes / 2**20:.1f} MiB")
    failures.end()


main()
