#!/usr/bin/env python3
"""`imageproof target check`: what a target file says that is not so is told by name, what cannot be judged is what a run
does not judge, and nothing but GET is ever sent. (Of TLS and Keystone see tls.py and cloud.py.)"""

import collections
import json
import pathlib
import socket
import sys
import tempfile

from front import Front
from harness import Failures, Programs

SECRET = "owner-s3cret"
TARGET = {
    "subject": "a deployment",
    "identities": {
        "owner": {"token": f"{SECRET}:pa:member", "project": "pa"},
        "other": {"token": "other:pb:member", "project": "pb"},
        "admin": {"token": "admin:pc:admin", "project": "pc"},
        "reader": {"token": "reader:pa:reader", "project": "pa"},
        "stranger": {"token": "no-token"},
    },
    "features": ["images-v2", "multistore", "community-images"],
}
HOOK = {"enter": {"run": ["true"]}, "leave": {"run": ["true"]}}


def identity(name, **keys):
    return {"identities": {**TARGET["identities"], name: keys}}


def features(*words):
    return {"features": list(words)}


# name: (keys of the target file that are other ones, exit status, what is told)
ROWS = {
    "whole": ({}, 0, []),
    "a limit that always holds": ({"limits": {"image_size_cap": {"value": "1M"}}}, 0, ["image_size_cap   1M, always holds"]),
    "programs": ({"conditions": {"storage-full": HOOK}}, 0, ["storage-full     entered by program true, alone"]),
    "little is sent": ({"max_upload": "1M"}, 0, ["would send 64M in one body, the target allows max_upload 1M"]),
    "no API": (features("community-images"), 0, ["images-v2        claimed      there: v2.15 CURRENT"]),
    "another API": (features("images-v1"), 0, ["the API images-v2 is there, and not claimed: features: [images-v2]"]),
    "stores not claimed": (features("images-v2"), 0, ["there are several stores: features: [multistore]"]),
    "a feature misspelt": (features("images-v2", "multistores"), 0, ["feature multistores: no case asks for it"]),
    "a condition misspelt": ({"conditions": {"storage-ful": HOOK}}, 0, ["condition storage-ful: no case asks for it"]),
    "a permission misspelt": ({"allow": ["every-image"]}, 0, ["permission every-image: no case asks for it"]),
    "no project": (identity("admin", token="admin:pc:admin"), 0, ["identity admin: its project is not known"]),
    "entered for good": ({"conditions": {"storage-full": {"enter": {"run": ["true"]}}}}, 0,
                         ["condition storage-full is entered, and never left"]),
    "wrong token": (identity("other", token="wr0ng", project="pb"), 1,
                    ["identity other: its credentials are refused: GET /v2/images?limit=1 answered 401"]),
    "owner's token wrong": (identity("owner", token="wr0ng", project="pa"), 1, ["identity owner: its credentials are refused"]),
    "a stranger who is known": (identity("stranger", token="s:ps:member"), 1,
                                ["identity stranger: GET /v2/images?limit=1 answered 200, expected 401"]),
    "one project": (identity("other", token="other:pa:member", project="pa"), 1,
                    ["identities owner and other are of one project, pa: `other` is to be of another",
                     "identities other and reader are of one project, pa"]),
    "one project of the admin": (identity("admin", token="admin:pa:admin", project="pa"), 0,
                                 ["identities owner and admin are of one project, pa"]),
    "one token": (identity("reader", token=f"{SECRET}:pa:member", project="pa"), 1,
                  ["identities owner and reader are one: they have the same token"]),
    "two wrong": ({"identities": {"owner": {"token": "wr0ng"}, "other": {"token": "wr0ng-too"}}}, 1,
                  ["identity owner: its credentials", "identity other: its credentials"]),
    "a secret that is nowhere": (identity("owner", basic={"user": "u", "password": {"env": "NO_SUCH_VARIABLE"}}), 2,
                                 ["there is no NO_SUCH_VARIABLE in the environment"]),
    "no such program": ({"conditions": {"storage-full": {**HOOK, "leave": {"run": ["no-such-program", "x"]}}}}, 1,
                        ["condition storage-full: there is no program no-such-program"]),
    "no such program for images": ({"images": {"command": ["/no/such/program", "${path}"]}}, 1,
                                   ["images: there is no program /no/such/program"]),
    "no such directory": ({"images": {"directory": "/no/such/directory"}}, 1,
                          ["images: there is no directory that can be read, /no/such/directory"]),
}


class Gate:
    """Nothing but GET is to come through."""

    def __init__(self):
        self.others = []

    def change(self, head):
        if not head.startswith(b"GET "):
            self.others.append(head.split(b"\r\n")[0])
        return head


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def check(programs, target, *arguments):
    """Exit status, what is told to people, and the same as JSON."""
    done = programs.judge("target", "check", *arguments, target)
    made = programs.judge("target", "check", "--json", *arguments, target)
    found = json.loads(made.stdout) if made.stdout else {}
    return done.returncode, done.stdout + done.stderr, found, made.returncode


def check_row(programs, failures, folder, url, name):
    keys, wanted, told = ROWS[name]
    target = folder / "target.yaml"
    target.write_text(json.dumps({**TARGET, "url": url, **keys}))
    status, said, found, as_json = check(programs, target)
    failures.expect(status == as_json == found["status"] == wanted, f"{name}: {status}, {as_json}, {found['status']}: {said}")
    for text in told:
        failures.expect(text in said, f"{name}: no {text!r} in {said}")
    problems = [line for line in said.splitlines() if line.startswith("PROBLEM")]
    failures.expect(len(problems) == len(found["problems"]) == (0 if wanted == 0 else len(told)), f"{name}: {problems}")
    failures.expect(SECRET not in said + json.dumps(found), f"{name}: a token is seen")


def same_as_a_run(programs, failures, folder, url, *arguments):
    """What is told to be not claimed, reason by reason, is what a run does not judge."""
    target = folder / "target.yaml"
    target.write_text(json.dumps({**TARGET, "url": url, "max_upload": "1M"}))
    found = check(programs, target, *arguments)[2]["cases"]
    _, report = programs.results(*arguments, target)
    left = collections.Counter(case["reason"] for case in report["cases"] if case["verdict"] == "not-claimed")
    told = {one["reason"]: one["cases"] for one in found["not_claimed"]}
    failures.expect(told == left, f"a run differs: {set(told.items()) ^ set(left.items())}")
    failures.expect(found["all"] == len(report["cases"]) and found["judged"] == found["all"] - sum(left.values()),
                    f"{found['judged']} of {found['all']} cases, in the run {len(report['cases'])}")
    added = {one["name"]: one["cases"] for one in found["add"]}
    wanted = sum(count for reason, count in left.items() if "feature store-preference" in reason)
    failures.expect(added.get("store-preference") == wanted, f"to add: {added}, wanted {wanted}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin", "--stores", "fast,cheap") as mock:
        folder, gate = pathlib.Path(name), Gate()
        with Front(mock.url, gate.change) as front:
            for row in ROWS:
                check_row(programs, failures, folder, front.url, row)
            failures.expect(not gate.others, f"more than GET was sent: {gate.others[:3]}")
        same_as_a_run(programs, failures, folder, mock.url, "--api", "images-v2")
        dead = f"http://127.0.0.1:{free_port()}"
        status, said, found, _ = check(programs, dead)
        failures.expect(status == 2 and f"{dead} cannot be reached" in said, f"nobody there: {status}: {said}")
        failures.expect(not found["peer"]["reached"] and found["cases"]["all"] > 1000, f"nobody there: {found['peer']}")
        with programs.serve() as single:
            (folder / "target.yaml").write_text(json.dumps({**TARGET, "url": single.url}))
            status, said, found, _ = check(programs, folder / "target.yaml")
            failures.expect(status == 1 and "multistore is claimed, and " in said, f"one store: {status}: {said}")
            failures.expect("features: [images-v1]" in said, f"an API that is there is not to be added: {said}")
        with programs.serve("--api", "images-v2") as newer:
            (folder / "target.yaml").write_text(json.dumps({**TARGET, "url": newer.url, "features": ["images-v2"]}))
            said = check(programs, folder / "target.yaml")[1]
            failures.expect("no API images-v1" in said and "[images-v1]" not in said, f"an API that is not there: {said}")
        bundled = programs.judge("target", "check", "--json")
        failures.expect(bundled.returncode == 0 and json.loads(bundled.stdout)["cases"]["not_claimed"] == [],
                        f"the bundled mock: {bundled.returncode} {bundled.stderr}")
    for words, status in ((["target"], 64), (["target", "chek"], 64), (["target", "check", "/no/such/file"], 2),
                          (["target", "check", "--shard", "1/2"], 64)):
        done = programs.judge(*words)
        failures.expect(done.returncode == status and done.stderr and not done.stdout, f"{words}: {done}")
    failures.end()


main()
