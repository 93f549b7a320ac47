#!/usr/bin/env python3
"""No C function over 70 lines, but for named exceptions with reasons, which must still be needed."""

import re

import lint

LONGEST = 70
EXCEPTIONS = "tools/lint/long_functions.txt"
# The name before the parameters; of libcheck's START_TEST(name), the name within.
HEAD = re.compile(r"^(?:START_TEST\(|(?:[A-Za-z_].*?[ *])?(?=\w+\())([A-Za-z_]\w*)")


def functions(text):
    """(name, first line, number of lines) of each definition: formatted code has its braces in column 0."""
    lines = [line.rstrip() for line in lint.without_comments(text).splitlines()]
    name, start = "?", None
    for number, line in enumerate(lines, 1):
        if HEAD.match(line) and not line.endswith(";"):
            name = HEAD.match(line)[1]
            start = number if line.endswith(") {") else None
        if line == "{":
            start = number
        if line == "}" and start:
            yield name, start, number - start - 1
            start = None


def find(root):
    exceptions = lint.Exceptions(root / EXCEPTIONS)
    for path in lint.tracked(root, ".c", ".h"):
        for name, line, length in functions(path.read_text()):
            key = f"{path.relative_to(root)}:{name}"
            if length > LONGEST and not exceptions.excuse(key):
                yield path, line, f"{name} has {length} lines, at most {LONGEST} are wanted"
    yield from exceptions.findings()


lint.main(find, {
    "long.c": "static int f(int a,\n             int b)\n{\n" + "    a++;\n" * 71 + "}\n",
    "same_line.c": "int f(void) {\n" + "    a++;\n" * 71 + "}\n",
    "comment.c": "int f(void)\n{ /* why */\n" + "    a++;\n" * 71 + "} /* f */\n",
    EXCEPTIONS: "gone.c:f because it was long\n",
}, {
    "short.c": "int f(void)\n{\n" + "    a++;\n" * 70 + "}\n",
    "table.c": "static const int table[] = {\n" + "    1,\n" * 80 + "};\n",
})
