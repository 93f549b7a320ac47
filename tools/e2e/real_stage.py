#!/usr/bin/env python3
"""tools/real/check fails on what it must: a new difference, one that is gone, a server that does not start.
A mock takes the place of the real Glance."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from harness import TIMEOUT_S, Failures, Programs

ROOT = pathlib.Path(__file__).resolve().parents[2]
REAL = ROOT / "tools/real"
TARGET = ROOT / "conformance/targets/mock.yaml"
# What tools/real/check asks of tools/real/glance, answered by the mock.
GLANCE = """#!{python}
import os, pathlib, shutil, signal, subprocess, sys, yaml
word, folder, *options = sys.argv[1:]
folder = pathlib.Path(folder)
if word == "down":
    os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
    if {leaves} != "all":
        shutil.rmtree(folder)
    sys.exit()
flags = {{"--image-size-cap": "--image-size-cap", "--user-storage-quota": "--project-quota"}}
target = yaml.safe_load(pathlib.Path({target!r}).read_text())
del target["start"]
target["features"] = {features}
limits, target["limits"] = target["limits"], {{}}
disabled = target["conditions"].pop("store-disabled")
arguments = [{mock!r}, "--listen", "127.0.0.1:0", "--admin", "--stores", "fast,cheap", *{arguments}]
if options == ["--store-disabled"]:
    arguments += ["--condition", "store-disabled"]
    target["conditions"] = {{"store-disabled": {{}}}}
elif options:
    arguments += [flags[options[0]], options[1]]
    target["limits"] = {{{{"--image-size-cap": "image_size_cap"}}.get(options[0], "project_quota"): {{"value": options[1]}}}}
folder.mkdir()
server = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
(folder / "pid").write_text(str(server.pid))
target["url"] = server.stdout.readline().removeprefix("listening on ").strip() or sys.exit("no server")
(folder / "target.yaml").write_text(yaml.dump(target))
"""
FEATURES = ["images-v2", "multistore", "community-images"]
BROKEN = "image-data.upload.answers-415"
DIFFERENCES = [f"{BROKEN}/{case}" for case in (
    "content-type-application-json", "content-type-application-x-www-form-urlencoded", "content-type-text-plain",
    "no-content-type")] + [
    "image-data.upload.type-before-image/a-wrong-media-type-for-an-image-that-does-not-exist"]

# name: (arguments of the server, what it leaves, known differences, exit status, what is said)
ROWS = {
    "nothing differs": ([], "nothing", [], 0, "glance --store-disabled: {"),
    "a new difference": (["--break", BROKEN], "nothing", DIFFERENCES[1:], 1,
                         f"{DIFFERENCES[0]} fails, and is not listed"),
    "known differences": (["--break", BROKEN], "nothing", DIFFERENCES, 0, "glance --store-disabled: {"),
    "a difference that is gone": ([], "nothing", DIFFERENCES[:1], 1, f"{DIFFERENCES[0]} is listed, and passes now"),
    "no server": (["--frob"], "nothing", [], 1, "FAILED: glance: the server did not start"),
    "a server that leaves something": ([], "all", [], 1, "FAILED: glance: the server did not stop"),
}


def put(path, text):
    path.write_text(text)
    path.chmod(0o755)


def check(programs, folder, row, features):
    arguments, leaves, differences = row[:3]
    shutil.copytree(REAL, folder / "tools/real")
    cases = [{"case": case, "reason": "a reason"} for case in differences]
    (folder / "tools/real/glance.baseline.yaml").write_text(json.dumps({"baseline": "Glance", "cases": cases}))
    put(folder / "tools/real/glance", GLANCE.format(python=sys.executable, arguments=arguments, leaves=repr(leaves),
                                                    mock=programs.mock, target=str(TARGET), features=features))
    put(folder / "glance-api", "#!/bin/sh\n")
    return run_check(folder, programs, f"{folder}:{os.environ['PATH']}")


def run_check(folder, programs, path):
    return subprocess.run([sys.executable, folder / "tools/real/check", programs.imageproof],
                          env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    rows = [(name, row, FEATURES) for name, row in ROWS.items()]
    rows.append(("what no run judges", ([], "nothing", [], 1, "is not judged: no feature multistore"), FEATURES[:1]))
    for name, row, features in rows:
        with tempfile.TemporaryDirectory() as folder:
            done = check(programs, pathlib.Path(folder), row, features)
        status, said = row[3:]
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stdout}{done.stderr}")
        failures.expect(said in done.stdout + done.stderr, f"{name}: no {said!r} in {done.stdout}{done.stderr}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(REAL, folder / "tools/real")
        done = run_check(folder, programs, "/nowhere")
        failures.expect(done.returncode == 0 and done.stdout.startswith("SKIPPED, NOTHING WAS CHECKED"),
                        f"absent: {done.returncode}, {done.stdout}{done.stderr}")
    failures.end()


main()
