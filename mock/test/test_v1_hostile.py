#!/usr/bin/env python3
"""Input that nobody means well with: the Images API v1 answers each with a 4xx, never with a 5xx or not at
all, stores nothing of it, and goes on to answer others."""

import json
import socket
import unittest
import uuid

from mock_server import OCTETS, TIMEOUT_S, Project, Server

RAW = {"x-image-meta-name": "x", "x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
MIB = 1024 * 1024
UNKNOWN = str(uuid.uuid4())
LINK = "http://127.0.0.1:1/x"


def meta(**fields):
    return {f"x-image-meta-{name}": value for name, value in fields.items()}


# name, headers of a POST without a body, statuses it may have. The server's own limit of headers is 431.
HEADERS = [
    ("a header of 1 MiB", meta(name="n" * MIB), {431}),
    ("a property of 1 MiB", {"x-image-meta-property-a": "n" * MIB}, {431}),
    ("10,000 properties", {f"x-image-meta-property-p{i}": "1" for i in range(10000)}, {431}),
    ("1,000 properties", {f"x-image-meta-property-p{i}": "1" for i in range(1000)}, {413}),
    ("129 properties", {f"x-image-meta-property-p{i}": "1" for i in range(129)}, {413}),
    ("a property without a name", {"x-image-meta-property-": "1"}, {400}),
    ("a property named like a field", {"x-image-meta-property-owner": "1"}, {400}),
    ("a property named like a field of v2", {"x-image-meta-property-visibility": "1"}, {400}),
    ("a property with a long name", {"x-image-meta-property-" + "n" * 256: "1"}, {400}),
    ("a field that there is not", meta(colour="blue"), {400}),
    ("a field without a name", {"x-image-meta-": "1"}, {400}),
    ("a name of 256 characters", meta(name="n" * 256), {400}),
    ("a name of 256 characters of UTF-8", meta(name="\u00fc" * 256), {400}),
    ("a name that is no UTF-8", meta(name=b"\xff\xfe".decode("latin-1")), {400}),
    ("a name cut off within UTF-8", meta(name=b"\xe2\x82".decode("latin-1")), {400}),
    ("a name of overlong UTF-8", meta(name=b"\xc0\x80".decode("latin-1")), {400}),
    ("a size of 2^63", meta(size=str(2**63)), {400}),
    ("a size of 2^64", meta(size=str(2**64)), {400}),
    ("a size of 2^63-1", meta(size=str(2**63 - 1)), {400}),
    ("a size of 10^100", meta(size="1" + "0" * 100), {400}),
    ("a size of -1", meta(size="-1"), {400}),
    ("a size of -0", meta(size="-0"), {400}),
    ("a size with a plus", meta(size="+1"), {400}),
    ("a size in hexadecimal", meta(size="0x10"), {400}),
    ("a size in other digits", meta(size="\u0661".encode().decode("latin-1")), {400}),
    ("no size", meta(size=""), {400}),
    ("a min_disk of 2^31", meta(min_disk=str(2**31)), {400}),
    ("a min_ram of 2^63", meta(min_ram=str(2**63)), {400}),
    ("an id that leads elsewhere", meta(id="../../etc/passwd"), {400}),
    ("an id of 37 characters", meta(id=UNKNOWN + "0"), {400}),
    ("a checksum of 1000 characters", meta(checksum="0" * 1000), {400}),
    ("a format of 1000 characters", meta(disk_format="r" * 1000), {400}),
    ("a store of 1000 characters", meta(store="r" * 1000), {400}),
    ("a file", meta(location="file:///etc/passwd"), {400}),
    ("a file to copy", {"x-glance-api-copy-from": "file:///etc/passwd"}, {400}),
    ("a host before the host", meta(location="http://127.0.0.1@localhost:1/"), {400}),
    ("a port before the host", meta(location="http://127.0.0.1:1@localhost:1/"), {400}),
    ("a host hidden by a backslash", meta(location="http://localhost\\@127.0.0.1:1/"), {400}),
    ("a host in hexadecimal that is not allowed", meta(location="http://0x7f000002:1/"), {400}),
    ("another scheme", meta(location="gopher://127.0.0.1:1/x"), {400}),
    ("no host", meta(location="http:///x"), {400}),
    ("a long address", meta(location="http://127.0.0.1:1/" + "x" * 20000), {400}),
    ("nobody listens there", meta(location=LINK), {400}),
]

QUERIES = [
    ("a date that does not exist", "changes-since=2015-02-29T00:00:00Z", {400}),
    ("a month that does not exist", "changes-since=2015-13-01", {400}),
    ("an hour that does not exist", "changes-since=2015-12-01T25:00:00", {400}),
    ("a date of 1000 digits", "changes-since=" + "1" * 1000, {400}),
    ("a limit of 2^64", f"limit={2**64}", {400}),
    ("a limit of -1", "limit=-1", {400}),
    ("a size_min of 2^64", f"size_min={2**64}", {400}),
    ("a size_max of -1", "size_max=-1", {400}),
    ("a marker that leads elsewhere", "marker=../../x", {400}),
    ("a broken encoding", "name=%zz", {400}),
    ("a NUL", "name=%00", {400}),
    ("65 filters", "&".join("name=x" for _ in range(65)), {400}),
    ("a query of 1 MiB", "name=" + "n" * MIB, {400, 414, 431}),
    ("two sorts of which one is none", "sort_key=name&sort_key=owner", {400}),
]

# What PUT members is sent.
MEMBERS = [
    ("no JSON", b"{", {400}),
    ("no UTF-8", b'{"memberships": [{"member_id": "\xff"}]}', {400}),
    ("arrays in arrays", b"[" * 100000, {400}),
    ("a member that is a number", b'{"memberships": [{"member_id": 1}]}', {400}),
    ("a member without a name", b'{"memberships": [{"member_id": ""}]}', {400}),
    ("a long member", json.dumps({"memberships": [{"member_id": "m" * 256}]}).encode(), {400}),
    ("10,000 members", json.dumps({"memberships": [{"member_id": str(i)} for i in range(10000)]}).encode(), {413}),
    ("2 MiB", b" " * 2 * MIB, {413}),
]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--fetch-from", "127.0.0.1:1")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.project = Project(self.server)

    def send(self, method, path, headers=None, body=b""):
        """The status of an answer, by a socket that takes any header, and an answer before all is sent."""
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"X-Auth-Token: {self.project.owner}",
                 f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=TIMEOUT_S) as sock:
            try:
                sock.sendall("\r\n".join(lines + ["", ""]).encode("latin-1", "replace") + body)
            except OSError:
                pass  # the answer is there already
            return self.status_from(sock)

    @staticmethod
    def status_from(sock):
        answer = b""
        while b"\r\n" not in answer:
            piece = sock.recv(4096)
            if not piece:
                break
            answer += piece
        return int(answer.split()[1]) if answer else 0

    def count(self):
        return len(self.project.call("GET", "/v1/images?changes-since=2000-01-01").json()["images"])

    def test_headers(self):
        for name, headers, statuses in HEADERS:
            with self.subTest(name):
                self.assertIn(self.send("POST", "/v1/images", {**RAW, **headers}), statuses)
                self.assertEqual(0, self.count())

    def test_changes(self):
        image = self.project.image()
        before = self.project.show(image)
        for name, headers, statuses in HEADERS:
            with self.subTest(name):
                self.assertIn(self.send("PUT", f"/v1/images/{image}", headers), statuses | {403, 404})
                after = self.project.show(image)
                self.assertEqual({**before, "updated_at": ""}, {**after, "updated_at": ""})

    def test_names(self):
        for name in ("n" * 255, "\u00fc" * 255, "\U0001f4be" * 255, "a\tb", "'; DROP TABLE images; --", "<b>&amp;"):
            with self.subTest(name[:10]):
                sent = name.encode().decode("latin-1")
                answer = self.project.call("POST", "/v1/images", headers=meta(name=sent))
                self.assertEqual(201, answer.status, answer.body)
                self.assertEqual(name, answer.json()["image"]["name"])
                image = answer.json()["image"]["id"]
                shown = self.project.call("HEAD", f"/v1/images/{image}").headers.get("x-image-meta-name")
                if "\t" not in name:
                    self.assertEqual(sent, shown)

    def test_queries(self):
        theirs = self.project.image()
        self.project = Project(self.server)
        for path in ("/v1/images", "/v1/images/detail"):
            for name, query, statuses in QUERIES + [("a marker of another owner", f"marker={theirs}", {400})]:
                with self.subTest(name):
                    self.assertIn(self.send("GET", f"{path}?{query}"), statuses)

    def test_members(self):
        image = self.project.image()
        for name, body, statuses in MEMBERS:
            with self.subTest(name):
                self.assertIn(self.send("PUT", f"/v1/images/{image}/members", body=body), statuses)
                listed = self.project.call("GET", f"/v1/images/{image}/members").json()
                self.assertEqual({"memberships": []}, listed)
        self.assertEqual(400, self.send("PUT", f"/v1/images/{image}/members/{'m' * 256}"))
        self.assertEqual(400, self.send("PUT", f"/v1/images/{image}/members/a%00b"))
        self.assertEqual(400, self.send("PUT", f"/v1/images/{image}/members/a", body=b"{"))

    def test_bodies_that_break_off(self):
        headers = "".join(f"{name}: {value}\r\n" for name, value in {**RAW, **OCTETS}.items())
        for framing, body in (("Content-Length: 100", b"x" * 50), ("Transfer-Encoding: chunked", b"32\r\n" + b"x" * 50),
                              ("Transfer-Encoding: chunked", b"zz\r\n")):
            image = str(uuid.uuid4())
            head = (f"POST /v1/images HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {self.project.owner}\r\n{headers}"
                    f"x-image-meta-id: {image}\r\n{framing}\r\n\r\n")
            with self.subTest(framing), socket.create_connection(("127.0.0.1", self.server.port)) as sock:
                sock.sendall(head.encode() + body)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(4096):
                    pass
                self.assertEqual("killed", self.settled(image))

    def settled(self, image):
        """The status once it is neither queued nor saving; the look goes by another connection."""
        for _ in range(2000):
            status = self.project.call("HEAD", f"/v1/images/{image}").headers["x-image-meta-status"]
            if status not in ("queued", "saving"):
                break
        return status

    # Properties of v2, which takes any, and whether v1 can show them in a header.
    PROPERTIES = [("plain", "a b", True), ("utf", "\u00fc", True), ("crlf", "a\r\nx-evil: 1", False),
                  ("tab", "a\tb", False), ("a b", "1", False), ("a:b", "1", False), ("", "1", False),
                  ("\u00fc", "1", False)]

    def test_properties_that_no_header_can_carry(self):
        image = self.project.image(**{name: value for name, value, _ in self.PROPERTIES}, data=b"x")
        for method in ("GET", "HEAD"):
            answer = self.project.call(method, f"/v1/images/{image}")
            self.assertEqual(200, answer.status)
            self.assertNotIn("x-evil", answer.headers)
            shown = {name for name in answer.headers if name.startswith("x-image-meta-property-")}
            self.assertEqual({f"x-image-meta-property-{name}" for name, _, can in self.PROPERTIES if can}, shown)

    def test_metadata_that_no_answer_can_hold(self):
        for length, status in ((3000, 200), (60000, 400)):
            image = self.project.image(**{f"p{i}": "v" * length for i in range(10)}, data=b"x")
            for method in ("GET", "HEAD"):
                with self.subTest((length, method)):
                    self.assertEqual(status, self.project.call(method, f"/v1/images/{image}").status)


class Silent(unittest.TestCase):
    """A host that never answers holds nobody else up, not even a server of one thread that ends."""

    def setUp(self):
        self.silent = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.silent.getsockname()[1]}/"

    def tearDown(self):
        self.silent.close()

    def start(self, server, header):
        """A request of which the server has begun to fetch the data, and its socket."""
        sock = socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S)
        lines = ["POST /v1/images HTTP/1.1", "Host: x", "X-Auth-Token: u:p:member", f"{header}: {self.url}"]
        sock.sendall("\r\n".join(lines + [f"{k}: {v}" for k, v in RAW.items()] + ["", ""]).encode())
        return sock, self.silent.accept()[0]

    def test_others_are_served(self):
        with Server("--threads", "1", "--fetch-from", "127.0.0.1") as server:
            waiting, fetched = self.start(server, "x-image-meta-location")
            self.assertEqual([], server.call("GET", "/v1/images", token="u:p:member").json()["images"])
            fetched.close()
            self.assertEqual(400, Hostile.status_from(waiting))
            waiting.close()

    def test_the_server_ends(self):
        for header in ("x-image-meta-location", "x-glance-api-copy-from"):
            with self.subTest(header), Server("--fetch-from", "127.0.0.1") as server:
                waiting, fetched = self.start(server, header)
            fetched.close()
            waiting.close()


if __name__ == "__main__":
    unittest.main()
