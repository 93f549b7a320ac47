#!/usr/bin/env python3
"""tools/install-packages says in one sentence what it cannot do. It runs on a machine of stand-ins: a PATH
that holds nothing but the tools it may need, so that nothing is ever installed here."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import TIMEOUT_S, Failures

TOOLS = pathlib.Path(__file__).resolve().parent.parent
REAL = ("bash", "cat", "dirname", "grep", "mktemp", "rm", "tail")

NOT_ROOT = "echo 1000"
# apt-get and true run; what would write to the machine goes nowhere.
SUDO = 'case $1 in env|true) shift; [ "$1" = DEBIAN_FRONTEND=noninteractive ] || exit 0; shift; "$@";; *) cat >/dev/null;; esac'
OFFLINE = 'case " $* " in *" update "*) echo "W: Some index files failed to download.";; *) echo "E: Unable to locate package"; exit 100;; esac'
NOTHING_INSTALLED = "exit 1"

# name: (stand-ins, exit status, lines on stderr: a fragment of each)
ROWS = {
    "everything is there": ({"dpkg-query": "echo -n installed"}, 0, []),
    "no root, no sudo": ({"apt-get": "exit 99"}, 2, ["neither root nor sudo to install them: check cmake"]),
    "no Debian": ({}, 2, ["No apt-get here; install by hand what these Debian packages bring: check cmake"]),
    "sudo refuses": ({"apt-get": "exit 99", "sudo": "echo no password >&2; exit 1"}, 2,
                     ["Installing: check", "sudo refuses to install the missing packages: check"]),
    "no network": ({"apt-get": OFFLINE, "sudo": SUDO}, 2,
                   ["Installing: check", "Cannot install missing packages (Unable to locate package): check"]),
    "an old list that does": ({"apt-get": 'case " $* " in *" update "*) exit 100;; esac', "sudo": SUDO}, 0,
                              ["Installing: check"]),
}


def put(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def install(folder, stand_ins):
    (folder / "tools").mkdir()
    for name in ("install-packages", "packages"):
        shutil.copy(TOOLS / name, folder / "tools")
    path = folder / "bin"
    path.mkdir()
    for name in REAL:
        (path / name).symlink_to(shutil.which(name))
    for name, script in {"id": NOT_ROOT, "dpkg-query": NOTHING_INSTALLED, **stand_ins}.items():
        put(path / name, script)
    return subprocess.run([folder / "tools/install-packages", "build"], capture_output=True, text=True,
                          env={**os.environ, "PATH": str(path)}, timeout=TIMEOUT_S, check=False)


def main():
    failures = Failures()
    for name, (stand_ins, status, fragments) in ROWS.items():
        with tempfile.TemporaryDirectory() as folder:
            done = install(pathlib.Path(folder), stand_ins)
        lines = done.stderr.splitlines()
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stderr}")
        failures.expect(not done.stdout, f"{name}: something on stdout: {done.stdout}")
        failures.expect(len(lines) == len(fragments), f"{name}: {len(lines)} lines: {lines}")
        for line, fragment in zip(lines, fragments):
            failures.expect(fragment in line, f"{name}: no {fragment!r} in {line!r}")
    failures.end()


main()
