#!/usr/bin/env python3
"""`imageproof coverage --json`: the shape of DESIGN.md, and each documented sentence with its cases."""

import json
import pathlib
import re
import shutil
import sys
import tempfile

from harness import PAIRS, Failures, Programs

PRECONDITIONS = {
    "image-data.upload.needs-image",
    "image-data.upload.needs-formats",
    "image-data.upload.needs-queued",
    "image-data.upload.needs-quota",
    "image-data.upload.needs-size-within-cap",
    "image-data.download.needs-image",
}
POSTCONDITIONS = {
    "image-data.upload.becomes-active",
    "image-data.upload.stores-data",
    "image-data.download.gives-data",
    "image-data.download.full-is-200",
    "image-data.download.partial-is-206",
    "image-data.download.no-data-is-204",
    "image-data.download.no-record-is-404",
    "image-data.download.unsatisfiable-is-416",
}
KEYS = {"id", "api", "level", "edition", "kind", "call", "status", "from", "cases", "verdict", "killed_by"}
BROKEN = "image-data.upload.answers-415"
SPECS = pathlib.Path(__file__).resolve().parent.parent.parent / "specs"


def check_reports(programs, failures, folder):
    """The verdicts of a run, in every form; those of other clauses are refused, and so are other forms."""
    log = str(folder / "run.log")
    programs.judge("run", "--quiet", "--only", "image-data.upload.answers-4*", "--log", log, f"--mock-arg=--break={BROKEN}")
    reports = [word for form in ("text", "json", "html") for word in ("--report", f"{form}={folder / form}")]
    done = programs.judge("coverage", "--run", log, *reports)
    failures.expect(done.returncode == 0 and not done.stdout, f"coverage --run: {done.returncode}: {done.stdout}{done.stderr}")
    told = json.loads((folder / "json").read_text())
    verdicts = {clause["id"]: clause["verdict"] for clause in told["clauses"]}
    failures.expect(verdicts[BROKEN] == "fail", f"{BROKEN} is {verdicts[BROKEN]}")
    failures.expect(verdicts["image-data.upload.answers-409"] == "pass", "a clause that holds does not pass")
    failures.expect(verdicts["image-data.download.answers-416"] is None, "a clause that was not run has a verdict")
    page = re.search(r'id="data">(.*)</script>\n<script>', (folder / "html").read_text())
    failures.expect(page and json.loads(page[1]) == told, "the page tells something else than the JSON")
    failures.expect(re.search(rf"^fail +must +{BROKEN} ", (folder / "text").read_text(), re.M), "the text has no verdict")
    shutil.copytree(SPECS, folder / "specs")
    with (folder / "specs" / "images-v2" / "shared.yaml").open("a") as file:
        file.write("# another suite\n")
    for arguments, status, fragment in (
            (("--run", log, "--specs", str(folder / "specs")), 2, "is of other clauses than these"),
            (("--run", str(folder / "text")), 2, "is no log of a run"),
            (("--report", "pdf=x"), 64, "there is no such form"),
            (("--report", "html"), 64, "is no FORM=PATH"),
            (("--report", "html=/nonexistent/x"), 2, "cannot be written")):
        done = programs.judge("coverage", *arguments)
        failures.expect(done.returncode == status and fragment in done.stderr, f"{arguments}: {done.returncode}: {done.stderr}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    ledger = programs.coverage()
    clauses = {c["id"]: c for c in ledger["clauses"]}
    failures.expect(ledger["schema"] == "imageproof.coverage/1", "schema")
    failures.expect(isinstance(ledger["atoms"], list) and "totals" in ledger, "atoms and totals")
    for clause in clauses.values():
        failures.expect(KEYS <= clause.keys(), f"{clause['id']} lacks {KEYS - clause.keys()}")
        failures.expect({"document", "heading", "item"} == clause["from"].keys(), f"{clause['id']}: from")
        failures.expect(clause["cases"], f"{clause['id']} has no case")
    listed = {(c["call"], c["status"]) for c in clauses.values() if c["kind"] == "status"}
    failures.expect(listed == set(PAIRS), f"pairs: {listed ^ set(PAIRS)}")
    for kind, ids in (("precondition", PRECONDITIONS), ("postcondition", POSTCONDITIONS)):
        for clause_id in ids:
            found = clauses.get(clause_id)
            failures.expect(found and found["kind"] == kind, f"{clause_id} is no {kind} of the ledger")
    with tempfile.TemporaryDirectory() as folder:
        check_reports(programs, failures, pathlib.Path(folder))
    print(f"{len(clauses)} clauses, {len(listed)} pairs, {len(PRECONDITIONS)} preconditions, "
          f"{len(POSTCONDITIONS)} postconditions")
    failures.end()


main()
