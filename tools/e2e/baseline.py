#!/usr/bin/env python3
"""Known differences: what a gate with a baseline lets pass, what it does not, how a baseline is written for review; and
what --compare tells of an earlier run."""

import datetime
import json
import pathlib
import sys
import tempfile

import jsonschema
import yaml

from harness import Failures, Programs

BROKEN = "image-data.upload.answers-415"
ONLY = ("--only", BROKEN, "--only", "image-data.download.answers-200")
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "specs/schema/baseline.schema.json"
DAY = datetime.timedelta(days=1)


def run(programs, folder, *arguments, broken=True):
    report = folder / "run.json"
    fault = ("--mock-arg=--break", f"--mock-arg={BROKEN}") if broken else ()
    done = programs.judge("run", "--quiet", "--report", f"json={report}", *ONLY, *fault, *arguments)
    return done, report


def entry(case, **others):
    return {"case": case, "reason": "a reason", **others}


def gate(programs, failures, folder, failing):
    """Each row: the entries, whether the mock is broken, exit status, what is said."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    listed = [entry(case) for case in failing]
    rows = {
        "all listed": (listed, True, 0, ""),
        "one is not": (listed[1:], True, 1, f"{failing[0]} fails, and is not listed"),
        "nothing listed": ([], True, 1, f"{failing[-1]} fails, and is not listed"),
        "one is gone": (listed + [entry("image-data.no-such-case")], True, 1, "there is no such case"),
        "all pass now": (listed, False, 1, f"{failing[0]} is listed, and passes now"),
        "nothing fails": ([], False, 0, ""),
        "until yesterday": ([entry(failing[0], expires=str(today - DAY)), *listed[1:]], True, 1, "its day is over"),
        "until tomorrow": ([entry(failing[0], expires=str(today + DAY)), *listed[1:]], True, 0, ""),
        "not reviewed": ([{"case": failing[0], "reason": "not reviewed: x"}, *listed[1:]], True, 1, "nobody has reviewed"),
    }
    for name, (entries, broken, status, said) in rows.items():
        path = folder / "baseline.yaml"
        path.write_text(json.dumps({"baseline": name, "cases": entries}))
        done, _ = run(programs, folder, "--baseline", path, broken=broken)
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stderr}")
        failures.expect(said in done.stderr, f"{name}: no {said!r} in {done.stderr!r}")


def update(programs, failures, folder, failing, report):
    """A new baseline holds for nothing until it is reviewed; what was reviewed stays so."""
    path = folder / "updated.yaml"
    for what in ("new", "again"):
        done = programs.judge("baseline", "update", path, report)
        failures.expect(done.returncode == 0, f"update, {what}: {done.stderr}")
        failures.expect("imageproof-mock (bundled)" in path.read_text(), f"update, {what}: of which subject?")
        entries = yaml.load(path.read_text(), yaml.BaseLoader)["cases"]
        failures.expect([e["case"] for e in entries] == sorted(failing), f"update, {what}: {entries}")
        if what == "new":
            failures.expect(all(e["reason"].startswith("not reviewed: expected status 415") for e in entries), str(entries))
            failures.expect(run(programs, folder, "--baseline", path)[0].returncode == 1, "what nobody reviewed holds")
            entries[0] |= {"reason": "it is: so \"quoted\"", "expires": "2999-12-31"}
            kept = entries[0]
            path.write_text(json.dumps({"baseline": "reviewed", "cases": entries[:1]}))
    failures.expect(entries[0] == kept, f"what was reviewed is {entries[0]}")


# name: text of a file that is no good
BAD = {
    "empty": "",
    "no list": "baseline: x\ncases: {}\n",
    "no subject": "cases: []\n",
    "no reason": "baseline: x\ncases: [{case: a}]\n",
    "empty reason": "baseline: x\ncases: [{case: a, reason: ''}]\n",
    "no case": "baseline: x\ncases: [{reason: a}]\n",
    "unknown key": "baseline: x\ncases: [{case: a, reason: b, until: 2027-01-01}]\n",
    "unknown key of the file": "baseline: x\ncases: []\nmore: 1\n",
    "no day": "baseline: x\ncases: [{case: a, reason: b, expires: soon}]\n",
    "thirteenth month": "baseline: x\ncases: [{case: a, reason: b, expires: '2027-13-01'}]\n",
    "an entry that is a text": "baseline: x\ncases: [a]\n",
}


def bad_files(programs, failures, folder):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    path = folder / "bad.yaml"
    for name, text in BAD.items():
        path.write_text(text)
        done = programs.judge("run", "--baseline", path)
        failures.expect(done.returncode == 64 and "is no good" in done.stderr, f"{name}: {done.returncode} {done.stderr}")
        failures.expect(not validator.is_valid(yaml.load(text, yaml.BaseLoader)), f"{name}: the schema has no complaint")
        if text.startswith("baseline"):
            failures.expect(programs.judge("lint", path).returncode == 1, f"{name}: lint has no complaint")
    path.write_text("baseline: x\ncases: [{case: a, reason: b}, {case: a, reason: c}]\n")
    failures.expect("is listed twice" in programs.judge("lint", path).stderr, "a case that is listed twice")
    path.write_text("baseline: x\ncases: [{case: a, reason: b, expires: 2027-01-31}]\n")
    failures.expect(programs.judge("lint", path).returncode == 0, "a good baseline is refused")
    failures.expect(validator.is_valid(yaml.load(path.read_text(), yaml.BaseLoader)), "the schema refuses a good one")


def compare(programs, failures, folder, failing, report):
    """Against an earlier run in which all was otherwise: each kind of change is told, and decides nothing."""
    old = json.loads(report.read_text())
    for case in old["cases"]:
        case["verdict"] = "fail" if case["verdict"] == "pass" else "pass"
    gone, old["cases"][0]["id"] = old["cases"][0]["id"], "gone.case"
    (folder / "old.json").write_text(json.dumps(old))
    done, _ = run(programs, folder, "--compare", folder / "old.json", broken=True)
    passing = [case["id"] for case in old["cases"] if case["verdict"] == "fail" and case["id"] != "gone.case"]
    told = [f"new: {gone}", "gone: gone.case", *(f"newly failing: {case}" for case in failing if case != gone),
            *(f"newly passing: {case}" for case in passing)]
    for text in told:
        failures.expect(text in done.stderr, f"compare: no {text!r} in {done.stderr!r}")
    failures.expect(done.returncode == 1, f"compare: exit status {done.returncode}")
    done, _ = run(programs, folder, "--compare", report, broken=True)
    failures.expect("newly" not in done.stderr and "gone" not in done.stderr, f"the same run: {done.stderr}")
    for text in ("", "[]", '{"schema": "x"}', '{"schema": "imageproof.results/1", "cases": [{"id": 1}]}'):
        (folder / "old.json").write_text(text)
        failures.expect(run(programs, folder, "--compare", folder / "old.json")[0].returncode == 64, f"taken: {text!r}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done, report = run(programs, folder)
        failing = [case["id"] for case in json.loads(report.read_text())["cases"] if case["verdict"] == "fail"]
        failures.expect(done.returncode == 1 and len(failing) > 1, f"the fault is not noticed: {done.stderr}")
        kept = folder / "kept.json"
        kept.write_bytes(report.read_bytes())
        gate(programs, failures, folder, failing)
        update(programs, failures, folder, failing, kept)
        bad_files(programs, failures, folder)
        compare(programs, failures, folder, failing, kept)
    failures.end()


main()
