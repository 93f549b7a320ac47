#!/usr/bin/env python3
"""The rules of image formats: each has its clause in specs/formats, of the same severity, a recipe in
fixtures/images that breaks it, and a place in its checker that finds it."""

import re

import lint

RULE = re.compile(r'^RULE\((\w+), "([a-z0-9.-]+)", ([A-Z]+)\)')
CLAUSE = re.compile(r"^  - id: ([a-z0-9.-]+)\n    severity: ([a-z]+)$", re.M)
FOUND = re.compile(r"\bRULE_(\w+)")


def in_c(root):
    """id: (symbol, severity, path, line) of every rules.def."""
    found = {}
    for path in lint.tracked(root, ".def"):
        if path.name != "rules.def":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = RULE.match(line)
            if match:
                found[match[2]] = (match[1], match[3].lower(), path, number)
    return found


def in_yaml(root):
    """id: (severity, path, line) of every clause."""
    found = {}
    for path in lint.tracked(root, ".yaml"):
        if not str(path.relative_to(root)).startswith("specs/formats/"):
            continue
        text = path.read_text()
        for match in CLAUSE.finditer(text):
            found[match[1]] = (match[2], path, text.count("\n", 0, match.start()) + 1)
    return found


def find(root):
    rules, clauses = in_c(root), in_yaml(root)
    used = {symbol for path in lint.tracked(root, ".c") for symbol in FOUND.findall(path.read_text())}
    broken = {path.parent.name for path in lint.tracked(root, ".yaml")
              if str(path.relative_to(root)).startswith("fixtures/images/")}
    for name, (symbol, severity, path, line) in sorted(rules.items()):
        if name not in clauses:
            yield path, line, f"{name} has no clause in specs/formats"
        elif clauses[name][0] != severity:
            yield path, line, f"{name} is of severity {clauses[name][0]} in specs/formats"
        if symbol not in used:
            yield path, line, f"no checker finds {name}"
        if name not in broken:
            yield path, line, f"no recipe in fixtures/images breaks {name}"
    for name in sorted(set(clauses) - set(rules)):
        yield *clauses[name][1:], f"no checker knows {name}"


lint.main(find, {
    "conformance/formats/a/rules.def": 'RULE(A, "a.a", WARNING)\n',
    "specs/formats/b.yaml": "rules:\n  - id: b.b\n    severity: leak\n",
})
