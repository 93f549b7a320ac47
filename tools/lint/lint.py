"""What the lints share. A lint is a program: `LINT [ROOT]`; it proves on planted violations that it can
see, then judges the tree. Exit status 0: nothing found; 1: findings, `file:line: text` each; 3: it is blind.
"""

import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


NOT_SOURCE = {".git", "build", "__pycache__"}


def tracked(root, *suffixes):
    """The files of the tree: what was built and what version control keeps for itself is none of it."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - NOT_SOURCE)
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            if path.is_file() and name not in NOT_SOURCE and (not suffixes or path.suffix in suffixes):
                yield path


def without_comments(text):
    """C text with comments and strings blanked, line by line as before."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else '""', text)


def named_exceptions(path):
    """Lines `NAME reason...` of a file: name to reason."""
    lines = [line.split(None, 1) for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {name: reason for name, reason in lines}


def main(find, planted):
    """`find(root)` yields (path, line, text); `planted` maps names of files to texts with a violation each."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in planted.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        seen = {str(path.relative_to(root)) for path, _, _ in find(root)}
        blind = set(planted) - seen
    if blind:
        print(f"{sys.argv[0]}: does not see what was planted in {sorted(blind)}")
        sys.exit(3)
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    findings = list(find(root))
    for path, line, text in findings:
        print(f"{path.relative_to(root)}:{line}: {text}")
    sys.exit(1 if findings else 0)
