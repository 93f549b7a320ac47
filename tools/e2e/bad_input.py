#!/usr/bin/env python3
"""Wrong use and broken input: one clear sentence for each mistake, the right exit status, nothing sent."""

import pathlib
import re
import socket
import subprocess
import sys
import tempfile

from harness import TIMEOUT_S, Failures, Programs

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

# name: (replacements in CLAUSE, a fragment of each line that is to be said, in their order)
SPECS = {
    "malformed YAML": ([("section: Some", "section: [Some")], [":2:10: did not find expected ',' or ']'"]),
    "empty file": ([(CLAUSE, "")], [":1:1: the file is empty"]),
    "two documents": ([("calls:", "---\ncalls:")], [":3:1: a second document"]),
    "an anchor": ([("rule", "&kind rule")], [":6:11: an anchor (&)"]),
    "a key twice": ([("level: must", "kind: rule\n    level: must")], [':7:5: key "kind" occurs twice']),
    "misspelt key": ([("expect:", "expects:")], [":11:9: a case without any `expect` proves nothing",
                                                 ':13:9: unknown key "expects"']),
    "misspelt variable": ([('"1"', '"${case.idd}"')],
                          [':12:38: variable "${case.idd}" is not known here, did you mean "case.id"?']),
    "unknown call": ([("call: show", "call: shwo")], [':12:22: unknown call "shwo", did you mean "show"?']),
    "several at once": ([("kind: rule", "kind: rull"), ("level: must", "level: mist"), ("status: 200", "status: 999")],
                        [":6:11: unknown kind", ":7:12: unknown level", ":13:26: status is 999"]),
    "missing fixture": ([('image_id: "1"', 'image_id: "1", body: {file: no/such.bin}')],
                        ['fixture "no/such.bin" is missing']),
    "missing key": ([("    says: Something holds.\n", "")],
                    [':5:5: a clause without the mandatory key "says"']),
    "wrong type": ([("clauses:\n", "clauses: 5\nx:\n")], [":4:10: clauses is an integer, expected a list",
                                                          ':5:1: unknown key "x"']),
}

# argp puts this after what it has to say about the command line.
HINT = re.compile(r"Try `[^']*' or `[^']*' for\s+more\s+information\.\s*")
CRASH = re.compile(r"Sanitizer|runtime error|[Aa]ssert|core dumped")


def check(failures, name, done, status, fragments):
    """The exit status, and one line on stderr for each fragment; nothing on stdout."""
    lines = HINT.sub("", done.stderr).splitlines()
    failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}, want {status}: {done.stderr}")
    failures.expect(not done.stdout, f"{name}: something on stdout: {done.stdout[:200]}")
    failures.expect(not CRASH.search(done.stderr), f"{name}: a crash: {done.stderr}")
    failures.expect(len(lines) == len(fragments), f"{name}: {len(lines)} lines, want {len(fragments)}: {lines}")
    for line, fragment in zip(lines, fragments):
        failures.expect(fragment in line, f"{name}: no {fragment!r} in {line!r}")


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
        check(failures, name, done, 2, fragments)
        done = programs.judge("lint", str(path))
        check(failures, "lint, " + name, done, 1, fragments)
    path.write_text(CLAUSE)
    failures.expect(programs.judge("lint", str(path)).returncode == 0, "lint complains of a sound file")
    (specs / "more.yaml").write_text(CLAUSE.replace("calls:", "x-calls:").replace("x-calls: {show: \"GET /v2/images/{image_id}\"}\n", ""))
    done = programs.judge("run", "--specs", str(specs.parent))
    check(failures, "repeated id", done, 2, ['id "some.clause" is there twice'])


def usage_rows(folder, dead):
    """name: (arguments, exit status, fragment)"""
    (folder / "file").write_text("")
    (folder / "else.yaml").write_text("services: {web: {image: nginx}}\n")
    return {
        "no command": ([], 64, "a command is missing"),
        "unknown command": (["rnu"], 64, "did you mean 'run'?"),
        "unknown flag": (["run", "--frob"], 64, "--frob"),
        "no subject": (["run", ""], 64, "the name of the subject is empty"),
        "two subjects": (["run", "http://127.0.0.1:1", "http://127.0.0.1:2"], 64, "one subject at a time"),
        "unknown API": (["run", "--api", "images-v9"], 64, "there is no API 'images-v9'"),
        "unknown edition": (["run", "--edition", "x"], 64, "there is no edition 'x': this suite has in-tree, api-site, create-page"),
        "edition without its name": (["run", "--edition", ""], 64, "there is no edition ''"),
        "shard past the end": (["run", "--shard", "3/2"], 64, "'3/2' is no K/N"),
        "shard zero": (["run", "--shard", "0/2"], 64, "'0/2' is no K/N"),
        "shard of none": (["run", "--shard", "1/0"], 64, "'1/0' is no K/N"),
        "shard without N": (["run", "--shard", "1"], 64, "'1' is no K/N"),
        "no jobs": (["run", "--jobs", "0"], 64, "'0' is no number"),
        "fewer than no jobs": (["run", "--jobs", "-1"], 64, "'-1' is no number"),
        "very many jobs": (["run", "--jobs", "99999999999999999999"], 64, "is no number from 1 to"),
        "no timeout": (["run", "--timeout", "0"], 64, "'0' is no duration"),
        "bad timeout": (["run", "--timeout", "soon"], 64, "'soon' is no duration"),
        "flag without its value": (["run", "--only"], 64, "requires an argument"),
        "unknown form": (["run", "--report", "jsn=x"], 64, "there is no form 'jsn'"),
        "no form": (["run", "--report", "=x"], 64, "there is no form ''"),
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
        "lint of a folder": (["lint", f"{folder}"], 2, "Is a directory"),
        "lint of something else": (["lint", f"{folder}/else.yaml"], 1, "neither a clause file"),
        "an earlier report that is none": (["run", "--compare", f"{folder}/else.yaml"], 64, "is no report of the form json: line 1"),
        "a report that is a folder": (["baseline", "update", f"{folder}/b.yaml", f"{folder}"], 2, "Is a directory"),
        "a certificate that is not there": (["verify", f"{folder}/none.json"], 2, "none.json: No such file"),
        "a certificate alone": (["verify", f"{folder}/else.yaml"], 64, "is no package, and --transcript is missing"),
        "an image over a device": (["create", "--force", "-f", "raw", "/dev/null", "1M"], 2, "is no regular file"),
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
            check(failures, name, done, status, [fragment])
            failures.expect("secret" not in done.stderr, f"{name}: the password is shown")


# What is said of a full disk, or of a standard output that is closed; each of them says something there.
SPEAKERS = (["--help"], ["--version"], ["list"], ["list", "--json"], ["run", "--help"], ["coverage"], ["coverage", "--json"],
            ["create", "-f", "qcow2", "-o", "help"], ["check", "IMAGE"], ["check", "--json", "IMAGE"], ["report", "LOG"],
            *(["report", "LOG", "--report", f"{form}=-"] for form in
              ("text", "json", "junit", "tap", "html", "markdown", "github", "sarif", "har", "badge")),
            ["certify", "LOG", "--key", "KEY"])


def check_unwritten(programs, failures, folder):
    """Nothing that could not be written passes for written."""
    names = {name: str(folder / name) for name in ("IMAGE", "LOG", "KEY")}
    made = [programs.judge("create", "-f", "qcow2", names["IMAGE"], "1M"),
            programs.judge("run", "--quiet", "--only", "image-data.upload.answers-409*", "--log", names["LOG"]),
            programs.judge("certify", "--make-key", names["KEY"])]
    failures.expect(not any(done.returncode for done in made), f"nothing to speak of: {made}")
    for words in SPEAKERS:
        command = [programs.imageproof, *(names.get(word, word) for word in words)]
        for name, redirection in (("a full disk", ">/dev/full"), ("a closed standard output", ">&-")):
            done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *command], capture_output=True, text=True,
                                  timeout=TIMEOUT_S, check=False)
            check(failures, f"{' '.join(words)}, {name}", done, 2, ["standard output"])


def check_bundled(programs, failures):
    """What the bundled mock does not take is said by the mock; the judge adds that there is none."""
    done = programs.judge("run", "--mock-arg", "--break", "--mock-arg", "nope", timeout=20)
    check(failures, "the bundled mock's unknown clause", done, 2,
          ["no rule is labelled 'nope'", "imageproof-mock ended instead of listening"])


def check_target(programs, failures, folder):
    path = folder / "target.yaml"
    path.write_text("subject: x\nurll: http://127.0.0.1:1\nidentities:\n  owner: {tokn: a}\n")
    said = ["either `url`, `start` or `service`", 'did you mean "url"?', 'did you mean "token"?']
    done = programs.judge("run", str(path))
    check(failures, "misspelt target", done, 2, said)
    check(failures, "lint, misspelt target", programs.judge("lint", str(path)), 1, said)


def check_nothing_sent(programs, failures, folder):
    """What is found before the run is found before the subject is contacted."""
    (folder / "unsound").mkdir()
    (folder / "unsound" / "images-v2").mkdir()
    (folder / "unsound" / "images-v2" / "some.yaml").write_text(CLAUSE.replace("expect:", "expects:"))
    rows = {
        "unwritable report": ["--report", f"json={folder}/no/such/r.json"],
        "a second report is unwritable": ["--report", f"json={folder}/r.json", "--report", f"junit={folder}"],
        "unsound suite": ["--specs", f"{folder}/unsound"],
        "no case": ["--only", "no-such-*"],
        "bad flag": ["--frob"],
    }
    with socket.create_server(("127.0.0.1", 0)) as subject:
        subject.settimeout(0)
        url = "http://127.0.0.1:%d" % subject.getsockname()[1]
        for name, arguments in rows.items():
            done = programs.judge("run", "--token", "a:b:member", *arguments, url, timeout=20)
            failures.expect(done.returncode in (2, 64), f"{name}: exit status {done.returncode}")
            failures.expect(not was_contacted(subject), f"{name}: the subject was contacted")
        failures.expect(not (folder / "r.json").exists(), "a report of a run that was not begun")
        done = programs.judge("run", "--token", "a:b:member", "--timeout", "200ms", "--jobs", "1",
                              "--only", "*answers-204*", url)
        failures.expect(done.returncode == 2 and was_contacted(subject), "a sound run does not contact the subject")


def was_contacted(subject):
    try:
        subject.accept()[0].close()
    except BlockingIOError:
        return False
    return True


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
        check_unwritten(programs, failures, folder)
        check_bundled(programs, failures)
        check_target(programs, failures, folder)
        check_nothing_sent(programs, failures, folder)
    check_unreachable(programs, failures)
    failures.end()


main()
