#!/usr/bin/env python3
"""`max_upload` of a target file: nothing larger ever goes out in one body, and a case that would is not judged, with its
reason; every other case is, as without it."""

import pathlib
import sys
import tempfile
import threading

from front import Front, header
from harness import Failures, Programs

LIMITS = {"1k": 1024, "20k": 20480, "150k": 153600, "64M": 67108864}
SELECTION = ("--only", "image-data.*", "--only", "create.*")
TARGET = """subject: a deployment
url: {url}
identities:
  owner: {{token: "o:${{case.id}}:member", project: "${{case.id}}"}}
  other: {{token: "x:${{case.id}}-other:member", project: "${{case.id}}-other"}}
  admin: {{token: "a:${{case.id}}-admin:admin", project: "${{case.id}}-admin"}}
features: [images-v1, images-v2, community-images]
limits:
  image_size_cap:
    value: 100k
    enter: {{method: PUT, path: /__mock/limits/image_size_cap, as: admin, query: {{project: "${{identity.owner.project}}", value: 100k}}}}
    leave: {{method: DELETE, path: /__mock/limits/image_size_cap, as: admin, query: {{project: "${{identity.owner.project}}"}}}}
{more}
"""


def chunks_bytes(data):
    """Of a body in chunks, without what frames them."""
    count = 0
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size or b"0", 16)
        count += len(data[:length])
        data = data[length + 2:]
    return count


class Scale(Front):
    """Weighs what comes in, one request a connection."""

    def __init__(self, url):
        super().__init__(url)
        self.bodies, self.lock = [], threading.Lock()

    def _pass(self, peer, first):
        head, _, body = first.partition(b"\r\n\r\n")
        weighed = Weighed(peer, body)
        super()._pass(weighed, first)
        weighed.done.wait(1)
        chunked = header(head + b"\r\n\r\n", "Transfer-Encoding")
        with self.lock:
            self.bodies.append(chunks_bytes(b"".join(weighed.seen)) if chunked else sum(map(len, weighed.seen)))


class Weighed:
    """A socket that remembers what was read from it."""

    def __init__(self, peer, first):
        self.peer, self.seen, self.done = peer, [first], threading.Event()

    def recv(self, size):
        piece = b""
        try:
            piece = self.peer.recv(size)
        finally:
            if piece:
                self.seen.append(piece)
            else:
                self.done.set()
        return piece

    def __getattr__(self, name):
        return getattr(self.peer, name)


def judged(programs, folder, url, more=""):
    target = folder / "target.yaml"
    target.write_text(TARGET.format(url=url, more=more))
    status, report = programs.results("--jobs", "4", *SELECTION, target)
    return status, {case["id"]: (case["verdict"], case["reason"] or "") for case in report["cases"]}


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--admin") as mock:
        folder = pathlib.Path(name)
        status, usual = judged(programs, folder, mock.url)
        failures.expect(status == 0, f"without: exit status {status}")
        for text, limit in LIMITS.items():
            with Scale(mock.url) as scale:
                status, cases = judged(programs, folder, scale.url, f"max_upload: {text}")
            over = {id for id, (verdict, _) in cases.items() if verdict != usual[id][0]}
            reason = f"in one body, the target allows max_upload {text}"
            wrong = {id: cases[id] for id in over if cases[id][0] != "not-claimed" or reason not in cases[id][1]}
            failures.expect(status == 0, f"{text}: exit status {status}")
            failures.expect(not wrong, f"{text}: {wrong}")
            failures.expect(bool(over) == (limit < LIMITS["64M"]), f"{text}: {len(over)} cases are not judged")
            failures.expect(max(scale.bodies) <= limit, f"{text}: {max(scale.bodies)} bytes went out in one body")
    failures.end()


main()
