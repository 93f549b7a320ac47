#!/usr/bin/env python3
"""A run that was cut off is gone on with, `imageproof run --resume LOG`: the union has the verdicts of an unbroken run,
whenever it was killed and however often, nothing is left on the server, and what is not the same run is refused.

usage: resume.py [--whole] IMAGEPROOF IMAGEPROOF-MOCK; with --whole the whole suite at more moments, as .ci/run does."""

import contextlib
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from harness import TIMEOUT_S, Failures, Programs, fetch_json

SEED = 17
MOMENTS, MOMENTS_WHOLE = 6, 20
CUTS = 8
POLL_S = 0.002
SETTLE = ("--settle", "200ms")
SPECS = pathlib.Path(__file__).resolve().parent.parent.parent / "specs"
# Among them cases that see what was deleted before, by those who have the same name.
ONLY = ("--only", "image-data.upload.*", "--only", "v1.list.changes-since-*", "--only", "v1.members-replace.*")
FEW = ("--only", "image-data.upload.answers-*")
TARGET = """subject: {name}
url: {url}
identities:
  owner: {{token: "owner:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "other:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "admin:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
  stranger: {{token: no-token}}
features: [images-v1, images-v2{more}]
"""


def verdicts(report):
    return {case["id"]: (case["verdict"], case["reason"]) for case in report["cases"]}


def judged(path):
    """How many results a log has."""
    try:
        return path.read_bytes().count(b'"record":"case"')
    except FileNotFoundError:
        return 0


def images(mock):
    return fetch_json(mock.url + "/__mock/state")["images"]


class Runs:
    """Runs against one target, whose ledgers and logs are in a folder of their own."""

    def __init__(self, programs, folder, mock):
        self.programs, self.folder, self.mock = programs, folder, mock
        self.state = folder / "state"
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.state)}
        self.target = folder / "target.yaml"
        self.target.write_text(TARGET.format(name="a service in use", url=mock.url, more=""))

    def judge(self, *arguments):
        """Exit status, JSON report (None without one), what was said."""
        path = self.folder / "run.json"
        path.unlink(missing_ok=True)
        done = self.programs.judge("run", "--quiet", "--report", f"json={path}", *arguments, env=self.environment)
        return done.returncode, json.loads(path.read_text()) if path.exists() else None, done.stderr

    def logs(self):
        return sorted(self.state.glob("imageproof/*.log"))

    def log(self):
        """Of the run that has begun: where it stands without --log."""
        end = time.monotonic() + TIMEOUT_S
        while not self.logs() and time.monotonic() < end:
            time.sleep(POLL_S)
        return self.logs()[0]

    @contextlib.contextmanager
    def begun(self, count, *arguments):
        """A run that has so many results, or has ended."""
        command = [self.programs.imageproof, "run", "--quiet", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=self.environment) as run:
            log = self.log()
            while run.poll() is None and judged(log) < count:
                time.sleep(POLL_S)
            yield run
            run.kill()
            run.communicate(timeout=TIMEOUT_S)

    def kill_at(self, count, *arguments):
        """Whether it was still alive."""
        with self.begun(count, *arguments) as run:
            alive = run.poll() is None
        return alive

    def forget(self):
        """What was killed and is not gone on with: the server is clean again."""
        for ledger in self.state.glob("imageproof/*.ledger"):
            self.programs.judge("clean", *SETTLE, ledger)
        shutil.rmtree(self.state, ignore_errors=True)


def check_resumed(runs, failures, name, outcome, wanted, times):
    status, report, said = outcome
    if report is None:
        failures.expect(False, f"{name}: {status} {said}")
        return
    differ = {case: (verdict, verdicts(report).get(case)) for case, verdict in wanted.items()
              if verdicts(report).get(case) != verdict}
    failures.expect(status == 0 and not differ, f"{name}: {status}: other verdicts: {differ} {said}")
    failures.expect(list(verdicts(report)) == list(wanted), f"{name}: cases are missing, or in another order")
    failures.expect(len(report["resumed"]) == times, f"{name}: resumed {report['resumed']}")
    failures.expect(images(runs.mock) == 0, f"{name}: {images(runs.mock)} images are left")
    left = [path.name for path in runs.state.glob("imageproof/*")]
    failures.expect(not left, f"{name}: the run has ended well, and leaves {left}")


def moments(runs, failures, wanted, only, count_of_moments):
    """Killed once, or, every other time, a second time while it is gone on with."""
    chance = random.Random(SEED)
    for moment in range(count_of_moments):
        count, jobs = chance.randrange(1, len(wanted) * 2 // 3), str(chance.choice((1, 4, 8)))
        alive = runs.kill_at(count, "--jobs", jobs, *only, runs.target)
        log = runs.log()
        failures.expect(alive, f"moment {moment}: the run was over before {count} results")
        times = 1 + moment % 2
        if times == 2:
            runs.kill_at(judged(log) + chance.randrange(1, 20), "--jobs", "2", *SETTLE, "--resume", log)
        name = f"moment {moment} ({count} results, {jobs} jobs)"
        check_resumed(runs, failures, name, runs.judge(*SETTLE, "--resume", log), wanted, times)
    status, _, said = runs.judge("--resume", log)
    failures.expect(status == 2 and "No such file" in said, f"a log that is gone: {status} {said}")
    print(f"{count_of_moments} runs of {len(wanted)} cases, killed and gone on with")


def stopped(runs, failures, wanted):
    """After Ctrl-C the run tells how it is gone on with; that, as it is told, does it."""
    with runs.begun(20, "--jobs", "1", *ONLY, runs.target) as run:
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=TIMEOUT_S)
    told = next((line for line in said.splitlines() if "it can be gone on with: imageproof run " in line), "")
    failures.expect(run.returncode == 2 and told, f"stopped: {run.returncode} {said}")
    arguments = shlex.split(told.partition("imageproof run --resume ")[2])
    check_resumed(runs, failures, "stopped", runs.judge("--resume", *arguments), wanted, 1)


def gone(runs, failures, wanted):
    """The subject goes away in the middle and comes back: what could not be judged is judged then."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    target = runs.folder / "gone.yaml"
    with runs.programs.serve("--admin", "--listen", f"127.0.0.1:{port}") as mock:
        target.write_text(TARGET.format(name="a service that goes", url=mock.url, more=""))
        with runs.begun(20, "--jobs", "1", *ONLY, target) as run:
            mock.kill()
            _, said = run.communicate(timeout=TIMEOUT_S)
    # A connection that was lost in the middle of a request is a failure, until it is asked for again.
    failures.expect(run.returncode in (1, 2) and "the subject has gone" in said, f"gone: {run.returncode} {said}")
    status, _, said = runs.judge("--resume", runs.log(), target)
    failures.expect(status == 2 and "left behind" in said, f"still gone: {status} {said}")
    with runs.programs.serve("--admin", "--listen", f"127.0.0.1:{port}"):
        check_resumed(runs, failures, "gone", runs.judge("--resume", runs.log(), target), wanted, 1)


def part(runs, failures):
    """A shard that was killed is gone on with as that shard."""
    other, log = runs.folder / "part-2.log", runs.folder / "part-1.log"
    runs.judge("--shard", "2/2", "--log", other, *FEW, runs.target)
    runs.kill_at(5, "--jobs", "1", "--shard", "1/2", *FEW, runs.target)
    shutil.move(runs.log(), log)
    status, report, said = runs.judge(*SETTLE, "--resume", log)
    failures.expect(status == 0 and 0 < len(report["cases"]), f"a shard: {status} {said}")
    done = runs.programs.judge("report", log, other, "--report", f"json={runs.folder / 'merged.json'}")
    merged = json.loads((runs.folder / "merged.json").read_text())
    failures.expect(done.returncode == 0 and len(merged["resumed"]) == 1, f"merged: {done.returncode} {done.stderr}")
    status, _, said = runs.judge("--resume", log, runs.target)
    failures.expect(status == 2 and "has come to its end" in said, f"a run that is whole: {status} {said}")
    runs.forget()


def write_cut(runs, data, cut):
    """A log that was cut there, and the ledger that stood beside it."""
    begin = json.loads(data.partition(b"\n")[0])
    ledger = runs.folder / "cut.ledger"
    ledger.write_text(json.dumps({"record": "begin", "schema": "imageproof.remains/1", "run": begin["run_id"],
                                  "url": runs.mock.url, "subject": str(runs.target)}) + "\n")
    log = runs.folder / "cut.ledger.log"
    log.write_bytes(data[:cut])
    return log


def cuts(runs, failures, data, wanted):
    """Wherever it was cut: before its first result there is nothing to go on with, which is told."""
    chance = random.Random(SEED)
    plan = data.index(b'{"record":"case"')
    places = [0, 1, plan - 1, plan, len(data) - 2, *chance.sample(range(plan), 2), *chance.sample(range(plan, len(data)), CUTS)]
    for cut in sorted(places):
        log = write_cut(runs, data, cut)
        status, report, said = runs.judge("--settle", "0ms", "--resume", log)
        if cut < plan - 1:
            failures.expect(status == 2 and report is None and "--resume: " in said, f"cut at {cut}: {status} {said}")
        else:
            failures.expect(status == 0 and report and verdicts(report) == wanted, f"cut at {cut}: {status} {said}")
    certified(runs, failures, log)


def certified(runs, failures, log):
    """A run with a break in it is judged again as any."""
    key, certificate = runs.folder / "key", runs.folder / "certificate"
    runs.programs.judge("certify", "--make-key", key)
    done = runs.programs.judge("certify", log, "--key", key, "--output", certificate)
    failures.expect(done.returncode == 0 and b'"record":"resume"' in log.read_bytes(), f"certify: {done.returncode} {done.stderr}")
    done = runs.programs.judge("verify", certificate, "--key", f"{key}.pub", "--transcript", log)
    failures.expect(done.returncode == 0, f"verify: {done.returncode} {done.stderr}")


def refusals(runs, failures, data):
    specs = runs.folder / "specs"
    shutil.copytree(SPECS, specs)
    (specs / "images-v2" / "shared.yaml").open("a").write("\n# another suite\n")
    other = runs.folder / "other.yaml"
    other.write_text(TARGET.format(name="a service in use", url=runs.mock.url, more=", multistore"))
    cut = data.index(b'{"record":"case"') + 1
    altered = data.replace(b'"verdict":"pass"', b'"verdict":"fail"', 1)
    # name: (bytes of the log, arguments, exit status, what is said)
    table = {
        "another suite": (data[:cut], ("--specs", specs), 2, "is of another suite"),
        "another subject": (data[:cut], (other,), 2, "is of another subject"),
        "another address": (data[:cut], (runs.target, "--url", "http://127.0.0.1:1"), 2, "is of another subject"),
        "the bundled mock": (data[:cut], ("--ledger", runs.folder / "none"), 2, "the ledger"),
        "another selection": (data[:cut], ONLY, 2, "is of another selection"),
        "another part": (data[:cut], (*FEW, "--shard", "1/2"), 2, "is of another selection"),
        "another edition": (data[:cut], ("--edition", "in-tree"), 0, ""),
        "an edition that is none": (data[:cut], ("--edition", "no-such"), 64, "there is no edition"),
        "the same selection": (data[:cut], FEW, 0, ""),
        "an altered log": (altered, (), 2, "its chain is broken"),
        "no log": (b"hello\n", (), 2, "is no log of a run"),
        "nothing": (b"", (), 2, "begin it anew"),
        "another log": (data[:cut], ("--log", runs.folder / "x"), 64, "leave --log out"),
    }
    for name, (text, arguments, wanted, said) in table.items():
        log = write_cut(runs, text if text.startswith(b"{") else data, len(text))
        log.write_bytes(text)
        status, report, told = runs.judge("--settle", "0ms", "--resume", log, *arguments)
        failures.expect(status == wanted and said in told, f"{name}: {status} {told}")
        failures.expect((report is not None) == (wanted == 0), f"{name}: a report of what was refused")
        failures.expect(wanted == 0 or log.read_bytes() == text, f"{name}: the log was changed")


def ledgers(runs, failures, data):
    """A run that was cut off has a ledger, and it is its own; while it goes on, nobody else has it."""
    log = write_cut(runs, data, data.index(b'{"record":"case"') + 1)
    ledger = log.with_suffix("")
    ledger.write_text(ledger.read_text().replace('"run": "', '"run": "0'))
    status, _, said = runs.judge("--settle", "0ms", "--resume", log)
    failures.expect(status == 2 and "is of the run 0" in said, f"another ledger: {status} {said}")
    ledger.unlink()
    status, _, said = runs.judge("--settle", "0ms", "--resume", log, runs.target)
    failures.expect(status == 2 and "name it by --ledger" in said, f"no ledger: {status} {said}")
    with runs.begun(3, "--jobs", "1", "--rate", "20", *ONLY, runs.target) as run:
        alive = runs.log()
        for command in (("run", "--quiet", "--settle", "0ms", "--resume", alive), ("clean", "--settle", "0ms", alive.with_suffix(""))):
            done = runs.programs.judge(*command, env=runs.environment)
            failures.expect(run.poll() is None, "the slow run is over already")
            failures.expect(done.returncode == 2 and "a run that is not over" in done.stderr,
                            f"{command[0]} beside the run: {done.returncode} {done.stderr}")
    runs.forget()


def strange_log(runs, failures):
    """What stands where the log would be, and is none, stays as it is."""
    ledger, log = runs.folder / "mine", runs.folder / "mine.log"
    log.write_text("mine\n")
    status, _, said = runs.judge("--ledger", ledger, *FEW, runs.target)
    failures.expect(status == 2 and "where something else is" in said and log.read_text() == "mine\n", f"strange: {status} {said}")
    failures.expect(not ledger.exists(), "strange: a ledger is left")


def whole(runs, failures):
    _, report, _ = runs.judge(runs.target)
    moments(runs, failures, verdicts(report), (), MOMENTS_WHOLE)


def sample(runs, failures):
    status, report, said = runs.judge(*ONLY, runs.target)
    wanted = verdicts(report)
    failures.expect(status == 0 and not report["resumed"] and not runs.logs(), f"unbroken: {status} {said}")
    moments(runs, failures, wanted, ONLY, MOMENTS)
    stopped(runs, failures, wanted)
    gone(runs, failures, wanted)
    part(runs, failures)
    _, few, _ = runs.judge("--log", runs.folder / "few.log", *FEW, runs.target)
    data = (runs.folder / "few.log").read_bytes()
    cuts(runs, failures, data, verdicts(few))
    refusals(runs, failures, data)
    ledgers(runs, failures, data)
    strange_log(runs, failures)


def main():
    programs = Programs([argument for argument in sys.argv if argument != "--whole"])
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin") as mock:
        runs = Runs(programs, pathlib.Path(name), mock)
        (whole if "--whole" in sys.argv else sample)(runs, failures)
    failures.end()


main()
