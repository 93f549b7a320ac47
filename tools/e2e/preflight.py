#!/usr/bin/env python3
"""Before a deployment is judged, one resource of each API is made, read and deleted: where that is not allowed, or leaves
something behind, nothing else is sent, every case is an error with the reason, and the exit status is 2. What is wrong
in a way that cases find is judged."""

import json
import pathlib
import sys
import tempfile

from front import Front, answer
from harness import Failures, Programs, fetch_json

ONLY = ("--only", "image-data.upload.answers-*", "--only", "v1.delete.*", "--only", "gns3.create.answers-*")
TARGET = """subject: a service in use
url: {url}
identities:
  owner: {{token: "{owner}", project: "${{case.id}}"}}
  other: {{token: "other:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  stranger: {{token: no-token}}
features: [{features}]
"""
GOOD = "owner:${case.id}:member"
WRONG = "no-such-token-5d1c"
V1, V2, GNS3 = "images-v1", "images-v2", "gns3-compute-v2"
PROBE = "GET /"
MADE = {V1: "POST /v1/images", V2: "POST /v2/images", GNS3: "POST /v2/compute/qemu/img"}


class Watched:
    """Keeps what was asked, and answers some of it itself."""

    def __init__(self, instead=None):
        self.instead, self.asked = instead or {}, []

    def __call__(self, head):
        method, path = head.split(b" ", 2)[:2]
        line = f"{method.decode()} {path.decode()}"
        self.asked.append(line)
        said = next((status for start, status in self.instead.items() if line.startswith(start)), None)
        return head if said is None else answer(said)


def run(programs, folder, url, watched, *arguments, owner=GOOD, features=(V2,)):
    target, ledger, report = folder / "target.yaml", folder / "ledger", folder / "run.json"
    report.unlink(missing_ok=True)
    with Front(url, watched) as front:
        target.write_text(TARGET.format(url=front.url, owner=owner, features=", ".join(features)))
        done = programs.judge("run", "--quiet", "--jobs", "4", "--ledger", ledger, "--report", f"json={report}", *ONLY,
                              *arguments, target)
    return done, json.loads(report.read_text()), ledger


# name: (options of run(), answers instead, what is asked before it is over, what the sentence has)
REFUSED = {
    "a wrong token": ({"owner": WRONG}, {}, [MADE[V2]], ("answered with 401", "as owner", "identity owner of the target proves")),
    "an identity that only reads": ({"owner": "owner:${case.id}:reader"}, {}, [MADE[V2]], ("answered with 403", "give identity owner of the target a role")),
    "a service that is not well": ({}, {MADE[V2]: 500}, [MADE[V2]], ("answered with 500", "see to the service")),
    "a store that is not there": ({}, {MADE[V2]: 503}, [MADE[V2]], ("answered with 503",)),
    "a refusal to read": ({}, {"GET /v2/images/": 403}, [MADE[V2], "GET", "DELETE"], ("GET", "answered with 403")),
    "a refusal to delete": ({}, {"DELETE": 403}, [MADE[V2], "GET", "DELETE"], ("DELETE", "answered with 403")),
    "no call that deletes": ({}, {"DELETE": 405}, [MADE[V2], "GET", "DELETE"], ("what was made cannot be deleted", "answered 405")),
    "a wrong token, v1": ({"owner": WRONG, "features": (V1,)}, {}, [MADE[V1]], ("preflight of images-v1", "answered with 401")),
    "no call that deletes, v1": ({"features": (V1,)}, {"DELETE": 405}, [MADE[V1], "HEAD", "DELETE"], ("what was made cannot be deleted",)),
    "a wrong login, GNS3": ({"features": (GNS3,)}, {MADE[GNS3]: 401}, [MADE[GNS3]], ("preflight of gns3-compute-v2", "answered with 401")),
    "the second API refuses": ({"features": (V1, V2)}, {MADE[V2]: 403}, [MADE[V1], "HEAD", "DELETE", MADE[V2]], ("preflight of images-v2",)),
}
# What removes the leftover again, as `imageproof clean` would, may be asked after it.
REMOVAL = ("DELETE /v", "GET /v2/images?", "GET /v1/images/detail", "PATCH /v2/images/", "PUT /v1/images/")


def is_about(line, start):
    return line.split("?")[0] == start or (" " not in start and line.startswith(start + " "))


def asked_only(asked, wanted):
    """Whether exactly this was asked, and then at most what removes a leftover."""
    begun = [PROBE, *wanted]
    rest = asked[len(begun):]
    return (len(asked) >= len(begun) and all(is_about(line, start) for line, start in zip(asked, begun, strict=False))
            and all(line.startswith(REMOVAL) for line in rest))


def refused(programs, failures, mock, folder):
    for name, (options, instead, wanted, said) in REFUSED.items():
        watched = Watched(instead)
        done, report, ledger = run(programs, folder, mock.url, watched, **options)
        failures.expect(done.returncode == 2, f"{name}: exit status {done.returncode}")
        failures.expect(asked_only(watched.asked, wanted), f"{name}: asked {watched.asked}")
        reasons = {case["reason"] for case in report["cases"]}
        reason = next(iter(reasons)) or ""
        verdicts = {case["verdict"] for case in report["cases"]}
        failures.expect(verdicts == {"error"} and len(reasons) == 1, f"{name}: {verdicts} {reasons}")
        for text in (*said, "no case was run", "--no-preflight"):
            failures.expect(text in reason, f"{name}: no '{text}' in: {reason}")
        failures.expect(done.stderr.count(reason) == 1, f"{name}: stderr: {done.stderr}")
        failures.expect(WRONG not in done.stderr + json.dumps(report), f"{name}: the token is told")
        if ledger.exists():
            failures.expect(f"imageproof clean {ledger}" in done.stderr, f"{name}: what is left is not told: {done.stderr}")
            cleaned = programs.judge("clean", "--settle", "0ms", ledger, "--url", mock.url)
            failures.expect(cleaned.returncode == 0, f"{name}: clean: {cleaned.stderr}")
        left = fetch_json(mock.url + "/__mock/state")["images"]
        failures.expect(left == 0, f"{name}: {left} images are left")


class BusyAtFirst(Watched):
    """Wants to be left alone when something is asked for the first time."""

    def __init__(self, status, said, lines):
        super().__init__()
        self.status, self.said, self.left = status, said, list(lines)

    def __call__(self, head):
        passed = super().__call__(head)
        first = next((start for start in self.left if is_about(self.asked[-1], start)), None)
        if first is None:
            return passed
        self.left.remove(first)
        return answer(self.status, self.said)


def busy(programs, failures, mock, folder):
    """It is waited for, as the cases do."""
    for status, said in ((429, "Retry-After: 1"), (503, "Retry-After: 0")):
        watched = BusyAtFirst(status, said, (MADE[V2], "GET", "DELETE"))
        done, report, _ = run(programs, folder, mock.url, watched)
        failures.expect(done.returncode == 0 and not watched.left, f"busy, {status}: {done.returncode} {done.stderr}")
        failures.expect(report["summary"]["pass"] > 0, f"busy, {status}: {report['summary']}")


# What cases find, and no lack of rights: name: answers instead.
JUDGED = {
    "a create that refuses": {MADE[V2]: 400},
    "a create that is not there": {MADE[V2]: 404},
    "a read that finds nothing": {"GET /v2/images/": 404},
}


def judged(programs, failures, mock, folder):
    for name, instead in JUDGED.items():
        watched = Watched(instead)
        _, report, _ = run(programs, folder, mock.url, watched)
        failures.expect(all("preflight" not in (case["reason"] or "") for case in report["cases"]),
                        f"{name}: {report['cases'][0]['reason']}")
        failures.expect(len(watched.asked) > 10, f"{name}: asked {watched.asked}")


def in_order(programs, failures, mock, folder):
    """Made, read, deleted, for each API, before anything else; and not at all when that is not wanted."""
    watched = Watched()
    done, _, ledger = run(programs, folder, mock.url, watched, features=(V1, V2))
    begun = [PROBE, MADE[V1], "HEAD", "DELETE", MADE[V2], "GET", "DELETE"]
    failures.expect(all(is_about(line, start) for line, start in zip(watched.asked, begun, strict=False)),
                    f"in order: {watched.asked[:8]}")
    failures.expect(done.returncode == 0 and not ledger.exists(), f"in order: {done.returncode} {done.stderr}")
    watched = Watched()
    _, report, _ = run(programs, folder, mock.url, watched, "--no-preflight", owner=WRONG)
    failures.expect(len(watched.asked) > 10, f"--no-preflight: asked {watched.asked}")
    failures.expect(all("preflight" not in (case["reason"] or "") for case in report["cases"]), "--no-preflight: is done")


def nobody(programs, failures, folder):
    target, report = folder / "target.yaml", folder / "run.json"
    target.write_text(TARGET.format(url="http://127.0.0.1:1", owner=GOOD, features=V2))
    done = programs.judge("run", "--quiet", "--ledger", folder / "ledger", "--report", f"json={report}", *ONLY, target)
    failures.expect(done.returncode == 2 and "cannot be reached" in done.stderr, f"nobody: {done.returncode} {done.stderr}")
    verdicts = {case["verdict"] for case in json.loads(report.read_text())["cases"]}
    failures.expect(verdicts == {"error"}, f"nobody: {verdicts}")
    failures.expect(not (folder / "ledger").exists(), "nobody: a ledger is left")


def bundled(programs, failures):
    """It ends with the run, which is why it is not asked first; but may be."""
    done = programs.judge("run", "--quiet", "--preflight", *ONLY)
    failures.expect(done.returncode == 0, f"the bundled mock: {done.returncode} {done.stderr}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin") as mock:
        folder = pathlib.Path(name)
        refused(programs, failures, mock, folder)
        judged(programs, failures, mock, folder)
        busy(programs, failures, mock, folder)
        in_order(programs, failures, mock, folder)
        nobody(programs, failures, folder)
        bundled(programs, failures)
    failures.end()


main()
