"""A server in front of another one, for tests: it passes bytes on as they are, whatever they are, and may look at
the head of each request, refuse it, be slow, lose connections, or speak TLS.

No socket is closed while another thread may still use it: its number would soon be that of something else, of a pipe
of this very program for one, which the thread would then hold open, read from or write to.
"""

import contextlib
import socket
import threading
import time
import urllib.parse

HEAD_MAX = 65536
PIECE = 65536
TIMEOUT_S = 60


def answer(status, *headers):
    """A whole answer without a body, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status} -", "Content-Length: 0", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def header(head, name):
    """The value in a head; None when it is not there."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.strip().lower() == name.lower():
            return value.strip()
    return None


def with_header(head, name, value):
    """The head with another value; None takes the header out."""
    lines = [line for line in head.decode("latin-1").split("\r\n")[:-2]
             if line.partition(":")[0].strip().lower() != name.lower()]
    if value is not None:
        lines.append(f"{name}: {value}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class Front:
    """`change(head)` gives the head to pass on, an answer() instead, or None to lose the connection. The answer is given
    when so many bytes of the body have come."""

    def __init__(self, url, change=None, tls=None, delay_s=0.0, answer_after=0):
        split = urllib.parse.urlsplit(url)
        self.behind = (split.hostname, split.port)
        self.change, self.tls, self.delay_s, self.answer_after = change or (lambda head: head), tls, delay_s, answer_after
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()
        return self

    def __exit__(self, *_):
        end(self.listener, socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with contextlib.suppress(OSError), peer:
            peer.settimeout(TIMEOUT_S)
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            head, rest = read_head(peer)
            if not head:
                return
            time.sleep(self.delay_s)
            passed = self.change(head)
            if passed is None:
                return
            if passed.startswith(b"HTTP/"):
                read_more(peer, len(rest), self.answer_after)
                refuse(peer, passed)
            else:
                self._pass(peer, with_header(passed, "Connection", "close") + rest)

    def _pass(self, peer, first):
        with socket.create_connection(self.behind, timeout=TIMEOUT_S) as behind:
            behind.sendall(first)
            there = threading.Thread(target=pump, args=(peer, behind), daemon=True)
            there.start()
            pump(behind, peer)
            end(peer, socket.SHUT_RD)
            there.join()


def end(connection, side):
    """Whoever waits on it is woken."""
    with contextlib.suppress(OSError):
        connection.shutdown(side)


def read_head(peer):
    """The head, and what came after it in the same pieces."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < HEAD_MAX:
        piece = peer.recv(PIECE)
        if not piece:
            return b"", b""
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def read_more(peer, length, wanted):
    while length < wanted and (piece := peer.recv(PIECE)):
        length += len(piece)


def refuse(peer, text):
    """What is still on its way is read, or closing would take the answer with it."""
    peer.sendall(text)
    end(peer, socket.SHUT_WR)
    with contextlib.suppress(OSError):
        peer.settimeout(2)
        while peer.recv(PIECE):
            pass


def pump(source, sink):
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            sink.sendall(piece)
    end(sink, socket.SHUT_WR)
