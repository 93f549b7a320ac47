#!/usr/bin/env python3
"""The forms of report tell the same: counts read back from each, for a run
with every verdict but `skipped`, which is only an interrupted run's."""

import json
import pathlib
import re
import sys
import tempfile
import xml.etree.ElementTree

from harness import Failures, Programs


def junit_counts(path):
    cases = list(xml.etree.ElementTree.parse(path).getroot().iter("testcase"))
    skipped = [s.get("message").split(":")[0] for c in cases for s in c.findall("skipped")]
    return {
        "fail": sum(len(c.findall("failure")) for c in cases),
        "error": sum(len(c.findall("error")) for c in cases),
        "skipped": skipped.count("skipped"),
        "not-claimed": skipped.count("not-claimed"),
        "pass": sum(1 for c in cases if len(c) == 0),
    }


def junit_attributes(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    return [{k: int(e.get(k)) for k in ("tests", "failures", "errors")} for e in (root, *root)]


def text_counts(path):
    last = path.read_text().strip().splitlines()[-1]
    return {name: int(count) for name, count in re.findall(r"([a-z-]+) (\d+)[,;]", last)}


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve(
            "--break", "image-data.upload.answers-204", "--stores", "a,b") as mock:
        folder = pathlib.Path(name)
        target = folder / "target.yaml"
        target.write_text(f"subject: half a target\nurl: {mock.url}\n"
                          "identities:\n  owner: {token: \"o:${case.id}:member\"}\n")
        files = {form: folder / form for form in ("json", "junit", "text")}
        arguments = [a for form, path in files.items() for a in ("--report", f"{form}={path}")]
        done = programs.judge("run", "--quiet", *arguments, str(target))
        failures.expect(done.returncode == 1, f"exit status {done.returncode}: {done.stderr}")
        counts = json.loads(files["json"].read_text())["summary"]
        failures.expect(all(counts[v] for v in ("pass", "fail", "not-claimed", "error")), f"too plain a run: {counts}")
        failures.expect(junit_counts(files["junit"]) == counts, f"junit: {junit_counts(files['junit'])}")
        failures.expect(text_counts(files["text"]) == counts, f"text: {text_counts(files['text'])}")
        total, *suites = junit_attributes(files["junit"])
        summed = {k: sum(s[k] for s in suites) for k in total}
        failures.expect(total == summed, f"junit attributes: {total} and {summed}")
        print(counts)
    failures.end()


main()
