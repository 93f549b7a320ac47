#!/usr/bin/env python3
"""tools/real/check fails on what it must: a new difference, one that is gone, a server that does not start.
A mock takes the place of the real Glance, started by scripts of the same names."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from harness import TIMEOUT_S, Failures, Programs

REAL = pathlib.Path(__file__).resolve().parent.parent / "real"
UP = """#!/usr/bin/env bash
set -eu
arguments=(--listen "127.0.0.1:$PORT" {arguments})
[ "${{MULTISTORE:-0}}" = 0 ] || arguments+=(--stores fast,cheap)
case "${{EXTRA:-}}" in
*image_size_cap*) arguments+=(--image-size-cap 100000) ;;
*user_storage_quota*) arguments+=(--project-quota 100000) ;;
esac
mkdir -p "$RUN"
'{mock}' "${{arguments[@]}}" >"$RUN/log" 2>&1 &
echo $! >"$RUN/pid"
for _ in $(seq 500); do grep -q listening "$RUN/log" && exit 0; sleep 0.01; done
exit 1
"""
DOWN = '#!/usr/bin/env bash\nkill "$(cat "$RUN/pid")"\n'
BROKEN = "image-data.upload.answers-415"
DIFFERENCES = [f"{BROKEN}/{case}" for case in (
    "content-type-application-json", "content-type-application-x-www-form-urlencoded", "content-type-text-plain",
    "no-content-type")] + [
    "image-data.upload.type-before-image/a-wrong-media-type-for-an-image-that-does-not-exist"]

# name: (arguments of the server, known differences, exit status, what is said)
ROWS = {
    "nothing differs": ("", [], 0, "glance-quota.yaml: {"),
    "a new difference": (f"--break {BROKEN}", DIFFERENCES[1:], 1,
                         f"{DIFFERENCES[0]} fails, and is not listed"),
    "known differences": (f"--break {BROKEN}", DIFFERENCES, 0, "glance-quota.yaml: {"),
    "a difference that is gone": ("", DIFFERENCES[:1], 1, f"{DIFFERENCES[0]} is listed, and passes now"),
    "no server": ("--frob", [], 1, "FAILED: glance.yaml: the server did not start"),
}


def put(path, text):
    path.write_text(text)
    path.chmod(0o755)


def check(programs, folder, arguments, differences):
    shutil.copytree(REAL, folder / "tools/real")
    cases = [{"case": case, "reason": "a reason"} for case in differences]
    (folder / "tools/real/glance.baseline.yaml").write_text(json.dumps({"baseline": "Glance", "cases": cases}))
    put(folder / "glance-up.sh", UP.format(arguments=arguments, mock=programs.mock))
    put(folder / "glance-down.sh", DOWN)
    put(folder / "glance-api", "#!/bin/sh\n")
    environ = {**os.environ, "IMAGEPROOF_REAL_GLANCE": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"}
    return run_check(folder, programs, environ)


def run_check(folder, programs, environ):
    return subprocess.run([folder / "tools/real/check", programs.imageproof], env=environ, capture_output=True,
                          text=True, timeout=TIMEOUT_S, check=False)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    for name, (arguments, differences, status, said) in ROWS.items():
        with tempfile.TemporaryDirectory() as folder:
            done = check(programs, pathlib.Path(folder), arguments, differences)
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stdout}{done.stderr}")
        failures.expect(said in done.stdout + done.stderr, f"{name}: no {said!r} in {done.stdout}{done.stderr}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(REAL, folder / "tools/real")
        done = run_check(folder, programs, {**os.environ, "IMAGEPROOF_REAL_GLANCE": name})
        failures.expect(done.returncode == 0 and done.stdout.startswith("SKIPPED, NOTHING WAS CHECKED"),
                        f"absent: {done.returncode}, {done.stdout}{done.stderr}")
    failures.end()


main()
