#!/usr/bin/env python3
"""The HTML report in a browser: it opens from a file, shows its cases, filters, unfolds, prints. Needs Chromium; where
there is none it says so, and ctest tells that it was skipped.

html_in_browser.py WRITE_MADE_RUNS
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTHS = (400, 1280)


def browser():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    def __init__(self, program, folder):
        self.command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                        f"--user-data-dir={folder}/profile", "--virtual-time-budget=5000"]

    def ask(self, *arguments):
        return subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=120, check=True).stdout

    def page(self, path, fragment="", width=1280):
        return self.ask(f"--window-size={width},900", "--dump-dom", f"file://{path}#{fragment}")


def shown(page):
    found = re.search(r'id="shown"[^>]*>(\d+) of (\d+) cases<', page)
    return (int(found[1]), int(found[2])) if found else None


def check(browse, folder):
    report = folder / "hostile.html"
    for width in WIDTHS:
        if shown(browse.page(report, width=width)) != (5, 5):
            yield f"{width} px: not all cases are shown"
    if shown(browse.page(report, "verdict=fail,error")) != (2, 5):
        yield "the verdicts do not filter"
    if shown(browse.page(report, "text=case-3")) != (1, 5):
        yield "the search does not find"
    opened = browse.page(report, "verdict=fail&open")
    if 'class="exchange"' not in opened or "curl -i -X PUT" not in opened:
        yield "a failure that is opened shows no exchange"
    if "<svg" not in opened or 'id="matrix"><thead>' not in opened:
        yield "there is no chart, or no matrix"
    paper = folder / "paper.pdf"
    browse.ask(f"--print-to-pdf={paper}", f"file://{report}")
    if not paper.read_bytes().startswith(b"%PDF"):
        yield "it does not print"


def main():
    program = browser()
    if not program:
        print(f"SKIPPED: there is no browser ({', '.join(NAMES)}, or one that CHROMIUM names): nothing was judged")
        return SKIPPED
    with tempfile.TemporaryDirectory() as path:
        subprocess.run([sys.argv[1], path], check=True, timeout=60)
        problems = list(check(Browser(program, path), pathlib.Path(path)))
    print("\n".join(problems) or "the report opens, filters, searches, unfolds and prints")
    return 1 if problems else 0


sys.exit(main())
