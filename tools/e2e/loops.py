#!/usr/bin/env python3
"""`imageproof coverage --reference`: closed loops are told apart from open ones.

A suite of two clauses and a reference of one document close every loop; each row takes one thing away, and names
the line that tells it."""

import json
import pathlib
import subprocess
import sys
import tempfile

from harness import TIMEOUT_S, Failures, Programs

REFERENCE = """\
Show a wall
~~~~~~~~~~~

.. rest_method:: GET /v2/walls/{wall}

**Preconditions**

- The wall stands.

Normal response codes: 200

Request
-------

.. rest_parameters:: walls.yaml

   - wall: wall
"""
CLAUSES = """\
section: Walls
reference: walls/walls.inc
calls:
  show: GET /v2/walls/{wall}
clauses:
  - id: walls.show.answers-200
    kind: status
    level: must
    call: show
    status: 200
    from: Show a wall / Normal response codes / 200
    says: A wall is shown with 200.
    cases:
      - name: one
        send: {call: show, wall: a}
        expect: {status: 200}
  - id: walls.show.needs-wall
    kind: precondition
    level: must
    call: show
    from: Show a wall / Request / wall
    atoms: [precondition the-wall-stands~a68293]
    says: Only a wall that stands is shown.
    cases:
      - name: none
        send: {call: show, wall: b}
        expect: {status: 404}
"""
EXCEPTIONS = 'calls:\n  - {call: "*", reason: the mock has no walls}\n'

# name: (file, text, text in its place, exit status, what is said)
ROWS = {
    "nothing taken away": ("walls.inc", "", "", 0, "4 atoms, 4 covered; 0 open"),
    "a clause": ("walls.yaml", CLAUSES[CLAUSES.index("  - id: walls.show.answers"):CLAUSES.index("  - id: walls.show.needs")],
                 "", 1, 'walls.inc:10: no clause is about the status code "GET /v2/walls/{} status 200"'),
    "a citation": ("walls.yaml", "    atoms: [precondition the-wall-stands~a68293]\n", "", 1,
                   'walls.inc:8: no clause is about the precondition "GET /v2/walls/{} precondition the-wall-stands~a68293"'),
    "the cases of a clause": ("walls.yaml", "    cases:\n      - name: none\n        send: {call: show, wall: b}\n"
                              "        expect: {status: 404}\n", "", 1, "without the mandatory key \"cases\""),
    "the only case of a clause": ("walls.yaml", "\n      - name: none\n        send: {call: show, wall: b}\n"
                                  "        expect: {status: 404}\n", " []\n", 1, "cases is an empty list"),
    "nothing, with an entry of the parameters": ("walls.yaml", "from: Show a wall / Request / wall",
                                                 "document: walls/walls.yaml\n    from: Path / wall", 0, "4 atoms, 4 covered"),
    "the entry of the parameters": ("walls.yaml", "from: Show a wall / Request / wall",
                                    "document: walls/walls.yaml\n    from: Path / door", 1, '"GET /v2/walls/{} request wall"'),
    "an atom": ("walls.inc", "- The wall stands.\n", "", 1,
                'walls.show.needs-wall is about "GET /v2/walls/{} precondition the-wall-stands~a68293", which no document has'),
    "a status code": ("walls.inc", "codes: 200", "codes: 204", 1,
                      'walls.show.answers-200 is about "GET /v2/walls/{} status 200", which no document has'),
    "a parameter": ("walls.inc", "   - wall: wall\n", "   - door: wall\n", 1, '"GET /v2/walls/{} request door"'),
    "a sentence that changed": ("walls.inc", "The wall stands.", "The wall stands no more.", 1,
                                "walls.inc:8: no clause is about the precondition"),
    "all clauses of a document": ("walls.inc", "/v2/walls", "/v2/doors", 1, "no clause is about any of its 4 atoms"),
    "the document's form": ("walls.inc", ".. rest_method::", ".. method::", 1, "no reader recognises"),
    "the exception of the mock's calls": ("exceptions.yaml", EXCEPTIONS, "calls: []\n", 1,
                                          'no clause is about the mock\'s call "PUT /v2/images/{}/file"'),
    "the need of an exception": ("exceptions.yaml", "calls:\n", "atoms:\n  - {atom: '* status 200', document: walls.inc, "
                                 "reason: none}\ncalls:\n", 1, "nothing needs the exception of \"* status 200\" any more"),
    "a mistake in the reference": ("walls.inc", "codes: 200", "codes: fine", 2, 'walls.inc:10: "fine" is no status code'),
    "a mistake in the exceptions": ("exceptions.yaml", "calls:", "call:", 2, "exceptions.yaml:1:1: unknown key"),
}


def coverage(programs, folder, *arguments):
    return programs.judge("coverage", "--specs", folder / "specs", "--reference", folder / "walls", *arguments)


def build(folder, changed, old, new):
    """The suite and the reference, with one text in place of another."""
    texts = {"specs/images-v2/walls.yaml": CLAUSES, "walls/walls.inc": REFERENCE,
             "walls/walls.yaml": "wall: {in: path, required: true, type: string}\n",
             "specs/reference/exceptions.yaml": EXCEPTIONS}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        is_changed = path.name == changed and (changed != "walls.yaml" or "specs" in name)
        path.write_text(text.replace(old, new) if is_changed and old else text)


def check_row(programs, failures, name, row):
    changed, old, new, status, said = row
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        build(folder, changed, old, new)
        ran = coverage(programs, folder)
        failures.expect(ran.returncode == status, f"{name}: exit status {ran.returncode}: {ran.stderr}")
        failures.expect(said in ran.stdout + ran.stderr, f"{name}: not said: {said}\n{ran.stdout}{ran.stderr}")


def check_json(programs, failures):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        build(folder, None, "", "")
        ledger = json.loads(coverage(programs, folder, "--json").stdout)
        atoms = {a["key"]: (a["line"], a["clauses"]) for a in ledger["atoms"]}
        both = ["walls.show.answers-200", "walls.show.needs-wall"]
        failures.expect(atoms == {"GET /v2/walls/{}": (4, both), "GET /v2/walls/{} status 200": (10, both[:1]),
                                  "GET /v2/walls/{} precondition the-wall-stands~a68293": (8, both[1:]),
                                  "GET /v2/walls/{} request wall": (17, both[1:])}, f"atoms: {atoms}")
        failures.expect(ledger["totals"]["covered"] == 4 and ledger["open"] == [], "totals")
        failures.expect(len(ledger["exceptions"]) == ledger["totals"]["excused"] > 0, "exceptions are shown")


def check_selection(programs, failures):
    """--document says which documents are judged, and a document can be read alone."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        build(folder, None, "", "")
        (folder / "walls/doors.inc").write_text(REFERENCE.replace("walls", "doors").replace("doors.yaml", "walls.yaml"))
        for arguments, status in (((), 1), (("--document", "walls.inc"), 0), (("--document", "doors.inc"), 1),
                                  (("--document", "*.inc"), 1)):
            ran = coverage(programs, folder, *arguments)
            failures.expect(ran.returncode == status, f"coverage {arguments}: exit status {ran.returncode}")
        alone = programs.judge("coverage", "--specs", folder / "specs", "--reference", folder / "walls/walls.inc")
        failures.expect(alone.returncode == 0, f"a document alone: {alone.stdout}")
        usage = programs.judge("coverage", "--document", "walls.inc")
        failures.expect(usage.returncode == 64, f"--document alone: exit status {usage.returncode}")


def check_proof_of_others(programs, failures):
    """What was proven of another suite is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "proof.json"
        for text in ("", "[]", '{"schema": "imageproof.results/1"}', '{"schema": "imageproof.proof/1"}',
                     '{"schema": "imageproof.proof/1", "suite_digest": "00"}'):
            path.write_text(text)
            ran = programs.judge("coverage", "--proof", path)
            failures.expect(ran.returncode == 2 and "--proof" in ran.stderr, f"the proof {text!r}: {ran.returncode}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    calls = subprocess.run([programs.mock, "--list-calls"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    failures.expect("PUT     /v2/images/{image_id}/file\n" in calls.stdout, "the mock tells its calls")
    for name, row in ROWS.items():
        check_row(programs, failures, name, row)
    check_json(programs, failures)
    check_selection(programs, failures)
    check_proof_of_others(programs, failures)
    failures.end()


main()
