#!/usr/bin/env python3
"""The GNS3 API answers as real servers 2.2.0 to 2.2.59 were seen to answer: row by row under `--quirks
gns3-2.2`, and without quirks in every row where a 201 means what the document says."""

import base64
import json
import re
import struct
import unittest
import zlib

from gns3 import FOLDER, IMAGES, IMG, MEGABYTE, Gns3, name, virtual_size
from mock_server import Server

FORMATS = "qcow2 raw qcow vpc vdi vmdk".split()
OPTIONS = {
    "adapter_type": "lsilogic", "cluster_size": 4096, "lazy_refcounts": "on", "preallocation": "metadata",
    "refcount_bits": 8, "static": "on", "subformat": "fixed", "zeroed_grain": "on",
}
FITS = {
    "qcow2": {"cluster_size", "refcount_bits", "lazy_refcounts", "preallocation"},
    "raw": set(),
    "qcow": set(),
    "vpc": {"subformat"},
    "vdi": {"static"},
    "vmdk": {"adapter_type", "zeroed_grain"},
}

# What does not fit, beside a format without the option at all.
MISFITS = [
    {"format": "qcow2", "cluster_size": 500}, {"format": "qcow2", "cluster_size": 4194304},
    {"format": "qcow2", "cluster_size": -512}, {"format": "qcow2", "cluster_size": 0},
    {"format": "qcow2", "refcount_bits": 3}, {"format": "qcow2", "refcount_bits": 128},
    {"format": "qcow2", "refcount_bits": 0}, {"format": "qcow2", "subformat": "dynamic"},
    {"format": "vpc", "subformat": "monolithicFlat"}, {"format": "vmdk", "subformat": "dynamic"},
    {"format": "vmdk", "subformat": "monolithicFlat", "zeroed_grain": "on"},
    {"format": "vmdk", "subformat": "twoGbMaxExtentFlat", "zeroed_grain": "on"},
    {"format": "vdi", "preallocation": "metadata"}, {"format": "qcow", "preallocation": "metadata"},
    {"format": "qcow", "size": 0}, {"format": "raw", "size": 1 << 43}, {"format": "qcow2", "size": -1},
    {"format": "vpc", "size": 2041 * 1024},
]

# parameters, size of the file (None: each writer has its own), size of the guest's disk
FILES = [
    ({"format": "qcow2"}, None, 16 * MEGABYTE),
    ({"format": "qcow2", "preallocation": "metadata"}, 17104896, 16 * MEGABYTE),
    ({"format": "qcow2", "preallocation": "falloc"}, 17104896, 16 * MEGABYTE),
    ({"format": "qcow2", "preallocation": "full"}, 17104896, 16 * MEGABYTE),
    ({"format": "raw"}, 16 * MEGABYTE, 16 * MEGABYTE),
    ({"format": "raw", "preallocation": "full"}, 16 * MEGABYTE, 16 * MEGABYTE),
    ({"format": "vpc", "subformat": "fixed"}, 16781312 + 512, 16781312),
    ({"format": "vpc", "size": 1, "subformat": "fixed"}, 1079296 + 512, 1079296),
    ({"format": "vpc"}, None, 16781312),
    ({"format": "vpc", "size": 1}, None, 1079296),
    ({"format": "vdi"}, 1024, 16 * MEGABYTE),
    ({"format": "vdi", "static": "off"}, 1024, 16 * MEGABYTE),
    ({"format": "vdi", "static": "on"}, 16778240, 16 * MEGABYTE),
    ({"format": "vmdk"}, 65536, 16 * MEGABYTE),
    ({"format": "vmdk", "subformat": "streamOptimized"}, None, 16 * MEGABYTE),
    ({"format": "qcow", "preallocation": "full"}, None, 16 * MEGABYTE),
    ({"format": "vdi", "preallocation": "falloc"}, 1024, 16 * MEGABYTE),
    ({"format": "raw", "size": 0}, 0, 0),
    ({"format": "vdi", "size": 0}, 512, 0),
]

# body, what the message ends with
REFUSED = [
    (b"", "is a required property"),
    (b"[]", "[] is not of type 'object'"),
    (b'"x"', "'x' is not of type 'object'"),
    (b"null", "None is not of type 'object'"),
    (b"{}", "is a required property"),
    *((json.dumps({"qemu_img": "qemu-img", "path": "x", "format": "raw", "size": value}).encode(),
       "is not of type 'integer'") for value in ("10", 1.0, True, None, [], {})),
    *((json.dumps({"qemu_img": "qemu-img", "path": value, "format": "raw", "size": 1}).encode(),
       f"{value!r} is not of type 'string'") for value in (1, 1.5, 1e20, False, None, ["it's", 'a "b"', "\x01"])),
    (b'{"qemu_img":"qemu-img","path":"x","format":"raw","size":1,"static":"maybe"}',
     "'maybe' is not one of ['on', 'off']"),
    (b'{"qemu_img":"qemu-img","path":"x","format":"qed","size":1}',
     "'qed' is not one of ['qcow2', 'qcow', 'vpc', 'vdi', 'vmdk', 'raw']"),
    (b'{"qemu_img":"qemu-img","path":"x","format":"raw","size":1,"a":1}',
     "Additional properties are not allowed ('a' was unexpected)"),
    (b'{"qemu_img":"qemu-img","path":"x","format":"raw","size":1,"a":1,"b":2}',
     "Additional properties are not allowed ('a', 'b' were unexpected)"),
]

NEIGHBOURS = [
    ("/v2/compute/version", {"local", "version"}),
    ("/v2/compute/capabilities", {"node_types", "platform", "version"}),
    ("/v2/compute/qemu/capabilities", {"kvm"}),
]


class Truth(unittest.TestCase):
    """What holds with the quirks and without them."""

    ARGUMENTS = ()
    MISFIT = 409

    @classmethod
    def setUpClass(cls):
        cls.server = Server("--api", "gns3", *cls.ARGUMENTS)
        cls.gns3 = Gns3(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def refused(self, answer, status, message):
        self.assertEqual(answer.status, status)
        self.assertRegex(answer.json()["message"], message)

    def test_good_answer(self):
        answer = self.gns3.create()
        self.assertEqual((answer.status, answer.body), (201, b""))
        self.assertEqual(answer.headers["content-type"], "application/octet-stream")
        self.assertEqual(answer.headers["x-route"], IMG)
        self.assertEqual(answer.headers["connection"], "close")
        self.assertNotIn("x-openstack-request-id", answer.headers)

    def test_files(self):
        for parameters, size, guest in FILES:
            with self.subTest(parameters):
                path = name()
                self.assertEqual(self.gns3.create(path, **parameters).status, 201)
                data = self.gns3.download(path).body
                self.assertIn(size, (None, len(data)))
                self.assertEqual(virtual_size(data), guest)

    def test_options_that_fit(self):
        for form, options in FITS.items():
            for option in options:
                with self.subTest(form, option=option):
                    path = name()
                    self.assertEqual(self.gns3.create(path, format=form, **{option: OPTIONS[option]}).status, 201)
                    self.assertIsNotNone(self.gns3.size_of(path))

    def test_options_that_do_not_fit(self):
        rows = [{"format": form, option: value} for form in FORMATS for option, value in OPTIONS.items()
                if option not in FITS[form]]
        for row in rows + MISFITS:
            with self.subTest(row):
                path = name()
                answer = self.gns3.create(path, **row)
                self.assertEqual(answer.status, self.MISFIT)
                left = 0 if self.MISFIT == 201 and row["format"] == "raw" and "preallocation" in row else None
                self.assertEqual(self.gns3.size_of(path), left)

    def test_extents(self):
        for subformat, suffixes in (("twoGbMaxExtentSparse", ("-s001", "-s002", "-s003")),
                                    ("twoGbMaxExtentFlat", ("-f001", "-f002", "-f003")),
                                    ("monolithicFlat", ("-flat",))):
            with self.subTest(subformat):
                stem = name("x")[:-2]
                self.assertEqual(self.gns3.create(stem + ".vmdk", format="vmdk", size=5000, subformat=subformat).status, 201)
                self.assertLessEqual({f"{stem}{s}.vmdk" for s in suffixes}, self.gns3.listed().keys())

    def test_schema(self):
        for body, end in REFUSED:
            with self.subTest(body):
                answer = self.gns3.call("POST", IMG, body)
                self.assertEqual(answer.status, 400)
                self.assertEqual(set(answer.json()), {"message", "method", "path", "request", "status"})
                self.assertTrue(answer.json()["message"].startswith(
                    f"JSON schema error with API request '{IMG}' and JSON data '"))
                self.assertTrue(answer.json()["message"].endswith(end), answer.json()["message"])

    def test_malformed(self):
        for body in (b"{", b"\xef\xbb\xbf{}", b"{'a': 1}", b"\xff", b"{}{}"):
            with self.subTest(body):
                self.refused(self.gns3.call("POST", IMG, body), 400, "^Invalid JSON")
                self.refused(self.gns3.call("PUT", IMG, body), 400, "^Invalid JSON")
        self.assertEqual(self.gns3.call("POST", IMG, b" " * MEGABYTE + b"{}").status, 413)

    def test_query(self):
        path = name()
        self.assertEqual(self.gns3.create(path, query="?format=raw&nothing=1").status, 201)
        self.assertEqual(self.gns3.size_of(path), 16 * MEGABYTE)
        self.refused(self.gns3.create(query="?size=16"), 400, "'16' is not of type 'integer'$")

    def test_last_key_wins(self):
        path = name()
        body = f'{{"qemu_img":"qemu-img","path":"{path}","format":"qcow2","size":1,"format":"raw"}}'
        self.assertEqual(self.gns3.call("POST", IMG, body.encode()).status, 201)
        self.assertEqual(self.gns3.size_of(path), MEGABYTE)

    def test_path_exists(self):
        taken = name()
        self.gns3.create(taken)
        for path, shown in ((taken, f"{FOLDER}/{taken}"), (f"{FOLDER}/{taken}", f"{FOLDER}/{taken}"),
                            ("", f"{FOLDER}/"), (".", f"{FOLDER}/."), ("..", f"{FOLDER}/.."), ("a/", f"{FOLDER}/"),
                            (FOLDER, FOLDER), ("/", "/")):
            with self.subTest(path):
                answer = self.gns3.send("POST", {"qemu_img": "qemu-img", "path": path, "format": "raw", "size": 1})
                self.assertEqual(answer.json(), {
                    "exception": "QemuError", "status": 409,
                    "message": f"Could not create disk image '{shown}', file already exists"})

    def test_relative_path_is_its_last_part(self):
        for before in ("../../", "sub/", "/".join(["x"] * 20) + "/"):
            path = name()
            self.assertEqual(self.gns3.create(before + path).status, 201)
            self.assertIsNotNone(self.gns3.size_of(path))

    def test_missing_directory(self):
        self.assertEqual(self.gns3.create("/no/such/place/x").status, self.MISFIT)
        self.assertEqual(self.gns3.create("a" * 300).status, self.MISFIT)

    def test_qemu_img(self):
        for path, message in (("/no/qemu-img", r"\[Errno 2\] No such file or directory: '/no/qemu-img'"),
                              ("/usr/bin", r"\[Errno 13\] Permission denied: '/usr/bin'"),
                              ("/etc/passwd", r"\[Errno 13\] Permission denied"), ("", r"\[Errno 2\]")):
            image = name()
            self.refused(self.gns3.create(image, path), 409,
                         f"^Could not create disk image {re.escape(FOLDER)}/{image}:{message}")
            self.gns3.create(image)
            self.refused(self.gns3.extend(image, path, extend=1), 409, f"^Could not update disk image .*{message}")
        self.assertEqual(self.gns3.create(qemu_img="qemu-img").status, 201)

    def test_methods_and_paths(self):
        for method in ("GET", "DELETE", "PATCH", "HEAD"):
            answer = self.gns3.call(method, IMG)
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "OPTIONS,POST,PUT"))
            self.assertTrue(answer.headers["content-type"].startswith("text/plain"))
        for path in (IMG + "/", "/v2/compute", "/v2/compute/nothing", "/v2/images", "/"):
            self.assertEqual(self.gns3.call("GET", path).status, 404, path)

    def test_update_without_extend(self):
        for path in (name(), "", "/no/such/place/x"):
            self.assertEqual(self.gns3.extend(path, "/no/qemu-img").status, 201)

    def test_update_of_a_missing_file(self):
        path = name()
        self.refused(self.gns3.extend(path, "/no/qemu-img", extend=1), 409, f"^Qemu disk '{FOLDER}/{path}' does not exist$")

    def test_raw_and_qcow2_grow(self):
        for form in ("raw", "qcow2"):
            path = name()
            self.gns3.create(path, format=form)
            self.assertEqual(self.gns3.extend(path, extend=16).status, 201)
            self.assertEqual(virtual_size(self.gns3.download(path).body), 32 * MEGABYTE)

    def test_extend_that_cannot_be(self):
        path = name()
        self.gns3.create(path)
        before = self.gns3.download(path).body
        for number in (-1, -16, 1 << 44, (1 << 63) - 1):
            self.assertEqual(self.gns3.extend(path, extend=number).status, self.MISFIT)
        self.assertEqual(self.gns3.extend(path, extend=0).status, 201)
        self.assertEqual(self.gns3.download(path).body, before)

    def test_images(self):
        path = name()
        self.assertEqual(self.gns3.upload(path, b"123456").status, 204)
        self.assertNotIn(path, self.gns3.listed())
        self.assertEqual(self.gns3.upload(path, b"1234567").status, 204)
        self.assertEqual(self.gns3.upload("." + path, b"1234567").status, 204)
        self.assertEqual(self.gns3.listed()[path], {"filename": path, "filesize": 7, "path": path,
                                                    "md5sum": "fcea920f7412b5da7be0cf42b8c93759"})
        self.assertNotIn("." + path, self.gns3.listed())
        ranged = self.gns3.call("GET", f"{IMAGES}/{path}", headers={"Range": "bytes=0-1"})
        self.assertEqual((ranged.status, ranged.body), (200, b"1234567"))
        for outside in ("%2e%2e", "sub/x", "sub%2Fx", "/etc/passwd", "%2Fetc%2Fpasswd", "..%2Fx"):
            self.assertEqual(self.gns3.upload(outside, b"x").status, 403, outside)
            self.assertEqual(self.gns3.download(outside).status, 403, outside)
        missing = self.gns3.download(name())
        self.assertEqual((missing.status, missing.json()["exception"]), (409, "ImageMissingError"))

    def test_neighbours(self):
        for path, keys in NEIGHBOURS:
            self.assertEqual(set(self.gns3.call("GET", path).json()), keys)
        for path in ("/v2/compute/qemu/binaries", "/v2/compute/qemu/img-binaries"):
            self.assertEqual({"path", "version"}, set(self.gns3.call("GET", path).json()[0]))


class Quirks(Truth):
    """A 201 tells nothing, and qemu-img resizes two formats."""

    ARGUMENTS = ("--quirks", "gns3-2.2")
    MISFIT = 201

    def test_others_do_not_grow(self):
        for parameters in ({"format": "qcow"}, {"format": "vpc"}, {"format": "vdi"}, {"format": "vdi", "static": "on"},
                           {"format": "vmdk"}, {"format": "vmdk", "subformat": "streamOptimized"}):
            path = name()
            self.gns3.create(path, **parameters)
            before = self.gns3.download(path).body
            self.assertEqual(self.gns3.extend(path, extend=16).status, 201)
            self.assertEqual(self.gns3.download(path).body, before)

    def test_fixed_vpc_is_destroyed(self):
        path = name()
        self.gns3.create(path, format="vpc", subformat="fixed")
        before = self.gns3.download(path).body
        self.assertEqual(self.gns3.extend(path, extend=16).status, 201)
        self.assertEqual(self.gns3.download(path).body, before + bytes(16 * MEGABYTE))


def qcow(packed):
    """An image of 1 MB whose first cluster of 64 KiB is that deflate stream."""
    header = struct.pack(">IIQIIQBBHIQ", 0x514649FB, 1, 0, 0, 0, MEGABYTE, 16, 8, 0, 0, 512)
    l1, l2, data = 512, 1024, 1024 + 8 * 256
    entry = 1 << 63 | len(packed) << (63 - 16) | data
    return (header.ljust(l1, b"\0") + struct.pack(">Q", l2)).ljust(l2, b"\0") + struct.pack(">256Q", entry, *[0] * 255) + packed


class Lengthened(unittest.TestCase):
    """A fixed VHD image that is taken for raw has a size, too."""

    def test_no_image_has_that_size(self):
        with Server("--api", "gns3", "--break", "gns3.update.extends-vpc-fixed") as server:
            gns3 = Gns3(server)
            path = name()
            gns3.create(path, format="vpc", subformat="fixed")
            answer = gns3.extend(path, extend=(1 << 44) - 1)
            self.assertEqual(answer.status, 409)
            self.assertIn("no image has that size", answer.json()["message"])


class Reference(Truth):
    """201 means that the image is as it was asked for."""

    def test_compressed_qcow_grows(self):
        content = bytes(range(256)) * 256
        good = qcow(zlib.compress(content, wbits=-12))
        path = name()
        self.gns3.upload(path, good)
        self.assertEqual(self.gns3.extend(path, extend=1).status, 201)
        grown = self.gns3.download(path).body
        self.assertEqual(virtual_size(grown), 2 * MEGABYTE)
        self.assertIn(content[:4096], grown)
        for damaged in (qcow(b""), qcow(bytes(100)), good[:-200], qcow(zlib.compress(content[:-1], wbits=-12))):
            self.gns3.upload(path, damaged)
            self.assertEqual(self.gns3.extend(path, extend=1).status, 409)
            self.assertEqual(self.gns3.download(path).body, damaged)

    def test_every_format_grows(self):
        rows = [{"format": f} for f in FORMATS] + [
            {"format": "vpc", "subformat": "fixed"}, {"format": "vdi", "static": "on"},
            {"format": "vmdk", "subformat": "streamOptimized"}, {"format": "vmdk", "zeroed_grain": "on"}]
        for parameters in rows:
            for extend in (1, 130):
                with self.subTest(parameters, extend=extend):
                    path = name()
                    self.gns3.create(path, **parameters)
                    before = virtual_size(self.gns3.download(path).body)
                    self.assertEqual(self.gns3.extend(path, extend=extend).status, 201)
                    grown = virtual_size(self.gns3.download(path).body) - before - extend * MEGABYTE
                    self.assertIn(grown, range(0, MEGABYTE) if parameters["format"] == "vpc" else (0,))


class Modes(unittest.TestCase):
    def test_not_local(self):
        with Server("--api", "gns3", "--condition", "gns3-remote") as server:
            gns3 = Gns3(server)
            path = name()
            self.assertEqual(gns3.create(path).status, 201)
            for answer in (gns3.create(f"{FOLDER}/x"), gns3.extend(f"{FOLDER}/{path}"), gns3.extend("/x", extend=1)):
                self.assertEqual((answer.status, answer.body), (403, b""))
            self.assertEqual(gns3.create("/x", size="1").status, 400)
            self.assertFalse(gns3.call("GET", "/v2/compute/version").json()["local"])

    def test_authentication(self):
        right = base64.b64encode(b"gns3:pa:ss").decode()
        with Server("--api", "gns3", "--gns3-auth", "gns3:pa:ss") as server:
            gns3 = Gns3(server)
            for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": f"Bearer {right}"},
                            {"Authorization": "Basic " + base64.b64encode(b"gns3:pass").decode()}):
                answer = gns3.call("POST", IMG, b"{", headers)
                self.assertEqual((answer.status, answer.body), (401, b""))
                self.assertEqual(answer.headers["www-authenticate"], 'Basic realm="GNS3 server"')
            self.assertEqual(gns3.call("POST", IMG, b"{", {"Authorization": f"Basic {right}"}).status, 400)
            self.assertEqual(gns3.call("GET", IMG).status, 405)
            self.assertEqual(gns3.call("GET", "/v2/compute/nothing").status, 404)

    def test_authentication_in_one_project(self):
        with Server("--api", "gns3", "--condition", "gns3-auth") as server:
            answer = Gns3(server).call("GET", "/v2/compute/version", headers={"Authorization": "Basic eDp5"})
            self.assertEqual((answer.status, answer.body), (401, b""))

    def test_beside_the_images_apis(self):
        with Server() as server:
            gns3 = Gns3(server)
            self.assertEqual(gns3.create().status, 201)
            self.assertEqual(gns3.call("GET", "/v2/images").status, 401)
            self.assertEqual(gns3.call("GET", "/").status, 300)
        with Server("--api", "images-v2") as server:
            self.assertEqual(Gns3(server).create().status, 300)


del Truth  # alone it is no test

if __name__ == "__main__":
    unittest.main()
