#!/usr/bin/env python3
"""Small images of large claims: sparse files whose headers promise as much as they can, and whose tables lead to
places all over the file. Each is judged, or refused, within 256 MiB; of a program with sanitizers, which keep what
was freed and shadow all of it, only that it ends is asked.

usage: hostile.py IMAGEPROOF
"""

import pathlib
import random
import struct
import subprocess
import sys
import tempfile

MEMORY_BYTES = 256 * 1024 * 1024
TIMEOUT_S = 300
TIB = 1 << 40
MIB = 1 << 20
RANDOM = random.Random(4)


def numbers(form, count, limit, step=1, flag=0):
    return struct.pack(f"{form[0]}{count}{form[1]}", *(flag | RANDOM.randrange(limit // step) * step for _ in range(count)))


def qcow2_l1():
    """An L1 table of 32 MiB, each entry a table somewhere in the file."""
    entries = 32 * MIB // 8
    header = struct.pack(">IIQIIQIIQQIIQ", 0x514649fb, 3, 0, 0, 9, 1 << 37, 0, entries, 64 * MIB, 512, 1, 0, 0)
    header += struct.pack(">QQQII", 0, 0, 0, 4, 104)
    return TIB, {0: header, 64 * MIB: numbers(">Q", entries // 2, TIB, 512, 1 << 63)}


def qcow2_snapshots():
    """As many snapshots as there may be, and a refcount table of 8 MiB; all of it zeroes."""
    header = struct.pack(">IIQIIQIIQQIIQ", 0x514649fb, 3, 0, 0, 9, 1 << 37, 0, 32 * MIB // 8, 64 * MIB, MIB,
                         8 * MIB // 512, 65536, 256 * MIB)
    return TIB, {0: header + struct.pack(">QQQII", 0, 0, 0, 6, 104)}


def vdi_map():
    """Blocks of a sector: a map of 64 MiB that leads all over the file."""
    blocks = 16 * MIB
    header = b"<<<".ljust(64, b"\0") + struct.pack("<IIIII", 0xbeda107f, 0x10001, 400, 1, 0) + bytes(256)
    header += struct.pack("<IIIIIIIQIIII", 512, 128 * MIB, 0, 0, 0, 512, 0, blocks * 512, 512, 0, blocks, blocks)
    header += b"1" * 32 + bytes(32) + struct.pack("<IIII", 0, 0, 0, 512)
    return 128 * MIB + blocks * 512, {0: header, 512: numbers("<I", 4 * MIB, blocks)}


def vpc_table():
    """Blocks of a sector: a table of 16 MiB that leads all over the file."""
    entries = 4 * MIB
    footer = struct.pack(">8sIIQI4sI4sQQHBBII16sB", b"conectix", 2, 0x10000, 512, 0, b"win ", 0, b"Wi2k", entries * 512,
                         entries * 512, 65535, 16, 255, 3, 0, b"1" * 16, 0).ljust(512, b"\0")
    dynamic = struct.pack(">8sQQIIII", b"cxsparse", 2 ** 64 - 1, 1536, 0x10000, entries, 512, 0)
    return TIB, {0: footer, 512: dynamic, 1536: numbers(">I", entries, TIB // 512), TIB - 512: footer}


def vmdk_capacity():
    """More grain tables than anything opens."""
    header = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, 1 << 50, 16, 0, 0, 512, 1, 1, MIB) + b"\0\n \r\n" + bytes(2)
    return TIB, {0: header}


def vmdk_cowd():
    """A grain directory of 4 MiB, each entry a table somewhere in the file."""
    header = struct.pack("<4s7I", b"COWD", 1, 3, 2 ** 32 - 1, 1, 4, MIB, 16 * MIB)
    return TIB, {0: header, 2048: numbers("<I", MIB, TIB // 512)}


def peak_bytes(imageproof, path):
    """What the check took, with its exit status. A process of its own asks, so that no other child counts."""
    script = "import resource, subprocess, sys; status = subprocess.run(sys.argv[1:], capture_output=True).returncode; " \
             "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    done = subprocess.run([sys.executable, "-c", script, imageproof, "check", "--json", path], capture_output=True,
                          text=True, timeout=TIMEOUT_S, check=True)
    return tuple(int(word) for word in done.stdout.split())


def main():
    problems = []
    program = pathlib.Path(sys.argv[1]).read_bytes()
    is_sanitized = b"__asan_init" in program or b"__tsan_init" in program
    for make in (qcow2_l1, qcow2_snapshots, vdi_map, vpc_table, vmdk_capacity, vmdk_cowd):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / make.__name__
            size, parts = make()
            with path.open("wb") as file:
                file.truncate(size)
                for at, data in parts.items():
                    file.seek(at)
                    file.write(data)
            status, peak = peak_bytes(sys.argv[1], path)
        print(f"{make.__name__:16} status {status}, {peak // MIB} MiB")
        if status not in (1, 2) or (peak > MEMORY_BYTES and not is_sanitized):
            problems.append(make.__name__)
    for name in problems:
        print("FAILED:", name)
    sys.exit(1 if problems else 0)


main()
