#!/usr/bin/env python3
"""A mock behind Keystone: each way to authenticate gives the verdicts that tokens of its own give, a token that runs
out in the middle is renewed, and no secret is seen anywhere: in no report, log, message, list of processes or core."""

import contextlib
import http.server
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

from front import Front, answer, header, with_header
from harness import TIMEOUT_S, Failures, Programs, verdicts

PASSWORDS = {"alice": "alice-s3cret-pw", "bob": "bob-s3cret-pw", "root": "root-s3cret-pw"}
PROJECTS = {"alice": ("pa", "member"), "bob": ("pb", "member"), "root": ("pr", "admin")}
CREDENTIAL = {"id": "cred-1", "secret": "cred-s3cret-value", "user": "alice"}
OLD_TOKEN = "old-s3cret-token"
HASTY_S = 1.1
USES = 30  # of one token, where tokens run out
ONLY = ("--only", "image-data.upload.answers-*", "--only", "image-data.download.answers-*")
CORES = (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2  # as much as may be
EVIDENCE = ("json", "junit", "html", "text")


class Keystone:
    """Issues tokens that `uses` requests are good for, and says so of none of them beforehand."""

    def __init__(self, uses):
        self.uses, self.left, self.users, self.lock = uses, {}, {}, threading.Lock()
        self.asked, self.service = [], ""

    def user_of(self, identity):
        method = identity["methods"][0]
        told = identity[method]
        if method == "token":
            return "alice" if told["id"] == OLD_TOKEN else None
        if method == "application_credential":
            return CREDENTIAL["user"] if (told["id"], told["secret"]) == (CREDENTIAL["id"], CREDENTIAL["secret"]) else None
        name = told["user"]["name"]
        return name if told["user"]["domain"] == {"id": "default"} and PASSWORDS.get(name) == told["user"]["password"] else None

    def issue(self, identity):
        user = self.user_of(identity)
        if not user:
            return None, {}
        with self.lock:
            token = f"s3cret-token-{len(self.left)}-{os.urandom(6).hex()}"
            self.left[token], self.users[token] = self.uses, user
            self.asked.append(identity["methods"][0])
        project, role = PROJECTS[user]
        endpoints = [{"region": region, "interface": interface, "url": url}
                     for region, interface, url in (("far", "public", "http://127.0.0.1:1"),
                                                    ("near", "public", "http://127.0.0.1:2"),
                                                    ("near", "internal", self.service + "/v2/"))]
        return token, {"token": {"issued_at": "2026-11-21T09:00:00.000000Z", "expires_at": "2026-11-21T10:00:00.000000Z",
                                 "project": {"id": project}, "roles": [{"name": role}],
                                 "catalog": [{"type": "image", "endpoints": endpoints}]}}

    def change(self, head):
        """What the service in front of the mock does with a token."""
        token = header(head, "X-Auth-Token")
        if token is None or not token.startswith("s3cret-token-"):
            return head
        with self.lock:
            self.left[token] = self.left.get(token, 0) - 1
            if self.left[token] < 0:
                return answer(401)
        user = self.users[token]
        project, role = PROJECTS[user]
        return with_header(head, "X-Auth-Token", f"{user}:{project}:{role}")


class Hasty(Keystone):
    """Issues tokens of a second; some uploads are looked at only when theirs is over, or are refused at once."""

    def __init__(self, refusals, waits):
        super().__init__(10**6)
        self.refusals, self.waits, self.born, self.refused = refusals, waits, {}, 0

    def issue(self, identity):
        token, told = super().issue(identity)
        told["token"]["expires_at"] = told["token"]["issued_at"].replace("00:00.0", "00:01.0")
        self.born[token] = time.monotonic()
        return token, told

    def change(self, head):
        token = header(head, "X-Auth-Token")
        if not head.startswith(b"PUT ") or self.refused == self.refusals or token not in self.born:
            return super().change(head)
        self.refused += 1
        if self.waits:
            time.sleep(max(0, self.born[token] + HASTY_S - time.monotonic()))
        return answer(401)


@contextlib.contextmanager
def serving(keystone):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            token, told = keystone.issue(body["auth"]["identity"])
            data = json.dumps(told).encode()
            self.send_response(201 if token else 401)
            if token:
                self.send_header("X-Subject-Token", token)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


TARGET = """subject: a cloud
{where}
identities:
  owner: {{auth: {{auth_url: {keystone}/v3, {owner}}}}}
  other: {{auth: {{auth_url: {keystone}, username: bob, password: {{env: BOB}}, project_name: pb}}}}
  admin: {{auth: {{auth_url: {keystone}, username: root, password: {{file: {folder}/root}}, project_name: pr}}}}
  stranger: {{token: no-token}}
features: [images-v2, community-images]
"""
DIRECT = """subject: a cloud
url: {url}
identities:
  owner: {{token: "alice:pa:member", project: pa}}
  other: {{token: "bob:pb:member", project: pb}}
  admin: {{token: "root:pr:admin", project: pr}}
  stranger: {{token: no-token}}
features: [images-v2, community-images]
"""
SERVICE = "service: {region: near, interface: internal}"
# How the owner authenticates.
OWNERS = {
    "password": f"username: alice, password: {PASSWORDS['alice']}, project_name: pa, user_domain_id: default",
    "application_credential": "application_credential_id: cred-1, application_credential_secret: cred-s3cret-value",
    "token": f"token: {OLD_TOKEN}, project_id: pa",
}
CLOUDS = """clouds:
  lab:
    auth: {{auth_url: "{keystone}/v3", username: alice, project_name: pa}}
    region_name: near
    interface: internal
"""
SECURE = f"clouds: {{lab: {{auth: {{password: {PASSWORDS['alice']}}}}}}}\n"


def seen_of(pid):
    """What others see of a process: its arguments and its environment; and whether it would leave a core."""
    try:
        line = pathlib.Path(f"/proc/{pid}/cmdline").read_text() + pathlib.Path(f"/proc/{pid}/environ").read_text()
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        return line, next(text.split()[4] for text in limits.splitlines() if text.startswith("Max core"))
    except (OSError, StopIteration):
        return "", None


def text_of(path):
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def run(programs, folder, environ, *arguments):
    """The JSON report, the exit status, and everything that anybody could have seen of the run."""
    reports = [f"--report={form}={folder}/run.{form}" for form in EVIDENCE]
    log, ledger = folder / "run.log", folder / "run.ledger"
    log.unlink(missing_ok=True)
    command = [programs.imageproof, "run", "--jobs", "4", *reports, f"--log={log}", f"--ledger={ledger}", *ONLY, *arguments]
    shown, cores = set(), set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
                          env={**os.environ, **environ}) as process:
        reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
        said = []
        reader.start()
        while process.poll() is None:
            if log.exists() and log.stat().st_size > 0:  # by then it has taken what it was told
                line, core = seen_of(process.pid)
                shown, cores = shown | {line, text_of(ledger)}, cores | {core}
            time.sleep(0.02)
        reader.join(timeout=TIMEOUT_S)
    report = json.loads((folder / "run.json").read_text()) if (folder / "run.json").exists() else {"cases": []}
    texts = [said[0], *shown, *((folder / f"run.{form}").read_text() for form in (*EVIDENCE, "log")
                               if (folder / f"run.{form}").exists())]
    return report, process.returncode, "\n".join(texts), cores


def check_secrets(failures, name, seen, keystone):
    for secret in (*PASSWORDS.values(), CREDENTIAL["secret"], OLD_TOKEN, *keystone.left):
        failures.expect(secret not in seen, f"{name}: {secret} is seen")


def check_run(failures, name, got, wanted, keystone):
    report, status, seen, cores = got
    differ = {case: (verdict, verdicts(report).get(case)) for case, verdict in wanted.items()
              if verdicts(report).get(case) != verdict}
    failures.expect(not differ, f"{name}: other verdicts than with tokens of its own: {differ} {seen[:300]}")
    failures.expect(status == 0, f"{name}: exit status {status}")
    failures.expect("0" in cores, f"{name}: it would leave a core: {cores}")
    check_secrets(failures, name, seen, keystone)


def check_target(programs, failures, name, folder, keystone):
    """What `target check` tells of identities that Keystone knows: projects and roles, and no secret."""
    done = programs.judge("target", "check", "--json", folder / "target.yaml", env={**os.environ, "BOB": PASSWORDS["bob"]})
    told = json.loads(done.stdout) if done.stdout else {"identities": []}
    seen = {one["name"]: (one["by"], one["accepted"], one["project"], one["roles"]) for one in told["identities"]}
    failures.expect(done.returncode == 0 and seen == {
        "owner": ("keystone", True, "pa", "member"), "other": ("keystone", True, "pb", "member"),
        "admin": ("keystone", True, "pr", "admin"), "stranger": ("token", False, None, None)},
        f"{name}: target check: {done.returncode} {seen} {told.get('problems')} {done.stderr}")
    check_secrets(failures, f"{name}: target check", done.stdout + done.stderr, keystone)


def owners(programs, failures, mock, folder, wanted):
    """Each way of the owner to authenticate, with tokens that run out all the time."""
    for name, owner in OWNERS.items():
        keystone = Keystone(USES)
        with serving(keystone) as url, Front(mock.url, keystone.change) as front:
            keystone.service = front.url
            (folder / "target.yaml").write_text(TARGET.format(where=SERVICE, keystone=url, owner=owner, folder=folder))
            check_target(programs, failures, name, folder, keystone)
            got = run(programs, folder, {"BOB": PASSWORDS["bob"]}, folder / "target.yaml")
        check_run(failures, name, got, wanted, keystone)
        failures.expect(name in keystone.asked, f"{name}: Keystone was asked by {set(keystone.asked)}")
        failures.expect(keystone.asked.count(name) > 2, f"{name}: no token was renewed")


def clouds(programs, failures, mock, folder, wanted):
    """A cloud by its name, and one of the environment: the owner's cases alone are judged."""
    keystone = Keystone(10**6)
    with serving(keystone) as url, Front(mock.url, keystone.change) as front:
        keystone.service = front.url
        (folder / "clouds.yaml").write_text(CLOUDS.format(keystone=url))
        (folder / "secure.yaml").write_text(SECURE)
        environ = {"OS_AUTH_URL": url, "OS_USERNAME": "alice", "OS_PASSWORD": PASSWORDS["alice"], "OS_PROJECT_NAME": "pa",
                   "OS_REGION_NAME": "near", "OS_INTERFACE": "internal"}
        for name, variables in (("lab", {}), ("envvars", environ)):
            got = run(programs, folder, variables, "--os-cloud", name)
            judged = {case: verdict for case, verdict in verdicts(got[0]).items() if verdict != "not-claimed"}
            failures.expect(len(judged) > 10, f"{name}: {len(judged)} cases judged: {got[2][:300]}")
            check_run(failures, name, got, {case: wanted[case] for case in judged}, keystone)


# name: (how often an upload is refused, whether its token is over by then, verdict, how often it was refused)
HASTE = {
    "a token that is over": (1, True, "pass", 1),
    "two of them": (2, True, "pass", 2),
    "nothing but such": (100, True, "fail", 6),
    "a good one": (1, False, "pass", 1),
    "nothing but good ones": (100, False, "fail", 2),
}


def haste(programs, failures, mock, folder):
    """What is said of a token that is over says nothing of the next one: asked again, but not for ever."""
    case = "image-data.upload.answers-204/data-for-a-queued-image"
    os.environ["BOB"] = PASSWORDS["bob"]
    for name, (refusals, waits, verdict, times) in HASTE.items():
        keystone = Hasty(refusals, waits)
        with serving(keystone) as url, Front(mock.url, keystone.change) as front:
            keystone.service = front.url
            (folder / "target.yaml").write_text(TARGET.format(where=SERVICE, keystone=url, owner=OWNERS["password"], folder=folder))
            status, report = programs.results("--only", case, folder / "target.yaml")
        failures.expect(verdicts(report) == {case: verdict}, f"{name}: {status} {verdicts(report)}")
        failures.expect(keystone.refused == times, f"{name}: refused {keystone.refused} times")


# name: (owner, what is said)
REFUSALS = {
    "wrong password": ("username: alice, password: wr0ng-s3cret, project_name: pa", "the credentials are refused (401)"),
    "no such region": (None, "the catalog has no image service, region nowhere"),
    "nobody there": (None, "no token from http://127.0.0.1:1/v3/auth/tokens"),
}


def refusals(programs, failures, folder):
    keystone = Keystone(10**6)
    with serving(keystone) as url:
        for name, (owner, said) in REFUSALS.items():
            where = "service: {region: nowhere}" if name == "no such region" else SERVICE
            at = "http://127.0.0.1:1" if name == "nobody there" else url
            (folder / "target.yaml").write_text(TARGET.format(where=where, keystone=at, folder=folder,
                                                              owner=owner or OWNERS["password"]))
            done = programs.judge("run", folder / "target.yaml", env={**os.environ, "BOB": PASSWORDS["bob"]})
            failures.expect(done.returncode == 2, f"{name}: exit status {done.returncode}")
            failures.expect(said in done.stderr, f"{name}: no {said!r} in {done.stderr!r}")
            check_secrets(failures, name, done.stdout + done.stderr, keystone)
            failures.expect("wr0ng-s3cret" not in done.stderr, f"{name}: the password is seen")
            done = programs.judge("target", "check", folder / "target.yaml", env={**os.environ, "BOB": PASSWORDS["bob"]})
            failures.expect(done.returncode == 2 and f"PROBLEM     {'identity owner: ' if owner else ''}" in done.stdout
                            and said in done.stdout, f"{name}: target check: {done.returncode} {done.stdout[-600:]}")
            check_secrets(failures, f"{name}: target check", done.stdout + done.stderr, keystone)


def argument(programs, failures, mock, folder):
    """A token on the command line is gone from the list of processes, and sent all the same."""
    token = "s3cret-argument:pa:member"
    report, status, seen, _ = run(programs, folder, {}, mock.url, "--token", token)
    failures.expect(status == 0 and any(case["verdict"] == "pass" for case in report["cases"]),
                    f"--token: exit status {status}")
    failures.expect(token not in seen, "--token: the token is seen")


def abort(command, folder, environ, ready):
    """Its wait status, where cores are allowed, and what others saw of it before."""
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environ}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, CORES))
    end = time.monotonic() + TIMEOUT_S
    while not ready() and time.monotonic() < end:
        time.sleep(0.005)
    shown, _ = seen_of(process.pid)
    os.kill(process.pid, signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status  # it has been waited for
    return status, shown


def aborted(programs, failures, mock, folder):
    """What dies with secrets in it leaves no core, and none of them in what it leaves; nor does who goes on with it."""
    keystone, state = Keystone(10**6), folder / "state"
    environ = {"BOB": PASSWORDS["bob"], "XDG_STATE_HOME": str(state)}
    status, _ = abort([programs.mock, "--listen", "127.0.0.1:0"], folder, {}, lambda: True)
    failures.expect(os.WCOREDUMP(status) or not any(CORES), "no program leaves a core here: nothing is proven")
    for core in folder.glob("core*"):
        core.unlink()
    with serving(keystone) as url, Front(mock.url, keystone.change) as front:
        keystone.service = front.url
        target = folder / "target.yaml"
        target.write_text(TARGET.format(where=SERVICE, keystone=url, owner=OWNERS["password"], folder=folder))
        command = [programs.imageproof, "run", "--jobs", "1", "--rate", "100", *ONLY, target]
        status, shown = abort(command, folder, environ,
                              lambda: any('"record":"case"' in text_of(path) for path in state.glob("imageproof/*.log")))
        failures.expect(os.WTERMSIG(status) == signal.SIGABRT and not os.WCOREDUMP(status), f"aborted: status {status}")
        failures.expect(not list(folder.glob("core*")), "a core with secrets in it")
        left = [text_of(path) for path in state.glob("imageproof/*")]
        failures.expect(len(left) == 2 and all(left), f"aborted: {len(left)} files are left")
        log = next(state.glob("imageproof/*.log"))
        dry = programs.judge("run", "--dry-run", target, env={**os.environ, **environ})
        report = folder / "resumed.json"
        done = programs.judge("run", "--resume", log, "--report", f"json={report}", env={**os.environ, **environ})
    failures.expect(dry.returncode == 0 and done.returncode == 0, f"dry: {dry.stderr} resumed: {done.stderr}")
    for name, text in {"aborted": shown, "left": "".join(left), "dry run": dry.stdout + dry.stderr,
                       "resumed": done.stdout + done.stderr + text_of(report)}.items():
        failures.expect(text, f"{name}: there is nothing to be seen")
        check_secrets(failures, name, text, keystone)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve() as mock:
        folder = pathlib.Path(name)
        (folder / "root").write_text(PASSWORDS["root"] + "\n")
        (folder / "direct.yaml").write_text(DIRECT.format(url=mock.url))
        wanted = verdicts(run(programs, folder, {}, folder / "direct.yaml")[0])
        failures.expect("pass" in wanted.values(), "no case passes with tokens of its own")
        owners(programs, failures, mock, folder, wanted)
        clouds(programs, failures, mock, folder, wanted)
        refusals(programs, failures, folder)
        haste(programs, failures, mock, folder)
        argument(programs, failures, mock, folder)
        aborted(programs, failures, mock, folder)
    failures.end()


main()
