#!/usr/bin/env python3
"""What was written about made runs, read back by readers that are not ours: json, XML, and a shell.

reread.py WRITE_MADE_RUNS
"""

import base64
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

RUNS = ("hostile", "at-sign", "empty", "huge", "bare", "interrupted")
VERDICTS = ("pass", "fail", "skipped", "not-claimed", "error")
CASE_KEYS = {"id", "name", "api", "section", "level", "says", "from", "file", "line", "verdict", "reason",
             "clauses", "duration_ms", "findings", "notes", "exchanges"}
RUN_KEYS = {"schema", "tool_version", "subject", "edition", "suite", "started", "duration_ms", "interrupted",
            "ended_early", "summary", "cases"}
TOTALS = ("tests", "failures", "errors", "skipped")
COLUMNS = 100


def json_counts(run):
    counts = collections.Counter(case["verdict"] for case in run["cases"])
    return {verdict: counts[verdict] for verdict in VERDICTS}


def junit_verdict(case):
    children = [child.tag for child in case]
    if not children:
        return "pass"
    if children == ["skipped"]:
        return case[0].get("message").split(":")[0]
    return {"failure": "fail", "error": "error"}[children[0]]


def junit_counts(root):
    counts = collections.Counter(junit_verdict(case) for case in root.iter("testcase"))
    return {verdict: counts[verdict] for verdict in VERDICTS}


def told(element):
    return {name: int(element.get(name)) for name in TOTALS}


def counted(element):
    counts = junit_counts(element)
    return {"tests": sum(counts.values()), "failures": counts["fail"], "errors": counts["error"],
            "skipped": counts["skipped"] + counts["not-claimed"]}


def check_json(run):
    if set(run) != RUN_KEYS or run["schema"] != "imageproof.results/1":
        yield f"json: the keys of the run are {sorted(run)}"
    if run["summary"] != json_counts(run):
        yield f"json: the summary is {run['summary']}, the cases are {json_counts(run)}"
    for case in run["cases"]:
        if set(case) != CASE_KEYS:
            yield f"json: the keys of {case['id']} are {sorted(case)}"


def check_junit(root):
    for element in (root, *root.iter("testsuite")):
        if told(element) != counted(element):
            yield f"junit: {element.get('name')!r} tells {told(element)} and has {counted(element)}"
    for suite in root.iter("testsuite"):
        if not {"subject", "edition"} <= {p.get("name") for p in suite.iter("property")}:
            yield f"junit: {suite.get('name')!r} lacks properties"
    for case in root.iter("testcase"):
        if not {"classname", "name", "time", "file", "line"} <= set(case.keys()):
            yield f"junit: a testcase has only {sorted(case.keys())}"


def check_same(run, root):
    if json_counts(run) != junit_counts(root):
        yield f"json counts {json_counts(run)}, junit {junit_counts(root)}"


def check_text(run, text):
    lines = text.splitlines()
    counts = ", ".join(f"{verdict} {run['summary'][verdict]}" for verdict in VERDICTS)
    if not lines[-1].startswith(f"{counts}; "):
        yield f"text: the last line is {lines[-1]!r}"
    if run["interrupted"] != lines[0].startswith("INTERRUPTED"):
        yield f"text: the first line is {lines[0]!r}"
    for line in lines:
        has_space = " " in line[14:]  # the only place where a line could have been broken
        if len(line) > COLUMNS and has_space and not line.startswith("    request "):
            yield f"text: a line of {len(line)} columns: {line[:60]!r}"


def words_of(command):
    """The words that a shell hands to curl, with curl replaced by something harmless."""
    script = "curl() { printf '%s\\0' \"$@\"; }\nOWNER_TOKEN='t o k'\n" + command
    done = subprocess.run(["bash", "-s"], input=script.encode(), capture_output=True, timeout=20, check=True)
    return done.stdout.split(b"\0")[:-1]


def bytes_of(body):
    return base64.b64decode(body["base64"]) if "base64" in body else body["text"].encode()


def check_command(exchange):
    words = words_of(exchange["curl"])
    body = exchange["request"]["body"]
    flag = next(i for i, word in enumerate(words) if word in (b"--data-binary", b"--data-raw"))
    expected = b"@BODY" if body["cut"] else bytes_of(body)
    if words[flag + 1] != expected:
        yield f"curl: the body is {words[flag + 1][:60]!r} instead of {expected[:60]!r}"
    if words[flag] == b"--data-binary" and expected.startswith(b"@") and not body["cut"]:
        yield "curl: the body is taken for the name of a file"
    if words[-1] != exchange["request"]["url"].encode():
        yield f"curl: the address is {words[-1]!r}"
    if b"X-Auth-Token: t o k" not in words:
        yield "curl: the token is not taken from its variable"
    if b"\n" in exchange["curl"].encode():
        yield "curl: more than a line"


def check_run(run, root, text):
    yield from check_json(run)
    yield from check_junit(root)
    yield from check_same(run, root)
    yield from check_text(run, text)
    for case in run["cases"]:
        for exchange in case["exchanges"]:
            yield from check_command(exchange)


def spoil_summary(run, root, text):
    run["summary"]["fail"] += 1


def spoil_keys(run, root, text):
    del run["cases"][0]["from"]


def spoil_totals(run, root, text):
    root.set("tests", "99")


def spoil_skipped(run, root, text):
    next(root.iter("skipped")).set("message", "pass: no")


def spoil_body(run, root, text):
    next(e for c in run["cases"] for e in c["exchanges"])["curl"] = "curl --data-binary x http://x"


def spoil_lines(run, root, text):
    text.insert(0, "word " * COLUMNS)


SPOILERS = (spoil_summary, spoil_keys, spoil_totals, spoil_skipped, spoil_body, spoil_lines)


def check_the_checks(run, root, text):
    """Each check must be able to fail."""
    for spoil in SPOILERS:
        spoilt = copy.deepcopy(run), copy.deepcopy(root), text.splitlines()
        spoil(*spoilt)
        if not list(check_run(*spoilt[:2], "\n".join(spoilt[2]))):
            yield f"{spoil.__name__} is not noticed"


def read(folder, name):
    run = json.loads((folder / f"{name}.json").read_bytes().decode())
    root = xml.etree.ElementTree.fromstring((folder / f"{name}.junit").read_bytes())
    return run, root, (folder / f"{name}.text").read_bytes().decode()


def main():
    problems = []
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        subprocess.run([sys.argv[1], path], check=True, timeout=60)
        for name in RUNS:
            problems += [f"{name}: {problem}" for problem in check_run(*read(folder, name))]
        problems += check_the_checks(*read(folder, "hostile"))
        written = {f"{name}.{form}" for name in RUNS for form in ("json", "junit", "text")}
        left = {file.name for file in folder.iterdir()} ^ written
        problems += [f"other files than those asked for: {sorted(left)}"] if left else []
    print("\n".join(problems) or f"{len(RUNS)} runs read back")
    return 1 if problems else 0


sys.exit(main())
