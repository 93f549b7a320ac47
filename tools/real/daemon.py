"""A server of Debian's, started and ended by its pid, everything in one folder."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

READY_S = 60
END_S = 20
POLL_S = 0.05


class Trouble(Exception):
    """What is told in one sentence."""


def free_port():
    """Whatever listens on a port that everybody uses may be another server than the one started here."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def serve(folder, command, **environ):
    """Starts it, without the proxies of whoever starts it; what it says goes to stdout.log."""
    sound = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with open(folder / "stdout.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
                                   env={**sound, **environ}, start_new_session=True)
    (folder / "pid").write_text(str(process.pid))
    return process


def wait_for(process, url, folder):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opener.open(url, timeout=READY_S).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(POLL_S)
    raise Trouble(f"it did not start: {(folder / 'stdout.log').read_text()[-500:]}")


def is_ours(pid, folder):
    """A pid may be another process's by now."""
    try:
        return os.fsencode(folder) + b"/" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def remove(folder):
    """Ends what runs there, and takes the folder away."""
    pid = int((folder / "pid").read_text()) if (folder / "pid").exists() else None
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + END_S
        if pid and is_ours(pid, folder):
            os.kill(pid, sign)
        while pid and is_ours(pid, folder) and time.monotonic() < deadline:
            time.sleep(POLL_S)
    shutil.rmtree(folder)


def down(folder, conf):
    folder = folder.resolve()
    if not (folder / conf).exists():
        raise Trouble(f"{folder} is no folder of it: there is no {conf} in it")
    remove(folder)
