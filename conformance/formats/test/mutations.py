#!/usr/bin/env python3
"""Every field that a checker reads of the bases of recipes is poked with edge values. Each of them leads to a
finding, or to none for a reason that fixtures/images/legal.yaml states; never to a crash, a check that does
not end, or one that takes more than 256 MiB.

usage: mutations.py IMAGEPROOF
"""

import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

import yaml

import recipes

BATCH = 100
LARGEST_BASE_BYTES = 1024 * 1024
MEMORY_BYTES = 256 * 1024 * 1024
TIMEOUT_S = 120
RECORD = re.compile(r"^(\S.*) at (\d+)$")
FIELD = re.compile(r"^ +(\d+)  (.*?) = (.*)$")


def fields_of(imageproof, path):
    """(record, field, offset, width) of everything in --dump; a field ends where the next one begins."""
    text = subprocess.run([imageproof, "check", "--dump", path], capture_output=True, text=True, check=False).stdout
    found, record, previous = {}, None, None
    for line in text.splitlines():
        head, field = RECORD.match(line), FIELD.match(line)
        if head:
            record, previous = head[1], None
        elif field and record:
            at = int(field[1])
            if previous:
                found[previous] = at - previous[2]
            previous = (record, field[2], at)
    return [(*key, width) for key, width in sorted(found.items(), key=lambda item: item[0][2])]


def edge_values(old):
    """Other bytes of the same width: numbers at their edges in either order, and one flipped bit."""
    width = len(old)
    values = {bytes(width), b"\xff" * width, bytes(width - 1) + b"\x01", b"\x01" + bytes(width - 1),
              b"\x80" + bytes(width - 1), bytes([old[0] ^ 0x40]) + old[1:], old[:-1] + bytes([old[-1] ^ 0x02])}
    return sorted(values - {old})


def poke_all(data, form, at, new):
    """The image with `new` at `at`; of a VHD in both footers, and with the checksums right again."""
    image = bytearray(data)
    places = [at]
    if form == "vpc":
        footer = len(image) - 512
        if at >= footer and image[:8] == b"conectix":
            places.append(at - footer)
    for place in places:
        image[place:place + len(new)] = new
    if form == "vpc" and new is not None:
        for start in {0, 512, len(image) - 512}:
            if image[start:start + 8] in (b"conectix", b"cxsparse"):
                recipes.vpc_checksum(image, start)
    return image


def mutants(imageproof, bases, folder):
    """(path, label, (format, record, field)) of each image, each a file of its own."""
    number = 0
    for form, names in bases.known.items():
        for name in names:
            files = bases.files(form, name)
            first, data = next(iter(files.items()))
            if len(data) > LARGEST_BASE_BYTES or form == "raw" or data.startswith(b"# Disk DescriptorFile"):
                continue  # the fields of a descriptor's extents are in other files
            home = folder / f"{form}-{name}"
            home.mkdir()
            for other, content in files.items():
                (home / other).write_bytes(content)
            for record, field, at, width in fields_of(imageproof, home / first):
                for new in edge_values(data[at:at + width]):
                    image = poke_all(data, form, at, new)
                    if bytes(image) != data:
                        number += 1
                        path = home / f"{number}.{form}"
                        path.write_bytes(image)
                        yield path, f"{form}/{name}: {record}, {field} = {new.hex()[:40]}", (form, record, field)



def judge(imageproof, form, part):
    """The entries of `check --json`, and what went wrong with the program itself."""
    command = [imageproof, "check", "--json", "--deep", "--format", form, *[str(path) for path, _, _ in part]]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    problems = []
    if done.returncode not in (0, 1, 2):
        problems.append(f"{part[0][1]} and those after it: exit status {done.returncode}")
    if after > before and after * 1024 > MEMORY_BYTES:
        problems.append(f"{part[0][1]} and those after it: {after // 1024} MiB")
    entries = json.loads(done.stdout)["files"] if done.stdout else []
    refused = {path: True for path, _, _ in part if str(path) in done.stderr}
    return {entry["path"]: entry for entry in entries}, refused, problems


def main():
    imageproof, fixtures = pathlib.Path(sys.argv[1]), recipes.fixtures_folder()
    legal = yaml.safe_load((fixtures / "images" / "legal.yaml").read_text())
    problems, used, count = [], set(), 0
    with tempfile.TemporaryDirectory() as name:
        bases = recipes.Bases(imageproof, fixtures, pathlib.Path(name))
        (pathlib.Path(name) / "mutants").mkdir()
        waiting = {}

        def finish(form):
            part = waiting.pop(form, [])
            entries, refused, wrong = judge(imageproof, form, part) if part else ({}, {}, [])
            problems.extend(wrong)
            for path, label, key in part:
                path.unlink()
                entry = entries.get(str(path))
                if (not entry and path not in refused) or (entry and not entry["findings"]):
                    used.add(key)
                    if key[2] not in legal.get(key[0], {}).get(key[1], {}):
                        problems.append(f"{label}: nothing is found" if entry else f"{label}: was not judged")

        for mutant in mutants(imageproof, bases, pathlib.Path(name) / "mutants"):
            count += 1
            form = mutant[2][0]
            waiting.setdefault(form, []).append(mutant)
            if len(waiting[form]) >= BATCH:
                finish(form)
        for form in list(waiting):
            finish(form)
    stated = {(form, record, field) for form, records in legal.items() for record, fields in records.items()
              for field in fields}
    problems += [f"legal.yaml: {', '.join(key)} needs no reason" for key in sorted(stated - used)]
    for problem in problems:
        print("FAILED:", problem)
    print(f"{count} mutants, {len(problems)} problems")
    sys.exit(1 if problems or not count else 0)


main()
