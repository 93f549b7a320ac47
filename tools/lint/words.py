#!/usr/bin/env python3
"""Words that no file has: promises for later, and paths of somebody's machine."""

import re

import lint

# Written in halves, so that this file passes its own judgement.
PROMISES = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|\b[Ff]or no" r"w\b|\b(?:to" r"do|fix" r"me)\b\s*[:(]")
PATHS = re.compile(r"(?<![\w.}])(?:/(?:home|root|work|Users)/|/tmp/w" r"t(?![a-z]))")
KINDS = ((PROMISES, "a promise for later"), (PATHS, "a path of somebody's machine"))
SKIPPED = re.compile(r"/test/corpus/|\.png$|^LICENSE$")  # bytes that spell anything, and words of others


def find(root):
    for path in lint.tracked(root):
        name = str(path.relative_to(root))
        if SKIPPED.search(name):
            continue
        content = path.read_bytes()
        if b"\0" in content: # a picture, an image: it has no words
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            for pattern, what in KINDS:
                match = pattern.search(line)
                if match:
                    yield path, number, f"{what}: {match[0]}"


PLANTED = ("TO" "DO later", "FIX" "ME", "XX" "X", "HA" "CK", "good enough for no" "w", "For no" "w it is", "to" "do: later",
           "see /ho" "me/somebody", "in /wo" "rk/ there", "file:///ro" "ot/x", "/tmp/w" "t-docs", "/tmp/w" "t")
lint.main(find, {**{f"mock/{index}.c": f"/* {text} */\n" for index, text in enumerate(PLANTED)},
                 "tools/build": "# TO" "DO\n", "mock/build/a.c": "/* TO" "DO */\n"},
          {"a.png": "\0 XX" "X", "a.md": "method, a framework/x, $HOME/work/x, ../work/x, before nowhere; methodology of XX" "XL\n"})
