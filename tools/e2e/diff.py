#!/usr/bin/env python3
"""imageproof diff: two mocks that do the same do not differ; a fault of one is found, and the clause decides for the
other; what is explained, what is not, and what has nothing left to explain; a Ctrl-C."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import jsonschema
import yaml

from harness import TIMEOUT_S, Failures, Programs

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "specs/schema/explained.schema.json").read_text())
LIST = ROOT / "tools/real/diff.explained.yaml"
API = ["--api", "images-v2"]
CLAUSE = "image-data.upload.answers-415"
OTHER = "image-data.upload.type-before-image"
TARGET = """subject: {subject}
url: {url}
identities:
  owner: {{token: "owner:${{case.id}}:member", project: "${{case.id}}"}}
features: [images-v2, multistore]
"""
# Cases of LOOSE want any refusal: both pass.
LOOSE = "image-data.upload.content-type"
VALUE = "image-data.upload.store-header-default"
STATUS = {"what": "status", "a": "400", "b": 415, "reason": "it is broken"}
ALL = [{"case": f"{CLAUSE}/*", "by": CLAUSE, **STATUS}, {"case": f"{OTHER}/*", "by": OTHER, **STATUS},
       {"case": f"{LOOSE}/*", "by": "none", **STATUS}]
IDLE = {"case": "*", "what": "header Server", "by": "quirk", "reason": "an old one"}

# name: (the entries, further arguments, exit status, what is said). A is broken, B is not.
ROWS = {
    "nothing explained": (None, (), 1, f"  status: A 400, B 415\n    decided by {CLAUSE}: B obeys it\n"),
    "all explained": (ALL, (), 0, f"status of {CLAUSE}/* ({CLAUSE}): it is broken"),
    "one is not": ([ALL[0], ALL[2]], (), 1, f"\nNot explained: 1\n  status: A 400, B 415\n    decided by {OTHER}: B obeys it\n"),
    "where no clause decides": (ALL[:2], (), 1, "\nNot explained: 2\n  status: A 400, B 415\n    no clause decides\n"),
    "nothing left to explain": ([*ALL, IDLE], (), 1, "header Server of * does not differ any more"),
    "some cases only": ([*ALL, IDLE], ("--only", CLAUSE), 0, "it is broken"),
}
# name: (arguments, exit status, what is said)
WRONG = {
    "one subject": (("mock",), 64, "want two subjects"),
    "three subjects": (("mock", "mock", "mock"), 64, "one too many"),
    "an option of the run": (("--jobs=0", "mock", "mock"), 64, "--jobs: '0' is no number"),
    "no such file": (("mock", "no-such-file.yaml"), 2, "no-such-file.yaml"),
    "nobody there": (("mock", "http://127.0.0.1:1"), 2, "not judged"),
    "no such case": (("--only", "nothing", "mock", "mock"), 2, "no case matches"),
    "no explanations": (("--explained", "no-such-file.yaml", "mock", "mock"), 2, "no-such-file.yaml"),
}


def write_specs(folder):
    """The clauses that these tests are about, as a suite of its own, so that a run takes no time."""
    source = ROOT / "specs/images-v2"
    section = yaml.safe_load((source / "image-data.yaml").read_text())
    wanted = {CLAUSE, OTHER, LOOSE, VALUE}
    while True:
        kept = [clause for clause in section["clauses"] if clause["id"] in wanted]
        proved = {name for clause in kept for case in clause["cases"] for name in case.get("proves", [])}
        if proved <= wanted:
            break
        wanted |= proved
    (folder / "images-v2").mkdir(parents=True)
    shutil.copy(source / "shared.yaml", folder / "images-v2")
    (folder / "images-v2/image-data.yaml").write_text(yaml.dump({**section, "clauses": kept}))
    return folder


def subjects(folder, *processes):
    paths = []
    for name, process in zip("ab", processes):
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(TARGET.format(subject=f"mock {name}", url=process.url))
    return paths


def explanations(folder, entries):
    path = folder / "explained.yaml"
    path.write_text(yaml.dump({"explained": "two mocks", "differences": entries}))
    return path


def judge_rows(programs, failures, folder, pair):
    for name, (entries, more, status, said) in ROWS.items():
        arguments = [] if entries is None else ["--explained", explanations(folder, entries)]
        done = programs.judge("diff", *API, *arguments, *more, *pair)
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stdout}{done.stderr}")
        failures.expect(said in done.stdout, f"{name}: no {said!r} in {done.stdout}")
        if entries is not None:
            jsonschema.validate(yaml.safe_load((folder / "explained.yaml").read_text()), SCHEMA)
            linted = programs.judge("lint", folder / "explained.yaml")
            failures.expect(linted.returncode == 0, f"{name}: lint: {linted.stderr}")


def judge_json(programs, failures, folder, pair):
    done = programs.judge("diff", *API, "--json", "--explained", explanations(folder, [*ALL[:1], IDLE]), *pair)
    told = json.loads(done.stdout)
    failures.expect(told["schema"] == "imageproof.diff/1" and (told["a"], told["b"]) == ("mock a", "mock b"), f"JSON: {told}")
    failures.expect((told["totals"]["differences"], told["totals"]["unexplained"]) == (7, 3), f"totals: {told['totals']}")
    decided = {(d["clause"], d["obeyed_by"]) for d in told["differences"]}
    failures.expect(decided == {(CLAUSE, "b"), (OTHER, "b"), (None, None)}, f"decided: {decided}")
    failures.expect([e["what"] for e in told["idle_entries"]] == [IDLE["what"]], f"idle: {told['idle_entries']}")


def judge_stop(programs, failures, folder):
    """A signal ends both runs, orderly: nothing of them stays."""
    folder.mkdir()
    with programs.serve("--condition", "slow-storage") as slow:
        pair = subjects(folder, slow, slow)
        with subprocess.Popen([programs.imageproof, "diff", *API, "--jobs=1", *pair], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(folder)}) as process:
            while process.poll() is None and not list(folder.glob("*/run.log")):
                pass
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT_S)
    failures.expect(process.returncode == 2, f"stopped: exit status {process.returncode}")
    failures.expect(sorted(p.name for p in folder.iterdir()) == ["a.yaml", "b.yaml"], f"left: {list(folder.iterdir())}")


def judge_wrong(programs, failures):
    for name, (arguments, status, said) in WRONG.items():
        done = programs.judge("diff", *API, *arguments)
        failures.expect(done.returncode == status, f"{name}: exit status {done.returncode}: {done.stdout}{done.stderr}")
        failures.expect(said in done.stdout + done.stderr, f"{name}: no {said!r} in {done.stdout}{done.stderr}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve("--stores", "fast,cheap") as sound, \
            programs.serve("--stores", "fast,cheap", "--break", CLAUSE) as broken:
        folder = pathlib.Path(name)
        API.extend(("--specs", str(write_specs(folder / "specs"))))
        same = programs.judge("diff", *API, *subjects(folder, sound, sound))
        failures.expect(same.returncode == 0 and "; differences: 0" in same.stdout, f"the same: {same.stdout}{same.stderr}")
        pair = subjects(folder, broken, sound)
        judge_rows(programs, failures, folder, pair)
        judge_json(programs, failures, folder, pair)
        with programs.serve("--stores", "one,two") as other:
            done = programs.judge("diff", *API, "--only", VALUE, *subjects(folder, sound, other))
        failures.expect('  value /stores: A "fast", B "one"\n    no clause decides\n' in done.stdout, f"a value: {done.stdout}")
        judge_stop(programs, failures, folder / "stop")
        judge_wrong(programs, failures)
    jsonschema.validate(yaml.safe_load(LIST.read_text()), SCHEMA)
    failures.end()


main()
