"""A proxy between the judge and the mock that changes one thing in one answer of each case.

It knows which case a request is of by the project in its token (the bundled target gives each case a project of
its own), or by the image in its path. One request a connection: both sides are told to close it."""

import asyncio
import json
import re

from loop_server import LoopServer

PROJECT = re.compile(rb"^x-auth-token:.*:[0-9a-f]{8}-(\d+)", re.I | re.M)
IMAGE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STREAMED_BYTES = 1 << 20  # a longer body passes by and stays as it is


class Answer:
    """A whole answer: what a change is made to."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = [tuple(line.split(": ", 1)) for line in lines[1:] if line]
        self.body = body
        self.announced = None  # of an answer to HEAD: the length of the body that it has not

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def to_bytes(self, length=None):
        """`length` is what is announced, whatever is sent."""
        length = self.announced if length is None else length
        fixed = {"content-length", "transfer-encoding", "connection"}
        lines = [f"HTTP/1.1 {self.status} Words"]
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in fixed]
        if self.status != 204:
            lines.append(f"Content-Length: {len(self.body) if length is None else length}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body


class Exchange:
    def __init__(self, case, method, path):
        self.case, self.method, self.path = case, method, path
        self.answer = None  # None: passed by


class Proxy(LoopServer):
    def __init__(self, port):
        self.mock_port = port
        self.changes = {}    # case: its single change
        self.exchanges = {}  # case: its exchanges, in the order in which they began
        self.images = {}     # image: case
        self.done = set()    # cases whose change was made
        super().__init__()

    def begin(self, changes):
        self.changes, self.exchanges, self.images, self.done = changes, {}, {}, set()

    def case_of(self, head, path):
        token = PROJECT.search(head)
        image = IMAGE.search(path)
        return int(token[1]) if token else self.images.get(image[0]) if image else None

    async def handle(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, target = head.split(b" ", 2)[:2]
        path = target.decode("latin-1")
        exchange = Exchange(self.case_of(head, path), method.decode(), path.split("?")[0])
        mine = self.exchanges.setdefault(exchange.case, [])
        number = len(mine)
        if not path.startswith("/__mock/"):
            mine.append(exchange)
        from_mock, to_mock = await asyncio.open_connection("127.0.0.1", self.mock_port, limit=STREAMED_BYTES)
        to_mock.write(head[:-2] + b"Connection: close\r\n\r\n")
        request = asyncio.ensure_future(self.pump(reader, to_mock))
        try:
            await self.reply(exchange, number, from_mock, writer)
        finally:
            request.cancel()
            to_mock.close()

    async def pump(self, reader, writer):
        """The end of the request, orderly or not, ends the connection to the mock only when the judge is gone."""
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.write_eof() if writer.can_write_eof() else None
        except OSError:
            writer.close()

    async def reply(self, exchange, number, from_mock, writer):
        head = await from_mock.readuntil(b"\r\n\r\n")
        body = b""
        while len(body) <= STREAMED_BYTES and (data := await from_mock.read(65536)):
            body += data
        if len(body) > STREAMED_BYTES:
            writer.write(head + body)
            while data := await from_mock.read(65536):
                writer.write(data)
                await writer.drain()
            return
        if b"transfer-encoding: chunked" in head.lower():
            body = dechunked(body)
        exchange.answer = Answer(head, body)
        if exchange.method == "HEAD":
            exchange.answer.announced = next((v for n, v in exchange.answer.headers if n.lower() == "content-length"), 0)
        self.learn_image(exchange)
        writer.write(await self.changed(exchange, number))
        await writer.drain()

    def learn_image(self, exchange):
        made = exchange.answer.json() if exchange.method == "POST" else None
        made = made.get("image", made) if isinstance(made, dict) else {}
        if "id" in made:
            self.images[made["id"]] = exchange.case

    async def changed(self, exchange, number):
        single = self.changes.get(exchange.case)
        if not single or single.number != number or exchange.path.startswith("/__mock/"):
            return exchange.answer.to_bytes()
        changed = single.change.apply(exchange.answer)
        if changed is None:
            return exchange.answer.to_bytes()
        self.done.add(exchange.case)
        await asyncio.sleep(single.change.delay_s)
        return changed


def dechunked(data):
    body = b""
    while data:
        size, data = data.split(b"\r\n", 1)
        length = int(size.split(b";")[0], 16)
        body, data = body + data[:length], data[length + 2:]
        if length == 0:
            break
    return body
