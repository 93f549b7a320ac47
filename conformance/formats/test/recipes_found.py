#!/usr/bin/env python3
"""Every recipe of fixtures/images is found under its rule, and nothing but what it says; its base is sound.
Every rule has a recipe, and every recipe cites what its rule stands for.

usage: recipes_found.py IMAGEPROOF
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

import recipes

BATCH = 100


def judge(imageproof, paths, *flags):
    """The entry of each path in `check --json`; one file for each path that could not be judged is missing."""
    found = {}
    for start in range(0, len(paths), BATCH):
        part = [str(path) for path in paths[start:start + BATCH]]
        done = subprocess.run([imageproof, "check", "--json", *flags, *part], capture_output=True, text=True, check=False)
        found.update({entry["path"]: entry for entry in json.loads(done.stdout)["files"]})
    return found


def rules(specs):
    return {rule["id"]: rule for path in sorted((specs / "formats").glob("*.yaml"))
            for rule in yaml.safe_load(path.read_text())["rules"]}


def compare(recipe, known, entry):
    if not entry:
        yield f"{recipe.name}: could not be judged"
        return
    hits = [finding for finding in entry["findings"] if finding["rule"] == recipe.rule]
    rule = known[recipe.rule]
    severity = rule["severity"]
    corrupt = any(known[name]["severity"] == "corruption" for name in recipe.also | {recipe.rule})
    if not hits:
        yield f"{recipe.name}: not found; {sorted({finding['rule'] for finding in entry['findings']})} are"
    if any(finding["severity"] != severity for finding in hits):
        yield f"{recipe.name}: is no {severity}"
    if entry["sound"] == corrupt:
        yield f"{recipe.name}: sound is {entry['sound']}"
    if entry["safe"] and severity == "unsafe":
        yield f"{recipe.name}: is safe"
    others = {finding["rule"] for finding in entry["findings"] if finding["severity"] in ("corruption", "leak")}
    if others - {recipe.rule} != recipe.also:
        yield f"{recipe.name}: breaks {sorted(others - {recipe.rule})} besides, not {sorted(recipe.also)}"
    if recipe.cites != rule["from"]:
        yield f"{recipe.name}: cites {recipe.cites}, the rule is in {rule['from']}"


def check_bases(imageproof, bases, folder):
    paths = {}
    for form, names in bases.known.items():
        for name in names:
            place = folder / form / name
            place.mkdir(parents=True)
            for file, data in bases.files(form, name).items():
                (place / file).write_bytes(data)
            paths[str(place / next(iter(bases.files(form, name))))] = (form, name)
    found = judge(imageproof, list(paths), "--deep")
    for path, (form, name) in paths.items():
        bad = [finding for finding in found[path]["findings"] if finding["severity"] in ("corruption", "leak")]
        if bad or found[path]["format"] != form:
            yield f"base {form}/{name}: {found[path]['format']} {bad}"


def main():
    imageproof, fixtures = pathlib.Path(sys.argv[1]), recipes.fixtures_folder()
    known = rules(fixtures.parent / "specs")
    all_recipes = recipes.load(fixtures)
    problems = [f"there is no rule {recipe.rule}" for recipe in all_recipes if recipe.rule not in known]
    problems += [f"no recipe breaks {rule}" for rule in sorted(set(known) - {recipe.rule for recipe in all_recipes})]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bases = recipes.Bases(imageproof, fixtures, folder)
        problems += check_bases(imageproof, bases, folder / "bases")
        for deep in (False, True):
            made = {str(recipes.make(recipe, bases, folder / recipe.format / recipe.name)): recipe
                    for recipe in all_recipes if recipe.deep == deep and recipe.rule in known}
            found = judge(imageproof, list(made), *(["--deep"] if deep else []))
            for path, recipe in made.items():
                problems += compare(recipe, known, found.get(path))
    for problem in problems:
        print("FAILED:", problem)
    print(f"{len(all_recipes)} recipes, {len(known)} rules, {len(problems)} problems")
    sys.exit(1 if problems or not all_recipes else 0)


main()
