"""A server of asyncio in a thread of its own, for tests: `with` starts it, and ends it with all that is still open."""

import asyncio
import contextlib
import threading


class LoopServer:
    """A subclass has `handle(reader, writer)`, for one connection. `port` is known once there is one."""

    def __init__(self):
        self.tasks, self.loop = set(), asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=128))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def end(self):
        """A connection may still be open on which nothing was asked."""
        self.server.close()
        tasks = set(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())  # the loop itself would not keep it from the garbage collector
        try:
            # One side has gone: the other sees it by the end of the stream.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError,
                                     asyncio.CancelledError):
                await self.handle(reader, writer)
        finally:
            self.tasks.discard(asyncio.current_task())
            writer.close()
