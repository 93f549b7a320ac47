#!/usr/bin/env python3
"""What qemu-img makes is sound for `imageproof check`, and its options and size are read back: the whole
product of options, and what convert, snapshot, bitmap, qemu-io, LUKS and backing files make of it. Not one
corruption may be found. Then, what qemu-img says of the recipes of fixtures/images is what they say that it
says; the table shows both side by side. Skips, loudly, where qemu-img is not installed.

usage: checkers.py IMAGEPROOF [MAKER...]
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
sys.path.insert(0, str(ROOT / "conformance/formats/test"))
import qemu_images  # noqa: E402
import recipes  # noqa: E402, beside the test that makes them, too

NEEDED = ("qemu-img", "qemu-io")


# ---- What is made of it ---------------------------------------------------------------------------------


def judge(imageproof, bench):
    paths = list(bench.expected)
    for start in range(0, len(paths), 200):
        part = paths[start:start + 200]
        done = subprocess.run([imageproof, "check", "--json", "--deep", *part], capture_output=True, text=True, check=False)
        files = {entry["path"]: entry for entry in json.loads(done.stdout)["files"]}
        for path in part:
            bench.problems += compare(files.get(path), *bench.expected[path])


def compare(found, label, form, size, options):
    if not found:
        yield f"{label}: was not judged"
        return
    for finding in found["findings"]:
        if finding["severity"] != "unsafe":
            yield f"{label}: {finding['severity']} {finding['rule']} at {finding['offset']}: {finding['text']}"
    wanted = {"format": form, "sound": True, **({} if size is None else {"virtual_size": size})}
    for key, value in wanted.items():
        if found[key] != value:
            yield f"{label}: {key} is {found[key]}, not {value}"
    for name, value in options.items():
        if found["options"].get(name) != value:
            yield f"{label}: option {name} is {found['options'].get(name)}, not {value}"


# ---- What qemu-img makes of ours ------------------------------------------------------------------------

# Formats that qemu-img check knows, and what its exit status says; of the others it only opens an image or not.
CHECKED = {"qcow2", "vmdk", "vdi"}
CHECK_STATUS = {0: "misses", 1: "refuses", 2: "finds", 3: "finds"}


def seen_by_qemu(form, path):
    command = "check" if form in CHECKED else "info"
    done = subprocess.run(["qemu-img", command, "-f", form, path], capture_output=True, check=False)
    if done.returncode < 0:
        return "crashes"
    if form in CHECKED:
        return CHECK_STATUS.get(done.returncode, f"status {done.returncode}")
    return "opens" if done.returncode == 0 else "refuses"


def compare_recipes(imageproof, folder):
    """Problems; prints how many of the corrupt and leaking recipes qemu-img finds or refuses."""
    bases = recipes.Bases(imageproof, FIXTURES, folder)
    problems, table = [], {}
    for recipe in recipes.load(FIXTURES):
        path = recipes.make(recipe, bases, folder / recipe.format / recipe.name)
        seen = seen_by_qemu(recipe.format, path)
        if seen != recipe.qemu:
            problems.append(f"{recipe.path.relative_to(FIXTURES)}: qemu-img {seen} it, the recipe says {recipe.qemu}")
        if not recipe.valid:
            row = table.setdefault(recipe.format, collections.Counter())
            row["recipes"] += 1
            row[seen] += 1
    print("format   broken, and found by us   qemu-img refuses   finds   misses")
    for form, row in table.items():
        print(f"{form:8} {row['recipes']:23} {row['refuses']:18} {row['finds']:7} {row['misses'] + row['opens'] + row['crashes']:8}")
    return problems


def main():
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed; nothing was compared with qemu-img")
        sys.exit(0)
    with tempfile.TemporaryDirectory() as folder:
        bench = qemu_images.Bench(pathlib.Path(folder))
        for make in qemu_images.MAKERS:
            if make.__name__ in sys.argv[2:] or not sys.argv[2:]:
                make(bench)
        judge(sys.argv[1], bench)
        if not sys.argv[2:]:
            bench.problems += compare_recipes(sys.argv[1], bench.folder)
    for problem in bench.problems:
        print("FAILED:", problem)
    print(f"{len(bench.expected)} images of qemu-img, {bench.refused} refused by it, {len(bench.problems)} problems")
    sys.exit(1 if bench.problems or not bench.expected else 0)


if __name__ == "__main__":
    main()
