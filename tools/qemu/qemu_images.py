"""Images that qemu-img makes: the whole product of options, and what convert, snapshot, bitmap, qemu-io, LUKS and
backing files make of it. Each of MAKERS fills a Bench with some."""

import itertools
import json
import shutil
import subprocess

MIB = 1024 * 1024
PASSWORD = ("--object", "secret,id=key,data=123456")


class Bench:
    """The images made so far, and what is expected of each."""

    def __init__(self, folder):
        self.folder = folder
        self.expected = {}  # path: (label, format, size or None, options)
        self.problems = []
        self.refused = 0

    def path(self, suffix):
        folder = self.folder / f"{len(self.expected):05d}"
        folder.mkdir(exist_ok=True)
        return folder / f"image.{suffix}"

    def expect(self, path, label, form, size, options):
        self.expected[str(path)] = (label, form, size, options)

    def create(self, form, size, options, extra=()):
        """The path of a new image; None when qemu-img refuses these options together."""
        path = self.path(form)
        given = ",".join(f"{name}={value}" for name, value in options.items())
        command = ["qemu-img", "create", "-q", *extra, "-f", form, *(("-o", given) if given else ()), path, str(size)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            self.refused += 1
            return None
        self.expect(path, f"create -f {form} -o {given} {size}", form, size, read_back(options))
        return path


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr or done.stdout}")


def io(path, *commands):
    words = [word for command in commands for word in ("-c", command)]
    run("qemu-io", *words, path)


def read_back(options):
    """What --json shows for options as they are given to qemu-img."""
    shown = {}
    for name, value in options.items():
        if name in ("preallocation", "backing_file", "backing_fmt", "encrypt.key-secret", "encrypt.iter-time",
                    "encrypt.cipher-mode", "encrypt.ivgen-alg"):
            continue
        shown[name] = {"on": True, "off": False}.get(value, int(value) if str(value).isdigit() else value)
    return shown


def product(**axes):
    for values in itertools.product(*axes.values()):
        yield {name: value for name, value in zip(axes, values) if value is not None}


# ---- What is made ---------------------------------------------------------------------------------------


def qcow2_created(bench):
    for options in product(compat=["0.10", "1.1"], cluster_size=[512, 4096, 65536, 2097152],
                           refcount_bits=[1, 2, 4, 8, 16, 32, 64], lazy_refcounts=["off", "on"],
                           preallocation=["off", "metadata"], extended_l2=["off", "on"],
                           compression_type=["zlib", "zstd"]):
        bench.create("qcow2", 3 * MIB + 512, options)
    for options in product(cluster_size=[65536, 2097152], preallocation=["falloc", "full"], extended_l2=["off", "on"]):
        bench.create("qcow2", 5 * MIB, options)
    for size in (0, 512, 1024 ** 4, 64 * 1024 ** 4):
        bench.create("qcow2", size, {})


def qcow2_written(bench):
    for options in product(compat=["0.10", "1.1"], cluster_size=[512, 65536], refcount_bits=[1, 16, 64],
                           extended_l2=["off", "on"], compression_type=["zlib", "zstd"]):
        path = bench.create("qcow2", 4 * MIB, options)
        if not path:
            continue
        io(path, "write -P 1 0 300k", "write -P 2 1M 64k", "write -z 512k 100k", "write -zu 1M 32k",
           "discard 64k 64k", "write -P 3 4194303 1")
        if options["refcount_bits"] == 1:
            continue
        run("qemu-img", "snapshot", "-c", "one", path)
        io(path, "write -P 4 100k 200k", "write -z 0 64k")
        run("qemu-img", "snapshot", "-c", "two", path)
        io(path, "write -P 5 3M 128k")
        twice = bench.path("qcow2")
        shutil.copyfile(path, twice)
        bench.expect(twice, f"two snapshots, {options}", "qcow2", 4 * MIB, read_back(options))
        run("qemu-img", "snapshot", "-a", "one", path)
        run("qemu-img", "snapshot", "-d", "one", path)
    for compression in ("zlib", "zstd"):
        for cluster_size in (512, 4096, 65536, 2097152):
            path = bench.create("qcow2", 8 * MIB, {"cluster_size": cluster_size, "compression_type": compression})
            io(path, *(f"write -c -P {i} {i * cluster_size} {cluster_size}" for i in range(1, 3)))
            run("qemu-img", "snapshot", "-c", "s", path)
            io(path, f"write -P 9 0 {cluster_size * 2}")


def qcow2_changed(bench):
    """What is left after something was taken away again."""
    base = bench.create("qcow2", 4 * MIB, {})
    other = bench.create("qcow2", 4 * MIB, {})
    io(base, "write -P 1 0 1M")
    for compat in ("0.10", "1.1"):
        for cluster_size in (512, 65536):
            options = {"compat": compat, "cluster_size": cluster_size}
            path = bench.create("qcow2", 4 * MIB, {**options, "backing_file": str(base), "backing_fmt": "qcow2"})
            io(path, "write -P 2 64k 256k")
            run("qemu-img", "rebase", "-u", "-b", other, "-F", "qcow2", path)
            run("qemu-img", "rebase", "-b", "", path)
            path = bench.create("qcow2", 4 * MIB, {**options, "backing_file": str(other), "backing_fmt": "qcow2"})
            io(path, "write -P 2 64k 256k", "write -z 1M 128k")
            run("qemu-img", "commit", "-q", path)
            path = bench.create("qcow2", 4 * MIB, options)
            for name in ("a", "a rather long name of a snapshot", "c"):
                io(path, f"write -P {len(name)} {len(name)}k 100k")
                run("qemu-img", "snapshot", "-c", name, path)
            run("qemu-img", "snapshot", "-d", "a", path)
            io(path, "discard 0 2M", "write -P 9 3M 64k")
            run("qemu-img", "snapshot", "-d", "c", path)
    path = bench.create("qcow2", 4 * MIB, {"cluster_size": 512})
    for name in ("first", "second", "third"):
        run("qemu-img", "bitmap", "--add", path, name)
    io(path, "write 0 1M")
    run("qemu-img", "bitmap", "--remove", path, "second")
    run("qemu-img", "bitmap", "--clear", path, "first")
    run("qemu-img", "bitmap", "--disable", path, "third")
    path = bench.create("qcow2", 4 * MIB, {"lazy_refcounts": "on"})
    io(path, "write -P 1 0 1M")
    run("qemu-img", "amend", "-o", "lazy_refcounts=off,compat=0.10", path)
    bench.expect(path, "amended to 0.10", "qcow2", 4 * MIB, {"compat": "0.10"})
    path = bench.create("qcow2", 4 * MIB, {})
    run("qemu-img", "amend", "-o", "refcount_bits=64", path)
    run("qemu-img", "amend", "-o", "refcount_bits=1", path)
    bench.expect(path, "amended refcounts", "qcow2", 4 * MIB, {"refcount_bits": 1})


def sources(bench):
    """Raw images with data to convert: some that compresses, some that does not."""
    pattern = bench.path("raw")
    pattern.write_bytes(bytes(MIB) + b"image of" * 200000 + bytes(2 * MIB) + b"end " * 512)
    bench.expect(pattern, "pattern", "raw", pattern.stat().st_size, {})
    noise = bench.path("raw")
    noise.write_bytes(noise_bytes(2 * MIB + 1536))
    bench.expect(noise, "noise", "raw", 2 * MIB + 1536, {})
    return pattern, noise


def qcow2_converted(bench):
    for origin in sources(bench):
        size = origin.stat().st_size
        for options in product(compat=["0.10", "1.1"], cluster_size=[512, 4096, 65536], extended_l2=["off", "on"],
                               compression_type=["zlib", "zstd"]):
            for flags in ((), ("-c",), ("-S", "0")):
                convert(bench, origin, "qcow2", size, options, flags)


def convert(bench, origin, form, size, options, flags=()):
    path = bench.path(form)
    given = ",".join(f"{name}={value}" for name, value in options.items())
    command = ["qemu-img", "convert", "-f", "raw", *flags, "-O", form, *(("-o", given) if given else ()), origin, path]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        bench.refused += 1
        return
    bench.expect(path, f"convert {' '.join(flags)} -O {form} -o {given}", form, size, read_back(options))


def qcow2_with_bitmaps(bench):
    for cluster_size in (512, 65536):
        for granularity in (512, 65536, 1 << 20):
            path = bench.create("qcow2", 20 * MIB + 512, {"cluster_size": cluster_size})
            run("qemu-img", "bitmap", "--add", "-g", granularity, path, "first")
            run("qemu-img", "bitmap", "--add", "--disable", "-g", granularity, path, "second one")
            io(path, "write 0 5M", "write 19M 1M", "write 20971520 512")
            run("qemu-img", "bitmap", "--merge", "first", path, "second one")


def qcow2_with_others(bench):
    base = bench.create("qcow2", 4 * MIB, {})
    io(base, "write -P 1 0 1M")
    as_json = "json:" + json.dumps({"driver": "qcow2", "file": {"driver": "file", "filename": str(base)}})
    for name in (str(base), as_json):
        path = bench.path("qcow2")
        run("qemu-img", "create", "-q", "-f", "qcow2", "-b", name, "-F", "qcow2", path, 4 * MIB)
        io(path, "write -P 2 64k 64k")
        bench.expect(path, f"backing {name}", "qcow2", 4 * MIB, {"backing_fmt": "qcow2", "backing_file": name})
    for raw in ("off", "on"):
        path = bench.path("qcow2")
        data = path.with_suffix(".data")
        run("qemu-img", "create", "-q", "-f", "qcow2", "-o", f"data_file={data},data_file_raw={raw}", path, 4 * MIB)
        io(path, "write -P 2 64k 64k", "write -z 1M 64k", "write -P 3 0 64k")
        bench.expect(path, f"data file, raw {raw}", "qcow2", 4 * MIB, {"data_file_raw": raw == "on"})
    for options in product(**{"encrypt.format": ["luks", "aes"], "cluster_size": [512, 65536],
                              "preallocation": ["off", "metadata"]}):
        options["encrypt.key-secret"] = "key"
        if options["encrypt.format"] == "luks":
            options["encrypt.iter-time"] = 10
        bench.create("qcow2", 4 * MIB, options, PASSWORD)
    for mode in ("ecb", "cbc", "xts", "ctr"):
        bench.create("qcow2", 4 * MIB, {"encrypt.format": "luks", "encrypt.key-secret": "key", "encrypt.iter-time": 10,
                                        "encrypt.cipher-mode": mode, "encrypt.ivgen-alg": "plain64"}, PASSWORD)


def qcow2_resized(bench):
    for cluster_size in (512, 65536):
        path = bench.create("qcow2", 4 * MIB, {"cluster_size": cluster_size})
        io(path, "write -P 1 0 4M")
        run("qemu-img", "resize", "-q", "--shrink", path, 1 * MIB + 512)
        bench.expect(path, "shrunk", "qcow2", 1 * MIB + 512, {})
        path = bench.create("qcow2", 1 * MIB, {"cluster_size": cluster_size})
        run("qemu-img", "resize", "-q", "--preallocation=metadata", path, 64 * MIB)
        bench.expect(path, "grown", "qcow2", 64 * MIB, {})
        path = bench.create("qcow2", 1 * MIB, {"cluster_size": cluster_size, "compat": "0.10"})
        run("qemu-img", "amend", "-o", "compat=1.1", path)
        bench.expect(path, "amended", "qcow2", 1 * MIB, {"compat": "1.1"})


def vpc_images(bench):
    for size in (512, 68 * 512, MIB, 3 * MIB + 512, 100 * MIB, 2 * 1024 ** 3, 200 * 1024 ** 3, 2000 * 1024 ** 3):
        for options in product(subformat=["dynamic", "fixed"], force_size=["off", "on"]):
            if options["subformat"] == "fixed" and size > 4 * 1024 ** 3:
                continue
            path = bench.create("vpc", size, options)
            if options["force_size"] == "off":  # the size is that of a geometry, and so may the geometry be
                bench.expected[str(path)] = (*bench.expected[str(path)][:2], None, {"subformat": options["subformat"]})
            if size == 100 * MIB:
                io(path, "write -P 1 0 1M", "write -P 2 50M 64k", "write -P 3 99M 1M")
    for origin in sources(bench):
        for options in product(subformat=["dynamic", "fixed"], force_size=["on"]):
            convert(bench, origin, "vpc", origin.stat().st_size, options)


def vdi_images(bench):
    for size in (512, MIB, 3 * MIB + 512, 200 * 1024 ** 3):
        for options in product(static=["off", "on"]):
            bench.create("vdi", size, options)
            if size == 3 * MIB + 512:
                path = bench.create("vdi", size, options)
                io(path, "write -P 1 0 64k", f"write -P 3 {3 * MIB} 512")
    for options in product(preallocation=["metadata"]):
        bench.create("vdi", 10 * MIB, options)
        bench.expected[list(bench.expected)[-1]][3]["static"] = True
    for origin in sources(bench):
        for options in product(static=["off", "on"]):
            convert(bench, origin, "vdi", (origin.stat().st_size + 511) // 512 * 512, options)


def qcow_images(bench):
    for size in (512, MIB, 3 * MIB + 512, 2 * 1024 ** 4):
        bench.create("qcow", size, {})
    path = bench.create("qcow", 8 * MIB, {})
    io(path, "write -P 1 0 1M", "write -P 2 4M 5k", "write -c -P 3 5M 4k")
    bench.create("qcow", 8 * MIB, {"encrypt.format": "aes", "encrypt.key-secret": "key"}, PASSWORD)
    over = bench.path("qcow")
    run("qemu-img", "create", "-q", "-f", "qcow", "-b", path, "-F", "qcow", over)
    io(over, "write -P 7 3M 10k")
    bench.expect(over, "qcow over qcow", "qcow", 8 * MIB, {"backing_file": str(path)})
    for origin in sources(bench):
        convert(bench, origin, "qcow", (origin.stat().st_size + 511) // 512 * 512, {})
        convert(bench, origin, "qcow", (origin.stat().st_size + 511) // 512 * 512, {}, ("-c",))


def vmdk_images(bench):
    subformats = ["monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat", "streamOptimized"]
    for size in (512, MIB, 3 * MIB + 512, 5 * 1024 ** 3):
        for options in product(subformat=subformats, adapter_type=["ide", "buslogic", "lsilogic", "legacyESX"],
                               zeroed_grain=["off", "on"], hwversion=[None, 7]):
            options.update({"hwversion": str(options["hwversion"])} if "hwversion" in options else {})
            path = bench.create("vmdk", size, options)
            if not path:
                continue
            if "Sparse" in options["subformat"] and size == 3 * MIB + 512:
                io(path, "write -P 1 0 1M", f"write -P 2 {3 * MIB} 512", "write -P 3 2M 4k", "write -z 1M 128k")
            shown = bench.expected[str(path)][3]
            if "hwversion" in shown:
                shown["hwversion"] = "7"
            if "Flat" in options["subformat"]:
                shown.pop("zeroed_grain")
    for origin in sources(bench):
        for options in product(subformat=subformats):
            convert(bench, origin, "vmdk", (origin.stat().st_size + 511) // 512 * 512, options)
    base = bench.create("vmdk", 4 * MIB, {})
    over = bench.path("vmdk")
    run("qemu-img", "create", "-q", "-f", "vmdk", "-b", base, "-F", "vmdk", over)
    io(over, "write -P 7 3M 10k")
    bench.expect(over, "vmdk over vmdk", "vmdk", 4 * MIB, {"backing_file": str(base)})
    path = bench.create("vmdk", 4 * MIB, {"subformat": "streamOptimized"})
    io(path, "write -P 7 0 64k", "write -P 7 128k 64k", "write -P 7 3M 64k")


def noise_bytes(count):
    """Bytes that do not compress: a linear congruential generator."""
    state, out = 1, bytearray()
    while len(out) < count:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        out += state.to_bytes(8, "little")[2:]
    return bytes(out[:count])


MAKERS = [vmdk_images, vpc_images, vdi_images, qcow_images, qcow2_created, qcow2_written, qcow2_converted, qcow2_with_bitmaps,
          qcow2_with_others, qcow2_resized, qcow2_changed]
