#!/usr/bin/env python3
"""No C function over 70 lines, but for named exceptions with reasons, which must still be needed."""

import re

import lint

LONGEST = 70
EXCEPTIONS = "tools/lint/long_functions.txt"
HEAD = re.compile(r"^[A-Za-z_].*\b([A-Za-z_]\w*)\s*\(")


def functions(text):
    """(name, first line, number of lines) of each definition: formatted code has its braces in column 0."""
    lines = lint.without_comments(text).splitlines()
    name, start = None, None
    for number, line in enumerate(lines, 1):
        if HEAD.match(line) and not line.rstrip().endswith(";"):
            name = HEAD.match(line)[1]
        if line == "{":
            start = number
        if line == "}" and start:
            yield name, start, number - start - 1
            start = None


def find(root):
    excused = lint.named_exceptions(root / EXCEPTIONS) if (root / EXCEPTIONS).exists() else {}
    used = set()
    for path in lint.tracked(root, ".c", ".h"):
        for name, line, length in functions(path.read_text()):
            key = f"{path.relative_to(root)}:{name}"
            if length > LONGEST and key in excused:
                used.add(key)
            elif length > LONGEST:
                yield path, line, f"{name} has {length} lines, at most {LONGEST} are wanted"
    for key in sorted(set(excused) - used):
        yield root / EXCEPTIONS, 1, f"{key} needs no exception any more"


lint.main(find, {
    "long.c": "static int f(int a,\n             int b)\n{\n" + "    a++;\n" * 71 + "}\n",
    EXCEPTIONS: "gone.c:f because it was long\n",
})
