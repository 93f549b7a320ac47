#!/usr/bin/env python3
"""The command line of `imageproof check`: exit statuses, the JSON that scripts depend on, what it opens.

usage: command.py IMAGEPROOF
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TIMEOUT_S = 60
FILE_KEYS = {"path", "format", "sound", "safe", "virtual_size", "options", "findings", "omitted"}
FINDING_KEYS = {"rule", "severity", "offset", "field", "text"}
problems = []


def expect(what, holds, *details):
    if not holds:
        problems.append(" ".join(str(word) for word in (what, *details)))


class Bench:
    def __init__(self, imageproof, folder):
        self.imageproof, self.folder = imageproof, folder

    def create(self, name, *words):
        path = self.folder / name
        subprocess.run([self.imageproof, "create", *words[:-1], path, words[-1]], cwd=self.folder, check=True)
        return path

    def check(self, *words):
        return subprocess.run([self.imageproof, "check", *words], capture_output=True, text=True, timeout=TIMEOUT_S,
                              check=False)

    def files(self, *words):
        return json.loads(self.check("--json", *words).stdout)["files"]


def exit_statuses(bench):
    good = bench.create("good.qcow2", "-f", "qcow2", "1M")
    unsafe = bench.create("over.qcow2", "-u", "-f", "qcow2", "-o", "backing_file=good.qcow2,backing_fmt=qcow2", "1M")
    bad = bench.folder / "bad.qcow2"
    bad.write_bytes(good.read_bytes()[:-1000])
    folder = bench.folder / "folder"
    folder.mkdir()
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    rows = [(0, [good]), (1, [bad]), (1, [unsafe]), (1, [good, bad]), (2, [bench.folder / "nothing"]), (2, [bad, folder]),
            (2, [pipe]), (2, [folder, good]), (0, ["--format", "raw", bad]), (1, ["--format", "vdi", good]),
            (0, ["--format=auto", good]), (64, []), (64, ["--format", "qcow3", good]), (64, ["--unknown", good]),
            (0, ["--deep", "--dump", good]), (0, ["--help"])]
    for status, words in rows:
        done = bench.check(*words)
        expect("exit status of", done.returncode == status, words, "is", done.returncode, done.stderr)
        expect("stderr of", bool(done.stderr) == (status in (2, 64)), words, done.stderr)


def json_contract(bench):
    good, bad = bench.folder / "good.qcow2", bench.folder / "bad.qcow2"
    document = json.loads(bench.check("--json", good, bad, bench.folder / "nothing").stdout)
    expect("schema", document["schema"] == "imageproof.check/1", document["schema"])
    expect("two files", [entry["path"] for entry in document["files"]] == [str(good), str(bad)])
    for entry in document["files"]:
        expect("keys of a file", set(entry) == FILE_KEYS, set(entry))
        for finding in entry["findings"]:
            expect("keys of a finding", set(finding) == FINDING_KEYS, set(finding))
    sound, corrupt = document["files"]
    expect("sound", sound["sound"] and sound["safe"] and not sound["findings"], sound)
    expect("corrupt", not corrupt["sound"] and corrupt["findings"], corrupt)
    expect("size", sound["virtual_size"] == 1024 * 1024, sound["virtual_size"])
    expect("options", sound["options"]["cluster_size"] == 65536, sound["options"])
    done = bench.check("--json", "--dump", good)
    expect("JSON beside a dump", json.loads(done.stdout)["files"], done.stdout[:100])
    expect("dump", "cluster_bits = 16 (0x10)" in done.stderr, done.stderr[:100])


def what_is_opened(bench):
    """References lead to further files only with --follow, and only beside the image."""
    over = bench.folder / "over.qcow2"
    expect("not followed", len(bench.files(over)) == 1)
    expect("followed", [pathlib.Path(entry["path"]).name for entry in bench.files("--follow", over)] ==
           ["over.qcow2", "good.qcow2"])
    deeper = bench.folder / "deeper"
    deeper.mkdir()
    outside = deeper / "outside.qcow2"
    subprocess.run([bench.imageproof, "create", "-u", "-f", "qcow2", "-o", "backing_file=../good.qcow2,backing_fmt=qcow2",
                    outside, "1M"], check=True)
    done = bench.check("--follow", outside)
    expect("not outside", done.returncode == 2 and "good.qcow2" in done.stderr, done.returncode, done.stderr)
    (deeper / "linked.qcow2").symlink_to(bench.folder / "good.qcow2")
    bench.create("deeper/link.qcow2", "-u", "-f", "qcow2", "-o", "backing_file=linked.qcow2,backing_fmt=qcow2", "1M")
    expect("no links", bench.check("--follow", deeper / "link.qcow2").returncode == 2)
    circle = bench.create("circle.qcow2", "-u", "-f", "qcow2", "-o", "backing_file=circle.qcow2,backing_fmt=qcow2", "1M")
    done = bench.check("--follow", circle)
    expect("a circle ends", done.returncode == 2 and "longer than" in done.stderr, done.returncode, done.stderr)


def shorter_content_id(bench):
    """QEMU writes a descriptor with a shorter CID over the longer one, and a zero byte after it."""
    disk = bench.create("short.vmdk", "-f", "vmdk", "1M")
    data = disk.read_bytes()
    at = data.index(b"\nCID=") + len(b"\nCID=")
    end = data.index(b"\0", at)
    for digits in range(1, 8):
        text = data[:at] + b"f" * digits + data[at + 8:end] + b"\0"
        disk.write_bytes(text + data[len(text):])
        expect("a CID of", bench.files(disk)[0]["sound"], digits, "digits")
    disk.write_bytes(text[:-1] + b"\0+" + data[len(text) + 1:])
    expect("found after a CID of", not bench.files(disk)[0]["sound"], digits, "digits")


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        exit_statuses(bench)
        json_contract(bench)
        what_is_opened(bench)
        shorter_content_id(bench)
    for problem in problems:
        print("FAILED:", problem)
    sys.exit(1 if problems else 0)


main()
