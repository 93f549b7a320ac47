#!/usr/bin/env python3
"""Wrong use and broken input: one clear sentence for each mistake, the right exit status, nothing sent."""

import pathlib
import socket
import sys
import tempfile

from harness import Failures, Programs

CLAUSE = """section: Some section
reference: some.inc
calls: {show: "GET /v2/images/{image_id}"}
clauses:
  - id: some.clause
    kind: rule
    level: must
    from: Somewhere
    says: Something holds.
    cases:
      - name: it does
        send: {call: show, image_id: "1"}
        expect: {status: 200}
"""

# name: (replacements in CLAUSE, fragments of the message lines in their order)
SPECS = {
    "malformed YAML": ([("section: Some", "section: [Some")], [":2:", ]),
    "misspelt key": ([("expect:", "expects:")], [':13:9: unknown key "expects"', ":11:"]),
    "misspelt variable": ([('"1"', '"${case.idd}"')], [':12:38: variable "${case.idd}" is not known here, did you mean "case.id"?']),
    "unknown call": ([("call: show", "call: shwo")], [':12:22: unknown call "shwo", did you mean "show"?']),
    "several at once": ([("kind: rule", "kind: rull"), ("level: must", "level: mist"), ("status: 200", "status: 999")],
                        [":6:11:", ":7:12:", ":13:26:"]),
    "missing fixture": ([('image_id: "1"', 'image_id: "1", body: {file: no/such.bin}')], ['fixture "no/such.bin" is missing']),
    "missing key": ([("    says: Something holds.\n", "")], [':5:5: a clause without the mandatory key "says"']),
    "wrong type": ([("clauses:\n", "clauses: 5\nx:\n")], ["clauses is an integer, expected a list"]),
}


def check(failures, name, done, status, fragments, exact=True):
    lines = done.stderr.strip().splitlines()
    failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}, want {status}: {done.stderr}")
    failures.expect(not done.stdout, f"{name}: something on stdout: {done.stdout[:200]}")
    if exact:
        failures.expect(len(lines) == len(fragments), f"{name}: {len(lines)} lines, want {len(fragments)}: {lines}")
    for fragment in fragments:
        failures.expect(any(fragment in line for line in lines), f"{name}: nothing says {fragment!r}: {lines}")


def check_specs(programs, failures, folder):
    specs = folder / "specs" / "images-v2"
    specs.mkdir(parents=True)
    path = specs / "some.yaml"
    for name, (changes, fragments) in SPECS.items():
        text = CLAUSE
        for old, new in changes:
            if old not in text:
                failures.expect(False, f"{name}: {old!r} is not in the file any more")
            text = text.replace(old, new)
        path.write_text(text)
        done = programs.judge("run", "--specs", str(specs.parent))
        check(failures, name, done, 2, fragments, exact=name not in ("misspelt key", "wrong type"))
        done = programs.judge("lint", str(path))
        check(failures, "lint, " + name, done, 1, fragments, exact=name not in ("misspelt key", "wrong type"))
    path.write_text(CLAUSE)
    failures.expect(programs.judge("lint", str(path)).returncode == 0, "lint complains of a sound file")
    (specs / "more.yaml").write_text(CLAUSE.replace("calls:", "x-calls:").replace("x-calls: {show: \"GET /v2/images/{image_id}\"}\n", ""))
    done = programs.judge("run", "--specs", str(specs.parent))
    check(failures, "repeated id", done, 2, ['id "some.clause" is there twice'])


def usage_rows(folder, dead):
    """name: (arguments, exit status, fragment)"""
    (folder / "file").write_text("")
    return {
        "no command": ([], 64, "a command is missing"),
        "unknown command": (["rnu"], 64, "did you mean 'run'?"),
        "unknown flag": (["run", "--frob"], 64, "--frob"),
        "two subjects": (["run", "http://127.0.0.1:1", "http://127.0.0.1:2"], 64, "one subject at a time"),
        "unknown API": (["run", "--api", "images-v9"], 64, "there is no API 'images-v9'"),
        "unknown edition": (["run", "--edition", "x"], 64, "there is no edition 'x'"),
        "bad shard": (["run", "--shard", "3/2"], 64, "'3/2' is no K/N"),
        "bad jobs": (["run", "--jobs", "0"], 64, "'0' is no number"),
        "bad timeout": (["run", "--timeout", "soon"], 64, "'soon' is no duration"),
        "unknown form": (["run", "--report", "jsn=x"], 64, "there is no form 'jsn'"),
        "no path": (["run", "--report", "json"], 64, "is no FORM=PATH"),
        "unwritable report": (["run", "--report", f"json={folder}/no/such/r.json"], 2, "cannot write"),
        "report is a folder": (["run", "--report", f"json={folder}"], 2, "is a folder"),
        "no case": (["run", "--only", "no-such-*"], 2, "no case matches"),
        "no suite": (["run", "--specs", f"{folder}/empty"], 2, "no clauses: there is no"),
        "no such target": (["run", f"{folder}/none.yaml"], 2, "none.yaml"),
        "no address": (["run", "ftp://127.0.0.1/"], 2, "is no address"),
        "user in the address": (["run", "http://me:secret@127.0.0.1/"], 2, "--token"),
        "lint without file": (["lint"], 64, "a file is missing"),
        "lint of nothing": (["lint", f"{folder}/none.yaml"], 2, "cannot read"),
        "mock's unknown clause": (["mock", "--break", "image-data.upload.needs-queed"], 64, "did you mean 'image-data.upload.needs-queued'?"),
        "mock elsewhere than loopback": (["mock", "--listen", "192.0.2.1:0"], 64, "is not a loopback address"),
        "mock on a busy port": (["mock", "--listen", dead], 2, "is busy"),
        "mock on no address": (["mock", "--listen", "here"], 64, "is no address"),
        "mock's unknown API": (["mock", "--api", "images-v3"], 64, "there is no API 'images-v3'"),
    }


def check_usage(programs, failures, folder):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        address = "127.0.0.1:%d" % busy.getsockname()[1]
        for name, (arguments, status, fragment) in usage_rows(folder, address).items():
            done = programs.judge(*arguments, timeout=20)
            check(failures, name, done, status, [fragment], exact=status == 2)
            failures.expect("secret" not in done.stderr, f"{name}: the password is shown")


def check_target(programs, failures, folder):
    path = folder / "target.yaml"
    path.write_text("subject: x\nurll: http://127.0.0.1:1\nidentities:\n  owner: {tokn: a}\n")
    done = programs.judge("run", str(path))
    check(failures, "misspelt target", done, 2, ["did you mean \"url\"?", "either `url` or `start`", "did you mean \"token\"?"])
    check(failures, "lint, misspelt target", programs.judge("lint", str(path)), 1, ["did you mean \"url\"?"], exact=False)


def check_unreachable(programs, failures):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    rows = {
        "dead port": f"http://127.0.0.1:{port}",
        "no such host": "http://imageproof.invalid",
    }
    with programs.serve() as mock:
        rows["https at an http port"] = mock.url.replace("http:", "https:")
        for name, url in rows.items():
            done = programs.judge("run", "--quiet", "--token", "a:b:member", url, timeout=30)
            check(failures, name, done, 2, ["cannot be reached"])
            done = programs.judge("run", "--token", "a:b:member", url, timeout=30)
            failures.expect("ENDED EARLY" in done.stdout, f"{name}: the summary does not say why")
            failures.expect(len((done.stdout + done.stderr).splitlines()) < 9, f"{name}: too many words")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_specs(programs, failures, folder)
        check_usage(programs, failures, folder)
        check_target(programs, failures, folder)
    check_unreachable(programs, failures)
    failures.end()


main()
