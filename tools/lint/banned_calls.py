#!/usr/bin/env python3
"""Calls that are not made here, and who alone may make some others."""

import re

import lint

EXCEPTIONS = "tools/lint/banned_calls.txt"
NEVER = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atof", "system", "popen",
         "alloca", "tmpnam", "mktemp")
# Calls, and the files that may make them: programs talk, libraries do not; memory comes from base.
PRINTING = ("printf", "puts", "putchar", "perror")
MEMORY = ("malloc", "calloc", "realloc", "strdup", "strndup")
PROGRAMS = re.compile(r"(^|/)(main|cli|progress|stop)\.c$|^(conformance|fixtures)/commands/|^mock/options\.c$|/test/|^tools/bench/")
ALLOCATORS = re.compile(r"^tools/base/|/test/|^tools/bench/")


def call(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")


RULES = ((call(NEVER), re.compile(r"$^"), "is never called here"),
         (call(PRINTING), PROGRAMS, "is for programs: a library does not print"),
         (re.compile(r"(?<!\w)(fprintf|fputs)\s*\((?:[^;]*,)?\s*(?:stderr|stdout)\b"), PROGRAMS,
          "to a terminal is for programs: a library does not print"),
         (call(MEMORY), ALLOCATORS, "is for tools/base: use mem.h"))


def find(root):
    excused = lint.named_exceptions(root / EXCEPTIONS) if (root / EXCEPTIONS).exists() else {}
    used = set()
    for path in lint.tracked(root, ".c", ".h"):
        name = str(path.relative_to(root))
        for number, line in enumerate(lint.without_comments(path.read_text()).splitlines(), 1):
            for pattern, allowed, why in RULES:
                match = pattern.search(line)
                key = f"{name}:{match[1]}" if match else None
                if match and key in excused:
                    used.add(key)
                elif match and not allowed.search(name):
                    yield path, number, f"{match[1]} {why}"
    for key in sorted(set(excused) - used):
        yield root / EXCEPTIONS, 1, f"{key} needs no exception any more"


lint.main(find, {
    "mock/a.c": "    strcpy(a, b);\n",
    "reports/a.c": '    printf("x");\n',
    "conformance/a.c": "    fprintf(stderr, text);\n",
    "conformance/b.c": "    char *a = malloc(5);\n",
    "mock/test/a.c": "    system(text);\n",
    EXCEPTIONS: "gone.c:malloc because\n",
})
