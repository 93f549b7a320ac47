#!/usr/bin/env python3
"""What `imageproof create` and `imageproof resize` make, seen by qemu-img: the whole product of options.

usage: builders.py IMAGEPROOF [--every N]

For each combination both programs make an image. Where qemu-img refuses, ours must refuse. Otherwise ours must pass
`qemu-img check`, `qemu-img info` must tell the same of both, and `qemu-img compare` must find the intended content.
--every N: only each N-th combination. Without qemu-img it says so, and passes.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

TIMEOUT_S = 120
SIZE = 5 * 1024 * 1024 + 3 * 512
ON_OFF = ("off", "on")
BACKING = {"backing_file": "base", "backing_fmt": None}  # None: the format of the image
RANDOM = random.Random(4)

# Every option with every value that it may have; None leaves the option out.
PRODUCTS = {
    "raw": {"preallocation": ("off", "falloc", "full")},
    "qcow2": {
        "compat": ("0.10", "1.1"),
        "cluster_size": (512, 1024, 2048, 4096, 8192, 16384, "32k", "64k", "128k", "256k", "512k", "1M", "2M"),
        "refcount_bits": (1, 2, 4, 8, 16, 32, 64),
        "lazy_refcounts": ON_OFF,
        "preallocation": ("off", "metadata", "falloc", "full"),
        "extended_l2": ON_OFF,
        "compression_type": ("zlib", "zstd"),
        "other files": ({}, {"data_file": "data"}, {"data_file": "data", "data_file_raw": "on"}, BACKING),
    },
    "qcow": {"other files": ({}, BACKING)},
    "vdi": {"static": ON_OFF},
    "vpc": {"subformat": ("dynamic", "fixed"), "force_size": ON_OFF},
    "vmdk": {
        "subformat": ("monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat",
                      "streamOptimized"),
        "adapter_type": ("ide", "lsilogic", "buslogic", "legacyESX"),
        "zeroed_grain": ON_OFF,
        "compat6": ON_OFF,
        "hwversion": (None, "8"),
        "toolsversion": (None, "10"),
        "other files": ({}, BACKING),
    },
}
# Combinations that the product does not reach, and sizes at which something changes: format, options, size.
FURTHER = [
    *(("vpc", {"force_size": force, "subformat": sub}, size) for force in ON_OFF for sub in ("dynamic", "fixed")
      for size in ("512", "34816", "35328", "10M", "504M", "1023M", "8G")),
    *(("vpc", {"force_size": force}, size) for force in ON_OFF for size in ("31.4G", "127G", "128G", "1.9T", "2040G")),
    *(("vmdk", {"subformat": sub}, size) for sub in PRODUCTS["vmdk"]["subformat"] for size in ("2G", "5G", "32M")),
    ("vmdk", {}, "2T"), ("vdi", {}, "1T"), ("vdi", {}, "512"), ("qcow", {}, "8G"), ("qcow", {}, "512"),
    *(("qcow2", {"cluster_size": size}, "100G") for size in (512, 4096, "64k", "2M")),
    *((kind, {}, "5.5M") for kind in PRODUCTS), *((kind, {}, "1000") for kind in PRODUCTS),
    ("qcow2", {}, "0"), ("vdi", {}, "0"),
    *((kind, {"backing_file": "base", "backing_fmt": kind, **more}, SIZE) for kind, more in (
        ("qcow2", {}), ("qcow2", {"compat": "0.10"}), ("qcow2", {"extended_l2": "on", "preallocation": "metadata"}),
        ("qcow", {}), ("vmdk", {}), ("vmdk", {"subformat": "twoGbMaxExtentSparse"}),
        ("vmdk", {"subformat": "streamOptimized", "zeroed_grain": "on"}))),
]
# What qemu-img refuses, beside what the product has of it.
REFUSED = [
    ("qcow2", {"cluster_size": 1000}, "1M"), ("qcow2", {"cluster_size": 256}, "1M"),
    ("qcow2", {"cluster_size": "4M"}, "1M"), ("qcow2", {"cluster_size": 0}, "1M"),
    ("qcow2", {"cluster_size": 512}, "200G"), ("qcow2", {"refcount_bits": 0}, "1M"),
    ("qcow2", {"refcount_bits": 3}, "1M"), ("qcow2", {"refcount_bits": 128}, "1M"), ("qcow2", {"compat": "1.2"}, "1M"),
    ("qcow2", {"preallocation": "some"}, "1M"), ("qcow2", {"lazy_refcounts": "1"}, "1M"),
    ("qcow2", {"data_file_raw": "on"}, "1M"), ("qcow2", {"backing_file": "base"}, "1M"),
    ("qcow2", {"backing_fmt": "qcow2"}, "1M"), ("qcow2", {"backing_file": "absent", "backing_fmt": "qcow2"}, "1M"),
    ("qcow2", {"backing_file": "base", "backing_fmt": "vmdk"}, "1M"), ("qcow2", {"bogus": "1"}, "1M"),
    ("qcow2", {"compression_type": "lzma"}, "1M"), ("qcow2", {"static": "on"}, "1M"), ("qcow2", {}, "7E"),
    ("qcow2", {"backing_file": "image", "backing_fmt": "qcow2"}, "1M"),
    ("qcow", {}, "0"), ("qcow", {"cluster_size": "64k"}, "1M"),
    ("vdi", {"preallocation": "some"}, "1M"), ("vdi", {"subformat": "dynamic"}, "1M"), ("vdi", {}, "1P"),
    ("vpc", {"subformat": "Fixed"}, "1M"), ("vpc", {"static": "on"}, "1M"), ("vpc", {}, "2041G"),
    ("vmdk", {"adapter_type": "IDE"}, "1M"), ("vmdk", {"subformat": "custom"}, "1M"),
    ("vmdk", {"backing_file": "base"}, "1M"), ("vmdk", {"backing_file": "base", "backing_fmt": "raw"}, "1M"),
    ("vmdk", {"backing_file": "absent", "backing_fmt": "vmdk"}, "1M"), ("raw", {"cluster_size": "64k"}, "1M"),
    ("raw", {"preallocation": "metadata"}, "1M"), ("raw", {}, "8E"), ("raw", {}, "-1"), ("raw", {}, "1X"),
]
RESIZED = [
    ("raw", {}), ("qcow2", {}), ("qcow2", {"compat": "0.10"}), ("qcow2", {"cluster_size": 512}),
    ("qcow2", {"cluster_size": 512, "refcount_bits": 64}), ("qcow2", {"refcount_bits": 1}),
    ("qcow2", {"cluster_size": "2M"}), ("qcow2", {"extended_l2": "on"}), ("qcow2", {"lazy_refcounts": "on"}),
    ("qcow2", {"preallocation": "metadata", "cluster_size": 512}), ("qcow2", {"preallocation": "full"}),
    ("qcow2", {"data_file": "data"}), ("qcow2", {"data_file": "data", "data_file_raw": "on"}),
]
RESIZES = ("5.5M", "+1M", "64M", "+1G", "100G")


def run(*command, cwd=None):
    return subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT_S,
                          check=False)


def joined(options):
    return ",".join(f"{key}={value}" for key, value in options.items())


def guest_data():
    """Noise, text, single bytes on both sides of boundaries, and holes between."""
    data = bytearray(SIZE)
    data[0:70000] = RANDOM.randbytes(70000)
    data[1050000:1250000] = (b"a text that can be compressed. " * 6452)[:200000]
    for at in (2 * 1024 * 1024 - 1, 2 * 1024 * 1024, 3 * 1024 * 1024 + 65535, SIZE - 1):
        data[at] = 0xa5
    return bytes(data)


class Bench:
    """A folder with the guest's data, and a base image of each format that hides nothing by accident."""

    def __init__(self, folder, imageproof):
        self.folder = pathlib.Path(folder)
        self.imageproof = imageproof
        self.data = self.folder / "data.raw"
        self.data.write_bytes(guest_data())
        (self.folder / "base.raw").write_bytes(b"\xee" * SIZE)
        for kind in PRODUCTS:
            run("qemu-img", "convert", "-f", "raw", "-O", kind, self.folder / "base.raw", self.base(kind))

    def base(self, kind):
        return self.folder / f"base-{kind}"

    def room(self, kind):
        """A folder of one's own, with the base image in it."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copyfile(self.base(kind), folder / "base")
        return folder

    def create(self, kind, options, size, folder, *further):
        option = ["-o", joined(options)] if options else []
        return run(self.imageproof, "create", "-f", kind, *option, *further, "image", size, cwd=folder)

    def qemu_create(self, kind, options, size, folder):
        option = ["-o", joined(options)] if options else []
        return run("qemu-img", "create", "-q", "-f", kind, *option, "image", size, cwd=folder)


def info(kind, folder):
    """What qemu-img tells of an image, without what differs from one to the next."""
    told = json.loads(run("qemu-img", "info", "--output=json", "-f", kind, "image", cwd=folder).stdout)
    told.pop("actual-size", None)
    told.get("format-specific", {}).get("data", {}).pop("cid", None)
    return told


def flaw_of(kind, folder, raw):
    """None, or how qemu-img finds the image wrong or other than `raw`."""
    check = run("qemu-img", "check", "-f", kind, "image", cwd=folder)
    if check.returncode not in (0, 63):  # 63: the format has no check
        return f"qemu-img check: {check.stdout}{check.stderr}"
    compare = run("qemu-img", "compare", "-f", kind, "-F", "raw", "image", raw, cwd=folder)
    return None if compare.returncode == 0 else f"qemu-img compare: {compare.stdout}{compare.stderr}"


def try_combination(bench, kind, options, size, data):
    """None, or what is wrong with one combination; `data`: the guest's data go in."""
    ours, theirs = bench.room(kind), bench.room(kind)
    try:
        theirs_made = bench.qemu_create(kind, options, size, theirs)
        made = bench.create(kind, options, size, ours, *(["--data", bench.data] if data else []))
        if theirs_made.returncode:
            leftovers = sorted(os.listdir(ours)) != ["base"]
            return "accepted" if made.returncode == 0 else "left something behind" if leftovers else None
        if made.returncode:
            return f"refused: {made.stderr}"
        expected, told = info(kind, theirs), info(kind, ours)
        if expected != told:
            return f"qemu-img info: {told}, want {expected}"
        base = bench.folder / "base.raw" if "backing_file" in options else "/dev/null"
        return flaw_of(kind, ours, bench.data if data else base)
    finally:
        shutil.rmtree(ours)
        shutil.rmtree(theirs)


def try_compressed(bench, kind, options):
    """Compressed images have nothing of qemu-img beside them: they only have to be right."""
    folder = bench.room(kind)
    try:
        made = bench.create(kind, options, SIZE, folder, "--compress", "--data", bench.data)
        return f"refused: {made.stderr}" if made.returncode else flaw_of(kind, folder, bench.data)
    finally:
        shutil.rmtree(folder)


def try_resize(bench, kind, options, maker):
    folder = bench.room(kind)
    try:
        if maker == "qemu-img":
            bench.qemu_create(kind, options, SIZE, folder)
            run("qemu-io", "-f", kind, "-c", f"write -s {bench.data} 0 {SIZE}", "image", cwd=folder)
            if options.get("compat") != "0.10" and kind == "qcow2" and "data_file" not in options and \
                    options.get("refcount_bits") != 1:
                run("qemu-img", "snapshot", "-c", "one", "image", cwd=folder)
        else:
            bench.create(kind, options, SIZE, folder, "--data", bench.data)
        run("qemu-img", "create", "-q", "-f", kind, "other", SIZE, cwd=folder)
        for size in RESIZES:
            done = run(bench.imageproof, "resize", "-f", kind, "image", size, cwd=folder)
            run("qemu-img", "resize", "-q", "-f", kind, "other", size, cwd=folder)
            if done.returncode:
                return f"resize {size}: {done.stderr}"
            flaw = flaw_of(kind, folder, bench.data)
            sizes = [json.loads(run("qemu-img", "info", "--output=json", "-f", kind, name, cwd=folder).stdout)
                     ["virtual-size"] for name in ("image", "other")]
            if flaw or sizes[0] != sizes[1]:
                return f"resize {size}: {flaw or sizes}"
        return None
    finally:
        shutil.rmtree(folder)


def combinations(kind):
    product = PRODUCTS[kind]
    for values in itertools.product(*product.values()):
        options = {}
        for key, value in zip(product, values):
            if key == "other files":
                options.update({name: text or kind for name, text in value.items()})
            elif value is not None:
                options[key] = value
        yield options


def tasks(bench, every):
    for kind in PRODUCTS:
        for number, options in enumerate(combinations(kind)):
            if number % every == 0:
                yield (kind, options, "with data"), (try_combination, bench, kind, options, SIZE, True)
    for kind, options, size in FURTHER:
        yield (kind, options, size), (try_combination, bench, kind, options, size, False)
    for kind, options, size in REFUSED:
        yield (kind, options, size, "refused"), (try_combination, bench, kind, options, size, False)
    for cluster_size, bits in itertools.product(PRODUCTS["qcow2"]["cluster_size"], PRODUCTS["qcow2"]["refcount_bits"]):
        options = {"cluster_size": cluster_size, "refcount_bits": bits}
        yield ("qcow2", options, "compressed"), (try_compressed, bench, "qcow2", options)
    for kind, options in (("qcow", {}), ("qcow2", {"compat": "v2"}), ("qcow2", {"compression_type": "zstd"}),
                          ("qcow2", {"compression_type": "zstd", "cluster_size": 512}), ("vmdk", {"subformat": "streamOptimized"}),
                          ("qcow2", {"extended_l2": "on"})):
        yield (kind, options, "compressed"), (try_compressed, bench, kind, options)
    for (kind, options), maker in itertools.product(RESIZED, ("imageproof", "qemu-img")):
        yield (kind, options, "resized", maker), (try_resize, bench, kind, options, maker)


def prove_that_it_can_fail(bench):
    """An image that is not the intended content, and one that is damaged, are seen."""
    folder = bench.room("qcow2")
    bench.create("qcow2", {}, SIZE, folder)
    if not flaw_of("qcow2", folder, bench.data):
        sys.exit("an image without the data passed")
    with open(folder / "image", "r+b") as image:
        image.seek(65536)
        image.write(b"\x80\0\0\0\x7f\0\0\0")
    if not flaw_of("qcow2", folder, "/dev/null"):
        sys.exit("a damaged image passed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imageproof", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    if not shutil.which("qemu-img"):
        print("SKIPPED: there is no qemu-img (tools/install-packages qemu)")
        return
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bench = Bench(folder, arguments.imageproof.resolve())
        prove_that_it_can_fail(bench)
        running = [(name, pool.submit(*task)) for name, task in tasks(bench, arguments.every)]
        flaws = [(name, future.result()) for name, future in running]
    wrong = [(name, flaw) for name, flaw in flaws if flaw]
    for name, flaw in wrong:
        print("FAILED:", *name, flaw)
    print(f"{len(flaws) - len(wrong)} of {len(flaws)} combinations agree with qemu-img")
    sys.exit(1 if wrong else 0)


main()
