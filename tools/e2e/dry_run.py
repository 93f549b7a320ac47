#!/usr/bin/env python3
"""`imageproof run --dry-run` makes no connection, tells no secret, and tells what a run then sends: the same requests, in
the same order, of the same identities, with bodies of the same sizes."""

import json
import pathlib
import re
import socket
import sys
import tempfile
import threading

from harness import TIMEOUT_S, Failures, Programs

SECRETS = ("t0ken-of-owner", "passw0rd-of-guest", "passw0rd-of-keystone")
TARGET = """subject: a service that must not be disturbed
url: {url}
identities:
  owner: {{token: t0ken-of-owner, project: p}}
  other: {{auth: {{auth_url: "{url}", username: u, password: passw0rd-of-keystone, project_name: p}}}}
  admin: {{basic: {{user: guest, password: passw0rd-of-guest}}}}
features: [images-v1, images-v2, gns3-compute-v2, community-images]
limits:
  project_quota:
    value: 100k
    enter: {{run: [/no/such/program, "${{case.id}}"]}}
    leave: {{run: [/no/such/program, off]}}
"""
ONLY = ("--only", "image-data.*", "--only", "v1.*", "--only", "gns3.create.answers-*", "--only", "gns3.update.*")
VARIABLE = re.compile(r"\$\{[a-z][\w.-]*\}")


class Listener:
    """Counts who connects."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.count, self.seen = 0, threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _accept(self):
        while True:
            self.socket.accept()
            self.count += 1
            self.seen.set()


def silent(programs, failures, folder):
    """Nobody is asked, neither the service nor Keystone, and no program is run."""
    listener, target = Listener(), folder / "target.yaml"
    target.write_text(TARGET.format(url=listener.url))
    ways = ((target,), (listener.url, "--token", SECRETS[0]), ())
    for way in ways:
        for form in ("--dry-run", "--dry-run=json"):
            done = programs.judge("run", form, *ONLY, *way)
            failures.expect(done.returncode == 0 and not done.stderr, f"{way} {form}: {done.returncode} {done.stderr}")
            failures.expect(not any(secret in done.stdout for secret in SECRETS), f"{way} {form}: a secret is told")
            failures.expect("POST /v2/images" in done.stdout or '"/v2/images"' in done.stdout, f"{way} {form}: tells no create")
    socket.create_connection(listener.socket.getsockname()).close()  # which shows that connections are seen, in their order
    failures.expect(listener.seen.wait(TIMEOUT_S) and listener.count == 1, f"{listener.count - 1} connections were made")
    text = programs.judge("run", "--dry-run", *ONLY, target).stdout
    for wanted in ("preflight\n", "${image.id}", "not claimed: ", "RUN program:/no/such/program", "; nothing was sent."):
        failures.expect(wanted in text, f"no '{wanted.strip()}' in the text")


def told(programs):
    """The requests of each case."""
    lines = programs.judge("run", "--dry-run=json", *ONLY).stdout.splitlines()
    cases = {}
    for line in map(json.loads, lines):
        cases.setdefault(line["case"], []).append(line)
    return cases


def sent(report):
    """What a run has sent: tries of the same step once; its addresses without their beginning."""
    cases = {}
    for case in report["cases"]:
        if case["verdict"] == "pass":
            cases[case["id"]] = [exchange for exchange in case["exchanges"] if ", try " not in exchange["purpose"]]
    return cases


def shape(path):
    """What is by chance in an address is left out."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9]+\b", "*", path)


def same_request(dry, exchange):
    path = re.sub(r"^http://[^/]*", "", exchange["request"]["url"])
    size = exchange["request"]["body"]["length"] if exchange["request"]["body"] else 0
    return (dry["method"] == exchange["request"]["method"] and dry["identity"] == exchange["identity"]
            and (VARIABLE.search(dry["path"]) or shape(dry["path"]) == shape(path))
            and (dry["body"]["bytes"] in (None, size) or abs(dry["body"]["bytes"] - size) <= 8))  # numbers have more digits


def true(programs, failures):
    _, report = programs.results(*ONLY)
    dry = told(programs)
    compared = 0
    for case, exchanges in sent(report).items():
        lines = dry.get(case, [])
        if any(line["held"] or line["until_ms"] for line in lines):
            continue  # told where they begin, and sent where they end
        # A clean-up is of what was made: that of a refused request is not sent.
        made = [line for line in lines if line["purpose"] != "clean-up"]
        done = [exchange for exchange in exchanges if exchange["purpose"] != "clean-up"]
        compared += 1
        failures.expect([line["purpose"] for line in made] == [exchange["purpose"] for exchange in done],
                        f"{case}: tells {[line['purpose'] for line in made]}, sends {[e['purpose'] for e in done]}")
        failures.expect(len(lines) - len(made) >= len(exchanges) - len(done), f"{case}: more clean-ups than told")
        wrong = [(line, exchange["request"]["url"]) for line, exchange in zip(made, done, strict=False)
                 if not same_request(line, exchange)]
        failures.expect(not wrong, f"{case}: {wrong[:1]}")
    failures.expect(compared > 400, f"only {compared} cases were compared")


WRONG = {  # arguments, exit status, what is said
    "a form that is none": (("--dry-run=xml",), 64, "none of text, json"),
    "a report": (("--dry-run", "--report", "text=-"), 64, "judges nothing"),
    "a log": (("--dry-run", "--log", "x"), 64, "judges nothing"),
    "no case": (("--dry-run", "--only", "no.such.case"), 2, "no case matches"),
}


def wrong(programs, failures):
    for name, (arguments, status, said) in WRONG.items():
        done = programs.judge("run", *arguments)
        failures.expect(done.returncode == status and said in done.stderr, f"{name}: {done.returncode} {done.stderr}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        silent(programs, failures, pathlib.Path(name))
    true(programs, failures)
    wrong(programs, failures)
    failures.end()


main()
