#!/usr/bin/env python3
"""What was written about made runs, read back by readers that are not ours: json, XML, Perl's TAP, and a shell.

reread.py WRITE_MADE_RUNS
"""

import base64
import copy
import pathlib
import subprocess
import sys
import tempfile

import forms

RUNS = ("hostile", "at-sign", "empty", "huge", "bare", "interrupted")


def check_counts(read):
    """Each form tells the same counts."""
    wanted = forms.json_counts(read["json"])
    for form, (_, counts, _) in forms.FORMS.items():
        told = counts(read[form])
        if told != wanted:
            yield f"{form}: tells {told}, json {wanted}"


def check_interruption(read):
    if read["json"]["interrupted"] != read["text"].startswith("INTERRUPTED"):
        yield f"text: begins with {read['text'][:40]!r}"


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


def check_run(read):
    yield from check_counts(read)
    yield from check_interruption(read)
    for form, (_, _, problems) in forms.FORMS.items():
        yield from problems(read[form])
    for case in read["json"]["cases"]:
        for exchange in case["exchanges"]:
            yield from check_command(exchange)


def spoil_summary(read):
    read["json"]["summary"]["fail"] += 1


def spoil_keys(read):
    del read["json"]["cases"][0]["from"]


def spoil_totals(read):
    read["junit"].set("tests", "99")


def spoil_skipped(read):
    next(read["junit"].iter("skipped")).set("message", "pass: no")


def spoil_body(read):
    next(e for c in read["json"]["cases"] for e in c["exchanges"])["curl"] = "curl --data-binary x http://x"


def spoil_lines(read):
    read["text"] = "word " * forms.COLUMNS + "\n" + read["text"]


def spoil_tap(read):
    read["tap"]["points"].append("ok")


def spoil_tap_block(read):
    read["tap"]["blocks"][0]["verdict"] = "error"


def spoil_markdown(read):
    read["markdown"] += "<script>\n"


def spoil_markdown_counts(read):
    read["markdown"] = read["markdown"].replace("| 1 |", "| 2 |", 1)


def spoil_github(read):
    read["github"].insert(0, {"line": "::error", "command": None, "properties": {}})


def spoil_sarif(read):
    read["sarif"]["runs"][0]["results"][0]["kind"] = "fail"


def spoil_har(read):
    del read["har"]["log"]["entries"][0]["timings"]["wait"]


def spoil_har_date(read):
    read["har"]["log"]["pages"][0]["startedDateTime"] = "1970-01-01T00:00:00."


def spoil_badge(read):
    read["badge"].find(forms.SVG + "title").text = "pass 7, fail 1, skipped 1, not-claimed 1, error 1"


def spoil_html(read):
    read["html"].data["cases"].pop()


def spoil_html_request(read):
    read["html"].elements.append(("img", {"src": "http://example.org/"}))


def check_the_checks(read):
    """Each check must be able to fail."""
    for name, spoil in globals().items():
        if not name.startswith("spoil_"):
            continue
        spoilt = copy.deepcopy(read)
        spoil(spoilt)
        if not list(check_run(spoilt)):
            yield f"{name} is not noticed"


def read_forms(folder, name):
    return {form: read((folder / f"{name}.{form}").read_bytes()) for form, (read, _, _) in forms.FORMS.items()}


def main():
    problems = []
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        subprocess.run([sys.argv[1], path], check=True, timeout=60)
        for name in RUNS:
            problems += [f"{name}: {problem}" for problem in check_run(read_forms(folder, name))]
        problems += check_the_checks(read_forms(folder, "hostile"))
        written = {f"{name}.{form}" for name in RUNS for form in forms.FORMS}
        left = {file.name for file in folder.iterdir()} ^ written
        problems += [f"other files than those asked for: {sorted(left)}"] if left else []
    print("\n".join(problems) or f"{len(RUNS)} runs read back in {len(forms.FORMS)} forms")
    return 1 if problems else 0


sys.exit(main())
