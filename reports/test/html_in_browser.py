#!/usr/bin/env python3
"""The HTML report in a browser, by Playwright: html_in_browser.js. It needs node, the module playwright-core (where node
finds it, or NODE_PATH says) and Chromium (on PATH, or where CHROMIUM says); where one of them is missing it says so, and
ctest tells that it was skipped.

html_in_browser.py WRITE_MADE_RUNS
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCRIPT = pathlib.Path(__file__).with_suffix(".js")


def missing(node, chromium):
    if not node:
        return "node"
    if not chromium:
        return f"Chromium ({', '.join(NAMES)}, or CHROMIUM)"
    found = subprocess.run([node, "-e", 'require("playwright-core")'], capture_output=True, timeout=60, check=False)
    return "playwright-core" if found.returncode else None


def main():
    node = shutil.which("node")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    lacks = missing(node, chromium)
    if lacks:
        print(f"SKIPPED: there is no {lacks}: nothing was judged")
        return SKIPPED
    with tempfile.TemporaryDirectory() as path:
        subprocess.run([sys.argv[1], path], check=True, timeout=60)
        return subprocess.run([node, SCRIPT, chromium, path], timeout=600, check=False).returncode


sys.exit(main())
