#!/usr/bin/env python3
"""`imageproof prove`: each clause of the suite notices the mock's fault of it, and the proof itself can see.

What it would overlook is tried first on the whole suite: twenty cases, picked by a seed, expect nothing any more
that could fail. Each of them has to be refused by `imageproof lint`, or be told by `imageproof prove`."""

import contextlib
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
PROOF_MAX_S = 600
ANYTHING = "{status: [1xx, 2xx, 3xx, 4xx, 5xx]}"


def proof(programs, *arguments, status=None, failures=None):
    ran = programs.judge("prove", "--json", *arguments, timeout=PROOF_MAX_S)
    if failures:
        failures.expect(ran.returncode == status, f"prove {arguments}: exit status {ran.returncode}, {ran.stderr}")
    return json.loads(ran.stdout) if ran.stdout else None


# ---- the suite as it is ----

def check_suite(programs, failures):
    proven = proof(programs, status=0, failures=failures)
    if not proven:
        failures.end()
    failures.expect(proven["schema"] == "imageproof.proof/1", "schema")
    clauses = {c["id"]: c for c in programs.coverage()["clauses"]}
    listed = json.loads(subprocess.run([programs.mock, "--list-faults", "--json"], capture_output=True, text=True,
                                       check=True, timeout=TIMEOUT_S).stdout)["faults"]
    failures.expect({f["fault"] for f in proven["faults"]} == {f["clause"] for f in listed}, "every fault is judged")
    for fault in proven["faults"]:
        failures.expect(fault["verdict"] == "killed" and fault["failed_cases"], f"{fault['fault']}: {fault['verdict']}")
        failures.expect(fault["killed"] == fault["clauses"], f"{fault['fault']}: killed {fault['killed']}")
        for case in fault["failed_cases"]:
            failures.expect(any(case in clauses[c]["cases"] for c in fault["clauses"]), f"{case} is none of the clause")
    totals = proven["totals"]
    failures.expect(totals["killed"] == totals["faults"] == len(clauses), f"totals: {totals}")
    failures.expect(all(gap["reason"] for gap in proven["unproven"] + proven["asleep"]), "what is open has a reason")
    check_killers(programs, failures, proven)
    print(f"{totals['faults']} faults, {totals['killed']} killed, {totals['asleep']} cases asleep with a reason, "
          f"{proven['duration_ms'] / 1000:.1f} s")
    return {gap["case"] for gap in proven["asleep"]}


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

def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def values(node, key):
    return [value for name, value in node.value if name.value == key]


def expectations(node):
    """The `expect` mappings of a case, in its steps too."""
    return values(node, "expect") + [e for steps in values(node, "steps") for s in steps.value for e in values(s, "expect")]


def cases_of(path):
    """(id, clauses that it proves, nodes of what it expects) of each case that is one, and no matrix of several."""
    for clauses in values(yaml.compose(path.read_text()), "clauses"):
        for clause in clauses.value:
            clause_id = values(clause, "id")[0].value
            for case in values(clause, "cases")[0].value:
                proves = [further.value for proven in values(case, "proves") for further in proven.value]
                if not values(case, "matrix"):
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
                  for case in cases_of(path) if case[0] not in excused]
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
    programs = Programs(sys.argv)
    failures = Failures()
    excused = check_suite(programs, failures)
    check_without_expect(programs, failures, excused)
    check_refusals(programs, failures)
    failures.end()


main()
