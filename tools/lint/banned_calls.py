#!/usr/bin/env python3
"""Calls that are not made here, and who alone may make some others."""

import re

import lint

EXCEPTIONS = "tools/lint/banned_calls.txt"
NEVER = ("strcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atoll", "atof", "system", "popen",
         "alloca", "tmpnam", "mktemp")
PRINTING = ("printf", "vprintf", "puts", "putchar", "perror", "psignal")
PRINTING_TO = ("fprintf", "vfprintf", "fputs", "fputc", "putc", "fwrite", "dprintf", "vdprintf", "write")
MEMORY = ("malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup", "asprintf", "vasprintf", "aligned_alloc",
          "posix_memalign")
# Programs talk, libraries do not; memory comes from base; tests and benches are programs of their own.
PROGRAMS = re.compile(r"^(tools/imageproof|mock)/main\.c$|^tools/base/cli\.c$|^conformance/cli/(cli|progress)\.c$|^(conformance|fixtures)/commands/"
                      r"|^mock/options\.c$|/test/|^tools/bench/")
ALLOCATORS = re.compile(r"^tools/base/|/test/|^tools/bench/")
NOBODY = re.compile(r"$^")


def call(names, arguments=""):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(" + arguments)


RULES = ((call(NEVER), NOBODY, "is never called here"),
         (call(PRINTING), PROGRAMS, "is for programs: a library does not print"),
         (call(PRINTING_TO, r"(?:[^;{}]*,)?\s*(?:stderr|stdout|STDERR_FILENO|STDOUT_FILENO)\b"), PROGRAMS,
          "to a terminal is for programs: a library does not print"),
         (call(("dprintf", "vdprintf", "write"), r"\s*[12]\s*,"), PROGRAMS,
          "to a terminal is for programs: a library does not print"),
         (call(MEMORY), ALLOCATORS, "is for tools/base: use mem.h"))


def find(root):
    exceptions = lint.Exceptions(root / EXCEPTIONS)
    for path in lint.tracked(root, ".c", ".h", ".def"):
        name = str(path.relative_to(root))
        text = lint.without_comments(path.read_text())
        for pattern, allowed, why in RULES:
            if allowed.search(name):
                continue
            for match in pattern.finditer(text):
                if not exceptions.excuse(f"{name}:{match[1]}"):
                    yield path, text.count("\n", 0, match.start()) + 1, f"{match[1]} {why}"
    yield from exceptions.findings()


def planted():
    """Each banned call in a file of its own, and the ways of writing one that are easily overlooked."""
    files = {f"mock/test/{name}.c": f"    {name}(text);\n" for name in NEVER}
    files |= {f"reports/{name}.c": f"    {name}(text);\n" for name in PRINTING + MEMORY}
    files |= {f"conformance/{name}.c": f"    {name}(text,\n        stderr);\n" for name in PRINTING_TO}
    files["tools/base/write.c"] = "    write(2, text, length);\n"
    files["reports/main.c"] = '    puts("x");\n'
    files["mock/x.def"] = "X(a, strcpy(a, b))\n"
    files["mock/two.c"] = "    a = strlen(strcat(b, c));\n"
    files[EXCEPTIONS] = "gone.c:malloc because\n"
    return files


lint.main(find, planted(), {
    "mock/fine.c": '    /* malloc(1) */ text = "malloc(1)"; mem_strdup(a); x->system(a); fprintf(file, "stderr");\n',
    "mock/main.c": '    puts("listening");\n    fprintf(stderr, text);\n',
    "mock/split.c": "    fputs(a, file);\n    flush(stderr);\n",
    "tools/base/mem.c": "    void *p = malloc(n);\n",
})
