#!/usr/bin/env python3
"""How a case runs: what is sent in which order, what becomes of a case whose given fails, what is always
undone, what is told when it cannot be. A server that answers as it is told keeps what it was asked.

usage: flow.py IMAGEPROOF
"""

import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

HEAD = """section: Flow
reference: none
givens:
  thing:
    says: a thing
    steps:
      - send: {method: POST, path: /things}
        expect: {status: 201}
        capture: {id: {json: /id}}
        cleanup: {method: DELETE, path: "/things/${id}"}
  flagged:
    says: a thing with a flag
    params: {flag: true, n: 20}
    steps:
      - send: {method: POST, path: /flagged, json: {on: "${flag}", n: "${n}"}}
        expect: {status: 200}
clauses:
  - id: flow.other
    kind: rule
    level: must
    from: nowhere
    says: Another one.
    cases:
      - name: unused
        needs: {features: [nobody-has-this]}
        send: {method: GET, path: /none}
        expect: {status: 200}
  - id: flow.case
    kind: rule
    level: must
    from: nowhere
    says: Something.
    cases:
      - name: one
"""

TARGET = """subject: a script
url: http://127.0.0.1:%d
timeout: 2s
identities:
  owner: {token: "secret-of-${case.id}", project: p1}
limits:
  cap: {value: 7, enter: {method: PUT, path: /limit}, leave: {method: DELETE, path: /limit}}
conditions:
  full: {enter: {method: PUT, path: /full}, leave: {method: DELETE, path: /full}}
"""

AT_ONCE, LATE = ("Retry-After", "0"), ("Retry-After", "121")

GET_UNDER_CONDITION = """        needs: {conditions: [full]}
        send: {method: GET, path: /x}
        expect: {status: 413}"""
HELD = """        steps:
          - open: {method: PUT, path: /x, body: {size: 64k, seed: 1}, pause_after: 32k}
            name: up
          - finish: up
            expect: {status: %s}"""

# name: (the case, what is answered to "METHOD path" [in turn], the verdict, the order of requests,
#        what must stand in the case's result)
ROWS = {
    "passes and cleans up": (
        """        given: {a: thing, b: thing}
        send: {method: GET, path: "/things/${a.id}-${b.id}"}
        expect: {status: 200}""",
        {"POST /things": [(201, '{"id": "1"}'), (201, '{"id": "2"}')]}, "pass",
        ["POST /things", "POST /things", "GET /things/1-2", "DELETE /things/2", "DELETE /things/1"], []),
    "a failure cleans up too": (
        """        given: thing
        send: {method: GET, path: /things}
        expect: {status: 404}""",
        {"POST /things": [(201, '{"id": "1"}')]}, "fail", ["POST /things", "GET /things", "DELETE /things/1"],
        ['"expected": "status 404"', '"actual": "status 200"', '"exchange": 1']),
    "a given that fails is an error": (
        """        given: thing
        send: {method: GET, path: /things}
        expect: {status: 404}""",
        {"POST /things": [(500, "{}")]}, "error", ["POST /things"],
        ["given thing: thing, step 1: expected status 201, got status 500"]),
    "a given that made something unexpected is removed": (
        """        given: thing
        send: {method: GET, path: /things}
        expect: {status: 200}""",
        {"POST /things": [(200, '{"id": "9"}')]}, "error", ["POST /things", "DELETE /things/9"], []),
    "limits and conditions are entered after the givens and left before the clean-up": (
        """        given: thing
        needs: {limits: [cap], conditions: [full]}
        send: {method: GET, path: "/${limits.cap}"}
        expect: {status: 200}""",
        {"POST /things": [(201, '{"id": "1"}')]}, "pass",
        ["POST /things", "PUT /limit", "PUT /full", "GET /7", "DELETE /full", "DELETE /limit", "DELETE /things/1"], []),
    "a limit that cannot be entered is an error, and is left": (
        """        needs: {limits: [cap]}
        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"PUT /limit": [(500, "")]}, "error", ["PUT /limit", "DELETE /limit"], ["enter limit cap: answered 500"]),
    "what cannot be removed is told, after another try at the end": (
        """        given: thing
        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"POST /things": [(201, '{"id": "1"}')], "DELETE /things/1": [(409, "")]}, "pass",
        ["POST /things", "GET /x", "DELETE /things/1", "DELETE /things/1"], ["left behind: DELETE", "answered 409"]),
    "what is gone already is removed": (
        """        given: thing
        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"POST /things": [(201, '{"id": "1"}')], "DELETE /things/1": [(404, "")]}, "pass",
        ["POST /things", "GET /x", "DELETE /things/1"], ['"notes": []']),
    "polls until it holds, keeping the first try and the last": (
        """        send: {method: GET, path: /state}
        until: {within: 5s, every: 1ms}
        expect: {json: {/state: ready}}""",
        {"GET /state": [(200, '{"state": "busy"}')] * 4 + [(200, '{"state": "ready"}')]}, "pass",
        ["GET /state"] * 5, ['"purpose": "step 1"', '"purpose": "step 1, try 5"']),
    "polls no longer than it may": (
        """        send: {method: GET, path: /state}
        until: {within: 50ms, every: 20ms}
        expect: {status: 404}""",
        {}, "fail", None, ['"expected": "status 404"']),
    "a capture that is not there is a finding": (
        """        steps:
          - send: {method: GET, path: /x}
            expect: {status: 200}
            capture: {id: {json: /id}}
          - send: {method: GET, path: "/${id}"}
            expect: {status: 200}""",
        {}, "fail", ["GET /x"], ["/id, to be captured as id", "nothing there"]),
    "a finding stops the case": (
        """        steps:
          - send: {method: GET, path: /1}
            expect: {status: 404}
          - send: {method: GET, path: /2}
            expect: {status: 200}""",
        {}, "fail", ["GET /1"], []),
    "a finding belongs to the clause that it is told to": (
        """        proves: [flow.other]
        send: {method: GET, path: /1}
        expect: {status: 404, clause: flow.other}""",
        {}, "fail", ["GET /1"], ['"clause": "flow.other"']),
    "a param keeps its type": (
        """        given: {image: {is: flagged, flag: false}}
        send: {method: GET, path: "/${image.flag}"}
        expect: {status: 200}""",
        {}, "pass", ["POST /flagged", "GET /false"], ['"text": "{\\"on\\":false,\\"n\\":20}"']),
    "a part of a header is captured": (
        """        steps:
          - send: {method: POST, path: /things}
            expect: {status: 201}
            capture: {id: {header: Server, matches: "([A-Za-z]+).*"}, n: {json: /id, matches: ".(.)."}}
          - send: {method: GET, path: "/${id}/${n}"}
            expect: {status: 200}""",
        {"POST /things": [(201, '{"id": "abc"}')]}, "pass", ["POST /things", "GET /BaseHTTP/b"], []),
    "a part that is not there is a finding": (
        """        send: {method: POST, path: /things}
        expect: {status: 201}
        capture: {n: {json: /id, matches: "x(.)"}}""",
        {"POST /things": [(201, '{"id": "abc"}')]}, "fail", ["POST /things"],
        ["/id that matches /x(.)/, to be captured as n", "nothing there"]),
    "a part of what is no text is a finding": (
        """        send: {method: POST, path: /things}
        expect: {status: 201}
        capture: {n: {json: /id, matches: "(.)"}}""",
        {"POST /things": [(201, '{"id": 1}')]}, "fail", ["POST /things"], ["nothing there"]),
    "a refusal that was expected is undone": (
        """        send: {method: PUT, path: /x}
        expect: {status: 4xx}
        cleanup: {method: DELETE, path: /x}""",
        {"PUT /x": [(400, "")]}, "pass", ["PUT /x", "DELETE /x"], []),
    "a refusal that was not expected is not undone": (
        """        send: {method: PUT, path: /x}
        expect: {status: 409}
        cleanup: {method: DELETE, path: /x}""",
        {"PUT /x": [(400, "")]}, "fail", ["PUT /x"], []),
    "a list in the query is the name once for each": (
        """        send: {method: GET, path: /x, query: {a: [1, b c], z: 2}}
        expect: {status: 200}""",
        {}, "pass", ["GET /x?a=1&a=b%20c&z=2"], []),
    "a service that is busy is asked again": (
        """        send: {method: POST, path: /x}
        expect: {status: 200}""",
        {"POST /x": [(503, "", AT_ONCE), (429, "", AT_ONCE), (200, "")]}, "pass", ["POST /x"] * 3, []),
    "a busy service is asked no more often than that": (
        """        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"GET /x": [(503, "", AT_ONCE)] * 9}, "error", ["GET /x"] * 6, ["wants to be asked again in 0 s"]),
    "who wants to be left alone for long is": (
        """        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"GET /x": [(503, "", LATE)]}, "error", ["GET /x"], ["wants to be asked again in 121 s"]),
    "a 503 that says nothing of later is judged": (
        """        send: {method: GET, path: /x}
        expect: {status: 200}""",
        {"GET /x": [(503, "")]}, "fail", ["GET /x"], ['"actual": "status 503']),
    "a 503 that is expected is taken": (
        """        send: {method: GET, path: /x}
        expect: {status: 503}""",
        {"GET /x": [(503, "", AT_ONCE)]}, "pass", ["GET /x"], ['"notes": []']),
    "to be busy is not the refusal that is expected": (
        """        send: {method: GET, path: /x}
        expect: {status: 4xx}""",
        {"GET /x": [(429, "", AT_ONCE), (400, "")]}, "pass", ["GET /x"] * 2, []),
    "a list that has the 429 takes it": (
        """        send: {method: GET, path: /x}
        expect: {status: [5xx, 429]}""",
        {"GET /x": [(429, "", AT_ONCE)]}, "pass", ["GET /x"], []),
    "who is busy is asked again where nothing is expected": (
        """        steps:
          - send: {method: POST, path: /x}
          - send: {method: GET, path: /x}
            expect: {status: 200}""",
        {"POST /x": [(429, "", AT_ONCE), (201, "")]}, "pass", ["POST /x"] * 2 + ["GET /x"], []),
    "a 503 under a condition that does not pass away is judged": (
        GET_UNDER_CONDITION,
        {"GET /x": [(503, "", AT_ONCE)] * 9}, "fail", ["PUT /full", *["GET /x"] * 6, "DELETE /full"],
        ['"actual": "status 503']),
    "a 503 under a condition that wants too long a wait is judged": (
        GET_UNDER_CONDITION,
        {"GET /x": [(503, "", LATE)]}, "fail", ["PUT /full", "GET /x", "DELETE /full"], ['"actual": "status 503']),
    "a 503 before its condition, or in passing, is waited for": (
        """        needs: {conditions: [full]}
        given: thing
        send: {method: GET, path: /x}
        expect: {status: 413}""",
        {"POST /things": [(503, "", AT_ONCE), (201, '{"id": "1"}')], "GET /x": [(503, "", AT_ONCE), (413, "")]}, "pass",
        ["POST /things", "POST /things", "PUT /full", "GET /x", "GET /x", "DELETE /full", "DELETE /things/1"], []),
    "a held upload under a condition is judged at once": (
        "        needs: {conditions: [full]}\n" + HELD % "413",
        {"PUT /x": [(503, "", AT_ONCE)]}, "fail", ["PUT /full", "PUT /x", "DELETE /full"], ['"actual": "status 503']),
    "a 429 under a condition is not what that brought about": (
        GET_UNDER_CONDITION,
        {"GET /x": [(429, "", AT_ONCE), (413, "")]}, "pass", ["PUT /full", "GET /x", "GET /x", "DELETE /full"], []),
    "a held upload that is turned away begins anew, and so does its case": (
        "        given: thing\n" + HELD % "200",
        {"POST /things": [(201, '{"id": "1"}'), (201, '{"id": "2"}')], "PUT /x": [(503, "", AT_ONCE), (200, "")]}, "pass",
        ["POST /things", "PUT /x", "DELETE /things/1", "POST /things", "PUT /x", "DELETE /things/2"],
        ["run once more: a request that was held was turned away"]),
    "a held upload is turned away no more often than that": (
        HELD % "200",
        {"PUT /x": [(429, "", AT_ONCE)] * 9}, "error", ["PUT /x"] * 5, ["answered 429 to a request that was held"]),
    "a held upload that is to wait for long does not": (
        HELD % "200",
        {"PUT /x": [(503, "", LATE)]}, "error", ["PUT /x"], ["answered 503 to a request that was held"]),
    "a held upload that was turned away was not refused": (
        HELD % "4xx",
        {"PUT /x": [(429, "", AT_ONCE), (200, "")]}, "fail", ["PUT /x"] * 2, ['"actual": "status 200']),
    "a held upload that expects its 503 has it": (
        HELD % "503",
        {"PUT /x": [(503, "", AT_ONCE)]}, "pass", ["PUT /x"], ['"notes": []']),
    "matrix, headers and digests go in": (
        """        matrix: [{word: a b}]
        steps:
          - send: {method: PUT, path: /x, query: {q: "${word}"}, headers: {X-Word: "${word}"}, body: {text: abc}}
            expect: {status: 200}
            capture: {sum: {sent_digest: md5}}
          - send: {method: GET, path: "/${sum}"}
            expect: {status: 200}""",
        {}, "pass", ["PUT /x?q=a%20b", "GET /900150983cd24fb0d6963f7d28e17f72"], []),
}


class Script(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        key = f"{self.command} {self.path}"
        if self.path != "/":
            self.server.seen.append(key)
        waiting = self.server.answers.get(key)
        status, body, *headers = waiting.pop(0) if waiting else (200, "{}")
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        """Silence: what was asked is kept, not printed."""


def run(imageproof, folder, case, answers):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script)
    server.seen, server.answers = [], {key: list(values) for key, values in answers.items()}
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    (folder / "images-v2/flow.yaml").write_text(HEAD + case + "\n")
    (folder / "target.yaml").write_text(TARGET % server.server_address[1])
    report = folder / "run.json"
    report.unlink(missing_ok=True)
    subprocess.run([imageproof, "run", "--quiet", "--specs", folder, "--only", "flow.case", "--report",
                    f"json={report}", folder / "target.yaml"], capture_output=True, timeout=60, check=False)
    server.shutdown()
    server.server_close()
    return json.loads(report.read_text())["cases"][0], server.seen


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "images-v2").mkdir()
        for title, (case, answers, verdict, order, fragments) in ROWS.items():
            result, seen = run(sys.argv[1], folder, case, answers)
            text = json.dumps(result)
            if result["verdict"] != verdict:
                wrong.append(f"{title}: {result['verdict']}, want {verdict}: {result['reason']} {result['findings']}")
            if order is not None and seen != order:
                wrong.append(f"{title}: asked {seen}, want {order}")
            wrong += [f"{title}: nothing says {f!r}" for f in fragments if f not in text]
            if "secret-of-" in text:
                wrong.append(f"{title}: the token is in the report")
    print(f"{len(ROWS)} rows")
    for text in wrong:
        print("FAILED:", text)
    sys.exit(1 if wrong else 0)


main()
