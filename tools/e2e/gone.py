#!/usr/bin/env python3
"""A deployment that dies in the middle of a run: whenever it does, nothing is held against it, the report is whole, and
what was not judged is an error."""

import json
import pathlib
import random
import socket
import sys
import tempfile
import threading

from front import Front
from harness import Failures, Programs

SEED = 7
MOMENTS = 8
LINGERING = (20, 40, 60)
LINGERS = 4  # clean-up and the first look whether it is still there
REQUESTS_MAX = 250
TARGET = """subject: a deployment
url: {url}
identities:
  owner: {{token: "o:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "x:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "a:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
features: [images-v2, community-images]
"""


class Dying:
    """Ends with the request of that number: what was asked then has no answer, and nobody listens any more, or not
    after so many connections more, which are lost."""

    def __init__(self, url, last, lingers):
        self.left, self.lingers, self.lock = last, lingers, threading.Lock()
        self.front = Front(url, self.change)

    def change(self, head):
        with self.lock:
            self.left -= 1
            if self.left == -self.lingers:
                self.front.listener.shutdown(socket.SHUT_RDWR)
            return head if self.left > 0 else None


def end_at(programs, failures, folder, mock, last, jobs, count, lingers=0):
    report = folder / "run.json"
    report.unlink(missing_ok=True)
    dying = Dying(mock.url, last, lingers)
    name = f"request {last}, {jobs} at a time, {lingers} more"
    with dying.front as front:
        (folder / "target.yaml").write_text(TARGET.format(url=front.url))
        done = programs.judge("run", "--jobs", str(jobs), "--ledger", folder / "ledger", "--report", f"json={report}",
                              "--only", "image-data.*", folder / "target.yaml")
    (folder / "ledger").unlink(missing_ok=True)
    failures.expect(dying.left <= 0, f"{name}: the run was over before")
    failures.expect(done.returncode == 2 and "ENDED EARLY" in done.stdout, f"{name}: {done.returncode}: {done.stderr}")
    result = json.loads(report.read_text())
    verdicts = {case["verdict"] for case in result["cases"]}
    wrong = [(case["id"], case["verdict"]) for case in result["cases"] if case["verdict"] in ("fail", "skipped")]
    failures.expect(not wrong and "error" in verdicts, f"{name}: {wrong} {verdicts}")
    failures.expect(len(result["cases"]) == count, f"{name}: {len(result['cases'])} of {count} cases")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin") as mock:
        folder = pathlib.Path(name)
        count = len(programs.results("--only", "image-data.*")[1]["cases"])
        for last in [1, 2] + [chance.randrange(3, REQUESTS_MAX) for _ in range(MOMENTS - 2)]:
            end_at(programs, failures, folder, mock, last, chance.choice((1, 4, 16)), count)
        for last in LINGERING:
            end_at(programs, failures, folder, mock, last, 1, count, LINGERS)
    failures.end()


main()
