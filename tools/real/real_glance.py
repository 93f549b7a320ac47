"""What the stages against a real Glance share: one that is up for as long as it is needed."""

import contextlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT_S = 600
CASE_LIMIT = 100000  # bytes: more than the cases about data without limits need, little enough to be sent often

# The options of the start, and which cases it is about.
API = "images-v2"
WHOLE = ("*",)
RUNS = (
    ((), WHOLE),
    (("--image-size-cap", str(CASE_LIMIT)), ("*needs-size-within-cap*", "*answers-413/*size-cap*",
                                             "*refused-stays-queued/too-large*")),
    (("--user-storage-quota", str(CASE_LIMIT)), ("*needs-quota*", "*answers-413/*quota*",
                                                 "*refused-stays-queued/over-the-quota")),
    (("--store-disabled",), ("*answers-410/the-store-is-disabled",)),
)


def missing():
    """Why there can be none; None when there can."""
    return None if shutil.which("glance-api") else "glance-api is not installed: tools/install-packages real"


def leave_unless_there():
    if missing():
        print(f"SKIPPED, NOTHING WAS CHECKED AGAINST A REAL GLANCE: {missing()}")
        sys.exit(0)


def imageproof():
    return sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/imageproof"


def selection(only):
    return [] if only == WHOLE else [argument for glob in only for argument in ("--only", glob)]


def name_of(row):
    return " ".join(("glance", *row[0]))


def ask(program, *arguments):
    return subprocess.run([HERE / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=TIMEOUT_S, check=False)


@contextlib.contextmanager
def started(program, *arguments, name=None):
    """Yields a folder of the program's (glance or keystone), and what it said; nothing is left at the end."""
    name = name or program
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / program
        up = ask(program, "up", folder, *arguments)
        if up.returncode != 0:
            sys.exit(f"FAILED: {name}: the server did not start: {up.stderr.strip()}")
        try:
            yield folder, up.stdout.strip()
        finally:
            down = ask(program, "down", folder)
        if down.returncode != 0 or folder.exists():
            sys.exit(f"FAILED: {name}: the server did not stop: {down.stderr.strip()}")
