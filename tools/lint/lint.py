"""What the lints share. A lint is a program: `LINT [ROOT]`; it proves on planted violations that it can
see, then judges the tree. Exit status 0: nothing found; 1: findings, `file:line: text` each; 3: it is blind.
"""

import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


NOT_SOURCE_AT_TOP = {".git", "build"}


def tracked(root, *suffixes):
    """The files of the tree: what was built and what version control keeps for itself is none of it."""
    for folder, folders, names in os.walk(root):
        skipped = {"__pycache__"} | (NOT_SOURCE_AT_TOP if pathlib.Path(folder) == root else set())
        folders[:] = sorted(set(folders) - skipped)
        for name in sorted(set(names) - skipped):
            path = pathlib.Path(folder) / name
            if path.is_file() and (not suffixes or path.suffix in suffixes):
                yield path


def without_comments(text):
    """C text with comments and strings blanked, line by line as before."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else '""' + "\n" * m[0].count("\n"), text)


class Exceptions:
    """A file of lines `NAME reason...`: who is excused, and whether each of them still needs it."""

    def __init__(self, path):
        self.path = path
        self.unused, self.unreasoned = {}, []
        lines = path.read_text().splitlines() if path.exists() else []
        for number, line in enumerate(lines, 1):
            words = line.split(None, 1)
            if not words or line[0] == "#":
                continue
            self.unused[words[0]] = number
            if len(words) == 1:
                self.unreasoned.append((path, number, f"{words[0]} is excused without a reason"))
        self.names = set(self.unused)

    def excuse(self, name):
        self.unused.pop(name, None)
        return name in self.names

    def findings(self):
        """To be asked when the whole tree was judged."""
        yield from self.unreasoned
        for name, number in self.unused.items():
            yield self.path, number, f"{name} needs no exception any more"


def main(find, planted, innocent=None):
    """`find(root)` yields (path, line, text); `planted` maps names of files to texts with a violation each,
    `innocent` to texts with none."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**planted, **(innocent or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        seen = {str(path.relative_to(root)) for path, _, _ in find(root)}
        blind = set(planted) - seen
    if blind:
        print(f"{sys.argv[0]}: does not see what was planted in {sorted(blind)}")
        sys.exit(3)
    if seen & set(innocent or {}):
        print(f"{sys.argv[0]}: sees in {sorted(seen & set(innocent))} what is not there")
        sys.exit(3)
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    findings = list(find(root))
    for path, line, text in findings:
        print(f"{path.relative_to(root)}:{line}: {text}")
    sys.exit(1 if findings else 0)
