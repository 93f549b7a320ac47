#!/usr/bin/env python3
"""Holds the man pages and --help to the same flags, in both directions, and mandoc to silence.

usage: check.py IMAGEPROOF IMAGEPROOF-MOCK
"""

import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OWN = {"help", "usage", "version"}  # argp's, of every program


def flags_of_help(command):
    text = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^\s+(?:-.,\s+)?--([a-z-]+)", text, re.M)) - OWN


def flags_of_page(page):
    return set(re.findall(r"^\.It Fl -([a-z-]+)", page.read_text(), re.M))


def main():
    imageproof, mock = sys.argv[1:]
    commands = {f"imageproof-{name}": [imageproof, name] for name in ("run", "list", "coverage", "lint", "check", "create", "resize")}
    commands["imageproof-mock"] = [mock]
    wrong = []
    for name, command in commands.items():
        helped, paged = flags_of_help(command), flags_of_page(HERE / f"{name}.1")
        if not helped:
            wrong.append(f"{name}: no flag seen in --help")
        wrong += [f"{name}.1 lacks --{flag}" for flag in sorted(helped - paged)]
        wrong += [f"{name}.1 has --{flag}, which --help has not" for flag in sorted(paged - helped)]
    if shutil.which("mandoc"):
        for page in sorted(HERE.glob("*.1")):
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True,
                                  check=False)
            wrong += done.stdout.splitlines()
    for text in wrong:
        print("FAILED:", text)
    sys.exit(1 if wrong else 0)


main()
