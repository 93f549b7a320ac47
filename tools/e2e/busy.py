#!/usr/bin/env python3
"""A service that turns away one request in twenty, whichever it is, and says when to come again: each case of the suite
has the verdict that it has without, and no refusal of that kind is taken for the one that a case is about."""

import json
import pathlib
import random
import sys
import tempfile
import threading

from bundled import target_and_arguments
from front import Front, answer
from harness import Failures, Programs, expect_same

SEED = 5
SHARE = 0.05
HITS_MIN = 100
BUSY = (answer(429, "Retry-After: 0"), answer(503, "Retry-After: 0"))


class Busy:
    def __init__(self):
        self.chance, self.lock, self.hits = random.Random(SEED), threading.Lock(), 0

    def __call__(self, head):
        with self.lock:
            if self.chance.random() >= SHARE:
                return head
            self.hits += 1
            return self.chance.choice(BUSY)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    bundled, arguments = target_and_arguments()
    busy = Busy()
    with tempfile.TemporaryDirectory() as name, programs.serve(*arguments) as mock:
        target = pathlib.Path(name) / "target.yaml"
        with Front(mock.url, busy) as front:
            target.write_text(json.dumps({**bundled, "url": front.url}))
            status, report = programs.results("--jobs", "8", "--ledger", f"{name}/ledger", target)
    failures.expect(status == 0, f"exit status {status}")
    expect_same(failures, "busy", programs.results()[1], report)
    failures.expect(busy.hits >= HITS_MIN, f"turned away {busy.hits} requests only")
    print(f"turned away {busy.hits} requests of {len(report['cases'])} cases: {report['summary']}")
    failures.end()


main()
