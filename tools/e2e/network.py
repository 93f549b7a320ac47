#!/usr/bin/env python3
"""A bad network between judge and subject, 200 ms of latency and one exchange in a hundred lost, before the subject has
seen it or when it has answered, gives the verdicts of a good one and leaves nothing; the latency is paid along the longest
chain of requests, not for each; a service that wants to be left alone (429, 503 with Retry-After) is; and a subject that
loses every connection of one kind fails for it."""

import concurrent.futures
import json
import pathlib
import random
import sys
import tempfile
import threading
import time
import urllib.request

from far import ANSWER, REQUEST, Far, Rounds
from front import Front, answer, header
from harness import TIMEOUT_S, Failures, Programs, expect_same

SEED = 11
LATENCY_S = 0.2
LOST = 0.01
HELD_BYTES = 65536  # of a body, after which the suite holds uploads
JOBS = 16
SILENCE_S = 5
RETRIES = "5"
LOST_CREATIONS = (2, 5, 9)  # of the requests that create something: their answers are lost whatever chance says
ONLY = ("--only", "image-data.upload.answers-*", "--only", "image-data.download.answers-*")
UPLOADS = ("--only", "image-data.upload.stores-data")
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
    """Answers some of the requests itself, but no upload: one that is held has a test of its own, since its case waits in
    vain for what it brings about before it is run once more."""

    def __init__(self, share, instead):
        self.share, self.instead = share, instead
        self.chance, self.lock, self.hit, self.seen = random.Random(SEED), threading.Lock(), 0, 0

    def __call__(self, head):
        with self.lock:
            self.seen += 1
            hits = self.chance.random() < self.share and not head.startswith(b"PUT ")
            self.hit += hits
        return self.instead if hits else head


class Losses:
    """Which exchanges are lost: some by chance, and the answers to some that create something."""

    def __init__(self):
        self.chance, self.creations, self.lost = random.Random(SEED), 0, {REQUEST: 0, ANSWER: 0}

    def __call__(self, data):
        creates = data.startswith(b"POST /v2/images ")
        self.creations += creates
        fate = None
        if creates and self.creations in LOST_CREATIONS:
            fate = ANSWER
        elif self.chance.random() < LOST:
            fate = self.chance.choice((REQUEST, ANSWER))
        if fate:
            self.lost[fate] += 1
        return fate


def run(programs, folder, url, *arguments, only=ONLY):
    target = folder / "target.yaml"
    target.write_text(TARGET.format(url=url))
    status, report = programs.results("--jobs", str(JOBS), "--ledger", folder / "ledger", *only, *arguments, target)
    return status, report


def images_of(url):
    request = urllib.request.Request(url + "/v2/images?limit=1000&visibility=all", headers={"X-Auth-Token": "root:root:admin"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as done:
        return [image["name"] for image in json.load(done)["images"]]


def chains(report):
    """How many exchanges each case has, one after the other."""
    return [len(case["exchanges"]) for case in report["cases"]]


def longest_load(report):
    """Exchanges of the busiest of the jobs, each of which takes the next case when it is done with one."""
    loads = [0] * JOBS
    for chain in chains(report):
        loads[loads.index(min(loads))] += chain
    return max(loads)


def in_rounds(programs, failures, mock, folder, wanted):
    """As long as there are cases left, as many requests as there are jobs wait side by side: answers are given only when
    all of them are there. With fewer, the run would wait until its exchanges fail."""
    total, longest = sum(chains(wanted)), max(chains(wanted))
    rounds = Rounds(JOBS, total // JOBS - longest)
    failures.expect(rounds.left >= 3, f"{total} exchanges, {longest} in a row, are too few for {JOBS} jobs")
    with Far(mock.url, rounds=rounds) as far:
        _, report = run(programs, folder, far.url)
    expect_same(failures, "in rounds", wanted, report)
    failures.expect(rounds.left == 0, f"{rounds.left} rounds were not reached")


def far_away(programs, failures, mock, folder, wanted):
    """What a new connection costs is paid by each job, and for what needs one of its own; not for each request."""
    with Far(mock.url, LATENCY_S) as far:
        began = time.monotonic()
        _, report = run(programs, folder, far.url)
        took_s = time.monotonic() - began
    expect_same(failures, "far away", wanted, report)
    failures.expect(far.connections * 4 <= far.exchanges, f"{far.connections} connections for {far.exchanges} exchanges")
    load = longest_load(report)
    print(f"latency {LATENCY_S} s, {JOBS} jobs: {far.exchanges} exchanges, {load} in a row at most, over {far.connections} "
          f"connections: {took_s:.1f} s beside a bound of {load * LATENCY_S:.1f} s; one by one {far.exchanges * LATENCY_S:.1f} s")


def losses(programs, failures, mock, folder, wanted):
    lose = Losses()
    with Far(mock.url, LATENCY_S, lose) as far:
        _, report = run(programs, folder, far.url, "--retry-lost", RETRIES)
    expect_same(failures, "losses", wanted, report)
    created = sum(" 201 " in line for line in far.lost_answers)
    failures.expect(created >= len(LOST_CREATIONS), f"{created} answers that told of a new image were lost")
    again = [case["id"] for case in report["cases"] if any("run once more" in note for note in case.get("notes", []))]
    failures.expect(len(again) >= 1, "no case was run once more")
    failures.expect(not images_of(mock.url), f"left behind: {images_of(mock.url)}")
    failures.expect(not (folder / "ledger").exists(), "a ledger of nothing is left")
    print(f"lost before they were seen {lose.lost[REQUEST]}, answered in vain {lose.lost[ANSWER]}; "
          f"run once more: {len(again)} of {len(report['cases'])} cases")


def busy(programs, failures, mock, folder, wanted):
    for text in (answer(429, "Retry-After: 1"), answer(503, "Retry-After: 1"), answer(429)):
        chance = Chance(0.02, text)
        with Front(mock.url, chance) as front:
            _, report = run(programs, folder, front.url)
        expect_same(failures, text.decode().split("\r\n")[0], wanted, report)
        failures.expect(chance.hit > 0, "the service was never busy")


class InTheMiddle:
    """Turns away the first uploads of more than half of what a held one sends."""

    def __init__(self, text):
        self.text, self.left, self.lock = text, 3, threading.Lock()

    def __call__(self, head):
        is_long = head.startswith(b"PUT ") and int(header(head, "Content-Length") or 0) > HELD_BYTES
        with self.lock:
            turns = is_long and self.left > 0
            self.left -= turns
        return self.text if turns else head


def busy_in_the_middle(programs, failures, mock, folder, wanted):
    turn_away = InTheMiddle(answer(503, "Retry-After: 1"))
    with Front(mock.url, turn_away, answer_after=HELD_BYTES) as front:
        _, report = run(programs, folder, front.url)
    expect_same(failures, "in the middle of an upload", wanted, report)
    failures.expect(turn_away.left == 0, "no upload was turned away")
    failures.expect(not images_of(mock.url), f"left behind: {images_of(mock.url)}")


def all_uploads_lost(programs, failures, mock, folder, _wanted):
    with Front(mock.url, lambda head: None if head.startswith(b"PUT ") else head) as front:
        status, report = run(programs, folder, front.url, "--retry-lost", "1", only=UPLOADS)
    failures.expect(status == 1 and report["summary"]["fail"] > 0, f"all uploads lost: {status} {report['summary']}")


class SilentOnce:
    """Says nothing to the first upload until the judge has given up."""

    def __init__(self):
        self.left, self.lock = 1, threading.Lock()

    def __call__(self, head):
        with self.lock:
            silent = head.startswith(b"PUT ") and self.left > 0
            self.left -= silent
        if silent:
            time.sleep(SILENCE_S)
        return None if silent else head


def no_answer_in_time(programs, failures, mock, folder, _wanted):
    for retries, wanted in (("0", "error"), ("1", "pass")):
        with Front(mock.url, SilentOnce()) as front:
            _, report = run(programs, folder, front.url, "--timeout", "1s", "--retry-lost", retries, only=UPLOADS)
        told = {case["verdict"] for case in report["cases"]}
        failures.expect(wanted in told and told <= {wanted, "pass"}, f"no answer in time, retried {retries} times: {told}")


def by_itself(check, programs, failures, wanted):
    with tempfile.TemporaryDirectory() as folder, programs.serve() as mock:
        check(programs, failures, mock, pathlib.Path(folder), wanted)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve() as mock:
        status, report = run(programs, pathlib.Path(name), mock.url)
    failures.expect(status == 0, f"the good network: exit status {status}")
    by_itself(far_away, programs, failures, report)  # with nothing beside it, for the sake of its figures
    checks = (in_rounds, losses, busy, busy_in_the_middle, all_uploads_lost, no_answer_in_time)
    with concurrent.futures.ThreadPoolExecutor(len(checks)) as pool:  # they wait more than they work
        for done in [pool.submit(by_itself, check, programs, failures, report) for check in checks]:
            done.result()
    failures.end()


main()
