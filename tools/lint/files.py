#!/usr/bin/env python3
"""What the tree is made of: the fixed folders, text files that end well, scripts that can be run."""

import os
import re

import lint

TOP = {"mock", "conformance", "specs", "fixtures", "reports", "tools", "CMakeLists.txt", "README.md", "CONTRIBUTING.md",
       "CHANGELOG.md", "LICENSE", "CMakePresets.json"}
LARGEST_BYTES = 256 * 1024
ANY_BYTES = re.compile(r"/test/corpus/|/test/files/|\.png$")


def problems(path, name):
    data = path.read_bytes()
    if name.split("/")[0] not in TOP and not name.startswith("."):
        yield 1, "has no place at the top"
    if len(data) > LARGEST_BYTES:
        yield 1, f"has {len(data)} bytes, at most {LARGEST_BYTES} are wanted"
    if data.startswith(b"#!") and not os.access(path, os.X_OK):
        yield 1, "is a script that cannot be run"
    if ANY_BYTES.search(name):
        return
    if b"\0" in data:
        yield 1, "is no text"
    if data and not data.endswith(b"\n"):
        yield data.count(b"\n") + 1, "does not end with a newline"
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.endswith((b" ", b"\t", b"\r")):
            yield number, "has blanks at its end"


def find(root):
    for path in lint.tracked(root):
        for number, text in problems(path, str(path.relative_to(root))):
            yield path, number, text


lint.main(find, {
    "elsewhere/a.c": "int a;\n",
    "mock/blank.c": "int a; \n",
    "mock/end.c": "int a;",
    "mock/nul.c": "int a;\0\n",
    "tools/script": "#!/bin/sh\n",
    "tools/build": "#!/bin/sh\n",
    "stray.txt": "text\n",
    "mock/test/corpus/x/large": "a" * (LARGEST_BYTES + 1),
    "mock/large.c": "int a;\n" * 50000,
}, {
    ".ci/notes": "text\n",
    "README.md": "text\n",
    "mock/test/corpus/x/raw": "no newline, a blank \0 ",
})
