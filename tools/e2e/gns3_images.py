#!/usr/bin/env python3
"""Image files that the judge takes where its target file says: by the call, in a directory, from a command. The same
clauses hold by each of the three, and what is wrong is found by each. And a login that such a server may ask for."""

import base64
import json
import os
import pathlib
import shutil
import sys
import tempfile

from harness import Failures, Programs

API = "gns3-compute-v2"
# Of each kind of step: one file, several of one image, none, and what the quirks spoil.
DISKS = ("gns3.create.format", "gns3.create.extents", "gns3.create.static-misfit", "gns3.create.path-taken",
         "gns3.update.extends-vpc*")
USER, PASSWORD, VARIABLE = "gns3", "not to be seen: 4711", "IMAGEPROOF_E2E_PASSWORD"


def target(folder, images, *arguments, **more):
    """The mock with its images in a folder, as a target file."""
    return {"subject": "mock", "images": images, "features": [API, "absolute-paths"],
            "start": {"program": "imageproof-mock",
                      "arguments": ["--listen", "127.0.0.1:0", "--gns3-images", str(folder), "--exit-with-parent",
                                    *arguments]},
            "identities": {"owner": {}}, **more}


class Judge:
    def __init__(self, programs, top):
        self.programs, self.top = programs, pathlib.Path(top)
        self.images = self.top / "images"
        self.images.mkdir()
        self.file = self.top / "target.yaml"

    def ways(self):
        folder = self.images.resolve() / "QEMU"
        yield "download", {"download": True}
        yield "directory", {"directory": str(folder)}
        yield "command", {"command": ["cat", f"{folder}/${{path}}"]}

    def run(self, told, *arguments):
        self.file.write_text(json.dumps(told))
        return self.programs.results(str(self.file), "--api", API, *arguments)


def verdicts(report):
    return {c["id"]: (c["verdict"], sorted({f["clause"] for f in c["findings"]})) for c in report["cases"]}


def same_by_each(judge, failures):
    """What passes, and what is found where the mock does as servers do."""
    only = [word for glob in DISKS for word in ("--only", glob)]
    for arguments, statuses in (((), {0}), (("--quirks", "gns3-2.2"), {1})):
        seen = {}
        for way, images in judge.ways():
            status, report = judge.run(target(judge.images, images, *arguments), *only)
            failures.expect(status in statuses, f"{way} {arguments}: exit status {status}, {report['summary']}")
            fetched = [e for c in report["cases"] for e in c["exchanges"] if e["request"]["method"] == "FETCH"]
            failures.expect(bool(fetched) == (way != "download"), f"{way}: {len(fetched)} files fetched without a call")
            seen[way] = verdicts(report)
        failures.expect(seen["download"] == seen["directory"] == seen["command"], f"{arguments}: they differ")
        print(f"{len(seen['download'])} cases by each of {', '.join(seen)}")


def rejudged(judge, failures):
    """The transcript of a run that saw the files itself is enough to judge again, when the files are gone."""
    log, certificate, key = (judge.top / name for name in ("run.log", "certificate.json", "key"))
    made = judge.programs.judge("certify", "--make-key", str(key))
    failures.expect(made.returncode == 0, f"no key: {made.stderr}")
    for way, images in judge.ways():
        status, _ = judge.run(target(judge.images, images), "--log", str(log), "--only", "gns3.create.format")
        failures.expect(status == 0, f"{way}: exit status {status}")
        shutil.rmtree(judge.images / "QEMU")
        for arguments in (("certify", log, "--key", key, "--output", certificate),
                          ("verify", certificate, "--transcript", log, "--key", f"{key}.pub")):
            done = judge.programs.judge(*map(str, arguments))
            failures.expect(done.returncode == 0, f"{way}: {arguments[0]}: {done.stdout}{done.stderr}")
        log.unlink()
        certificate.unlink()


def with_a_login(judge, failures):
    """A server that asks for credentials gets them, and nobody else: no report has them."""
    (judge.top / "password").write_text(PASSWORD + "\n")
    encoded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for password in (PASSWORD, {"env": VARIABLE}, {"file": str(judge.top / "password")}):
        told = target(judge.images, {"download": True}, "--gns3-auth", f"{USER}:{PASSWORD}",
                      identities={"owner": {"basic": {"user": USER, "password": password}}})
        log = judge.top / "login.log"
        status, report = judge.run(told, "--log", str(log), "--only", "gns3.create.format")
        failures.expect(status == 0 and report["summary"]["pass"] > 0, f"with a login: {report['summary']}")
        for text in (json.dumps(report), log.read_text()):
            failures.expect(PASSWORD not in text and encoded not in text, "a password is in a report")
    told["identities"]["owner"]["basic"]["password"] = {"env": VARIABLE + "_NOT"}
    judge.file.write_text(json.dumps(told))
    done = judge.programs.judge("run", str(judge.file))
    failures.expect(done.returncode == 2 and VARIABLE in done.stderr, f"without the password: {done.stderr}")
    failures.expect(judge.programs.judge("lint", str(judge.file)).returncode == 0, "lint needs the password")


def main():
    failures = Failures()
    os.environ[VARIABLE] = PASSWORD
    with tempfile.TemporaryDirectory() as top:
        judge = Judge(Programs(sys.argv), top)
        same_by_each(judge, failures)
        rejudged(judge, failures)
        with_a_login(judge, failures)
    failures.end()


main()
