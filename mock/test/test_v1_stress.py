#!/usr/bin/env python3
"""Eight clients at once over both Images APIs: six create images, fill, share, list and delete them, two walk
through the pages of all there are. No page walk shows an image twice or misses one that was there all the
time, and in the end nothing is left. Under ThreadSanitizer a race ends the server with an error."""

import http.client
import json
import os
import random
import threading
import unittest
import uuid

from mock_server import TIMEOUT_S, Server

IMAGES = int(os.environ.get("IMAGEPROOF_STRESS_IMAGES", "2000"))
MAKERS = 6
STAYING = 60
PAGE = 25
OCTETS = {"Content-Type": "application/octet-stream"}
RAW = {"x-image-meta-name": "x", "x-image-meta-disk_format": "raw", "x-image-meta-container_format": "bare"}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


class Connection:
    """One that is kept, and who speaks on it."""

    def __init__(self, server, project):
        self.token = f"u:{project}:member"
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=3 * TIMEOUT_S)

    def call(self, method, path, body=None, headers=None, token=None):
        self.connection.request(method, path, body, {"X-Auth-Token": token or self.token, **(headers or {})})
        answer = self.connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def expect(self, statuses, *arguments, **more):
        status, _, body = self.call(*arguments, **more)
        assert status in statuses, (arguments[:2], status, body)
        return body

    def close(self):
        self.connection.close()


class Maker:
    """Makes images, each by one API or the other at every step, and takes its own away again."""

    def __init__(self, server, project, seed):
        self.connection = Connection(server, project)
        self.chance = random.Random(seed)
        self.member = uuid.uuid4().hex

    def create(self):
        if self.chance.random() < 0.5:
            body = self.connection.expect({201}, "POST", "/v1/images", headers=RAW)
            return json.loads(body)["image"]["id"]
        body = json.dumps({"name": "x", "disk_format": "raw", "container_format": "bare"})
        return json.loads(self.connection.expect({201}, "POST", "/v2/images", body))["id"]

    def fill(self, image, data):
        path, status = self.chance.choice(((f"/v1/images/{image}", 200), (f"/v2/images/{image}/file", 204)))
        self.connection.expect({status}, "PUT", path, data, OCTETS)

    def read(self, image, data):
        path = self.chance.choice((f"/v1/images/{image}", f"/v2/images/{image}/file"))
        assert self.connection.expect({200}, "GET", path) == data

    def share(self, image):
        self.connection.expect({204}, "PUT", f"/v1/images/{image}/members/{self.member}")
        other = f"u:{self.member}:member"
        self.connection.expect({200}, "HEAD", f"/v1/images/{image}", token=other)
        listed = json.loads(self.connection.expect({200}, "GET", "/v1/images", token=other))["images"]
        assert [i["id"] for i in listed] == [image], listed
        if self.chance.random() < 0.5:
            self.connection.expect({204}, "DELETE", f"/v1/images/{image}/members/{self.member}")
            self.connection.expect({404}, "GET", f"/v2/images/{image}", token=other)

    def change(self, image):
        if self.chance.random() < 0.5:
            self.connection.expect({200}, "PUT", f"/v1/images/{image}", headers={"x-image-meta-name": "y"})
        else:
            body = json.dumps([{"op": "replace", "path": "/name", "value": "y"}])
            self.connection.expect({200}, "PATCH", f"/v2/images/{image}", body, PATCH)

    def delete(self, image):
        path = self.chance.choice(("/v1/images/", "/v2/images/"))
        self.connection.expect({204}, "DELETE", path + image)

    def make_one(self):
        image = self.create()
        data = self.chance.randbytes(self.chance.choice((1, 100, 70000)))
        self.fill(image, data)
        self.change(image)
        self.share(image)
        self.read(image, data)
        self.delete(image)


class Stress(unittest.TestCase):
    def setUp(self):
        self.left = IMAGES
        self.lock = threading.Lock()
        self.wrong = []
        self.walks = 0
        self.done = threading.Event()

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def guarded(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:  # a thread's own end would go unseen
            self.wrong.append(repr(error))

    def make(self, server, project, seed):
        maker = Maker(server, project, seed)
        while self.take() and not self.wrong:
            maker.make_one()
        maker.connection.close()

    def walk(self, connection, path, order):
        """The ids on all pages. None when the last image of a page was deleted before the next was asked for."""
        seen, marker = [], ""
        while True:
            status, _, body = connection.call("GET", f"{path}?limit={PAGE}{order}{marker}")
            if status == 400 and marker:
                return None
            page = [image["id"] for image in json.loads(body)["images"]]
            seen += page
            if len(page) < PAGE:
                return seen
            marker = f"&marker={page[-1]}"

    def walk_on(self, server, project, staying, paths):
        connection = Connection(server, project)
        chance = random.Random(str(paths))
        while not self.done.is_set() and not self.wrong:
            order = chance.choice(("", "&sort_key=created_at&sort_dir=asc", "&sort_key=size&sort_dir=desc"))
            seen = self.walk(connection, chance.choice(paths), order)
            if seen is None:
                continue
            sized = "size" in order  # images come and go in the middle of that order while data come
            assert sized or len(seen) == len(set(seen)), "an image is shown twice"
            assert staying <= set(seen), "an image is missing"
            self.walks += 1
        connection.close()

    def leave_some(self, server, project):
        """Images that stay."""
        maker = Maker(server, project, 0)
        staying = {maker.create() for _ in range(STAYING)}
        for image in staying:
            maker.fill(image, b"stays")
        return maker, staying

    def test_both_apis(self):
        project = uuid.uuid4().hex
        with Server("--threads", "4") as server:
            maker, staying = self.leave_some(server, project)
            walkers = [threading.Thread(target=self.guarded, args=(self.walk_on, server, project, staying, paths))
                       for paths in (("/v1/images", "/v1/images/detail"), ("/v2/images",))]
            makers = [threading.Thread(target=self.guarded, args=(self.make, server, project, seed))
                      for seed in range(1, MAKERS + 1)]
            for thread in walkers + makers:
                thread.start()
            for thread in makers:
                thread.join()
            self.done.set()
            for thread in walkers:
                thread.join()
            self.assertEqual([], self.wrong)
            self.assertGreater(self.walks, 0)
            for image in staying:
                maker.delete(image)
            state = json.loads(maker.connection.expect({200}, "GET", "/__mock/state"))
            self.assertEqual((0, 0), (state["images"], state["stored_bytes"]))
            maker.connection.close()


if __name__ == "__main__":
    unittest.main()
