"""Starts imageproof-mock on a free port and sends it requests over raw sockets."""

import http.client
import json
import os
import socket
import subprocess
import uuid

PROGRAM = os.environ["IMAGEPROOF_MOCK"]
OCTETS = {"Content-Type": "application/octet-stream"}
FORMATS = {"name": "x", "disk_format": "raw", "container_format": "bare"}
TIMEOUT_S = 20


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


class Server:
    """One process; `with` ends it and checks that it ended cleanly."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--admin", "--exit-with-parent", *arguments],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        status = self.process.wait(TIMEOUT_S)
        self.process.stdout.close()
        assert status == 0, f"the server ended with {status}"

    def call(self, method, path, body=b"", headers=None, token="u:p:member"):
        """One exchange. An iterable body is sent in chunks."""
        sent = dict(headers or {})
        if token is not None:
            sent["X-Auth-Token"] = token
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        chunked = not isinstance(body, bytes)
        connection.request(method, path, body=body or None, headers=sent, encode_chunked=chunked)
        answer = connection.getresponse()
        result = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return result

    def open_upload(self, image, length, first, token):
        """An upload whose body is held back after `first`; finish_upload() goes on."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_S)
        sock.sendall((f"PUT /v2/images/{image}/file HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {token}\r\n"
                      f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n"
                      "Connection: close\r\n\r\n").encode() + first)
        return sock


def finish_upload(sock, rest):
    sock.sendall(rest)
    answer = http.client.HTTPResponse(sock)
    answer.begin()
    answer.read()
    sock.close()
    return answer.status


class Project:
    """A project of its own, so that nothing of another test is in the way."""

    def __init__(self, server):
        self.server = server
        self.name = uuid.uuid4().hex
        self.owner = f"u:{self.name}:member"
        self.reader = f"r:{self.name}:reader"
        self.other = f"u:{uuid.uuid4().hex}:member"
        self.admin = f"root:{self.name}:admin"

    def call(self, method, path, body=b"", headers=None, token=0):
        return self.server.call(method, path, body, headers, self.owner if token == 0 else token)

    def image(self, data=None, **attributes):
        """The id of a new image, with data unless they are None."""
        made = self.call("POST", "/v2/images", json.dumps({**FORMATS, **attributes}).encode())
        assert made.status == 201, made.body
        image = made.json()["id"]
        if data is not None:
            assert self.upload(image, data).status in (200, 204)
        return image

    def show(self, image):
        return self.call("GET", f"/v2/images/{image}", token=self.admin).json()

    def upload(self, image, data=b"0123456789abcdefghij", headers=None, token=0):
        return self.call("PUT", f"/v2/images/{image}/file", data, OCTETS if headers is None else headers, token)

    def download(self, image, range_=None, headers=None, query="", token=0):
        sent = dict(headers or {})
        if range_:
            sent["Range"] = range_
        return self.call("GET", f"/v2/images/{image}/file{query}", headers=sent, token=token)

    def enter(self, condition):
        assert self.call("PUT", f"/__mock/conditions/{condition}?project={self.name}").status == 204

    def limit(self, name, value):
        assert self.call("PUT", f"/__mock/limits/{name}?project={self.name}&value={value}").status == 204
