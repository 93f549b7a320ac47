#!/usr/bin/env python3
"""Holds the JSON Schema of the clause language and the loader to the same verdict.

usage: schema_agrees.py VERDICT TARGET_VERDICT SCHEMAS FILES SPECS

VERDICT and TARGET_VERDICT are the programs test-spec-verdict and test-target-verdict, SCHEMAS the folder of
the schemas, FILES the table of good and bad files, SPECS the folder of the suite and of the rules of formats. A bad file says in a comment whether a schema can see what is wrong:
`# schema: sees`, or `# schema: cannot see: REASON`; of the latter the schema must indeed have no complaint.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator


class CoreLoader(yaml.SafeLoader):
    """Plain scalars by the core schema of YAML 1.2, as the loader types them."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", list("~nN") + [""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def whole_number(loader, node):
    return int(node.value)


CoreLoader.add_constructor("tag:yaml.org,2002:int", whole_number)


def schema_refuses(validator, path):
    """The first complaint; None when there is none, or when the file is no YAML at all."""
    try:
        data = yaml.load(path.read_text(), Loader=CoreLoader)
    except yaml.YAMLError:
        return None
    return next((error.message for error in validator.iter_errors(data)), None)


def loader_verdicts(command, paths):
    output = subprocess.run([*command, *paths], capture_output=True, text=True, check=True).stdout
    lines = (line.split(" ", 1) for line in output.splitlines())
    return {Path(rest): verdict == "good" for verdict, rest in lines if verdict in ("good", "bad")}


def disagreement(path, validator, good):
    """What is wrong with the verdicts about `path`, None when they are as its folder and comment say."""
    refusal = schema_refuses(validator, path)
    should_be_good = path.parent.name == "good"
    if good != should_be_good:
        return f"the loader finds it {'good' if good else 'bad'}"
    if should_be_good:
        return refusal and f"the schema refuses it: {refusal}"
    marker = re.search(r"^# schema: (sees|cannot see: \S.*)$", path.read_text(), re.MULTILINE)
    if not marker:
        return "no comment says whether a schema can see it"
    if marker[1] == "sees":
        return None if refusal else "the schema has no complaint"
    return refusal and f"the schema can see it after all: {refusal}"


def wrong_targets(validator, program, folder):
    """Of a target file a schema sees nearly everything: what it does not, the file says in a comment."""
    paths = sorted(folder.glob("*/*.yaml"))
    verdicts = loader_verdicts([program], paths)
    for path in paths:
        should_be_good = path.parent.name == "good"
        refusal = schema_refuses(validator, path)
        unseen = re.search(r"^# schema: cannot see: \S", path.read_text(), re.MULTILINE)
        if (refusal is None) != (should_be_good or bool(unseen)):
            yield f"{path}: {refusal or 'the schema has no complaint'}"
        if verdicts.get(path) != should_be_good:
            yield f"{path}: the loader finds it {'bad' if should_be_good else 'good'}"


def wrong_rules(validator, folder):
    """Rules of formats have no loader: tools/lint/format_rules.py holds them to the code. The schema must see
    what is wrong with each of them when one key is taken away, misspelt or empty."""
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.load(path.read_text(), Loader=CoreLoader)
        yield from (f"{path}: {error.message}" for error in validator.iter_errors(data))
        rule = data["rules"][0]
        for key in rule:
            rest = {k: v for k, v in rule.items() if k != key}
            for wrong in (rest, {**rest, key + "s": rule[key]}, {**rest, key: ""}):
                if validator.is_valid({**data, "rules": [wrong]}):
                    yield f"{path}: the schema has no complaint about {wrong}"


# Files about the reference: their schema, the suite's own, and the table of good and bad ones.
REFERENCE = (("exceptions", "reference/exceptions.yaml", "ledger/test/files/exceptions/{}/*.yaml"),
             ("map", "reference/*.map.yaml", "reference/test/files/maps/{}/*.map.yaml"))


def wrong_reference(schemas, specs, conformance):
    for name, own, table in REFERENCE:
        validator = Draft202012Validator(json.loads((schemas / f"{name}.schema.json").read_text()))
        good = [*specs.glob(own), *conformance.glob(table.format("good"))]
        bad = [*conformance.glob(table.format("bad")), *conformance.glob(table.format("bad/*"))]
        if len(good) < 2 or len(bad) < 9:
            yield f"{name}: the table was not found"
        for path in good:
            if refusal := schema_refuses(validator, path):
                yield f"{path}: the schema refuses it: {refusal}"
        for path in bad:
            if not schema_refuses(validator, path) and is_yaml(path):
                yield f"{path}: the schema has no complaint"


def is_yaml(path):
    try:
        return yaml.load(path.read_text(), Loader=CoreLoader) is not None
    except yaml.YAMLError:
        return False


def load_schemas(folder):
    """All schemas; the definitions that one takes from another put where they are looked up."""
    clauses = json.loads((folder / "clauses.schema.json").read_text())
    text = (folder / "target.schema.json").read_text().replace("clauses.schema.json#/", "#/")
    target = json.loads(text)
    target["$defs"] = {**clauses["$defs"], **target["$defs"]}
    formats = json.loads((folder / "formats.schema.json").read_text())
    for schema in clauses, target, formats:
        Draft202012Validator.check_schema(schema)
    return Draft202012Validator(clauses), Draft202012Validator(target), Draft202012Validator(formats)


def main(program, target_program, schemas, files, specs):
    clauses, target, formats = load_schemas(Path(schemas))
    table = sorted(Path(files).glob("good/*.yaml")) + sorted(Path(files).glob("bad/*/*.yaml"))
    verdicts = loader_verdicts([program, files], table)
    wrong = [f"{path}: {said}" for path in table if (said := disagreement(path, clauses, verdicts.get(path)))]
    wrong += wrong_targets(target, target_program, Path(files) / "targets")
    wrong += wrong_rules(formats, Path(specs) / "formats")
    wrong += wrong_reference(Path(schemas), Path(specs), Path(__file__).resolve().parent.parent)
    suite = [path for path in sorted(Path(specs).glob("*/*.yaml")) if path.parent.name not in ("formats", "reference")]
    wrong += [f"{path}: {said}" for path in suite if (said := schema_refuses(clauses, path))]
    print("\n".join(wrong))
    print(f"{len(table)} files of the table, {len(suite)} of the suite, {len(wrong)} disagreements")
    return 1 if wrong or not table or not suite else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
