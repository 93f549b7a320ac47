#!/usr/bin/env python3
"""Many clients at once over few images: every answer is one that the calls have, data that are active
are whole, and in the end nothing is left. Under ThreadSanitizer a race ends the server with an error."""

import hashlib
import json
import random
import threading
import unittest

from mock_server import Project, Server

CLIENTS = 6
STEPS = 60
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


def upload(project, image, chance):
    data = chance.randbytes(chance.choice((0, 1, 70000, 300000)))
    return project.upload(image, iter([data]) if chance.random() < 0.3 else data).status


def break_off(project, image, _):
    project.server.open_upload(image, 100000, b"x" * 70000, project.owner).close()
    return 0


def download(project, image, chance):
    got = project.download(image, chance.choice((None, None, "bytes=0-9", "bytes=-70000")))
    if got.status in (200, 206) and got.headers["content-length"] != str(len(got.body)):
        return "cut off"
    if got.status == 200 and hashlib.md5(got.body).hexdigest() != got.headers["content-md5"]:
        return "not whole"
    return got.status


def update(project, image, chance):
    body = [{"op": "replace", "path": "/name", "value": str(chance.random())}]
    return project.call("PATCH", f"/v2/images/{image}", json.dumps(body).encode(), PATCH).status


def call(method, path):
    return lambda project, image, _: project.call(method, path.format(image)).status


# What is done, and the statuses that it may have whatever the others do.
STEP_KINDS = [
    (upload, {204, 404, 409, 410}),
    (break_off, {0}),
    (download, {200, 204, 206, 403, 404, 416}),
    (update, {200, 404}),
    (call("GET", "/v2/images/{}"), {200, 404}),
    (call("GET", "/v2/images?limit=3"), {200}),
    (call("POST", "/v2/images/{}/actions/deactivate"), {204, 403, 404}),
    (call("POST", "/v2/images/{}/actions/reactivate"), {204, 403, 404}),
    (call("DELETE", "/v2/images/{}"), {204, 404}),
    (call("PUT", "/__mock/conditions/slow-storage?project=nobody"), {204}),
    (call("DELETE", "/__mock/conditions/slow-storage?project=nobody"), {204}),
    (call("GET", "/__mock/state"), {200}),
]


class Stress(unittest.TestCase):
    def client(self, project, images, seed):
        chance = random.Random(seed)
        for _ in range(STEPS):
            step, allowed = chance.choice(STEP_KINDS)
            place = chance.randrange(len(images))
            got = step(project, images[place], chance)
            if got not in allowed:
                self.wrong.append((step, got))
            if project.call("GET", f"/v2/images/{images[place]}").status == 404:
                images[place] = project.image()

    def test_many_clients(self):
        self.wrong = []
        with Server("--threads", "4") as server:
            project = Project(server)
            images = [project.image() for _ in range(4)]
            threads = [threading.Thread(target=self.client, args=(project, images, s)) for s in range(CLIENTS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual([], self.wrong)
            for image in project.call("GET", "/v2/images?limit=1000").json()["images"]:
                project.call("DELETE", f"/v2/images/{image['id']}")
            self.assertEqual(0, server.call("GET", "/__mock/state").json()["images"])

    def test_stops_while_uploads_wait(self):
        with Server("--condition", "slow-storage") as server:
            project = Project(server)
            threads = [threading.Thread(target=self.upload_or_lose, args=(project, project.image()))
                       for _ in range(4)]
            held = server.open_upload(project.image(), 20, b"x", project.owner)
            for thread in threads:
                thread.start()
        for thread in threads:
            thread.join()
        held.close()

    @staticmethod
    def upload_or_lose(project, image):
        try:
            project.upload(image)
        except OSError:
            pass  # the server has stopped before


if __name__ == "__main__":
    unittest.main()
