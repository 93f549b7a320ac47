#!/usr/bin/env python3
"""What a run leaves behind when it is killed, and `imageproof clean`: nothing of the run stays, nothing else is touched,
whatever the moment; and a ledger that is no good, or a subject that refuses, is told."""

import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from front import Front, answer
from harness import TIMEOUT_S, Failures, Programs, fetch_json

SEED = 7
MOMENTS = 20
DIRTY_MIN = 4  # how many of the moments leave something depends on the machine; none would prove nothing
STRANGERS = 50
LINES_MAX = 400  # of the ledger, when the run is killed
POLL_S = 0.002
SETTLE = "400ms"
TARGET = """subject: a service in use
url: {url}
identities:
  owner: {{token: "owner:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "other:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "admin:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
  stranger: {{token: no-token}}
features: [images-v1, images-v2, community-images]
conditions:
  storage-full:
    enter: {{method: PUT, path: /__mock/conditions/storage-full, as: admin, query: {{project: "${{identity.owner.project}}"}}}}
    leave: {{method: DELETE, path: /__mock/conditions/storage-full, as: admin, query: {{project: "${{identity.owner.project}}"}}}}
"""


def ask(url, token, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None,
                                     {"X-Auth-Token": token, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as done:
        return json.load(done)


def listing(url):
    """Everything there is, as an administrator sees it."""
    images = ask(f"{url}/v2/images?limit=1000&visibility=all", "root:root:admin")["images"]
    return sorted(images, key=lambda image: image["id"])


def make_strangers(url):
    """Some of them have names that this program might have given."""
    for number in range(STRANGERS):
        name = f"imageproof deadbeef-{number}" if number % 3 else f"holiday {number}"
        ask(f"{url}/v2/images", f"u{number}:p{number}:member", {"name": name, "visibility": "private"})


def lines_of(path):
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def kill_at(programs, folder, target, lines, jobs):
    """Starts a run and kills it once its ledger has so many lines; whether it was still alive."""
    ledger = folder / "ledger"
    with subprocess.Popen([programs.imageproof, "run", "--quiet", "--jobs", str(jobs), "--ledger", ledger, target],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        while run.poll() is None and lines_of(ledger) < lines:
            time.sleep(POLL_S)
        alive = run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.communicate(timeout=TIMEOUT_S)
    return alive


def moments(programs, failures, mock, folder, target):
    before = listing(mock.url)
    failures.expect(len(before) == STRANGERS, f"{len(before)} images of strangers")
    chance = random.Random(SEED)
    dirty = 0
    for moment in range(MOMENTS):
        lines, jobs = chance.randrange(2, LINES_MAX), chance.choice((1, 4, 8))
        alive = kill_at(programs, folder, target, lines, jobs)
        failures.expect(alive, f"moment {moment}: the run was over before {lines} lines")
        dirty += listing(mock.url) != before
        done = programs.judge("clean", "--settle", SETTLE, folder / "ledger")
        failures.expect(done.returncode == 0, f"moment {moment} ({lines} lines): clean: {done.returncode} {done.stderr}")
        after = listing(mock.url)
        failures.expect(after == before, f"moment {moment} ({lines} lines): changed: {[image for image in after if image not in before]}")
        failures.expect(not (folder / "ledger").exists(), f"moment {moment}: the ledger stays")
        (folder / "ledger").unlink(missing_ok=True)
    failures.expect(dirty >= DIRTY_MIN, f"only {dirty} of {MOMENTS} moments left anything")
    state = fetch_json(mock.url + "/__mock/state")
    failures.expect(state["images"] == STRANGERS, f"the mock has {state['images']} images")


def refused(programs, failures, mock, folder, target):
    """A subject that does not let anything be removed: it is told, and the ledger stays until it can."""
    before = listing(mock.url)
    for lines in range(40, 40 + MOMENTS):
        kill_at(programs, folder, target, lines, 4)
        if listing(mock.url) != before:
            break
        programs.judge("clean", "--settle", SETTLE, folder / "ledger")
    with Front(mock.url, lambda head: answer(403) if head.startswith(b"DELETE") else head) as front:
        done = programs.judge("clean", "--settle", SETTLE, folder / "ledger", target, "--url", front.url)
    failures.expect(done.returncode == 2 and "left behind: " in done.stderr, f"refused: {done.stderr[:300]}")
    done = programs.judge("clean", "--settle", SETTLE, folder / "ledger", "--url", "http://127.0.0.1:1")
    failures.expect(done.returncode == 2 and "left behind" in done.stderr, f"nobody there: {done.stderr[:300]}")
    done = programs.judge("clean", "--settle", SETTLE, folder / "ledger")
    failures.expect(done.returncode == 0 and listing(mock.url) == before, f"at last: {done.stderr[:300]}")


BEGIN = '{"record":"begin","schema":"imageproof.remains/1","run":"deadbeef","url":"%s","subject":"%s"}\n'
MADE = ('{"record":"made","number":1,"identity":"admin","api":"images-v2","name":"%s","id":null,"entry":1}\n')
# name: (text of a ledger, exit status, what is said)
LEDGERS = {
    "empty": ("", 2, "is no ledger"),
    "another file that has no newline": ('{"precious": 1}', 2, "is no ledger"),
    "another schema": ('{"record":"begin","schema":"x"}\n', 2, "written:1: this is no line of a ledger"),
    "no JSON": (BEGIN + "{\n", 2, "written:2: this is no line of a ledger"),
    "done before it was made": (BEGIN + '{"record":"done","entry":1}\n', 2, "written:2: this is no line of a ledger"),
    "a name that is not the run's": (BEGIN + MADE % "holiday 3", 2, "is not the run's own"),
    "a short name": (BEGIN + MADE % "deadbeef", 2, "is not the run's own"),
    "an API without a call": (BEGIN + (MADE % "x").replace("images-v2", "gns3-compute-v2"), 2, "has no call that removes"),
    "a name that nobody has": (BEGIN + MADE % "imageproof deadbeef-none", 0, ""),
    "cut off within a line": (BEGIN + '{"record":"made","num', 0, ""),
    "nothing made": (BEGIN, 0, ""),
}


def ledgers(programs, failures, mock, folder, target):
    before = listing(mock.url)
    for name, (text, status, said) in LEDGERS.items():
        ledger = folder / "written"
        ledger.write_text(text.replace("%s", mock.url, 1).replace("%s", str(target), 1) if "%s" in text else text)
        done = programs.judge("clean", "--settle", "0ms", ledger)
        failures.expect(done.returncode == status and said in done.stderr, f"{name}: {done.returncode} {done.stderr}")
        failures.expect(ledger.exists() == (status != 0), f"{name}: the ledger is {'there' if ledger.exists() else 'gone'}")
        failures.expect("is no ledger" not in said or ledger.read_text() == text, f"{name}: the file is another one now")
        ledger.unlink(missing_ok=True)
    failures.expect(listing(mock.url) == before, "a ledger that was made up removed something")


def orderly(programs, failures, mock, folder, target):
    """A run that ends leaves neither images nor a ledger; and never writes into another run's."""
    before = listing(mock.url)
    ledger = folder / "orderly"
    done = programs.judge("run", "--quiet", "--only", "image-data.upload.*", "--ledger", ledger, target)
    failures.expect(done.returncode == 0, f"orderly: {done.returncode} {done.stderr}")
    failures.expect(not ledger.exists() and listing(mock.url) == before, "orderly: something is left")
    ledger.write_text("mine\n")
    done = programs.judge("run", "--quiet", "--ledger", ledger, target)
    failures.expect(done.returncode == 2 and ledger.read_text() == "mine\n", f"taken: {done.returncode} {done.stderr}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin") as mock:
        folder = pathlib.Path(name)
        target = folder / "target.yaml"
        target.write_text(TARGET.format(url=mock.url))
        make_strangers(mock.url)
        moments(programs, failures, mock, folder, target)
        refused(programs, failures, mock, folder, target)
        ledgers(programs, failures, mock, folder, target)
        orderly(programs, failures, mock, folder, target)
    failures.end()


main()
