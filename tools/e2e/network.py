#!/usr/bin/env python3
"""A bad network between judge and subject, 200 ms of latency and one connection in a hundred lost, gives the verdicts of
a good one; a service that wants to be left alone (429, 503 with Retry-After) is; and a subject that loses every
connection of one kind fails for it."""

import pathlib
import random
import sys
import tempfile
import threading

from front import Front, answer
from harness import Failures, Programs

SEED = 11
LATENCY_S = 0.2
LOST = 0.01
JOBS = "16"
ONLY = ("--only", "image-data.upload.answers-*", "--only", "image-data.download.answers-*")
TARGET = """subject: a service far away
url: {url}
identities:
  owner: {{token: "owner:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "other:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "admin:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
  stranger: {{token: no-token}}
features: [images-v2, community-images]
"""


class Chance:
    """Answers some of the requests itself, or loses them."""

    def __init__(self, share, instead):
        self.share, self.instead = share, instead
        self.chance, self.lock, self.hit, self.seen = random.Random(SEED), threading.Lock(), 0, 0

    def __call__(self, head):
        with self.lock:
            self.seen += 1
            hits = self.chance.random() < self.share
            self.hit += hits
        return self.instead if hits else head


def run(programs, folder, url, *arguments):
    target = folder / "target.yaml"
    target.write_text(TARGET.format(url=url))
    status, report = programs.results("--jobs", JOBS, "--ledger", folder / "ledger", *ONLY, *arguments, target)
    (folder / "ledger").unlink(missing_ok=True)  # of what the mock takes with it
    return status, report


def verdicts(report):
    return {case["id"]: case["verdict"] for case in report["cases"]}


def same(failures, name, wanted, report):
    got = verdicts(report)
    differ = {case: (wanted[case], got.get(case)) for case in wanted if got.get(case) != wanted[case]}
    failures.expect(not differ, f"{name}: other verdicts: {differ}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve() as mock:
        folder = pathlib.Path(name)
        status, report = run(programs, folder, mock.url)
        failures.expect(status == 0, f"the good network: exit status {status}")
        wanted = verdicts(report)
        lost = Chance(LOST, None)
        with Front(mock.url, lost, delay_s=LATENCY_S) as front:
            _, report = run(programs, folder, front.url, "--retry-lost", "3")
        same(failures, "latency and losses", wanted, report)
        failures.expect(lost.hit > 0, f"no connection of {lost.seen} was lost")
        for text in (answer(429, "Retry-After: 1"), answer(503, "Retry-After: 1"), answer(429)):
            busy = Chance(0.02, text)
            with Front(mock.url, busy) as front:
                _, report = run(programs, folder, front.url)
            same(failures, text.decode().split("\r\n")[0], wanted, report)
            failures.expect(busy.hit > 0, "the service was never busy")
        with Front(mock.url, lambda head: None if head.startswith(b"PUT ") else head) as front:
            status, report = run(programs, folder, front.url, "--retry-lost", "1")
        failures.expect(status == 1 and report["summary"]["fail"] > 0, f"all uploads lost: {status} {report['summary']}")
    failures.end()


main()
