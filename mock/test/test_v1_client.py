#!/usr/bin/env python3
"""A session of the glance client with the Images API v1: it creates, lists, shows, changes, shares, downloads
and deletes, and every step is seen by the next. The client knows lists of members by the name that real
servers give them, hence --quirks queens."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import uuid

from mock_server import Server

CLIENT = shutil.which("glance")
DATA = b"0123456789abcdefghij"
TIMEOUT_S = 60


class Client:
    def __init__(self, server, project):
        self.options = ["--os-image-api-version", "1", "--os-auth-token", f"u/{project}/member",
                        "--os-image-url", f"http://127.0.0.1:{server.port}"]
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("OS_")}
        self.environment["NO_PROXY"] = "*"

    def run(self, *arguments):
        """The client takes any input but a terminal's for data."""
        keyboard, terminal = os.openpty()
        done = subprocess.run([CLIENT, *self.options, *arguments], stdin=terminal, capture_output=True, text=True,
                              check=False, timeout=TIMEOUT_S, env=self.environment)
        os.close(keyboard)
        os.close(terminal)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def table(self, *arguments):
        """The cells of each row but the head."""
        lines = [line for line in self.run(*arguments).splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]

    def record(self, *arguments):
        return dict(self.table(*arguments))


@unittest.skipUnless(CLIENT, "the glance client is not installed")
class Session(unittest.TestCase):
    def test_session(self):
        project = uuid.uuid4().hex
        with Server("--quirks", "queens") as server, tempfile.TemporaryDirectory() as folder:
            client = Client(server, project)
            image = self.create(client, folder)
            self.change(client, image)
            self.download(client, image, folder)
            self.share(client, image)
            client.run("image-delete", image)
            self.assertEqual([], client.table("image-list"))

    def create(self, client, folder):
        path = os.path.join(folder, "sent")
        with open(path, "wb") as file:
            file.write(DATA)
        made = client.record("image-create", "--name", "first", "--disk-format", "raw", "--container-format", "bare",
                             "--property", "distro=debian", "--file", path)
        self.assertEqual(("active", "20", "debian"), (made["status"], made["size"], made["Property 'distro'"]))
        self.assertEqual([[made["id"], "first", "raw", "bare", "20", "active"]], client.table("image-list"))
        return made["id"]

    def change(self, client, image):
        client.run("image-update", image, "--name", "second", "--min-ram", "11", "--property", "release=12",
                   "--purge-props")
        shown = client.record("image-show", image)
        self.assertEqual(("second", "11", "12"), (shown["name"], shown["min_ram"], shown["Property 'release'"]))
        self.assertNotIn("Property 'distro'", shown)

    def download(self, client, image, folder):
        path = os.path.join(folder, "received")
        client.run("image-download", image, "--file", path)
        with open(path, "rb") as file:
            self.assertEqual(DATA, file.read())

    def share(self, client, image):
        client.run("member-create", image, "tenant2", "--can-share")
        self.assertEqual([[image, "tenant2", "True"]], client.table("member-list", "--image-id", image))
        self.assertEqual([[image, "tenant2", "True"]], client.table("member-list", "--tenant-id", "tenant2"))
        client.run("member-delete", image, "tenant2")
        self.assertEqual([], client.table("member-list", "--image-id", image))


if __name__ == "__main__":
    if not CLIENT:
        print("SKIPPED: the glance client (python3-glanceclient) is not installed", file=sys.stderr)
    unittest.main()
