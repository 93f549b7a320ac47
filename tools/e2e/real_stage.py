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

REAL = pathlib.Path(__file__).resolve().parent.parent / "real"
# What tools/real/check asks of tools/real/glance, answered by the mock.
GLANCE = """#!/usr/bin/env bash
set -eu
word=$1 folder=$2
shift 2
if [ "$word" = down ]; then
    kill "$(cat "$folder/pid")"
    {down} -r "$folder"
    exit
fi
arguments=(--listen 127.0.0.1:0 --stores fast,cheap {arguments})
limits= conditions=
case "${{1:-}}" in
--image-size-cap) arguments+=(--image-size-cap "$2"); limits="image_size_cap: {{value: $2}}" ;;
--user-storage-quota) arguments+=(--project-quota "$2"); limits="project_quota: {{value: $2}}" ;;
--store-disabled) arguments+=(--condition store-disabled); conditions="store-disabled: {{}}" ;;
esac
mkdir "$folder"
'{mock}' "${{arguments[@]}}" >"$folder/log" 2>&1 &
echo $! >"$folder/pid"
for _ in $(seq 500); do
    url=$(sed -n 's/^listening on //p' "$folder/log")
    [ -z "$url" ] || break
    sleep 0.01
done
[ -n "$url" ]
cat >"$folder/target.yaml" <<END
subject: a mock in its place
url: $url
identities:
  owner: {{token: "owner:\${{case.id}}:member", project: "\${{case.id}}"}}
features: [images-v2, multistore]
limits: {{$limits}}
conditions: {{$conditions}}
END
"""
BROKEN = "image-data.upload.answers-415"
DIFFERENCES = [f"{BROKEN}/{case}" for case in (
    "content-type-application-json", "content-type-application-x-www-form-urlencoded", "content-type-text-plain",
    "no-content-type")] + [
    "image-data.upload.type-before-image/a-wrong-media-type-for-an-image-that-does-not-exist"]

# name: (arguments of the server, what takes its folder away, known differences, exit status, what is said)
ROWS = {
    "nothing differs": ("", "rm", [], 0, "glance --store-disabled: {"),
    "a new difference": (f"--break {BROKEN}", "rm", DIFFERENCES[1:], 1,
                         f"{DIFFERENCES[0]} fails, and is not listed"),
    "known differences": (f"--break {BROKEN}", "rm", DIFFERENCES, 0, "glance --store-disabled: {"),
    "a difference that is gone": ("", "rm", DIFFERENCES[:1], 1, f"{DIFFERENCES[0]} is listed, and passes now"),
    "no server": ("--frob", "rm", [], 1, "FAILED: glance: the server did not start"),
    "a server that leaves something": ("", "ls", [], 1, "FAILED: glance: the server did not stop"),
}


def put(path, text):
    path.write_text(text)
    path.chmod(0o755)


def check(programs, folder, arguments, down, differences):
    shutil.copytree(REAL, folder / "tools/real")
    cases = [{"case": case, "reason": "a reason"} for case in differences]
    (folder / "tools/real/glance.baseline.yaml").write_text(json.dumps({"baseline": "Glance", "cases": cases}))
    put(folder / "tools/real/glance", GLANCE.format(arguments=arguments, down=down, mock=programs.mock))
    put(folder / "glance-api", "#!/bin/sh\n")
    return run_check(folder, programs, f"{folder}:{os.environ['PATH']}")


def run_check(folder, programs, path):
    return subprocess.run([sys.executable, folder / "tools/real/check", programs.imageproof],
                          env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    for name, (arguments, down, differences, status, said) in ROWS.items():
        with tempfile.TemporaryDirectory() as folder:
            done = check(programs, pathlib.Path(folder), arguments, down, differences)
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
