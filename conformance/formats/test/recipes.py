"""Recipes of images: fixtures/images/<format>/{valid,invalid}/<rule>/<name>.yaml.

A recipe names a base of fixtures/images/<format>/bases.yaml and what is poked into it. A base is made by
`imageproof create`, or is a witness: a small image of another program, as hexadecimal text.
"""

import pathlib
import struct
import subprocess

import yaml

NUMBERS = {"u8": ">B", "be16": ">H", "be32": ">I", "be64": ">Q", "le16": "<H", "le32": "<I", "le64": "<Q"}


class Recipe:
    def __init__(self, path):
        self.path = path
        self.rule = path.parent.name
        self.valid = path.parent.parent.name == "valid"
        self.format = path.parent.parent.parent.name
        self.name = f"{self.rule}/{path.stem}"
        data = yaml.safe_load(path.read_text())
        self.base, self.pokes = data["base"], data["pokes"]
        self.says, self.cites = data["says"], data["cites"]
        self.also = set(data.get("also", []))
        self.deep = data.get("deep", False)
        self.qemu = data["qemu-img"]


def load(fixtures):
    return [Recipe(path) for path in sorted((fixtures / "images").glob("*/*valid/*/*.yaml"))]


class Bases:
    """Makes each base once, in `folder`."""

    def __init__(self, imageproof, fixtures, folder):
        self.imageproof, self.fixtures, self.folder = pathlib.Path(imageproof).resolve(), fixtures, folder
        self.made = {}
        self.known = {path.parent.name: yaml.safe_load(path.read_text()) for path in
                      (fixtures / "images").glob("*/bases.yaml")}

    def files(self, form, name):
        """Name and bytes of each file of a base, the image itself first."""
        if (form, name) not in self.made:
            self.made[form, name] = self.make(form, name, self.known[form][name])
        return self.made[form, name]

    def make(self, form, name, base):
        if "witness" in base:
            return witness(self.fixtures / "witness" / base["witness"])
        folder = self.folder / f"base-{form}-{name}"
        folder.mkdir()
        words = [str(word) for word in base["create"]]
        path = folder / f"image.{form}"
        subprocess.run([self.imageproof, "create", "--seed", "1", "-f", form, *words[:-1], path, words[-1]],
                       cwd=folder, check=True)
        others = sorted(other for other in folder.iterdir() if other != path)
        return {other.name: other.read_bytes() for other in (path, *others)}


def witness(path):
    """The files of a witness: lines `OFFSET HEX` of what is not zero."""
    files = {}
    for entry in yaml.safe_load(path.read_text())["files"]:
        data = bytearray(entry["size"])
        for line in entry["bytes"].splitlines():
            offset, text = line.split()
            part = bytes.fromhex(text)
            data[int(offset, 16):int(offset, 16) + len(part)] = part
        files[entry["name"]] = bytes(data)
    return files


def vpc_checksum(data, offset):
    """Sets the checksum of a VHD footer, or of a dynamic disk header, right again."""
    length, field = (1024, 36) if data[offset:offset + 8] == b"cxsparse" else (512, 64)
    data[offset + field:offset + field + 4] = bytes(4)
    struct.pack_into(">I", data, offset + field, ~sum(data[offset:offset + length]) % 2 ** 32)


def poke(data, what):
    for kind, form in NUMBERS.items():
        if kind in what:
            struct.pack_into(form, data, what["at"], what[kind])
            return
    if "hex" in what:
        part = bytes.fromhex(what["hex"])
        data[what["at"]:what["at"] + len(part)] = part
    elif "copy" in what:
        start, to, length = what["copy"]
        data[to:to + length] = data[start:start + length]
    elif "replace" in what:
        old, new = (text.encode() for text in what["replace"])
        assert data.count(old) == 1, what
        at = data.find(old)
        data[at:at + len(old)] = new
        if what.get("keep-size"):  # the padding after the text gives or takes the difference
            end = data.index(b"\0", at)
            if len(new) > len(old):
                del data[end:end + len(new) - len(old)]
            else:
                data[end:end] = bytes(len(old) - len(new))
    elif "truncate" in what:
        del data[what["truncate"]:]
    elif "extend" in what:
        data.extend(bytes(what["extend"] - len(data)))
    elif "vpc-checksum" in what:
        vpc_checksum(data, what["vpc-checksum"])
    else:
        raise ValueError(f"no poke: {what}")


def make(recipe, bases, folder):
    """Writes the image into `folder`; the path of the file to check."""
    files = {name: bytearray(data) for name, data in bases.files(recipe.format, recipe.base).items()}
    first = next(iter(files))
    for what in recipe.pokes:
        name = what.get("file", first)
        if what.get("remove"):
            del files[name]
        else:
            poke(files[name], what)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder / first


def fixtures_folder():
    return pathlib.Path(__file__).resolve().parents[3] / "fixtures"
