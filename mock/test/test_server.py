#!/usr/bin/env python3
"""What the mock answers over real sockets (../shared truth of Glance 25, and the reference)."""

import hashlib
import json
import subprocess
import time
import unittest
import uuid

from mock_server import FORMATS, OCTETS, PROGRAM, Project, Server, finish_upload

V21 = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
JSON = {"Accept": "application/json"}
DATA = b"0123456789abcdefghij"
UNKNOWN = str(uuid.uuid4())

# name, method, path, headers, body, token, status
PLAIN = [
    ("versions at the root", "GET", "/", {}, b"", None, 300),
    ("versions at the root by any method", "PATCH", "/", {}, b"", None, 300),
    ("an unknown version", "GET", "/v3/images", {}, b"", None, 300),
    ("the list of versions", "GET", "/versions", {}, b"", None, 200),
    ("v2 without a token", "GET", "/v2", {}, b"", None, 401),
    ("v2 with a token", "GET", "/v2", {}, b"", "u:p:member", 302),
    ("v2 with a slash", "GET", "/v2/", {}, b"", "u:p:member", 404),
    ("a trailing slash", "GET", "/v2/images/", {}, b"", "u:p:member", 404),
    ("an unknown path", "GET", "/v2/nothing", {}, b"", "u:p:member", 404),
    ("an unknown path without a token", "GET", "/v2/nothing", {}, b"", None, 401),
    ("a malformed path", "GET", "/v2/images/%zz", {}, b"", "u:p:member", 400),
    ("a malformed token", "GET", "/v2/images", {}, b"", "nobody", 401),
    ("a token with slashes", "GET", "/v2/images", {}, b"", "u/p/member", 200),
    ("a token that is encoded", "GET", "/v2/images", {}, b"", "u%3Ap%3Amember", 200),
    ("a method that images lack", "PUT", "/v2/images", {}, b"", "u:p:member", 405),
    ("HEAD of an image", "HEAD", f"/v2/images/{UNKNOWN}", {}, b"", "u:p:member", 405),
    ("an unknown image", "GET", f"/v2/images/{UNKNOWN}", {}, b"", "u:p:member", 404),
    ("an id that is no UUID", "GET", "/v2/images/7", {}, b"", "u:p:member", 404),
    ("create by a reader", "POST", "/v2/images", {}, b"{}", "u:p:reader", 403),
    ("create of nothing", "POST", "/v2/images", {}, b"", "u:p:member", 400),
    ("create of no JSON", "POST", "/v2/images", {}, b"{", "u:p:member", 400),
    ("create of an array", "POST", "/v2/images", {}, b"[]", "u:p:member", 400),
    ("create with a status", "POST", "/v2/images", {}, b'{"status": "active"}', "u:p:member", 403),
    ("create of a public image", "POST", "/v2/images", {}, b'{"visibility": "public"}', "u:p:member", 403),
    ("create for another project", "POST", "/v2/images", {}, b'{"owner": "q"}', "u:p:member", 403),
    ("create with a number", "POST", "/v2/images", {}, b'{"x": 1}', "u:p:member", 400),
    ("create with a long name", "POST", "/v2/images", {}, json.dumps({"x" * 256: ""}).encode(), "u:p:member", 400),
    ("create of too much JSON", "POST", "/v2/images", {}, b" " * (1 << 20) + b"{}", "u:p:member", 413),
    ("list with a bad limit", "GET", "/v2/images?limit=x", {}, b"", "u:p:member", 400),
    ("list with an unknown marker", "GET", f"/v2/images?marker={UNKNOWN}", {}, b"", "u:p:member", 400),
    ("update of no JSON", "PATCH", f"/v2/images/{UNKNOWN}", V21, b"{", "u:p:member", 400),
    ("update of another type", "PATCH", f"/v2/images/{UNKNOWN}", {}, b"[]", "u:p:member", 415),
    ("update of an unknown image", "PATCH", f"/v2/images/{UNKNOWN}", V21, b"[]", "u:p:member", 404),
    ("delete of an unknown image", "DELETE", f"/v2/images/{UNKNOWN}", {}, b"", "u:p:member", 404),
    ("deactivate of an unknown image", "POST", f"/v2/images/{UNKNOWN}/actions/deactivate", {}, b"", "u:p:member", 404),
    ("upload without a token", "PUT", f"/v2/images/{UNKNOWN}/file", {}, DATA, None, 401),
    ("upload of another type", "PUT", f"/v2/images/{UNKNOWN}/file", {}, DATA, "u:p:member", 415),
    ("upload to an unknown image", "PUT", f"/v2/images/{UNKNOWN}/file", OCTETS, DATA, "u:p:member", 404),
    ("download of an unknown image", "GET", f"/v2/images/{UNKNOWN}/file", {}, b"", "u:p:member", 404),
    ("an unknown condition", "PUT", "/__mock/conditions/rain", {}, b"", None, 404),
    ("an unknown limit", "PUT", "/__mock/limits/rain?value=1", {}, b"", None, 404),
    ("a fault that there is none of", "PUT", "/__mock/faults/image-data.upload.need-queued", {}, b"", None, 404),
    ("a fault that there is none of is no more", "DELETE", "/__mock/faults/rain", {}, b"", None, 404),
    ("a limit without a value", "PUT", "/__mock/limits/tag_quota", {}, b"", None, 400),
    ("the state", "GET", "/__mock/state", {}, b"", None, 200),
]

# name, Range, Content-Range of the request, status, Content-Range of the answer, body
RANGES = [
    ("all", None, None, 200, None, DATA),
    ("the first", "bytes=0-9", None, 206, "bytes 0-9/20", DATA[:10]),
    ("the middle", "bytes=5-14", None, 206, "bytes 5-14/20", DATA[5:15]),
    ("from one on", "bytes=10-", None, 206, "bytes 10-19/20", DATA[10:]),
    ("the last", "bytes=-5", None, 206, "bytes 15-19/20", DATA[15:]),
    ("past the end", "bytes=15-99", None, 206, "bytes 15-19/20", DATA[15:]),
    ("Content-Range", None, "bytes 0-9/20", 206, "bytes 0-9/20", DATA[:10]),
    ("Content-Range of unknown size", None, "bytes 0-9/*", 206, "bytes 0-9/20", DATA[:10]),
    ("both", "bytes=5-9", "bytes 0-9/20", 206, "bytes 5-9/20", DATA[5:10]),
    ("several", "bytes=0-1,4-5", None, 400, None, None),
    ("reversed", "bytes=9-0", None, 416, "bytes */20", None),
    ("malformed", "bytes=x", None, 416, "bytes */20", None),
    ("outside", "bytes=20-", None, 416, "bytes */20", None),
]

# name, arguments, what the one sentence on stderr has, status
USAGE = [
    ("an unknown flag", ["--nothing"], "unrecognized option", 64),
    ("an argument", ["nothing"], "not an option", 64),
    ("an address of the world", ["--listen", "0.0.0.0:0"], "loopback", 64),
    ("no API", ["--api", "nothing"], "there is no API", 64),
    ("a misspelt fault", ["--break", "image-data.upload.need-queued"], "needs-queued", 64),
    ("a misspelt condition", ["--condition", "storage-ful"], "no condition", 64),
    ("no size", ["--memory", "much"], "no size", 64),
    ("no threads", ["--threads", "0"], "number of threads", 64),
    ("a store twice", ["--stores", "a,a"], "list of stores", 64),
]


def patch(*operations):
    return json.dumps([dict(zip(("op", "path", "value"), o)) for o in operations]).encode()


class Plain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.project = Project(self.server)

    def test_answers(self):
        for name, method, path, headers, body, token, status in PLAIN:
            with self.subTest(name):
                self.assertEqual(self.server.call(method, path, body, headers, token).status, status)

    def test_error_bodies(self):
        path = f"/v2/images/{UNKNOWN}"
        plain = self.server.call("GET", path)
        self.assertTrue(plain.body.startswith(b"404 Not Found\n\n"), plain.body)
        html = self.server.call("GET", path, headers={"Accept": "*/*"})
        self.assertTrue(html.body.startswith(b"<html>"), html.body)
        self.assertEqual({"message", "code", "title"}, set(self.server.call("GET", path, headers=JSON).json()))

    def test_headers_of_errors(self):
        self.assertIn("Keystone uri=", self.server.call("GET", "/v2/images", token=None).headers["www-authenticate"])
        self.assertEqual("POST, GET", self.server.call("PUT", "/v2/images").headers["allow"])
        self.assertTrue(self.server.call("GET", "/v2/images").headers["x-openstack-request-id"].startswith("req-"))
        self.assertIn("v2.1", self.server.call("PATCH", f"/v2/images/{UNKNOWN}").headers["accept-patch"])

    def test_create(self):
        image = str(uuid.uuid4())
        made = self.project.call("POST", "/v2/images", json.dumps({**FORMATS, "id": image, "mine": "yes"}).encode())
        self.assertEqual((201, f"/v2/images/{image}"), (made.status, made.headers["location"]))
        self.assertIn("openstack-image-import-methods", made.headers)
        self.assertNotIn("openstack-image-store-ids", made.headers)
        shown = made.json()
        self.assertEqual(("queued", None, None, "yes"),
                         tuple(shown[k] for k in ("status", "size", "checksum", "mine")))
        again = json.dumps({"id": image}).encode()
        self.assertEqual(409, self.project.call("POST", "/v2/images", again).status)
        self.project.call("DELETE", f"/v2/images/{image}")
        self.assertEqual(409, self.project.call("POST", "/v2/images", again).status)

    def test_virtual_size(self):
        rows = [("raw", "bare", DATA, len(DATA)), ("raw", "bare", b"", None), ("raw", "bare", None, None),
                ("raw", "ovf", DATA, None), ("qcow2", "bare", DATA, None)]
        for disk, container, data, size in rows:
            with self.subTest(disk=disk, container=container, data=data):
                image = self.project.image(data, disk_format=disk, container_format=container)
                self.assertEqual(size, self.project.show(image)["virtual_size"])

    def test_update(self):
        image = self.project.image()
        rows = [
            ("replace", patch(("replace", "/name", "new")), 200),
            ("add", patch(("add", "/mine", "x")), 200),
            ("atomic", patch(("replace", "/name", "lost"), ("remove", "/nothing")), 409),
            ("read-only", patch(("replace", "/status", "active")), 403),
            ("a base property", patch(("remove", "/name")), 403),
            ("public", patch(("replace", "/visibility", "public")), 403),
        ]
        for name, body, status in rows:
            with self.subTest(name):
                self.assertEqual(status, self.project.call("PATCH", f"/v2/images/{image}", body, V21).status)
        self.assertEqual("new", self.project.show(image)["name"])
        other = self.project.call("PATCH", f"/v2/images/{image}", b"[]", V21, self.project.other)
        self.assertEqual(404, other.status)

    def test_formats_are_kept_with_data(self):
        image = self.project.image(DATA)
        body = patch(("replace", "/disk_format", "qcow2"))
        self.assertEqual(403, self.project.call("PATCH", f"/v2/images/{image}", body, V21).status)

    def test_quotas_of_attributes(self):
        self.project.limit("tag_quota", 1)
        self.project.limit("property_quota", 1)
        for body in ({"tags": ["a", "b"]}, {"a": "", "b": ""}):
            made = self.project.call("POST", "/v2/images", json.dumps(body).encode())
            self.assertEqual(413, made.status)

    def test_delete(self):
        kept = self.project.image(protected=True)
        seen = self.project.image(visibility="community")
        gone = self.project.image()
        self.assertEqual(403, self.project.call("DELETE", f"/v2/images/{kept}").status)
        self.assertEqual(403, self.project.call("DELETE", f"/v2/images/{seen}", token=self.project.other).status)
        self.assertEqual([204, 404], [self.project.call("DELETE", f"/v2/images/{gone}").status for _ in range(2)])

    def test_list_pages(self):
        images = [self.project.image() for _ in range(5)]
        path, found = "/v2/images?limit=2", []
        while path:
            page = self.project.call("GET", path).json()
            found += [i["id"] for i in page["images"]]
            path = page.get("next")
        self.assertEqual(images[::-1], found)

    def test_deactivate(self):
        image = self.project.image(DATA)
        queued = self.project.image()
        act = lambda i, what, **more: self.project.call("POST", f"/v2/images/{i}/actions/{what}", **more).status
        self.assertEqual([204, 204], [act(image, "deactivate"), act(image, "deactivate")])
        self.assertEqual(403, self.project.download(image).status)
        self.assertEqual(200, self.project.download(image, token=self.project.admin).status)
        self.assertEqual([204, 204], [act(image, "reactivate"), act(image, "reactivate")])
        self.assertEqual(403, act(queued, "deactivate"))
        self.assertEqual(403, act(image, "deactivate", token=self.project.reader))

    def test_upload_is_shown(self):
        for size in (0, 1, 65535, 65536, 65537, 1 << 20):
            with self.subTest(size=size):
                data = bytes(i % 251 for i in range(size))
                image = self.project.image(data)
                shown = self.project.show(image)
                self.assertEqual(("active", size, "sha512"),
                                 tuple(shown[k] for k in ("status", "size", "os_hash_algo")))
                self.assertEqual(hashlib.md5(data).hexdigest(), shown["checksum"])
                self.assertEqual(hashlib.sha512(data).hexdigest(), shown["os_hash_value"])
                got = self.project.download(image)
                self.assertEqual((200, data, str(size)), (got.status, got.body, got.headers["content-length"]))

    def test_uploads_refused(self):
        active = self.project.image(DATA)
        seen = self.project.image(visibility="community")
        bare = self.project.call("POST", "/v2/images", b"{}").json()["id"]
        size = lambda text: {**OCTETS, "x-openstack-image-size": text}
        rows = [
            ("active", active, DATA, OCTETS, 0, 409),
            ("without formats", bare, DATA, OCTETS, 0, 400),
            ("by another project", seen, DATA, OCTETS, self.project.other, 403),
            ("by a reader", self.project.image(), DATA, OCTETS, self.project.reader, 403),
            ("of another project", self.project.image(), DATA, OCTETS, self.project.other, 404),
            ("of another size", self.project.image(), DATA, size("19"), 0, 400),
            ("of another size in chunks", self.project.image(), iter([DATA]), size("19"), 0, 400),
            ("of a malformed size", self.project.image(), DATA, size("x"), 0, 400),
            ("of a negative size", self.project.image(), DATA, size("-1"), 0, 400),
            ("to an unknown store", self.project.image(), DATA, {**OCTETS, "X-Image-Meta-Store": "x"}, 0, 400),
        ]
        for name, image, data, headers, token, status in rows:
            with self.subTest(name):
                before = self.project.show(image)["status"]
                self.assertEqual(status, self.project.upload(image, data, headers, token).status)
                self.assertEqual(before, self.project.show(image)["status"])

    def test_conditions(self):
        rows = [("storage-full", 413), ("storage-readonly", 503), ("store-disabled", 410), ("upload-denied", 403),
                ("slow-storage", 204)]
        for condition, status in rows:
            with self.subTest(condition):
                project = Project(self.server)
                project.enter(condition)
                image = project.image()
                self.assertEqual(status, project.upload(image).status)
                self.assertEqual("active" if status == 204 else "queued", project.show(image)["status"])
                self.assertEqual(204, self.project.upload(self.project.image()).status)

    def test_policy_comes_before_status(self):
        image = self.project.image(DATA)
        self.project.enter("upload-denied")
        self.assertEqual(403, self.project.upload(image).status)

    def test_limits(self):
        for limit in ("image_size_cap", "project_quota"):
            for name, make in (("length", lambda d: d), ("chunks", lambda d: iter([d]))):
                with self.subTest(f"{limit} by {name}"):
                    project = Project(self.server)
                    project.limit(limit, 20)
                    image = project.image()
                    self.assertEqual(413, project.upload(image, make(DATA + b"x")).status)
                    self.assertEqual("queued", project.show(image)["status"])
                    self.assertEqual(204, project.upload(image, make(DATA)).status)

    def test_quota_comes_back(self):
        self.project.limit("project_quota", 20)
        image = self.project.image(DATA)
        self.assertEqual(413, self.project.upload(self.project.image(), b"x").status)
        self.project.call("DELETE", f"/v2/images/{image}")
        self.assertEqual(204, self.project.upload(self.project.image()).status)

    def test_saving_meanwhile(self):
        image = self.project.image()
        sock = self.server.open_upload(image, 20, DATA[:10], self.project.owner)
        self.wait_for_status(image, "saving")
        self.assertEqual(409, self.project.upload(image).status)
        self.assertEqual(204, self.project.download(image, "bytes=0-1").status)
        self.assertEqual(204, finish_upload(sock, DATA[10:]))
        self.assertEqual("active", self.project.show(image)["status"])

    def test_deleted_meanwhile(self):
        image = self.project.image()
        sock = self.server.open_upload(image, 20, DATA[:10], self.project.owner)
        self.wait_for_status(image, "saving")
        self.assertEqual(204, self.project.call("DELETE", f"/v2/images/{image}").status)
        self.assertEqual(410, finish_upload(sock, DATA[10:]))
        self.assertEqual(404, self.project.call("GET", f"/v2/images/{image}").status)

    def test_broken_off(self):
        image = self.project.image()
        sock = self.server.open_upload(image, 20, DATA[:10], self.project.owner)
        self.wait_for_status(image, "saving")
        sock.close()
        self.wait_for_status(image, "queued")
        self.assertEqual(204, self.project.upload(image).status)

    def wait_for_status(self, image, status):
        for _ in range(500):
            if self.project.show(image)["status"] == status:
                return
            time.sleep(0.01)
        self.fail(f"the image did not become {status}")

    def test_ranges(self):
        image = self.project.image(DATA)
        md5 = hashlib.md5(DATA).hexdigest()
        for name, range_, content_range, status, part, body in RANGES:
            with self.subTest(name):
                sent = {"Content-Range": content_range} if content_range else {}
                got = self.project.download(image, range_, sent)
                self.assertEqual((status, part), (got.status, got.headers.get("content-range")))
                if body is not None:
                    self.assertEqual((body, md5), (got.body, got.headers["content-md5"]))

    def test_prefer_with_one_store(self):
        self.assertEqual(400, self.project.download(self.project.image(DATA), query="?prefer=default").status)

    def test_keeps_the_connection_after_refusals(self):
        image = self.project.image(DATA)
        for _ in range(3):
            self.assertEqual(409, self.project.upload(image, bytes(1 << 20)).status)


class Stores(unittest.TestCase):
    def test_stores(self):
        with Server("--stores", "fast,slow") as server:
            project = Project(server)
            made = project.call("POST", "/v2/images", json.dumps(FORMATS).encode())
            self.assertEqual("fast,slow", made.headers["openstack-image-store-ids"])
            default, slow = project.image(DATA), project.image()
            self.assertEqual(204, project.upload(slow, DATA, {**OCTETS, "X-Image-Meta-Store": "slow"}).status)
            self.assertEqual(["fast", "slow"], [project.show(i)["stores"] for i in (default, slow)])
            for prefer, status in (("fast", 200), ("slow,fast", 200), ("slow", 200), ("none", 400), ("", 400),
                                   ("fast,", 400), (",fast", 400)):
                with self.subTest(prefer=prefer):
                    self.assertEqual(status, project.download(default, query=f"?prefer={prefer}").status)
            project.enter("prefer-denied")
            self.assertEqual(403, project.download(default, query="?prefer=fast").status)
            project.enter("download-denied")
            self.assertEqual(403, project.download(default).status)

    def test_faults_switch(self):
        fault = "/__mock/faults/image-data.upload.answers-204"
        with Server() as server:
            project = Project(server)
            for method, status, broken in (("PUT", 200, ["image-data.upload.answers-204"]), ("DELETE", 204, [])):
                with self.subTest(method):
                    self.assertEqual(204, server.call(method, fault).status)
                    self.assertEqual(broken, server.call("GET", "/__mock/state").json()["faults"])
                    self.assertEqual(status, project.upload(project.image(), DATA).status)

    def test_memory_ends(self):
        with Server("--memory", "128k") as server:
            project = Project(server)
            first = project.image(b"x" * 100000)
            second = project.image()
            self.assertEqual(413, project.upload(second, b"x" * 100000).status)
            self.assertEqual("queued", project.show(second)["status"])
            self.assertEqual(204, project.upload(second, bytes(1 << 20)).status)
            project.call("DELETE", f"/v2/images/{first}")
            self.assertEqual(204, project.upload(project.image(), b"x" * 100000).status)
            self.assertEqual(100000, server.call("GET", "/__mock/state").json()["stored_bytes"])


class CommandLine(unittest.TestCase):
    def run_mock(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=20, check=False)

    def test_usage(self):
        for name, arguments, sentence, status in USAGE:
            with self.subTest(name):
                ran = self.run_mock(*arguments)
                self.assertEqual((status, ""), (ran.returncode, ran.stdout))
                self.assertIn(sentence, ran.stderr)

    def test_busy_port(self):
        with Server() as server:
            ran = self.run_mock("--listen", f"127.0.0.1:{server.port}")
            self.assertEqual((2, 1), (ran.returncode, ran.stderr.count("\n")))
            self.assertIn("busy", ran.stderr)

    def test_lists(self):
        faults = json.loads(self.run_mock("--list-faults", "--json").stdout)["faults"]
        self.assertEqual(len(faults), len(self.run_mock("--list-faults").stdout.splitlines()))
        calls = json.loads(self.run_mock("--list-calls", "--json").stdout)["calls"]
        self.assertEqual([f"{c['method']:7} {c['path']}" for c in calls],
                         self.run_mock("--list-calls").stdout.splitlines())
        self.assertIn({"method": "PUT", "path": "/v2/images/{image_id}/file"}, calls)
        self.assertFalse([c for c in calls if "__mock" in c["path"]])
        self.assertEqual(0, self.run_mock("--help").returncode)
        self.assertIn("imageproof-mock", self.run_mock("--version").stdout)

    def test_admin_calls_are_asked_for(self):
        process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        server = Server.__new__(Server)
        server.process, server.port = process, int(process.stdout.readline().rsplit(":", 1)[1])
        with server:
            self.assertEqual(404, server.call("GET", "/__mock/state").status)


if __name__ == "__main__":
    unittest.main()
