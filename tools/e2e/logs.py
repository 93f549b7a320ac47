#!/usr/bin/env python3
"""Logs of real runs: shards in parallel make the same run as a whole one, a lost shard is named, a run that is killed
can be reported, a log that is cut or altered is told, and the gates say what a pipeline wants."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from harness import TIMEOUT_S, Failures, Programs

SHARDS = 8
CUTS = 200
RECIPE = pathlib.Path(__file__).resolve().parent.parent / "recipes" / "parallel"
# Of each API, without most of the disk images: their bodies are nine tenths of a whole log, and are read again and again.
MANY = ("--only", "v1.*", "--only", "image-data.*", "--only", "gns3.update.answers-*")
FEW = ("--only", "image-data.download.answers-404*")
BROKEN = ("--only", "image-data.*", "--mock-arg=--break", "--mock-arg=image-data.upload.answers-415")


def cases(report):
    """What must be the same, however the run was divided: not the number of exchanges, since some wait for something."""
    return [(case["id"], case["verdict"], tuple(case["clauses"]), case["reason"], len(case["findings"]))
            for case in report["cases"]]


class Logs:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder

    def run(self, name, *arguments):
        return self.programs.judge("run", "--quiet", "--log", str(self.folder / name), *arguments)

    def report(self, *names, arguments=()):
        """The exit status, the JSON report (None without one), and what was said."""
        path = self.folder / "report.json"
        path.unlink(missing_ok=True)
        logs = [str(self.folder / name) for name in names]
        done = self.programs.judge("report", *logs, "--report", f"json={path}", *arguments)
        return done.returncode, json.loads(path.read_text()) if path.exists() else None, done.stderr


def check_whole(logs, failures):
    direct = logs.folder / "direct.json"
    logs.run("whole.log", "--report", f"json={direct}", *MANY)
    status, report, said = logs.report("whole.log")
    failures.expect(status == 0, f"whole: exit status {status}: {said}")
    failures.expect(report == json.loads(direct.read_text()), "the report of the log is not the report of the run")
    return report


def check_shards(logs, failures, whole):
    environment = {**os.environ, "IMAGEPROOF": logs.programs.imageproof}
    done = subprocess.run([RECIPE, str(SHARDS), str(logs.folder), *MANY], capture_output=True, text=True, env=environment,
                          timeout=TIMEOUT_S, check=False)
    failures.expect(done.returncode == 0, f"{SHARDS} shards: exit status {done.returncode}: {done.stderr}")
    names = [f"part-{shard}.log" for shard in range(1, SHARDS + 1)]
    random.Random(1).shuffle(names)
    _, merged, said = logs.report(*names)
    failures.expect(merged and cases(merged) == cases(whole), f"merged shards are another run: {said}")
    sizes = [sum(line.startswith('{"record":"case"') for line in (logs.folder / name).open()) for name in names]
    failures.expect(min(sizes) > 0, f"a shard is empty: {sizes}")
    lost = names.pop()
    status, partial, _ = logs.report(*names)
    number = lost.removesuffix(".log").removeprefix("part-")
    missing = [case for case in partial["cases"] if case["verdict"] == "error"]
    failures.expect(status == 2 and f"no log of shard {number}/{SHARDS}" in partial["ended_early"], "a lost shard is not named")
    failures.expect(len(missing) == sizes[-1], f"{len(missing)} cases are missing instead of {sizes[-1]}")
    status, _, said = logs.report(names[0], names[0])
    failures.expect(status == 2 and "both have a result" in said, f"the same shard twice: {said}")


def check_strangers(logs, failures):
    specs = logs.folder / "specs" / "images-v2"
    specs.mkdir(parents=True)
    for path in (RECIPE.parent.parent.parent / "specs" / "images-v2").glob("*.yaml"):
        (specs / path.name).write_text(path.read_text() + "\n# another suite\n")
    logs.run("other.log", "--specs", str(specs.parent), *FEW)
    status, report, said = logs.report("few.log", "other.log")
    failures.expect(status == 2 and report is None and "of the suite" in said, f"two suites are merged: {said}")


def check_cuts(logs, failures):
    _, few, _ = logs.report("few.log")
    data = (logs.folder / "few.log").read_bytes()
    given = set(cases(few))
    generator = random.Random(2)
    for cut in sorted(generator.sample(range(len(data) - 1), CUTS)):
        (logs.folder / "cut.log").write_bytes(data[:cut])
        status, report, said = logs.report("cut.log")
        told = report and report["ended_early"] or ""
        failures.expect(status == 2 and "cut.log is cut" in told, f"cut at {cut}: exit status {status}: {said}")
        judged = [case for case in cases(report or {"cases": []}) if "cut off before" not in (case[3] or "")]
        failures.expect(given.issuperset(judged), f"cut at {cut}: a result that nobody gave")
    for place in generator.sample(range(len(data)), 20):
        changed = bytearray(data)
        changed[place] ^= 4
        (logs.folder / "changed.log").write_bytes(changed)
        status, _, _ = logs.report("changed.log")
        failures.expect(status == 2, f"a change at {place} is not noticed")


def check_killed(logs, failures):
    path = logs.folder / "killed.log"
    command = [logs.programs.imageproof, "run", "--quiet", "--jobs", "1", "--log", str(path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + TIMEOUT_S
        while not (path.exists() and b'"record":"case"' in path.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    status, report, said = logs.report("killed.log")
    failures.expect(status == 2 and report and "is cut" in report["ended_early"], f"a killed run: {status}: {said}")
    failures.expect(report and report["summary"]["pass"] > 0, "a killed run has lost what it had")


GATES = (  # arguments, exit status, fragment of what is said
    ((), 1, ""),
    (("--fail-on", "any"), 1, ""),
    (("--fail-on", "must"), 1, ""),
    (("--max-skipped", "0"), 1, ""),
    (("--require", "no-such-tag"), 1, "no case has it"),
    (("--fail-on", "perhaps"), 64, "none of must, should, any"),
    (("--max-skipped", "-1"), 64, "is no number"),
)


def check_gates(logs, failures):
    logs.run("broken.log", *BROKEN)
    for arguments, wanted, fragment in GATES:
        status, _, said = logs.report("broken.log", arguments=arguments)
        failures.expect(status == wanted and fragment in said, f"{arguments}: exit status {status}: {said}")
    status, _, said = logs.report("few.log", arguments=("--require", "no-such-tag"))
    failures.expect(status == 1 and "no case has it" in said, f"a tag that nobody has: {status}: {said}")


def main():
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        logs = Logs(Programs(sys.argv), pathlib.Path(name))
        logs.run("few.log", *FEW)
        whole = check_whole(logs, failures)
        check_shards(logs, failures, whole)
        check_strangers(logs, failures)
        check_cuts(logs, failures)
        check_killed(logs, failures)
        check_gates(logs, failures)
    failures.end()


main()
