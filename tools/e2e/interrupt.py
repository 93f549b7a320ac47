#!/usr/bin/env python3
"""A run that is ended before its end: what was created is removed, the report tells what was not run, and
no mock is left behind, whoever asks for it and however often."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

from harness import TIMEOUT_S, Failures, Programs, fetch_json

# An exchange may take longer than this test waits, so that only the second signal can end a hanging run.
TARGET = """
subject: a slow mock
url: {url}
timeout: 10m
identities:
  owner: {{token: "o:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "x:${{case.id}}-other:member"}}
  admin: {{token: "a:${{case.id}}-admin:admin"}}
features: [images-v2, community-images]
"""
SLOW = ("--admin", "--condition", "slow-storage")
AT_ONCE_S = 20
POLL_S = 0.01
POLLS = 1000


def comes_true(holds):
    for _ in range(POLLS):
        if holds():
            return True
        time.sleep(POLL_S)
    return False


def images_at(url):
    try:
        return fetch_json(url + "/__mock/state")["images"]
    except OSError:
        return 0  # does not listen yet


def wait_for_images(url):
    if not comes_true(lambda: images_at(url) > 0):
        sys.exit("the run never created an image")


def has_ended(pid):
    """A process that nobody has reaped yet has ended, too."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def end_leftovers(failures, name, mocks):
    for pid in mocks:
        if not comes_true(lambda pid=pid: has_ended(pid)):
            failures.expect(False, f"{name}: the bundled mock goes on")
            os.kill(pid, signal.SIGKILL)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def on_the_terminal(run):
    os.killpg(run.pid, signal.SIGINT)


def to_the_judge(*numbers):
    def send(run):
        for number in numbers:
            run.send_signal(number)
            if number is not signal.SIGKILL:
                next((line for line in run.stderr if line.startswith("stopping")), None)  # the signal has arrived
    return send


# name: (how the run is ended, exit status)
ENDINGS = {
    "Ctrl-C": (on_the_terminal, 2),
    "SIGTERM": (to_the_judge(signal.SIGTERM), 2),
    "SIGKILL": (to_the_judge(signal.SIGKILL), -signal.SIGKILL),
}


def check_report(failures, name, report):
    result = json.loads(report.read_text())
    counts = result["summary"]
    failures.expect(counts["skipped"] > 0, f"{name}: nothing was skipped: {counts}")
    failures.expect(counts["fail"] == counts["error"] == 0, f"{name}: {counts}")
    notes = [note for case in result["cases"] for note in case["notes"]]
    failures.expect(not notes, f"{name}: {notes}")


def end_bundled(programs, failures, folder, name):
    send, status = ENDINGS[name]
    report = folder / "bundled.json"
    report.unlink(missing_ok=True)
    address = f"127.0.0.1:{free_port()}"
    arguments = [a for argument in (*SLOW, "--listen", address) for a in ("--mock-arg", argument)]
    with programs.running("--jobs", "4", "--report", f"json={report}", *arguments) as run:
        wait_for_images(f"http://{address}")
        mocks = children(run.pid)
        send(run)
        run.wait(timeout=TIMEOUT_S)  # not until its output ends: a mock left behind would hold that open
        failures.expect(run.returncode == status, f"{name}: exit status {run.returncode}")
        failures.expect(mocks, f"{name}: the run has no mock")
        end_leftovers(failures, name, mocks)
    if status == 2:
        check_report(failures, name, report)
    else:
        failures.expect(not report.exists(), f"{name}: half a report")


def interrupt_once(programs, failures, mock, folder, number):
    target, report = folder / "target.yaml", folder / "run.json"
    target.write_text(TARGET.format(url=mock.url))
    with programs.running("--jobs", "4", "--report", f"json={report}", target) as run:
        wait_for_images(mock.url)
        run.send_signal(number)
        out, err = run.communicate(timeout=TIMEOUT_S)
    failures.expect(run.returncode == 2, f"{number.name}: exit status {run.returncode}: {err}")
    failures.expect("INTERRUPTED" in out, f"{number.name}: the summary does not say so")
    check_report(failures, number.name, report)
    failures.expect(images_at(mock.url) == 0, f"{number.name}: {images_at(mock.url)} images are left")


def interrupt_twice(programs, failures, folder, number):
    """The subject hangs, so what is ended by the second signal would not have ended by itself."""
    target, report = folder / "target.yaml", folder / "twice.json"
    with programs.serve(*SLOW) as mock:
        target.write_text(TARGET.format(url=mock.url))
        with programs.running("--jobs", "4", "--report", f"json={report}", target) as run:
            wait_for_images(mock.url)
            mock.send_signal(signal.SIGSTOP)
            to_the_judge(number)(run)
            failures.expect(run.poll() is None, f"{number.name} twice: the first one ended the run")
            run.send_signal(number)
            try:
                run.communicate(timeout=AT_ONCE_S)
            except subprocess.TimeoutExpired:
                failures.expect(False, f"{number.name} twice: the run goes on")
            mock.send_signal(signal.SIGCONT)
    failures.expect(run.returncode == 128 + number, f"{number.name} twice: exit status {run.returncode}")
    left = [path.name for path in folder.glob("twice*")]
    failures.expect(not left, f"{number.name} twice: left behind: {left}")


def kill_subject(programs, failures, folder):
    """The subject dies in the middle of a run: the run ends by itself and says so."""
    target, report = folder / "target.yaml", folder / "dead.json"
    with programs.serve(*SLOW) as mock:
        target.write_text(TARGET.format(url=mock.url))
        with programs.running("--jobs", "4", "--report", f"json={report}", target) as run:
            wait_for_images(mock.url)
            mock.kill()
            out, err = run.communicate(timeout=TIMEOUT_S)
    failures.expect(run.returncode == 2, f"killed subject: exit status {run.returncode}: {err}")
    failures.expect("ENDED EARLY" in out, "killed subject: the summary does not say so")
    failures.expect(json.loads(report.read_text())["summary"]["error"] > 0, "killed subject: no error")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for ending in ENDINGS:
            end_bundled(programs, failures, folder, ending)
        with programs.serve(*SLOW) as mock:
            for number in (signal.SIGINT, signal.SIGTERM):
                interrupt_once(programs, failures, mock, folder, number)
        for number in (signal.SIGINT, signal.SIGTERM):
            interrupt_twice(programs, failures, folder, number)
        kill_subject(programs, failures, folder)
    failures.end()


main()
