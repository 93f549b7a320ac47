#!/usr/bin/env python3
"""The judge against servers that lie: right verdicts, no hang, no crash, bounded memory.

Each liar is a scripted server on loopback; the judge runs a small suite against it. First it is shown that
the suite passes against an honest server.

usage: liars.py IMAGEPROOF
"""

import json
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

SUITE = """section: Liars
reference: none
calls:
  show: GET /v2/images/{image_id}
  upload: PUT /v2/images/{image_id}/file
clauses:
  - id: liars.shows
    kind: rule
    level: must
    from: nowhere
    says: An image is shown.
    cases:
      - name: its status is active
        send: {call: show, image_id: "1"}
        expect: {status: 200, json: {/status: active}, headers: {X-Kind: honest}}
  - id: liars.takes
    kind: rule
    level: must
    from: nowhere
    says: Data are taken.
    cases:
      - name: a megabyte
        send: {call: upload, image_id: "1", body: {size: 1M, seed: 1}}
        expect: {status: 204, body: empty}
"""

TIMEOUT = "700ms"
RUN_MAX_S = 20
JUDGE_MAX_KIB = 48 * 1024
SHOWN = b'{"status": "active"}'


def answer(status, body=b"", headers=(), length=None):
    lines = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_request(connection):
    """Method and path of the next request, its body read; None at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                   if line.lower().startswith(b"content-length:")), 0)
    left = length - len(body)
    while left > 0:
        piece = connection.recv(65536)
        if not piece:
            return None
        left -= len(piece)
    return head.decode().split()[:2]


def each_request(reply):
    def serve(connection):
        while (request := read_request(connection)) is not None:
            connection.sendall(reply(*request))
    return serve


def honest(method, _path):
    if method == "PUT":
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    return answer(200, SHOWN, ["X-Kind: honest", "Content-Type: application/json"])


def once(data):
    """Answers with exactly these bytes, whatever was asked, and closes."""
    def serve(connection):
        read_request(connection)
        connection.sendall(data)
    return serve


def endless(head, piece):
    def serve(connection):
        read_request(connection)
        connection.sendall(head)
        for _ in range(200_000):
            connection.sendall(piece)
    return serve


def silent(connection):
    connection.recv(1)
    time.sleep(RUN_MAX_S)


def dribbling(connection):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def closing(connection):
    read_request(connection)


def silent_later(connection):
    while read_request(connection)[1] == "/":
        connection.sendall(answer(300))
    time.sleep(RUN_MAX_S)


def early_refusal(connection):
    connection.recv(100)
    connection.sendall(answer(413, b"too large", ["Connection: close"]))
    time.sleep(0.2)


BIG = b"x" * 65536

# name: (server, exit status, verdicts of shows and takes, fragment of what is said of the first one)
LIARS = {
    "200 to everything": (each_request(lambda *_: answer(200)), 1, ("fail", "fail"), "the body is no JSON"),
    "wrong type of value": (each_request(lambda *_: answer(200, b'{"status": ["active"]}', ["X-Kind: honest"])), 1,
                            ("fail", "fail"), '/status: ["active"]'),
    "closes at once": (closing, 1, ("fail", "fail"), "Empty reply"),
    "closes in the headers": (once(b"HTTP/1.1 200 OK\r\nContent-Le"), 1, ("fail", "fail"), ""),
    "closes in the body": (once(answer(200, SHOWN, length=100)), 1, ("fail", "fail"), "80 bytes"),
    "garbage": (once(b"\x00\xff\xfe garbage \x01" * 100), 1, ("fail", "fail"), "HTTP/0.9"),
    "garbage for a status": (once(b"HTTP/1.1 banana\r\n\r\n"), 1, ("fail", "fail"), ""),
    "never answers": (silent, 2, ("error", "error"), "cannot be reached"),
    "answers once": (silent_later, 2, ("error", "error"), "no whole answer within 700 ms"),
    "dribbles": (dribbling, 2, ("error", "error"), "cannot be reached"),
    "endless body": (endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + BIG + b"\r\n"),
                     1, ("fail", "fail"), "went on after"),
    "endless announced body": (endless(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", BIG), 1,
                               ("fail", "fail"), "went on after"),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 100), 1, ("fail", "fail"),
                        "headers of the answer do not end"),
    "endless interim answers": (endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100), 1, ("fail", "fail"),
                                "headers of the answer do not end"),
    "length too short": (each_request(lambda *_: answer(200, SHOWN, ["X-Kind: honest"], length=5)), 1, ("fail", "fail"),
                         "the body is no JSON"),
    "length is no number": (once(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + SHOWN), 1, ("fail", "fail"), ""),
    "bad chunks": (once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"), 1, ("fail", "fail"), ""),
    "hostile header": (each_request(lambda *_: answer(200, SHOWN, ["X-Kind: \x1b[31m<b>&'\"]]>"])), 1, ("fail", "fail"),
                       "X-Kind"),
    "deep JSON": (each_request(lambda *_: answer(200, b"[" * 100_000)), 1, ("fail", "fail"), "the body is no JSON"),
    "answers before the data": (early_refusal, 1, ("fail", "fail"), ""),
}


class Server:
    def __init__(self, serve):
        self.serve = serve
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        try:
            with connection:
                self.serve(connection)
        except OSError:
            pass  # the judge has had enough, which is right

    def close(self):
        """Not while a thread uses it: the number of the socket would soon be that of something else."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.socket.close()


def run(imageproof, specs, url, report):
    command = [imageproof, "run", "--quiet", "--timeout", TIMEOUT, "--specs", specs, "--report", f"json={report}",
               "--report", f"junit={report}.xml", url]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_MAX_S, check=False,
                          env={"IMAGEPROOF_TOKEN": "a:b:member", "ASAN_OPTIONS": "exitcode=99"})
    return done, time.monotonic() - started


def check(name, row, imageproof, specs, report):
    serve, status, verdicts, fragment = row
    server = Server(serve)
    done, seconds = run(imageproof, specs, server.url, report)
    server.close()
    wrong = []
    if done.returncode != status:
        wrong.append(f"exit status {done.returncode}, want {status}: {done.stderr[-500:]}")
    results = json.loads(pathlib.Path(report).read_text())
    seen = tuple(c["verdict"] for c in results["cases"])
    if seen != verdicts:
        wrong.append(f"verdicts {seen}, want {verdicts}")
    cases = xml.etree.ElementTree.parse(f"{report}.xml").getroot().iter("testcase")
    if len(list(cases)) != len(verdicts):
        wrong.append("the JUnit report has lost a case")
    said = json.dumps(results["cases"][0]["findings"], ensure_ascii=False) + str(results["cases"][0]["reason"])
    if fragment.replace('"', '\\"') not in said and fragment not in said:
        wrong.append(f"nothing says {fragment!r}: {said[:500]}")
    print(f"{name}: {seen}, {seconds:.1f} s")
    return [f"{name}: {text}" for text in wrong]


def main():
    imageproof = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "images-v2").mkdir()
        (folder / "images-v2/liars.yaml").write_text(SUITE)
        rows = {"honest": (each_request(honest), 0, ("pass", "pass"), ""), **LIARS}
        wrong = [w for key, row in rows.items()
                 for w in check(key, row, imageproof, name, folder / "run.json")]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sanitized = "san" in imageproof
    if peak > JUDGE_MAX_KIB and not sanitized:
        wrong.append(f"the judge took {peak} KiB")
    print(f"resident at most: {peak / 1024:.1f} MiB")
    for text in wrong:
        print("FAILED:", text)
    sys.exit(1 if wrong else 0)


main()
