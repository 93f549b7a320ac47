#!/usr/bin/env python3
"""Many clients of the GNS3 API at once: 500 images on paths of their own, and 50 clients that want the same path, of
each kind of image. Whoever is told of a success has a sound image."""

import concurrent.futures
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from harness import TIMEOUT_S, Failures, Programs

CLIENTS = 50
IMAGES = 500
RACERS = 50
KINDS = ({"format": "qcow2"}, {"format": "qcow2", "cluster_size": 512, "preallocation": "full"}, {"format": "qcow"},
         {"format": "vpc"}, {"format": "vpc", "subformat": "fixed"}, {"format": "vdi"}, {"format": "vdi", "static": "on"},
         {"format": "vmdk"}, {"format": "vmdk", "subformat": "streamOptimized"},
         {"format": "vmdk", "subformat": "twoGbMaxExtentSparse"})


@contextlib.contextmanager
def mock(program, folder):
    process = subprocess.Popen([program, "--listen", "127.0.0.1:0", "--api", "gns3", "--gns3-images", folder,
                                "--exit-with-parent"], stdout=subprocess.PIPE, text=True)
    try:
        yield re.search(r"http://\S+", process.stdout.readline())[0]
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)
        process.stdout.close()


def create(url, path, **parameters):
    body = json.dumps({"qemu_img": "qemu-img", "path": path, "size": 1, **parameters}).encode()
    request = urllib.request.Request(url + "/v2/compute/qemu/img", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, mock(programs.mock, name) as url, \
            concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        made = list(pool.map(lambda i: create(url, f"{i}.img", **KINDS[i % len(KINDS)]), range(IMAGES)))
        failures.expect(set(made) == {201}, f"statuses of images of their own: {set(made)}")
        for number, kind in enumerate(KINDS):
            raced = sorted(pool.map(lambda _: create(url, f"wanted-{number}.img", **kind), range(RACERS)))
            failures.expect(raced == [201] + [409] * (RACERS - 1), f"statuses of the race for {kind}: {raced}")
        folder = pathlib.Path(name, "QEMU")
        images = sorted(path for path in folder.iterdir() if not re.search(r"-s\d{3}\.img$", path.name))
        failures.expect(len(images) == IMAGES + len(KINDS), f"{len(images)} images")
        judged = programs.judge("check", "--json", *images)
        report = json.loads(judged.stdout)["files"]
        wrong = [f["path"] for f in report if not (f["sound"] and f["safe"])]
        failures.expect(judged.returncode == 0 and len(report) == len(images) and not wrong, f"not sound: {wrong}")
        print(f"{len(report)} images, all judged")
    failures.end()


main()
