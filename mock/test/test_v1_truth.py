#!/usr/bin/env python3
"""The Images API v1 answers as the last real server that had it was seen to answer: row by row under
`--quirks queens`, and without quirks in every row where the documents agree with that server."""

import hashlib
import json
import threading
import unittest
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mock_server import OCTETS, Project, Server, finish_upload

DATA = b"0123456789abcdefghij"
MD5 = hashlib.md5(DATA).hexdigest()
RAW = {"x-image-meta-name": "x", "x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
DISK_FORMATS = "ami ari aki vhd vhdx vmdk raw qcow2 vdi iso ploop".split()
CONTAINER_FORMATS = "ami ari aki bare ovf ova docker".split()
DETAIL_FIELDS = set("checksum container_format created_at deleted deleted_at disk_format id is_public min_disk "
                    "min_ram name owner properties protected size status updated_at virtual_size".split())
SPARSE_FIELDS = set("id name size disk_format container_format checksum".split())


class Elsewhere(BaseHTTPRequestHandler):
    """Where locations and copies come from."""

    REDIRECTS = {"/redirect": "/data", "/loop": "/loop", "/away": "http://localhost:1/data"}

    def do_GET(self):
        if self.path in self.REDIRECTS:
            self.send_response(302)
            self.send_header("Location", self.REDIRECTS[self.path])
            self.end_headers()
            return
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(DATA) + (self.path == "/short")))
        self.end_headers()
        self.wfile.write(DATA)

    def log_message(self, *_):
        pass


class V1(Project):
    """A project that speaks v1."""

    def post(self, headers=None, data=b"", token=0):
        sent = dict(headers or {})
        if data and "Content-Type" not in sent:
            sent.update(OCTETS)
        return self.call("POST", "/v1/images", data, sent, token)

    def make(self, headers=None, data=b"", token=0):
        """The id of a new image."""
        answer = self.post({**RAW, **(headers or {})}, data, token)
        assert answer.status == 201, (answer.status, answer.body)
        return answer.json()["image"]["id"]

    def put(self, image, headers=None, data=b"", token=0):
        return self.call("PUT", f"/v1/images/{image}", data, {**(OCTETS if data else {}), **(headers or {})}, token)

    def get(self, image, token=0, headers=None):
        return self.call("GET", f"/v1/images/{image}", headers=headers, token=token)

    def head(self, image, token=0):
        return self.call("HEAD", f"/v1/images/{image}", token=token)

    def delete(self, image, token=0):
        return self.call("DELETE", f"/v1/images/{image}", token=token)

    def status_of(self, image):
        return self.head(image).headers["x-image-meta-status"]

    def list(self, query="", token=0):
        return self.call("GET", f"/v1/images{query}", token=token)

    def names(self, query="", token=0, path="/v1/images"):
        answer = self.call("GET", path + query, token=token)
        assert answer.status == 200, answer.body
        return [image["name"] for image in answer.json()["images"]]

    def put_json(self, path, body, token=0):
        return self.call("PUT", path, json.dumps(body).encode(), {"Content-Type": "application/json"}, token)

    def share(self, image, member, can_share=None, token=0):
        path = f"/v1/images/{image}/members/{member}"
        if can_share is None:
            return self.call("PUT", path, token=token)
        return self.put_json(path, {"member": {"can_share": can_share}}, token)

    def members(self, image, token=0):
        answer = self.call("GET", f"/v1/images/{image}/members", token=token).json()
        return {m["member_id"]: m["can_share"] for m in answer.get("members", answer.get("memberships"))}

    @property
    def stranger(self):
        return self.other.split(":")[1]


class Rows:
    """The rows, for two servers: `arguments` and `quirks` are the subclass's."""

    arguments = ()
    quirks = False

    @classmethod
    def setUpClass(cls):
        cls.elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
        threading.Thread(target=cls.elsewhere.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.elsewhere.server_port}"
        cls.server = Server("--fetch-from", "127.0.0.1", *cls.arguments)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.elsewhere.shutdown()
        cls.elsewhere.server_close()

    def setUp(self):
        self.project = V1(self.server)
        self.addCleanup(self.remove_public)

    def remove_public(self):
        """Everybody sees them, in other tests too."""
        for image in self.project.list("?limit=1000", self.project.admin).json()["images"]:
            if self.project.head(image["id"], self.project.admin).headers["x-image-meta-is_public"] == "true":
                self.project.delete(image["id"], self.project.admin)

    def expect(self, status, answer, name=None):
        with self.subTest(name or self.id()):
            self.assertEqual(status, answer.status, answer.body)
        return answer

    # Versions, auth, methods

    def test_versions(self):
        for path in ("/", "/unknown/images"):
            body = self.expect(300, self.server.call("GET", path, headers={"Host": "images.example"}, token=None), path)
            links = {v["links"][0]["href"] for v in body.json()["versions"]}
            self.assertEqual({"http://images.example/v1/", "http://images.example/v2/"}, links)
        listed = self.expect(200, self.server.call("GET", "/versions", token=None)).json()
        self.assertEqual(listed, self.server.call("GET", "/", token=None).json())

    def test_paths(self):
        redirect = self.expect(302, self.project.call("GET", "/v1"))
        self.assertEqual("/v1/", redirect.headers["location"])
        self.project.make({"x-image-meta-name": "here"})
        for prefix in ("/v1/", "/v1.0/", "/v1.1/", "/v1/images", "/v1.0/images", "/v1.1/images"):
            self.assertEqual(["here"], self.project.names(path=prefix), prefix)
        for path in ("/v1/foo", "/v1/images/", "/v1/images/detail/", "/v1.1/foo", "/v1//images"):
            self.expect(404, self.project.call("GET", path), path)

    def test_tokens(self):
        for token in (None, "", "no-token"):
            for method, path in (("GET", "/v1/images"), ("POST", "/v1/images"), ("GET", "/v1/images/detail"),
                                 ("DELETE", f"/v1/images/{uuid.uuid4()}"), ("GET", "/v1/shared-images/x")):
                self.expect(401, self.server.call(method, path, token=token), (method, path, token))

    def test_methods(self):
        rows = [("images", "GET, POST", ("PUT", "DELETE", "HEAD")),
                ("images/x", "GET, HEAD, PUT, DELETE", ("POST", "PATCH")),
                ("images/x/members", "GET, PUT", ("POST", "DELETE")),
                ("images/x/members/y", "GET, PUT, DELETE", ("POST", "GET"))]
        for path, allow, methods in rows:
            for method in methods:
                answer = self.expect(405, self.project.call(method, f"/v1/{path}"), (method, path))
                self.assertEqual(allow, answer.headers["allow"])

    def test_error_bodies(self):
        path = f"/v1/images/{uuid.uuid4()}"
        plain = self.project.call("GET", path)
        self.assertTrue(plain.headers["content-type"].startswith("text/plain"), plain.headers)
        html = self.project.call("GET", path, headers={"Accept": "*/*"})
        self.assertTrue(html.headers["content-type"].startswith("text/html"), html.headers)
        as_json = self.project.call("GET", path, headers={"Accept": "application/json"})
        self.assertEqual({"message", "code", "title"}, set(as_json.json()))

    # POST /v1/images

    def test_create_without_data(self):
        answer = self.expect(201, self.project.post())
        image = answer.json()["image"]
        self.assertEqual("queued", image["status"])
        self.assertEqual(DETAIL_FIELDS, set(image))
        self.assertEqual(f"http://127.0.0.1:{self.server.port}/v1/images/{image['id']}", answer.headers["location"])
        self.assertNotIn("etag", answer.headers)
        empty = self.expect(201, self.project.post({**RAW, "x-image-meta-size": "0"})).json()["image"]
        self.assertEqual("active", empty["status"])
        self.assertEqual(b"", self.expect(200, self.project.get(empty["id"])).body)
        nine = self.expect(201, self.project.post({**RAW, "x-image-meta-size": "9"})).json()["image"]
        self.assertEqual(("queued", 9), (nine["status"], nine["size"]))

    def test_create_with_data(self):
        answer = self.expect(201, self.project.post(RAW, DATA))
        self.assertEqual("active", answer.json()["image"]["status"])
        self.assertEqual(MD5, answer.headers["etag"])
        self.assertIn("location", answer.headers)
        self.expect(201, self.project.post(RAW, iter([DATA])), "in chunks")
        self.expect(201, self.project.post({**RAW, "x-image-meta-size": "0"}, DATA), "a size of 0 is unset")
        nameless = {k: v for k, v in RAW.items() if k != "x-image-meta-name"}
        self.expect(201 if self.quirks else 400, self.project.post(nameless, DATA), "the name is optional")

    def killed_or_queued(self, left, status, headers, data=DATA):
        image = str(uuid.uuid4())
        self.expect(status, self.project.post({**RAW, "x-image-meta-id": image, **headers}, data), headers)
        self.assertEqual(left, self.project.status_of(image))
        self.expect(404, self.project.get(image))

    def test_create_with_wrong_data(self):
        self.killed_or_queued("killed", 400, {"x-image-meta-size": "19"})
        self.killed_or_queued("killed", 400, {"x-image-meta-size": "21"})
        self.killed_or_queued("killed", 400, {"x-image-meta-checksum": "0" * 32})
        self.killed_or_queued("killed", 400, {"Content-Type": "text/plain"})
        for absent in ("disk_format", "container_format"):
            image = str(uuid.uuid4())
            headers = {k: v for k, v in RAW.items() if absent not in k}
            self.expect(400, self.project.post({**headers, "x-image-meta-id": image}, DATA), absent)
            self.assertEqual("queued", self.project.status_of(image))

    # Headers that are refused with 400, and nothing is created.
    REFUSED = [
        ("checksum", "0" * 33), ("size", "-1"), ("size", "many"), ("size", "1.5"), ("size", ""),
        ("min_disk", "-1"), ("min_disk", "many"), ("min_disk", str(2**31)),
        ("min_ram", "-1"), ("min_ram", "many"), ("min_ram", str(2**31)),
        ("disk_format", "floppy"), ("disk_format", "RAW"), ("disk_format", ""),
        ("container_format", "crate"), ("container_format", "Bare"), ("container_format", ""),
        ("name", "n" * 256), ("store", "nowhere"), ("nothing", "known"),
    ]

    def test_create_refused(self):
        for field, value in self.REFUSED:
            image = str(uuid.uuid4())
            headers = {**RAW, "x-image-meta-id": image, f"x-image-meta-{field}": value}
            self.expect(400, self.project.post(headers), (field, value))
            self.expect(404, self.project.head(image), (field, value))
        self.expect(400, self.project.post({"x-image-meta-id": "no-uuid"}))
        self.expect(201, self.project.post({**RAW, "x-image-meta-name": "n" * 255}))
        self.expect(201, self.project.post({**RAW, "x-image-meta-min_ram": str(2**31 - 1)}))

    def test_formats(self):
        for disk in DISK_FORMATS:
            sent = {"x-image-meta-disk_format": disk}
            image = self.expect(201, self.project.post(sent), disk).json()["image"]
            self.assertEqual(disk if disk[0] == "a" else None, image["container_format"])
        for container in CONTAINER_FORMATS:
            image = self.expect(201, self.project.post({"x-image-meta-container_format": container}), container)
            self.assertEqual(container if container[0] == "a" else None, image.json()["image"]["disk_format"])
        for disk, container in (("ami", "aki"), ("ari", "bare"), ("raw", "ami")):
            sent = {"x-image-meta-disk_format": disk, "x-image-meta-container_format": container}
            self.expect(400, self.project.post(sent), (disk, container))

    def test_ids(self):
        mine = self.project.make()
        deleted = self.project.make()
        theirs = self.project.make(token=self.project.other)
        self.project.delete(deleted)
        for image in (mine, deleted, theirs):
            self.expect(409, self.project.post({"x-image-meta-id": image}))

    def test_rights(self):
        public = {**RAW, "x-image-meta-is_public": "True"}
        self.expect(403, self.project.post(public))
        self.expect(201, self.project.post(public, token=self.project.admin))
        self.project.enter("property-protected")
        self.expect(403, self.project.post({**RAW, "x-image-meta-property-x_protected": "1"}))
        self.expect(201, self.project.post({**RAW, "x-image-meta-property-other": "1"}))
        image = self.project.make({"x-image-meta-property-x_protected": "1"}, token=self.project.admin)
        self.expect(403, self.project.put(image), "removes it")
        self.expect(403, self.project.put(image, {"x-image-meta-property-x_protected": "2"}))
        self.expect(200, self.project.put(image, {"x-glance-registry-purge-props": "false"}))

    def test_location(self):
        image = self.project.make({"x-image-meta-location": self.url + "/data"})
        shown = self.expect(200, self.project.get(image))
        self.assertEqual((DATA, "active", str(len(DATA))),
                         (shown.body, shown.headers["x-image-meta-status"], shown.headers["x-image-meta-size"]))
        self.expect(201, self.project.post({**RAW, "x-image-meta-location": self.url + "/redirect"}))
        rows = [("/missing", 404), ("/short", 400), ("/away", 400), ("/loop", 400)]
        for path, status in rows:
            self.refused_source(status, "x-image-meta-location", self.url + path)
        for url in ("file:///etc/passwd", "nowhere://x/y", "swift://x", "/data", "http://localhost:1/data"):
            self.refused_source(400, "x-image-meta-location", url)
        self.refused_source(400, "x-image-meta-location", self.url + "/data", DATA)

    def refused_source(self, status, header, url, data=b""):
        image = str(uuid.uuid4())
        self.expect(status, self.project.post({**RAW, "x-image-meta-id": image, header: url}, data), url)
        self.expect(404, self.project.head(image), url)

    def wait_for(self, image, status):
        for _ in range(1000):
            if self.project.status_of(image) not in ("queued", "saving"):
                break
        self.assertEqual(status, self.project.status_of(image))

    def test_copy_from(self):
        answer = self.expect(201, self.project.post({**RAW, "x-glance-api-copy-from": self.url + "/data"}))
        self.assertEqual("queued", answer.json()["image"]["status"])
        image = answer.json()["image"]["id"]
        self.wait_for(image, "active")
        self.assertEqual(DATA, self.project.get(image).body)
        self.assertEqual(MD5, self.project.head(image).headers["x-image-meta-checksum"])
        for path in ("/missing", "/short", "/away"):
            self.wait_for(self.project.make({"x-glance-api-copy-from": self.url + path}), "killed")
        self.wait_for(self.project.make({"x-glance-api-copy-from": self.url + "/data", "x-image-meta-size": "9"}),
                      "killed")
        self.refused_source(400, "x-glance-api-copy-from", "file:///etc/passwd")
        self.refused_source(400, "x-glance-api-copy-from", self.url + "/data", DATA)

    def test_limits(self):
        self.project.limit("image_size_cap", 10)
        told = str(uuid.uuid4())
        self.expect(400, self.project.post({**RAW, "x-image-meta-id": told}, DATA))
        self.expect(404, self.project.head(told))
        self.expect(400, self.project.post({**RAW, "x-image-meta-size": "11"}))
        self.killed_or_queued("killed", 413, {}, iter([DATA]))
        self.project.limit("image_size_cap", "1M")
        self.project.limit("project_quota", 19)
        self.killed_or_queued("killed", 413, {})
        self.project.limit("property_quota", 1)
        self.expect(201, self.project.post({"x-image-meta-property-a": "1"}))
        self.expect(413, self.project.post({"x-image-meta-property-a": "1", "x-image-meta-property-b": "1"}))

    # Lists

    def test_list_items(self):
        image = self.project.make({"x-image-meta-property-distro": "a b"}, DATA)
        sparse = self.expect(200, self.project.list()).json()["images"][0]
        self.assertEqual({"id": image, "name": "x", "size": len(DATA), "disk_format": "raw",
                          "container_format": "bare", "checksum": MD5}, sparse)
        detail = self.project.call("GET", "/v1/images/detail").json()["images"][0]
        self.assertEqual(DETAIL_FIELDS, set(detail))
        self.assertEqual({"distro": "a b"}, detail["properties"])

    def test_list_order_and_limit(self):
        for i in range(26):
            self.project.make({"x-image-meta-name": f"n{i:02}"})
        newest_first = [f"n{i:02}" for i in reversed(range(26))]
        self.assertEqual(newest_first[:25], self.project.names())
        self.assertEqual(newest_first, self.project.names("?limit=1000"))
        self.assertEqual([], self.project.names("?limit=0"))
        marker = self.project.list("?limit=1").json()["images"][0]["id"]
        self.assertEqual(newest_first[1:3], self.project.names(f"?limit=2&marker={marker}"))
        self.assertEqual(["n00"], self.project.names("?sort_key=name&sort_dir=asc&limit=1"))

    def test_list_visibility(self):
        name = uuid.uuid4().hex
        named = {"x-image-meta-name": name}
        project = self.project
        private = project.make(named)
        project.make({**named, "x-image-meta-is_public": "True"}, token=project.admin)
        self.assertEqual(2, len(project.names(f"?name={name}")))
        self.assertEqual(1, len(project.names(f"?name={name}", token=project.other)))
        project.share(private, project.stranger)
        self.assertEqual(2, len(project.names(f"?name={name}", token=project.other)))

    # Query, and how many of the four images below it lists.
    FILTERS = [
        ("", 4), ("name=a", 1), ("name=A", 0), ("disk_format=qcow2", 1), ("container_format=ovf", 1),
        ("status=active", 2), ("status=queued", 2), ("status=nothing", 0), ("disk_format=nothing", 0),
        ("container_format=nothing", 0), ("size_min=20", 1), ("size_min=1&size_max=19", 1), ("size_max=0", 2),
        ("min_ram=11", 1), ("property-distro=x", 1), ("property-distro=y", 0), ("property-none=x", 0),
        ("name=a&disk_format=raw", 1), ("name=a&disk_format=qcow2", 0), ("colour=blue", 4),
        ("name=b&name=a", 1), ("name=a&name=nothing", 0), ("protected=False", 4),
        ("name=e", 0), ("changes-since=2010-01-01T00:00:00&name=e", 1), ("changes-since=2037-01-01", 0),
        ("changes-since=2010-01-01T00:00:00&status=deleted&name=e", 1),
    ]

    def test_filters(self):
        project = self.project
        project.make({"x-image-meta-name": "a"}, DATA)
        project.make({"x-image-meta-name": "b", "x-image-meta-disk_format": "qcow2"}, DATA[:10])
        project.make({"x-image-meta-name": "c", "x-image-meta-container_format": "ovf", "x-image-meta-min_ram": "11"})
        project.make({"x-image-meta-name": "d", "x-image-meta-property-distro": "x"})
        project.delete(project.make({"x-image-meta-name": "e"}))
        for path in ("/v1/images", "/v1/images/detail"):
            for query, count in self.FILTERS:
                with self.subTest((path, query)):
                    self.assertEqual(count, len(project.names("?" + query, path=path)))

    BAD_QUERIES = [
        "size_min=-1", "size_min=x", "size_max=-1", "size_max=1.5", "min_ram=-1", "min_ram=x", "limit=-1", "limit=x",
        "changes-since=yesterday", "changes-since=2015-02-29", "changes-since=", "sort_key=owner", "sort_key=",
        "sort_key=Name", "sort_dir=up", "sort_dir=ASC", "sort_dir=", "marker=" + str(uuid.uuid4()), "marker=x",
    ]

    def test_bad_queries(self):
        theirs = self.project.make(token=self.project.other)
        for path in ("/v1/images", "/v1/images/detail"):
            for query in self.BAD_QUERIES + [f"marker={theirs}"]:
                self.expect(400, self.project.call("GET", f"{path}?{query}"), (path, query))

    def test_sorts(self):
        project = self.project
        project.make({"x-image-meta-name": "a", "x-image-meta-disk_format": "vmdk"}, DATA)
        project.make({"x-image-meta-name": "b", "x-image-meta-container_format": "aki",
                      "x-image-meta-disk_format": "aki"})
        for key in ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"):
            ascending = project.names(f"?sort_key={key}&sort_dir=asc")
            with self.subTest(key):
                self.assertEqual(["a", "b"], sorted(ascending))
                self.assertEqual(ascending[::-1], project.names(f"?sort_key={key}&sort_dir=desc"))

    # GET and HEAD

    def test_get(self):
        image = self.project.make({}, DATA)
        for headers in ({}, {"Range": "bytes=0-9"}):
            answer = self.expect(200, self.project.get(image, headers=headers), headers)
            self.assertEqual(DATA, answer.body)
            self.assertEqual(("application/octet-stream", str(len(DATA)), MD5, image),
                             tuple(answer.headers[h] for h in ("content-type", "content-length", "etag",
                                                               "x-image-meta-id")))

    def states(self):
        """An image in each state, by the word of the state, and a foreign and an unknown one."""
        project = self.project
        images = {"queued": project.make(), "active": project.make({}, DATA), "deleted": project.make({}, DATA),
                  "deactivated": project.make({}, DATA), "saving": project.make(), "killed": str(uuid.uuid4()),
                  "foreign": project.make({}, DATA, token=project.other), "unknown": str(uuid.uuid4())}
        project.delete(images["deleted"])
        project.call("POST", f"/v2/images/{images['deactivated']}/actions/deactivate", token=project.admin)
        project.post({**RAW, "x-image-meta-id": images["killed"], "x-image-meta-size": "1"}, DATA)
        self.held = self.server.open_upload(images["saving"], 20, DATA[:10], project.owner)
        while project.status_of(images["saving"]) != "saving":
            pass
        return images

    # By state: GET, HEAD, PUT with data.
    STATES = {"queued": (404, 200, 200), "saving": (404, 200, 409), "killed": (404, 200, 409),
              "deleted": (404, 404, 404), "foreign": (404, 404, 404), "unknown": (404, 404, 404),
              "deactivated": (403, 200, 409), "active": (200, 200, 409)}

    def test_states(self):
        images = self.states()
        for state, (get, head, put) in self.STATES.items():
            self.expect(get, self.project.get(images[state]), ("GET", state))
            self.expect(head, self.project.head(images[state]), ("HEAD", state))
            self.expect(put, self.project.put(images[state], data=DATA), ("PUT", state))
        self.assertEqual(204, finish_upload(self.held, DATA[10:]))
        self.assertEqual("active", self.project.status_of(images["queued"]))

    # PUT

    def test_put_metadata(self):
        project = self.project
        image = project.make({"x-image-meta-property-a": "1", "x-image-meta-property-b": "1"}, DATA)
        keep = {"x-glance-registry-purge-props": "false"}
        rows = [({"x-image-meta-property-a": "2", **keep}, {"a": "2", "b": "1"}),
                ({"x-image-meta-property-c": "3"}, {"c": "3"}), ({}, {})]
        for headers, properties in rows:
            answer = self.expect(200, project.put(image, headers), headers)
            self.assertEqual(properties, answer.json()["image"]["properties"])

    def test_put_data(self):
        project = self.project
        image = project.make({"x-image-meta-property-a": "1"})
        answer = self.expect(200, project.put(image, data=DATA))
        self.assertEqual(("active", {"a": "1"}),
                         tuple(answer.json()["image"][key] for key in ("status", "properties")))
        wrong = [({}, {"x-image-meta-size": "19"}), ({}, {"x-image-meta-checksum": "0" * 32}),
                 ({"x-image-meta-size": "19"}, {}), ({"x-image-meta-checksum": "0" * 32}, {})]
        for reserved, sent in wrong:
            image = project.make(reserved)
            self.expect(400, project.put(image, sent, DATA), (reserved, sent))
            self.assertEqual("killed", project.status_of(image))

    def test_put_refused(self):
        project = self.project
        active = project.make({}, DATA)
        public = project.make({"x-image-meta-is_public": "True"}, token=project.admin)
        theirs = project.make(token=project.other)
        named = {"x-image-meta-name": "new"}
        rows = [(active, {"x-image-meta-id": str(uuid.uuid4())}, 403), (active, {"x-image-meta-status": "queued"}, 403),
                (active, {"x-image-meta-size": "21"}, 403), (active, {"x-image-meta-checksum": "0" * 32}, 403),
                (active, {"x-image-meta-size": "20", "x-image-meta-checksum": MD5, "x-image-meta-id": active,
                          "x-image-meta-status": "active"}, 200),
                (theirs, named, 404), (str(uuid.uuid4()), named, 404)]
        for image, headers, status in rows:
            self.expect(status, project.put(image, headers), headers)
        self.expect(200, project.put(active, {"x-image-meta-size": "21"}, token=project.admin))
        self.expect(403, project.call("PUT", f"/v1/images/{public}", headers=named, token=project.other))
        project.delete(active)
        self.expect(404, project.put(active, named))

    # DELETE

    def test_delete(self):
        project = self.project
        image = project.make({}, DATA)
        answer = self.expect(200 if self.quirks else 204, project.delete(image))
        self.assertEqual(b"", answer.body)
        protected = project.make({"x-image-meta-protected": "True"})
        public = project.make({"x-image-meta-is_public": "True"}, token=project.admin)
        theirs = project.make(token=project.other)
        rows = [("again", image, 404, 0), ("unknown", str(uuid.uuid4()), 404, 0), ("foreign", theirs, 404, 0),
                ("protected", protected, 403, 0), ("foreign public", public, 403, project.other)]
        for name, of, status, token in rows:
            self.expect(status, project.delete(of, token), name)

    # Members

    def test_members(self):
        project = self.project
        image = project.make()
        self.expect(204, project.share(image, "a"))
        self.expect(204, project.share(image, "b", True))
        self.assertEqual({"a": False, "b": True}, project.members(image))
        self.expect(204, project.share(image, "b"))
        self.expect(204, project.share(image, "a", True))
        self.assertEqual({"a": True, "b": True}, project.members(image))
        self.expect(204, project.share(image, project.stranger))
        self.assertEqual({project.stranger: False}, project.members(image, project.other))
        listed = project.call("GET", f"/v1/images/{image}/members").json()
        self.assertEqual(["members" if self.quirks else "memberships"], list(listed))
        removal = project.call("DELETE", f"/v1/images/{image}/members/a")
        self.expect(204, removal)
        self.expect(404, project.call("DELETE", f"/v1/images/{image}/members/a"))
        for of in (str(uuid.uuid4()), project.make(token=project.other)):
            self.expect(404, project.call("GET", f"/v1/images/{of}/members"))

    def test_replace_members(self):
        project = self.project
        image = project.make()
        path = f"/v1/images/{image}/members"
        project.share(image, "a", True)
        rows = [([{"member_id": "a"}, {"member_id": "b", "can_share": True}, {"member_id": "c"}],
                 {"a": True, "b": True, "c": False}), ([{"member_id": "b"}], {"b": True}), ([], {})]
        for memberships, members in rows:
            self.expect(204, project.put_json(path, {"memberships": memberships}), memberships)
            self.assertEqual(members, project.members(image))
        bad = [b"{", b"[]", b"{}", b'{"members": []}', b'{"memberships": {}}', b'{"memberships": [{}]}',
               b'{"memberships": ["a"]}', b'{"memberships": [{"member_id": 1}]}', b"null", b""]
        for body in bad:
            self.expect(400, project.call("PUT", path, body), body)

    def test_rights_to_share(self):
        project = self.project
        image = project.make()
        members = f"/v1/images/{image}/members"
        body = {"memberships": [{"member_id": "x"}]}
        for _ in range(2):  # as a stranger, then as a member that cannot share
            self.expect(404, project.share(image, "x", token=project.other))
            self.expect(404, project.put_json(members, body, project.other))
            self.expect(404, project.call("DELETE", f"{members}/{project.stranger}", token=project.other))
            project.share(image, project.stranger)
        project.share(image, project.stranger, True)
        self.expect(204, project.share(image, "x", token=project.other))

    def test_limits_of_members(self):
        project = self.project
        image = project.make()
        project.limit("member_quota", 1)
        self.expect(204, project.share(image, "a"))
        self.expect(204, project.share(image, "a"))
        self.expect(413, project.share(image, "b"))
        two = {"memberships": [{"member_id": "a"}, {"member_id": "b"}]}
        self.expect(413, project.put_json(f"/v1/images/{image}/members", two))
        project.enter("members-denied")
        self.expect(403, project.share(image, "a"))

    def test_shared_images(self):
        project = self.project
        image = project.make()
        project.share(image, "a", True)
        asked = {"a": [{"image_id": image, "can_share": True}], project.name: []}
        if not self.quirks:
            asked = {"a": [], project.name: asked["a"]}
        for tenant, shared in asked.items():
            answer = self.expect(200, project.call("GET", f"/v1/shared-images/{tenant}"))
            self.assertEqual({"shared_images": shared}, answer.json())
            hidden = self.expect(200, project.call("GET", f"/v1/shared-images/{tenant}", token=project.other))
            self.assertEqual({"shared_images": []}, hidden.json())


class Choice(unittest.TestCase):
    """--api chooses what is served; a version that is not is one that nobody knows."""

    ROWS = [("images-v1", "/v1/images", 200), ("images-v1", "/v2/images", 300), ("images-v2", "/v1/images", 300),
            ("images-v2", "/v1", 300), ("images-v2", "/v2/images", 200), ("images-v1,images-v2", "/v1/images", 200),
            ("images-v1,images-v2", "/v2/images", 200)]

    def test_apis(self):
        for apis, path, status in self.ROWS:
            with self.subTest((apis, path)), Server("--api", apis) as server:
                self.assertEqual(status, server.call("GET", path).status)
                served = {f"/{api[-2:]}/" for api in apis.split(",")}
                versions = server.call("GET", "/versions", token=None).json()["versions"]
                self.assertEqual(served, {v["links"][0]["href"][-4:] for v in versions})


class Editions(unittest.TestCase):
    """Where the documents disagree the mock follows the one that --edition names."""

    # edition, status of POST, keys of its body, name of the list of members, fields of an item
    ROWS = [("in-tree", 201, {"image"}, "memberships", SPARSE_FIELDS),
            ("api-site", 201, {"location"}, "members", {"uri", "name", "disk_format", "container_format", "size"}),
            ("create-page", 202, {"location"}, "memberships", SPARSE_FIELDS)]

    def test_editions(self):
        for edition, status, keys, members, fields in self.ROWS:
            with self.subTest(edition), Server("--edition", edition) as server:
                project = V1(server)
                answer = project.post(RAW, DATA)
                self.assertEqual((status, keys), (answer.status, set(answer.json())))
                image = answer.headers["location"].rsplit("/", 1)[1]
                listed = project.call("GET", f"/v1/images/{image}/members").json()
                self.assertEqual({members: []}, listed)
                self.assertEqual(fields, set(project.list().json()["images"][0]))

    def test_required_by_the_create_page(self):
        with Server("--edition", "create-page") as server:
            for field in RAW:
                headers = {name: value for name, value in RAW.items() if name != field}
                self.assertEqual(400, V1(server).post(headers).status, field)


class Documented(Rows, unittest.TestCase):
    """Without quirks; next and previous are documented, and no real server has them."""

    def test_links(self):
        for i in range(3):
            self.project.make({"x-image-meta-name": str(i)})
        for query in ("?limit=1", "?limit=1&sort_key=name&sort_dir=asc"):
            seen, path = [], "/v1/images/detail" + query
            pages = []
            while path:
                page = self.project.call("GET", path).json()
                pages.append(path)
                seen += [image["name"] for image in page["images"]]
                if "previous" in page:
                    before = self.project.call("GET", page["previous"]).json()
                    self.assertEqual([seen[-2]], [image["name"] for image in before["images"]])
                path = page.get("next")
            self.assertEqual(["0", "1", "2"], sorted(seen))
            self.assertNotIn("previous", self.project.call("GET", pages[0]).json())


class Queens(Rows, unittest.TestCase):
    arguments = ("--quirks", "queens")
    quirks = True

    def test_no_links(self):
        self.project.make()
        self.project.make()
        body = self.project.call("GET", "/v1/images/detail?limit=1").json()
        self.assertEqual({"images"}, set(body))

    def test_can_share_alone_is_ignored(self):
        image = self.project.make()
        self.expect(204, self.project.put_json(f"/v1/images/{image}/members/a", {"can_share": True}))
        self.assertEqual({"a": False}, self.project.members(image))


if __name__ == "__main__":
    unittest.main()
