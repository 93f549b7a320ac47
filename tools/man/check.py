#!/usr/bin/env python3
"""Holds the man pages and --help to the same flags and commands, in both directions, and mandoc to silence.
Proves first that it would notice.

usage: check.py IMAGEPROOF IMAGEPROOF-MOCK
"""

import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
COMMANDS = [HERE.parent.parent / folder / "commands.def" for folder in ("conformance", "fixtures")]
OWN = {"help", "usage", "version"}  # argp's, of every program
SERVED_BY_MOCK = "mock"  # `imageproof mock` is imageproof-mock: one page


def flags_of_help(text):
    return set(re.findall(r"^\s+(?:-., )?--([a-z0-9-]+)", text, re.M)) - OWN


def flags_of_page(text):
    return set(re.findall(r"^\.It Fl -([a-z0-9-]+)", text, re.M)) - OWN


def commands_of_page(text):
    return set(re.findall(r"^\.It Cm ([a-z-]+)\n", text, re.M))


def forms_of_help(text):
    told = re.search(r"Forms:((?:\s+[a-z]+)+)\n\s+--", text)
    return set(told[1].split()) if told else set()


def both_ways(left_name, left, right_name, right):
    return ([f"{right_name} lacks {item}, which {left_name} has" for item in sorted(left - right)]
            + [f"{left_name} lacks {item}, which {right_name} has" for item in sorted(right - left)])


def help_of(command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout


def judge_flags(page, command):
    if not (HERE / page).exists():
        return []  # told by judge_pages
    helped = flags_of_help(help_of(command))
    if not helped:
        return [f"{page}: no flag seen in --help"]
    return both_ways(f"{' '.join(command[1:]) or 'imageproof-mock'} --help", helped, page,
                     flags_of_page((HERE / page).read_text()))


def judge_pages(commands):
    """Each command has a page, and each page is of a command."""
    wanted = {f"imageproof-{name}.1" for name in commands} | {"imageproof.1"}
    return both_ways("commands.def", wanted, "tools/man", {path.name for path in HERE.glob("*.1")})


def mandoc(text):
    return subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=text, capture_output=True, text=True,
                          check=False).stdout.splitlines()


def judge_form():
    if not shutil.which("mandoc"):
        print("there is no mandoc: the form of the pages was not judged")
        return []
    return [f"{page.name}: {line}" for page in sorted(HERE.glob("*.1")) for line in mandoc(page.read_text())]


def blindness():
    """What the parts above overlook of mistakes made on purpose."""
    helped = flags_of_help("  -o, --only=GLOB   Only\n      --x2   More, as --only does\n  -?, --help   Help\n")
    paged = flags_of_page(".It Fl -only Ns = Ns Ar GLOB\n.Fl -elsewhere\n.It Fl -gone\n")
    if len(both_ways("help", helped, "page", paged)) != 2 or helped != {"only", "x2"} or paged != {"only", "gone"}:
        yield "is blind to flags"
    if forms_of_help("  --report=F  Write. Forms: a b\n      c\n  --require=T  Not d\n") != {"a", "b", "c"}:
        yield "is blind to forms"
    if commands_of_page(".It Cm run\nText\n.Cm other\n") != {"run"}:
        yield "is blind to commands"
    if shutil.which("mandoc") and not mandoc(".Sh NAME\n.Nosuchmacro\n"):
        yield "is blind to mandoc"


def main():
    imageproof, mock = sys.argv[1:]
    registries = "".join(path.read_text() for path in COMMANDS)
    commands = set(re.findall(r"^COMMAND\((\w+)\)", registries, re.M))
    wrong = list(blindness()) + judge_pages(commands) + judge_form()
    wrong += both_ways("commands.def", commands, "imageproof.1", commands_of_page((HERE / "imageproof.1").read_text()))
    for name in sorted(commands - {SERVED_BY_MOCK}):
        wrong += judge_flags(f"imageproof-{name}.1", [imageproof, name])
    wrong += judge_flags("imageproof-mock.1", [mock])
    page = (HERE / "imageproof-report.1").read_text().split("The forms:")[1]
    wrong += both_ways("report --help", forms_of_help(help_of([imageproof, "report"])), "imageproof-report.1",
                       commands_of_page(page))
    for text in wrong:
        print("FAILED:", text)
    sys.exit(1 if wrong else 0)


main()
