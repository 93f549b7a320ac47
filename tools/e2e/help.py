#!/usr/bin/env python3
"""--help and --version of each program and command: on stdout, status 0."""

import subprocess
import sys

from harness import Failures, Programs


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    commands = [[programs.imageproof], [programs.mock]]
    commands += [[programs.imageproof, c]
                 for c in ("run", "list", "coverage", "prove", "lint", "mock", "check", "create", "resize")]
    rows = [(c, "--help", "Usage:") for c in commands]
    rows += [(c, "--version", "0.1.0") for c in commands[:2]]
    for command, flag, fragment in rows:
        done = subprocess.run([*command, flag], capture_output=True, text=True, timeout=20, check=False)
        failures.expect(done.returncode == 0, f"{command} {flag}: exit status {done.returncode}")
        failures.expect(fragment in done.stdout, f"{command} {flag}: no {fragment!r}")
        failures.expect(not done.stderr, f"{command} {flag}: something on stderr")
    failures.end()


main()
