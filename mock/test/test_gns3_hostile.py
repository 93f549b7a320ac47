#!/usr/bin/env python3
"""Hostile paths and many clients at once: nothing outside of the images' directory is read or written, and of
those who race for a path one wins."""

import json
import os
import resource
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gns3 import IMAGES, MEGABYTE, Gns3, name, virtual_size
from mock_server import Server

SECRET = b"nobody else's"


def tree(folder):
    """Each path below the folder, with what it is: content, or where it points."""
    return {str(p.relative_to(folder)): os.readlink(p) if p.is_symlink() else p.read_bytes() if p.is_file() else None
            for p in sorted(Path(folder).rglob("*"))}


class Directory(unittest.TestCase):
    """A real directory of images, and beside it what belongs to others."""

    def setUp(self):
        self.top = tempfile.TemporaryDirectory()
        self.images = Path(self.top.name, "images")
        self.others = Path(self.top.name, "others")
        self.beside = Path(self.top.name, "images-too")
        for folder in (self.images, self.others, self.beside):
            folder.mkdir()
        (self.others / "secret").write_bytes(SECRET)
        self.folder = self.images.resolve() / "QEMU"
        self.server = Server("--api", "gns3", "--gns3-images", str(self.images))
        self.gns3 = Gns3(self.server)
        (self.folder / "link").symlink_to(self.others / "secret")
        (self.folder / "dangling").symlink_to(self.others / "new")
        (self.folder / "away").symlink_to(self.others)
        (self.folder / "sub").mkdir()
        os.mkfifo(self.folder / "pipe")
        self.before = tree(self.others), tree(self.beside)

    def tearDown(self):
        self.assertEqual(self.before, (tree(self.others), tree(self.beside)))
        self.assertFalse([p for p in self.folder.iterdir() if p.name.startswith(".")], "a file was left behind")
        self.server.__exit__()
        self.top.cleanup()

    def hostile(self):
        """name, path, statuses of POST, whether PUT may succeed"""
        top = self.images.resolve().parent
        yield "absolute, outside", f"{top}/others/new", 403
        yield "absolute, there already", f"{top}/others/secret", 403
        yield "a folder with a longer name", f"{top}/images-too/new", 403
        yield "up and away", f"{self.folder}/../../others/new", 403
        yield "up and away by the root", f"{self.folder}/../../../../../../../../../../tmp/new", 403
        yield "the root", "/", 403
        yield "a link to a file", "link", 409
        yield "a link to nothing", "dangling", 409
        yield "a link, absolute", f"{self.folder}/link", 409
        yield "through a link to a folder", f"{self.folder}/away/new", 409
        yield "through a link to a file that is there", f"{self.folder}/away/secret", 409
        yield "a folder", "sub", 409
        yield "a pipe", "pipe", 409
        yield "a missing folder", f"{self.folder}/no/new", 409
        yield "4096 characters", "a" * 4096, 409
        yield "4096 characters of folders", f"{self.folder}/" + "a/" * 2048 + "new", 409
        yield "a NUL", "new\0.qcow2", 409
        yield "the folder itself", "..", 409

    def test_hostile_paths(self):
        for what, path, status in self.hostile():
            with self.subTest(what):
                made = self.gns3.create(path)
                self.assertEqual((made.status, bool(made.json()["message"])), (status, True))
                grown = self.gns3.extend(path, extend=1)
                self.assertEqual((grown.status, bool(grown.json()["message"])), (status, True))

    def test_hostile_paths_where_a_success_tells_nothing(self):
        self.server.__exit__()
        self.server = Server("--api", "gns3", "--gns3-images", str(self.images), "--quirks", "gns3-2.2")
        self.gns3 = Gns3(self.server)
        before = tree(self.images.resolve() / "QEMU" / "sub")
        for what, path, _ in self.hostile():
            with self.subTest(what):
                self.gns3.create(path)
                self.gns3.extend(path, extend=1)
        self.assertEqual(before, tree(self.folder / "sub"))

    def test_downloads_and_uploads(self):
        for path in ("link", "away%2Fsecret", "away/secret", "dangling", "pipe", "sub"):
            answer = self.gns3.download(path)
            self.assertIn(answer.status, (403, 409), path)
            self.assertNotIn(SECRET, answer.body)
        for path in ("away/new", "away%2Fnew", "..%2F..%2Fothers%2Fnew"):
            self.assertEqual(self.gns3.upload(path, b"x").status, 403, path)
        self.assertEqual(self.gns3.upload("sub", b"x").status, 409)
        self.assertEqual(self.gns3.upload("link", b"takes the place of the link").status, 204)
        self.assertEqual((self.others / "secret").read_bytes(), SECRET)
        self.assertEqual(set(self.gns3.listed()), {"link"})

    def test_other_users_files(self):
        self.gns3.create("mine", format="raw", size=1)
        os.chmod(self.folder / "mine", 0)
        if not os.access(self.folder / "mine", os.R_OK):
            self.assertEqual(self.gns3.extend("mine", extend=1).status, 409)
            self.assertEqual(self.gns3.download("mine").status, 409)
        os.chmod(self.folder / "mine", 0o600)

    def test_good_paths(self):
        for path in ("a.qcow2", f"{self.folder}/b.qcow2", f"{self.folder}/sub/c.qcow2", "x/../d.qcow2"):
            self.assertEqual(self.gns3.create(path).status, 201, path)
            self.assertEqual(self.gns3.extend(path, extend=1).status, 201, path)
        for made in ("a.qcow2", "b.qcow2", "sub/c.qcow2", "d.qcow2"):
            self.assertEqual(virtual_size((self.folder / made).read_bytes()), 17 * MEGABYTE)

    def test_images_are_as_in_memory(self):
        rows = [{"format": "raw"}, {"format": "vpc", "subformat": "fixed"}, {"format": "vdi", "static": "on"},
                {"format": "vmdk", "subformat": "twoGbMaxExtentSparse", "size": 5000}]
        for parameters in rows:
            path = name("vmdk")
            self.assertEqual(self.gns3.create(path, **parameters).status, 201)
            self.assertEqual((self.folder / path).read_bytes(), self.gns3.download(path).body)
        self.assertEqual(len([p for p in self.folder.iterdir() if "-s00" in p.name]), 3)

    def test_preallocation_is_on_the_disk(self):
        for preallocation, wanted in (("falloc", True), ("full", True), ("off", False)):
            self.gns3.create(preallocation, format="raw", preallocation=preallocation)
            allocated = (self.folder / preallocation).stat().st_blocks * 512
            self.assertEqual(allocated >= 16 * MEGABYTE, wanted, preallocation)


class Many(unittest.TestCase):
    CLIENTS = 16

    def statuses(self, calls):
        with ThreadPoolExecutor(self.CLIENTS) as pool:
            return list(pool.map(lambda call: call().status, calls))

    def each_kind(self):
        yield Server("--api", "gns3")
        with tempfile.TemporaryDirectory() as folder:
            yield Server("--api", "gns3", "--gns3-images", folder)

    def test_500_images_at_once(self):
        formats = "qcow2 raw qcow vpc vdi vmdk".split()
        for server in self.each_kind():
            with server:
                gns3 = Gns3(server)
                paths = [(name(), formats[i % len(formats)]) for i in range(500)]
                made = self.statuses([lambda p=p, f=f: gns3.create(p, format=f, size=1) for p, f in paths])
                self.assertEqual(set(made), {201})
                self.assertEqual(set(gns3.listed()), {p for p, _ in paths})
                for path, form in paths[::50]:
                    size = 1079296 if form == "vpc" else MEGABYTE
                    data = gns3.download(path).body
                    self.assertEqual(virtual_size(data[:512] if form == "vpc" else data), size)

    def test_more_images_than_files_may_be_open(self):
        """Of those that may, by default, be open at once in one process."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
        try:
            server = Server("--api", "gns3")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with server:
            gns3 = Gns3(server)
            self.assertEqual({gns3.create(size=1).status for _ in range(200)}, {201})
            self.assertEqual(len(gns3.listed()), 200)

    def test_50_clients_race_for_a_path(self):
        for server in self.each_kind():
            with server:
                gns3 = Gns3(server)
                for path, more in (("x", {}), ("y.vmdk", {"format": "vmdk", "subformat": "monolithicFlat"})):
                    made = self.statuses([lambda: gns3.create(path, **more)] * 50)
                    self.assertEqual(sorted(made), [201] + [409] * 49)
                self.assertEqual(set(gns3.listed()), {"x", "y.vmdk", "y-flat.vmdk"})
                self.assertEqual(virtual_size(gns3.download("x").body), 16 * MEGABYTE)

    def test_no_extension_is_lost(self):
        for server in self.each_kind():
            with server:
                gns3 = Gns3(server)
                for form in ("raw", "qcow2", "vdi"):
                    gns3.create(form, format=form, size=1)
                    grown = self.statuses([lambda: gns3.extend(form, extend=1)] * 20)
                    self.assertEqual(set(grown), {201})
                    self.assertEqual(virtual_size(gns3.download(form).body), 21 * MEGABYTE)


class Bounds(unittest.TestCase):
    def test_memory_is_bounded(self):
        with Server("--api", "gns3", "--memory", "32M") as server:
            gns3 = Gns3(server)
            self.assertEqual(gns3.create("a", format="raw", preallocation="full").status, 201)
            self.assertEqual(gns3.create("b", format="raw", preallocation="full").status, 201)
            self.assertEqual(gns3.create("c", format="raw", preallocation="full").status, 409)
            self.assertEqual(gns3.create("d", format="raw", size=1 << 40).status, 201)
            self.assertEqual(gns3.create("e", format="raw", size=1 << 40, preallocation="full").status, 409)
            self.assertEqual(set(gns3.listed()), {"a", "b", "d"})

    def test_damaged_images_do_not_grow(self):
        """What is uploaded is anybody's."""
        with Server("--api", "gns3") as server:
            gns3 = Gns3(server)
            for form in ("qcow2", "qcow", "vpc", "vdi", "vmdk"):
                gns3.create(form, format=form, size=1)
                data = gns3.download(form).body
                for at in range(0, 512, 3):
                    gns3.upload("damaged", data[:at] + b"\xff\xff\xff" + data[at + 3:])
                    self.assertIn(gns3.extend("damaged", extend=1).status, (201, 409))
                for length in (5, 100, 512, 600, 1030):
                    gns3.upload("damaged", data[:length])
                    self.assertIn(gns3.extend("damaged", extend=1).status, (201, 409))

    def test_nested_json(self):
        with Server("--api", "gns3") as server:
            body = b'{"path":' + b"[" * 100000 + b"]" * 100000 + b"}"
            self.assertEqual(Gns3(server).call("POST", "/v2/compute/qemu/img", body).status, 400)
            body = json.dumps({"path": "\\" * 500000}).encode()
            self.assertEqual(Gns3(server).call("POST", "/v2/compute/qemu/img", body).status, 400)
            self.assertEqual(Gns3(server).call("GET", IMAGES).json(), [])


if __name__ == "__main__":
    unittest.main()
