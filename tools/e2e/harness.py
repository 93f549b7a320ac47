"""What the end-to-end tests share: running the two programs, reading their answers, and failing plainly.

A test is a program: `TEST IMAGEPROOF IMAGEPROOF-MOCK`, exit status 0 when it passed.
"""

import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

TIMEOUT_S = 120
POLL_S = 0.02

UPLOAD_STATUSES = (204, 400, 401, 403, 404, 409, 410, 413, 415, 503)
DOWNLOAD_STATUSES = (200, 204, 206, 400, 403, 404, 416)
PATH = "/v2/images/{image_id}/file"
IMAGE = "/v1/images/{image_id}"
MEMBERS = IMAGE + "/members"
# Each API's calls and their statuses: those of the documents, and of the Images API v1 also those that only servers
# show (the versions, and the list of members).
STATUSES = {
    "images-v2": {
        "PUT " + PATH: UPLOAD_STATUSES,
        "GET " + PATH: DOWNLOAD_STATUSES,
    },
    "gns3-compute-v2": {
        "POST /v2/compute/qemu/img": (201,),
        "PUT /v2/compute/qemu/img": (201,),
    },
    "images-v1": {
        "GET /": (300,),
        "GET /versions": (200,),
        "POST /v1/images": (201, 202, 400, 409),
        "GET /v1/images": (200, 400, 403),
        "GET /v1/images/detail": (200, 400, 403),
        "GET " + IMAGE: (200, 403, 404),
        "HEAD " + IMAGE: (200, 404, 409),
        "PUT " + IMAGE: (200, 400, 404, 409),
        "DELETE " + IMAGE: (204, 403, 404),
        "GET " + MEMBERS: (200, 404),
        "PUT " + MEMBERS: (204, 404),
        f"PUT {MEMBERS}/{{owner_id}}": (204, 404),
        f"DELETE {MEMBERS}/{{owner_id}}": (204, 404),
        "GET /v1/shared-images/{owner_id}": (200, 404),
    },
}
PAIRS = [(call, status) for calls in STATUSES.values() for call, each in calls.items() for status in each]
EDITIONS = ("in-tree", "api-site", "create-page")


class Failures:
    """Collects what is wrong, so that one run tells all of it."""

    def __init__(self):
        self.texts = []

    def expect(self, holds, text):
        if not holds:
            self.texts.append(text)

    def end(self):
        for text in self.texts:
            print("FAILED:", text)
        sys.exit(1 if self.texts else 0)


class Programs:
    def __init__(self, arguments):
        if len(arguments) != 3:
            sys.exit(f"usage: {arguments[0]} IMAGEPROOF IMAGEPROOF-MOCK")
        self.imageproof, self.mock = arguments[1:]

    def judge(self, *arguments, timeout=TIMEOUT_S, **options):
        """Runs `imageproof ARGUMENTS` to its end."""
        return subprocess.run([self.imageproof, *arguments], capture_output=True, text=True, timeout=timeout,
                              check=False, **options)

    @contextlib.contextmanager
    def running(self, *arguments):
        """`imageproof run ARGUMENTS` in a process group of its own, as a shell starts it on a terminal."""
        process = subprocess.Popen([self.imageproof, "run", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=TIMEOUT_S)
            process.stdout.close()
            process.stderr.close()

    def results(self, *arguments):
        """Runs `imageproof run`: its exit status and its JSON report."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.json"
            done = self.judge("run", "--quiet", "--report", f"json={path}", *arguments)
            if not path.exists():
                sys.exit(f"no report from {arguments}: {done.stderr}")
            return done.returncode, json.loads(path.read_text())

    def coverage(self):
        return json.loads(self.judge("coverage", "--json").stdout)

    @contextlib.contextmanager
    def serve(self, *arguments):
        """A mock of one's own: yields its process, with `url`; ended and reaped at the end."""
        process = subprocess.Popen([self.mock, "--listen", "127.0.0.1:0", "--exit-with-parent", *arguments],
                                   stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            process.url = line.split()[-1] if line.startswith("listening on ") else ""
            if not process.url:
                sys.exit(f"the mock did not start: {line!r}")
            yield process
        finally:
            process.terminate()
            process.wait(timeout=TIMEOUT_S)
            process.stdout.close()


def verdicts(report):
    return {case["id"]: case["verdict"] for case in report["cases"]}


def expect_same(failures, name, good, report):
    """Each case has the verdict that it has in the good report."""
    wanted, got = verdicts(good), verdicts(report)
    differ = {case: (wanted[case], got.get(case)) for case in wanted if got.get(case) != wanted[case]}
    told = [(case["id"], case["reason"], case["findings"], case["notes"]) for case in report["cases"] if case["id"] in differ]
    failures.expect(not differ, f"{name}: {len(differ)} other verdicts: {dict(list(differ.items())[:10])}: {told[:3]}")


def fetch_json(url):
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


def peak_kib(pid):
    """The most that was resident since the program started; 0 once it has ended. (ru_maxrss would not do: it
    counts what the process was before it became the program, which is this Python.)"""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def run_watched(command):
    """Runs the command: its exit status, what it said, and its peak in KiB as seen until shortly before its end."""
    peak = 0
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT) as process:
            while process.poll() is None:
                peak = max(peak, peak_kib(process.pid))
                time.sleep(POLL_S)
        said.seek(0)
        return process.returncode, said.read(), peak
