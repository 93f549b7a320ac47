#!/usr/bin/env python3
"""`imageproof prove`: each clause of the suite notices the mock's fault of it, and the proof itself can see.

With --whole every fault is tried, which .ci/run does, without it a sample picked by a seed. What the proof would
overlook is tried on twenty cases, picked by a seed, which expect nothing any more that could fail. Each of them
has to be refused by `imageproof lint`, or be told by `imageproof prove`.

usage: prove.py [--whole] IMAGEPROOF IMAGEPROOF-MOCK"""

import contextlib
import fnmatch
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from harness import TIMEOUT_S, Failures, Programs

SPECS = pathlib.Path(__file__).resolve().parent.parent.parent / "specs"
SEED = 20
PICKED = 20
SAMPLED = 15  # clauses
PROOF_MAX_S = 600
APIS = ("images-v1", "images-v2", "gns3-compute-v2")
LIES_TO_ALL = ("no-answer", "half-a-status", "half-a-head", "status-is-a-word", "another-protocol", "header-without-colon",
               "header-with-nul", "length-is-a-word", "length-below-zero", "two-lengths")
LIES_ABOUT_BODIES = ("half-a-body", "length-too-long", "length-too-short", "length-and-chunks", "chunk-without-size",
                     "half-a-chunk", "no-last-chunk")
LIED_TO = ["v1.show.gives-data", "v1.list.answers-200"]
PATIENT = ("*.filter-status", "*.sort-key-*-at", "*.newest-first", "v1.create.copy-from*", "v1.head.every-state",
           "image-data.upload.*", "gns3.*.extents", "gns3.*.size")
ANYTHING = "{status: [1xx, 2xx, 3xx, 4xx, 5xx]}"


def proof(programs, *arguments, status=None, failures=None):
    ran = programs.judge("prove", "--json", *arguments, timeout=PROOF_MAX_S)
    if failures:
        failures.expect(ran.returncode == status, f"prove {arguments}: exit status {ran.returncode}, {ran.stderr}")
    return json.loads(ran.stdout) if ran.stdout else None


def fault_list(programs):
    return json.loads(subprocess.run([programs.mock, "--list-faults", "--json"], capture_output=True, text=True,
                                     check=True, timeout=TIMEOUT_S).stdout)["faults"]


# ---- the suite as it is ----

def check_verdicts(failures, proven, clauses):
    for fault in proven["faults"] + proven["liars"]:
        name = f"{fault['fault']} of {fault['clauses']}"
        failures.expect(fault["verdict"] == "killed" and fault["failed_cases"], f"{name}: {fault['verdict']}")
        failures.expect(fault["killed"] == fault["clauses"], f"{name}: killed {fault['killed']}")
        for case in fault["failed_cases"]:
            failures.expect(any(case in clauses[c]["cases"] for c in fault["clauses"]), f"{name}: {case} is none of it")
    totals = proven["totals"]
    failures.expect(totals["killed"] == totals["faults"] == len(proven["faults"]), f"totals: {totals}")
    failures.expect(totals["killed_liars"] == totals["liars"] == len(proven["liars"]), f"totals: {totals}")
    failures.expect(all(gap["reason"] for gap in proven["unproven"] + proven["asleep"]), "what is open has a reason")
    print(f"{totals['faults']} faults, {totals['killed']} killed; {totals['liars']} liars, {totals['killed_liars']} killed; "
          f"{totals['asleep']} cases asleep with a reason; {proven['duration_ms'] / 1000:.1f} s")


def check_suite(programs, failures, clauses):
    """Every fault of the mock, and every lie to every API that says anything in its answers."""
    proven = proof(programs, status=0, failures=failures)
    if not proven:
        failures.end()
    failures.expect(proven["schema"] == "imageproof.proof/1", "schema")
    listed = {f["clause"] for f in fault_list(programs)}
    failures.expect({f["fault"] for f in proven["faults"]} == listed == clauses.keys(), "every fault is judged")
    lied = {(liar["fault"], clauses[liar["clauses"][0]]["api"]) for liar in proven["liars"]}
    told = {(lie, api) for lie in LIES_TO_ALL for api in APIS} | {(lie, api) for lie in LIES_ABOUT_BODIES for api in APIS[:2]}
    failures.expect(lied >= told, f"lies that nobody told: {sorted(told - lied)}")
    failures.expect({lie for lie, _ in lied} == {*LIES_TO_ALL, *LIES_ABOUT_BODIES}, f"lies: {lied}")
    check_verdicts(failures, proven, clauses)
    check_killers(programs, failures, proven)


def check_sample(programs, failures, clauses):
    """Without those that wait for seconds until the mock does what it never will."""
    quick = sorted(clause for clause in clauses if not any(fnmatch.fnmatch(clause, glob) for glob in PATIENT))
    picked = random.Random(SEED).sample(quick, SAMPLED)
    only = [argument for clause in picked + LIED_TO for argument in ("--only", clause)]
    proven = proof(programs, *only, status=0, failures=failures)
    failures.expect({f["fault"] for f in proven["faults"]} == {*picked, *LIED_TO}, "what is selected is judged")
    failures.expect({liar["fault"] for liar in proven["liars"]} >= {*LIES_TO_ALL, *LIES_ABOUT_BODIES}, "every lie is told")
    check_verdicts(failures, proven, clauses)


def check_killers(programs, failures, proven):
    """coverage --proof tells who kills each clause, and that one is not killed any more."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "proof.json"
        path.write_text(json.dumps(proven))
        ran = programs.judge("coverage", "--json", "--proof", path)
        failures.expect(ran.returncode == 0, f"coverage --proof: exit status {ran.returncode}")
        for clause in json.loads(ran.stdout)["clauses"]:
            failures.expect(clause["killed_by"] == [clause["id"]], f"{clause['id']}: killed by {clause['killed_by']}")
        last = proven["faults"].pop()["fault"]
        path.write_text(json.dumps(proven))
        ran = programs.judge("coverage", "--proof", path)
        failures.expect(ran.returncode == 1 and f"no fault of the mock makes {last} fail" in ran.stdout,
                        f"a proof without {last}: exit status {ran.returncode}")


# ---- cases that expect nothing ----

def excused_cases():
    """Globs on the cases that are asleep with a reason."""
    return [entry["case"] for entry in yaml.safe_load((SPECS / "reference/exceptions.yaml").read_text())["cases"]]


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def values(node, key):
    return [value for name, value in node.value if name.value == key]


def expectations(node):
    """The `expect` mappings of a case, in its steps too."""
    return values(node, "expect") + [e for steps in values(node, "steps") for s in steps.value for e in values(s, "expect")]


def captures(node):
    """What a case captures it expects to be there, whatever its `expect` says."""
    return values(node, "capture") + [c for steps in values(node, "steps") for s in steps.value for c in values(s, "capture")]


def cases_of(path):
    """(id, clauses that it proves, nodes of what it expects) of each case that is one, and no matrix of several, and
    expects nothing in any other way."""
    for clauses in values(yaml.compose(path.read_text()), "clauses"):
        for clause in clauses.value:
            clause_id = values(clause, "id")[0].value
            for case in values(clause, "cases")[0].value:
                proves = [further.value for proven in values(case, "proves") for further in proven.value]
                if not values(case, "matrix") and not captures(case):
                    yield (f"{clause_id}/{slug(values(case, 'name')[0].value)}", [clause_id, *proves],
                           expectations(case))


def defuse(text, nodes):
    for node in sorted(nodes, key=lambda n: -n.start_mark.index):
        end = node.end_mark.index
        body = text[node.start_mark.index:end]
        text = text[:node.start_mark.index] + ANYTHING + body[len(body.rstrip()):] + text[end:]
    return text


def picked(excused):
    """Of each file that has cases, as they come out of the shuffled whole."""
    everything = [(path, *case) for path in sorted(SPECS.glob("*/*.yaml")) if path.parent.name != "reference"
                  for case in cases_of(path) if not any(fnmatch.fnmatch(case[0], glob) for glob in excused)]
    random.Random(SEED).shuffle(everything)
    return everything[:PICKED]


class Suite:
    """A copy of the clauses in which cases have been defused."""

    def __init__(self, folder):
        self.specs = pathlib.Path(folder) / "specs"
        shutil.copytree(SPECS, self.specs)
        self.nodes, self.clauses = {}, {}

    def put(self, path, nodes):
        (self.specs / path.relative_to(SPECS)).write_text(defuse(path.read_text(), nodes))

    def add(self, programs, path, case, clauses, nodes):
        """False when lint refuses the copy with this case too, which then stays as it was."""
        before = self.nodes.get(path, [])
        self.put(path, before + nodes)
        if programs.judge("lint", self.specs / path.relative_to(SPECS)).returncode == 1:
            self.put(path, before)
            return False
        self.nodes[path] = before + nodes
        self.clauses[case] = clauses
        return True

    def check(self, programs, failures):
        only = [argument for clause in sorted(set(sum(self.clauses.values(), []))) for argument in ("--only", clause)]
        told = proof(programs, "--specs", self.specs, *only, status=1, failures=failures)
        missed = {f["fault"] for f in told["faults"] if f["verdict"] != "killed"} if told else set()
        asleep = {gap["case"] for gap in told["asleep"] if not gap["reason"]} if told else set()
        for case, clauses in self.clauses.items():
            failures.expect(case in asleep or clauses[0] in missed, f"{case} expects nothing, and nobody tells")


def check_without_expect(programs, failures, excused):
    """As many at once as lint lets pass together: each is told by itself."""
    refused, suites = 0, []
    with contextlib.ExitStack() as stack:
        for one in picked(excused):
            fresh = Suite(stack.enter_context(tempfile.TemporaryDirectory()))
            if not fresh.add(programs, *one):
                print(f"{one[1]}: refused by lint")
                refused += 1
            elif not any(suite.add(programs, *one) for suite in suites):
                suites.append(fresh)
        for suite in suites:
            suite.check(programs, failures)
    tried = sum(len(suite.clauses) for suite in suites)
    failures.expect(tried + refused == PICKED and tried > refused, f"only {tried} cases were tried")
    print(f"{PICKED} cases that expect nothing: {refused} refused by lint, {tried} told by prove")


# ---- what it refuses ----

def check_refusals(programs, failures):
    for arguments, status, said in ((("--only", "no.such.clause"), 2, "no fault and no clause matches"),
                                    (("--jobs", "0"), 64, "is no number"), (("extra",), 64, "is no option")):
        ran = programs.judge("prove", *arguments)
        failures.expect(ran.returncode == status and said in ran.stderr, f"prove {arguments}: {ran.returncode}, {ran.stderr}")


def main():
    whole = "--whole" in sys.argv
    programs = Programs([argument for argument in sys.argv if argument != "--whole"])
    failures = Failures()
    clauses = {c["id"]: c for c in programs.coverage()["clauses"]}
    if whole:
        check_suite(programs, failures, clauses)
    else:
        check_sample(programs, failures, clauses)
        check_without_expect(programs, failures, excused_cases())
        check_refusals(programs, failures)
    failures.end()


main()
