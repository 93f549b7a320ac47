#!/usr/bin/env python3
"""Ctrl-C in the middle of a run: what was created is removed, the report tells what was not run."""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from harness import TIMEOUT_S, Failures, Programs, fetch_json

TARGET = """
subject: a slow mock
url: {url}
identities:
  owner: {{token: "o:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "x:${{case.id}}-other:member"}}
  admin: {{token: "a:${{case.id}}-admin:admin"}}
features: [images-v2, community-images]
"""


def wait_for_images(mock):
    for _ in range(500):
        if fetch_json(mock.url + "/__mock/state")["images"] > 0:
            return
        time.sleep(0.01)
    sys.exit("the run never created an image")


def start(programs, target, report):
    return subprocess.Popen([programs.imageproof, "run", "--jobs", "4", "--report", f"json={report}", target],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def interrupt_once(programs, failures, mock, folder, number):
    target, report = folder / "target.yaml", folder / "run.json"
    target.write_text(TARGET.format(url=mock.url))
    run = start(programs, target, report)
    wait_for_images(mock)
    run.send_signal(number)
    out, err = run.communicate(timeout=TIMEOUT_S)
    failures.expect(run.returncode == 2, f"{number.name}: exit status {run.returncode}: {err}")
    failures.expect("INTERRUPTED" in out, f"{number.name}: the summary does not say so")
    counts = json.loads(report.read_text())["summary"]
    failures.expect(counts["skipped"] > 0 and counts["fail"] == 0, f"{number.name}: {counts}")
    left = fetch_json(mock.url + "/__mock/state")["images"]
    failures.expect(left == 0, f"{number.name}: {left} images are left")


def interrupt_twice(programs, failures, mock, folder):
    target, report = folder / "target.yaml", folder / "twice.json"
    target.write_text(TARGET.format(url=mock.url))
    run = start(programs, target, report)
    wait_for_images(mock)
    run.send_signal(signal.SIGINT)
    run.stderr.readline()
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=TIMEOUT_S)
    failures.expect(run.returncode in (130, 2), f"twice: exit status {run.returncode}")


def kill_subject(programs, failures, folder):
    """The subject dies in the middle of a run: the run ends by itself and says so."""
    target, report = folder / "target.yaml", folder / "dead.json"
    with programs.serve("--admin", "--condition", "slow-storage") as mock:
        target.write_text(TARGET.format(url=mock.url))
        run = start(programs, target, report)
        wait_for_images(mock)
        mock.kill()
        out, err = run.communicate(timeout=TIMEOUT_S)
    failures.expect(run.returncode in (1, 2), f"killed subject: exit status {run.returncode}: {err}")
    failures.expect("ENDED EARLY" in out, "killed subject: the summary does not say so")
    failures.expect(json.loads(report.read_text())["summary"]["error"] > 0, "killed subject: no error")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as folder, programs.serve("--admin", "--condition", "slow-storage") as mock:
        for number in (signal.SIGINT, signal.SIGTERM):
            interrupt_once(programs, failures, mock, pathlib.Path(folder), number)
        interrupt_twice(programs, failures, mock, pathlib.Path(folder))
        kill_subject(programs, failures, pathlib.Path(folder))
    failures.end()


main()
