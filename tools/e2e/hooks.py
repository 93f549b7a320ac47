#!/usr/bin/env python3
"""Programs that bring a condition of the deployment about, and end it: whatever happens and whenever, the last word
is that of the program that ends it."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import threading
import time

from front import Front
from harness import TIMEOUT_S, Failures, Programs, fetch_json

POLL_S = 0.01
POLLS = 3000
CASE = "image-data.upload.answers-503/the-store-cannot-be-written-to"
# The condition is everybody's, as that of a real deployment: a case that ran beside it would fail.
TARGET = """subject: a deployment
url: {url}
identities:
  owner: {{token: "o:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "x:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "a:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
features: [images-v2, community-images]
conditions:
  storage-readonly:
    enter: {{run: [{python}, -ES, {hook}, {folder}, {mock}, enter, "${{run.id}}"], timeout: {timeout}}}
    leave: {{run: [{python}, -ES, {hook}, {folder}, {mock}, leave, "${{run.id}}"]}}
"""
# Writes down that it has begun, does as it is told by files in the folder, and writes down that it is over.
HOOK = """
import pathlib, sys, time, urllib.request

folder, mock, word, run = pathlib.Path(sys.argv[1]), *sys.argv[2:5]


def say(text):
    with open(folder / "journal", "a") as journal:
        journal.write(text + "\\n")


say(word)
if (folder / f"hold-{word}").exists():
    say(f"{word} is held")
    while (folder / f"hold-{word}").exists():
        time.sleep(0.01)
if (folder / f"fail-{word}").exists():
    print(f"there is no such store in {run}")
    sys.exit(4)
method = "PUT" if word == "enter" else "DELETE"
url = f"{mock}/__mock/conditions/storage-readonly"
urllib.request.urlopen(urllib.request.Request(url, b"", {"X-Auth-Token": "a:a:admin"}, method=method)).close()
say(f"{word}: done")
"""


class Scene:
    """A folder with the hook, its journal, the target file and the report; a mock, and what is in front of it."""

    def __init__(self, programs, folder, mock, url=None, timeout="60s"):
        self.programs, self.folder, self.mock = programs, folder, mock
        (folder / "hook.py").write_text(HOOK)
        self.target, self.report = folder / "target.yaml", folder / "run.json"
        self.log, self.ledger = folder / "run.log", folder / "ledger"
        self.target.write_text(TARGET.format(url=url or mock.url, mock=mock.url, folder=folder, timeout=timeout,
                                             python=sys.executable, hook=folder / "hook.py"))

    def journal(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "journal").read_text().splitlines()
        return []

    def tell(self, *words):
        for word in words:
            (self.folder / word).touch()

    def running(self, *only, jobs=1):
        selection = [word for glob in only or (CASE,) for word in ("--only", glob)]
        return self.programs.running("--jobs", str(jobs), "--report", f"json={self.report}", "--log", self.log,
                                     "--ledger", self.ledger, *selection, self.target)

    def run(self, *only, jobs=1):
        """Exit status, what it said, and the verdicts by case."""
        with self.running(*only, jobs=jobs) as run:
            out, err = run.communicate(timeout=TIMEOUT_S)
        return run.returncode, out + err, self.verdicts()

    def verdicts(self):
        return {case["id"]: case for case in json.loads(self.report.read_text())["cases"]}

    def check_left(self, failures, name, entered=1):
        journal = self.journal()
        begun = [line for line in journal if line in ("enter", "leave")]
        failures.expect(begun == ["enter", "leave"] * entered, f"{name}: {journal}")
        failures.expect(journal and journal[-1] == "leave: done", f"{name}: {journal}")
        state = fetch_json(self.mock.url + "/__mock/state")
        failures.expect(state["images"] == 0, f"{name}: {state['images']} images are left")
        failures.expect(not self.ledger.exists(), f"{name}: the ledger stays")


@contextlib.contextmanager
def scene(programs, *mock_arguments, timeout="60s", change=None):
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin", *mock_arguments) as mock:
        if change:
            with Front(mock.url, change) as front:
                yield Scene(programs, pathlib.Path(name), mock, front.url, timeout)
        else:
            yield Scene(programs, pathlib.Path(name), mock, timeout=timeout)


def wait_for(what, holds):
    for _ in range(POLLS):
        if holds():
            return
        time.sleep(POLL_S)
    sys.exit(f"it never came to this: {what}")


# ---- interrupted ----

def on_the_terminal(run):
    os.killpg(run.pid, signal.SIGINT)


def to_the_judge(run):
    run.send_signal(signal.SIGTERM)


SIGNALS = {"Ctrl-C": on_the_terminal, "SIGTERM": to_the_judge}


def interrupt(programs, failures, moment, name):
    asked, answered = threading.Event(), threading.Event()

    def hold(head):
        if head.startswith(b"PUT /v2/images/"):
            asked.set()
            answered.wait(TIMEOUT_S)
        return head

    label = f"{name} {moment}"
    with scene(programs, change=hold if moment == "in the case" else None) as at:
        word = {"in enter": "enter", "in leave": "leave"}.get(moment)
        if word:
            at.tell(f"hold-{word}")
        with at.running(CASE, "image-data.download.*") as run:
            wait_for(label, asked.is_set if not word else lambda: f"{word} is held" in at.journal())
            SIGNALS[name](run)
            said = run.stderr.readline() + run.stderr.readline()  # the signal has arrived
            if word == "leave":
                (at.folder / "hold-leave").unlink()
            run.communicate(timeout=TIMEOUT_S)
        answered.set()
        failures.expect(run.returncode == 2, f"{label}: exit status {run.returncode}: {said}")
        at.check_left(failures, label)
        failures.expect(("enter: done" in at.journal()) == (moment != "in enter"), f"{label}: {at.journal()}")
        cases = at.verdicts()
        rest = {case["verdict"] for id, case in cases.items() if id != CASE}
        failures.expect(cases[CASE]["verdict"] == ("pass" if word == "leave" else "skipped"), f"{label}: {cases[CASE]}")
        failures.expect(len(cases) > 10 and rest <= {"skipped", "not-claimed"}, f"{label}: the rest are {rest}")


# ---- what goes wrong ----

def expect_case(failures, name, cases, verdict, said):
    case = cases[CASE]
    text = " ".join([case["reason"] or "", *case["notes"]])
    failures.expect(case["verdict"] == verdict and said in text, f"{name}: {case['verdict']}: {text}")


def good(programs, failures):
    """Beside all that is asked of image data, with eight cases at a time."""
    with scene(programs) as at:
        status, said, cases = at.run("image-data.*", jobs=8)
        wrong = [id for id, case in cases.items() if case["verdict"] not in ("pass", "not-claimed")]
        failures.expect(status == 0 and not wrong, f"good: {status}: {wrong} {said}")
        expect_case(failures, "good", cases, "pass", "")
        purposes = [(e["purpose"], e["request"]["method"]) for e in cases[CASE]["exchanges"]]
        failures.expect(("enter condition storage-readonly", "RUN") in purposes, f"good: {purposes}")
        failures.expect(str(at.folder) not in at.report.read_text(), "good: the report has the program's arguments")
        at.check_left(failures, "good")
        programs.judge("certify", "--make-key", at.folder / "key")
        done = programs.judge("certify", "--key", at.folder / "key", "--output", at.folder / "made", at.log)
        failures.expect(done.returncode == 0, f"good: judged again: {done.returncode} {done.stdout} {done.stderr}")


def enter_fails(programs, failures):
    with scene(programs) as at:
        at.tell("fail-enter")
        status, _, cases = at.run()
        failures.expect(status == 2, f"enter fails: {status}")
        expect_case(failures, "enter fails", cases, "error", "enter condition storage-readonly: ")
        expect_case(failures, "enter fails", cases, "error", "ended with status 4: there is no such store in ")
        at.check_left(failures, "enter fails")


def enter_hangs(programs, failures):
    with scene(programs, timeout="300ms") as at:
        at.tell("hold-enter")
        status, _, cases = at.run()
        failures.expect(status == 2, f"enter hangs: {status}")
        expect_case(failures, "enter hangs", cases, "error", "not over within 300 ms")
        at.check_left(failures, "enter hangs")


def case_fails(programs, failures):
    with scene(programs, "--break", "image-data.upload.answers-503") as at:
        status, _, cases = at.run()
        failures.expect(status == 1, f"case fails: {status}")
        expect_case(failures, "case fails", cases, "fail", "")
        at.check_left(failures, "case fails")


def leave_fails(programs, failures):
    """Nothing else can be judged then; and what is left is told, and can be cleaned."""
    with scene(programs) as at:
        at.tell("fail-leave")
        status, said, cases = at.run(CASE, "image-data.download.*")
        failures.expect(status == 2 and "could not be ended again" in said, f"leave fails: {status}: {said}")
        failures.expect(f"imageproof clean {at.ledger}" in said, f"leave fails: {said}")
        expect_case(failures, "leave fails", cases, "pass", "left behind: leave condition storage-readonly: ")
        later = {case["verdict"] for id, case in cases.items() if id.startswith("image-data.download.")}
        failures.expect(later == {"error"}, f"leave fails: what comes later is {later}")
        clean(at, failures, "leave fails")


def deployment_gone(programs, failures):
    """Nobody answers any more; the program that ends the condition is asked all the same."""
    def die(head):
        if not head.startswith(b"PUT /v2/images/"):
            return head
        front.listener.shutdown(socket.SHUT_RDWR)
        return None

    with scene(programs) as at, Front(at.mock.url, die) as front:
        at.target.write_text(at.target.read_text().replace(f"url: {at.mock.url}", f"url: {front.url}"))
        status, said, cases = at.run(CASE, "image-data.download.*")
        failures.expect(status == 2 and "ENDED EARLY" in said, f"gone: {status}: {said}")
        expect_case(failures, "gone", cases, "error", "the subject has gone in the middle of it")
        failures.expect(at.journal() == ["enter", "enter: done", "leave", "leave: done"], f"gone: {at.journal()}")


def killed(programs, failures):
    with scene(programs) as at:
        at.tell("hold-enter")
        with at.running() as run:
            wait_for("killed", lambda: "enter is held" in at.journal())
            run.kill()
            run.wait(timeout=TIMEOUT_S)
        (at.folder / "hold-enter").unlink()  # what the judge cannot end any more comes to its own end
        wait_for("the end of enter", lambda: "enter: done" in at.journal())
        clean(at, failures, "killed")


def clean(at, failures, name):
    """Not while the target file does not say so."""
    for word in ("hold-leave", "fail-leave"):
        (at.folder / word).unlink(missing_ok=True)
    target = at.target.read_text()
    begun = at.journal()
    at.target.write_text(target.replace("leave: {run: [" + sys.executable, "leave: {run: [another"))
    done = at.programs.judge("clean", "--settle", "0ms", at.ledger)
    failures.expect(done.returncode == 2 and "leaves no state by the program" in done.stderr, f"{name}: {done}")
    failures.expect(at.journal() == begun, f"{name}: it was run all the same")
    at.target.write_text(target)
    done = at.programs.judge("clean", "--settle", "0ms", at.ledger)
    failures.expect(done.returncode == 0, f"{name}: clean: {done.returncode} {done.stderr}")
    failures.expect(at.journal()[-1] == "leave: done", f"{name}: {at.journal()}")
    failures.expect(not at.ledger.exists(), f"{name}: the ledger stays")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    for moment in ("in enter", "in the case", "in leave"):
        for name in SIGNALS:
            interrupt(programs, failures, moment, name)
    for way in (good, enter_fails, enter_hangs, case_fails, leave_fails, deployment_gone, killed):
        way(programs, failures)
    failures.end()


main()
