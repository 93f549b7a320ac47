"""A long way between judge and subject, for tests: bytes pass as they are, later, over connections that take a round
trip to be made; some exchanges are lost; and what goes on is counted, since no test may assert a time.

An exchange is under way from the first byte that is asked until the first byte of its answer has come here."""

import asyncio
import urllib.parse

from loop_server import LoopServer

PIECE = 65536
REQUEST, ANSWER = "request", "answer"  # what is lost: before the subject has seen it, or afterwards


class Rounds:
    """Holds answers back until so many are there, then lets all of them go: that many are waited for side by side,
    however slow the machine is. Begins once two exchanges are under way, since what comes before is one by one."""

    def __init__(self, width, count):
        self.width, self.left, self.waiting, self.begun = width, count, [], False

    async def wait(self, under_way):
        self.begun = self.begun or under_way > 1
        if not self.begun or self.left == 0:
            return
        gate = asyncio.get_running_loop().create_future()
        self.waiting.append(gate)
        if len(self.waiting) == self.width:
            self.left -= 1
            waiting, self.waiting = self.waiting, []
            for one in waiting:
                one.cancelled() or one.set_result(None)
        await gate


class Line:
    """One direction of a connection: what comes is handed on `delay_s` later, in its order."""

    def __init__(self, writer, delay_s):
        self.writer, self.delay_s, self.queue = writer, delay_s, asyncio.Queue()

    def put(self, data):
        self.queue.put_nowait((asyncio.get_running_loop().time() + self.delay_s, data))

    async def run(self):
        while True:
            due, data = await self.queue.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not data:
                self.writer.write_eof()
                return
            self.writer.write(data)
            await self.writer.drain()


class Connection:
    def __init__(self, far, peer, behind):
        self.far, self.peer, self.behind = far, peer, behind  # each a (reader, writer)
        half_s = far.delay_s / 2
        self.there, self.back = Line(behind[1], half_s), Line(peer[1], half_s)
        self.asked, self.fate = False, None

    async def run(self):
        tasks = [asyncio.ensure_future(each) for each in (self.there.run(), self.back.run(), self.go(), self.come())]
        try:
            await asyncio.gather(*tasks)
        finally:
            if self.asked:
                self.far.end_exchange()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def go(self):
        await asyncio.sleep(self.far.delay_s)  # the connection is made
        while data := await self.peer[0].read(PIECE):
            if not self.asked:
                self.asked, self.fate = True, self.far.begin_exchange(data)
                if self.fate == REQUEST:
                    raise ConnectionResetError
            self.there.put(data)
        self.there.put(b"")

    async def come(self):
        while data := await self.behind[0].read(PIECE):
            if self.fate == ANSWER:
                self.far.lost_answers.append(data.split(b"\r\n")[0].decode("latin-1"))
                raise ConnectionResetError
            if self.asked:
                await self.far.rounds.wait(self.far.under_way)
                self.asked = False
                self.far.end_exchange()
            self.back.put(data)
        self.back.put(b"")


class Far(LoopServer):
    """`lose(data)` is asked at the beginning of each exchange: REQUEST, ANSWER, or None."""

    def __init__(self, url, delay_s=0.0, lose=None, rounds=None):
        split = urllib.parse.urlsplit(url)
        self.subject = (split.hostname, split.port)
        self.delay_s, self.lose, self.rounds = delay_s, lose or (lambda data: None), rounds or Rounds(1, 0)
        self.connections = self.exchanges = self.under_way = 0
        self.lost_answers = []  # their first lines
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"

    def begin_exchange(self, data):
        self.exchanges += 1
        self.under_way += 1
        return self.lose(data)

    def end_exchange(self):
        self.under_way -= 1

    async def handle(self, reader, writer):
        self.connections += 1
        behind = await asyncio.open_connection(*self.subject)
        try:
            await Connection(self, (reader, writer), behind).run()
        finally:
            behind[1].close()
