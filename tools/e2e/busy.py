#!/usr/bin/env python3
"""A service that turns away one request in twenty, whichever it is, and says when to come again: each case of the suite
has the verdict that it has without, and no refusal of that kind is taken for the one that a case is about."""

import json
import pathlib
import random
import sys
import tempfile
import threading

import yaml

from front import Front, answer
from harness import Failures, Programs

SEED = 5
SHARE = 0.05
HITS_MIN = 100
BUSY = (answer(429, "Retry-After: 0"), answer(503, "Retry-After: 0"))
BUNDLED = pathlib.Path(__file__).resolve().parent.parent.parent / "conformance" / "targets" / "mock.yaml"


class Busy:
    def __init__(self):
        self.chance, self.lock, self.hits = random.Random(SEED), threading.Lock(), 0

    def __call__(self, head):
        with self.lock:
            if self.chance.random() >= SHARE:
                return head
            self.hits += 1
            return self.chance.choice(BUSY)


def verdicts(report):
    return {case["id"]: case["verdict"] for case in report["cases"]}


def start_arguments(bundled):
    """Those of the bundled mock, whose address serve() gives and which ends with this program anyway."""
    arguments = bundled.pop("start")["arguments"]
    return [word for word in arguments if word not in ("--listen", "127.0.0.1:0", "--exit-with-parent")]


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    bundled = yaml.safe_load(BUNDLED.read_text())
    busy = Busy()
    with tempfile.TemporaryDirectory() as name, programs.serve(*start_arguments(bundled)) as mock:
        target = pathlib.Path(name) / "target.yaml"
        with Front(mock.url, busy) as front:
            target.write_text(json.dumps({**bundled, "url": front.url}))
            status, report = programs.results("--jobs", "8", "--ledger", f"{name}/ledger", target)
    wanted, got = verdicts(programs.results()[1]), verdicts(report)
    differ = {case: (wanted[case], got.get(case)) for case in wanted if got.get(case) != wanted[case]}
    told = [(case["id"], case["reason"], case["findings"]) for case in report["cases"] if case["id"] in differ]
    failures.expect(status == 0 and not differ, f"exit status {status}, {len(differ)} other verdicts: {told[:3]}")
    failures.expect(busy.hits >= HITS_MIN, f"turned away {busy.hits} requests only")
    print(f"turned away {busy.hits} requests of {len(got)} cases: {report['summary']}")
    failures.end()


main()
