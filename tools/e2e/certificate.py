#!/usr/bin/env python3
"""Certificates of real runs: what is changed anywhere is found with its reason, a verdict that was turned is found by
judging again, a run that is not fit gets none, and envelopes go both ways between here and openssl(1)."""

import base64
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from front import Front
from harness import TIMEOUT_S, Failures, Programs

PLACES = 25  # of each file, in which one bit is turned
FLIPS = 8
TYPE = "application/vnd.in-toto+json"
SPECS = pathlib.Path(__file__).resolve().parent.parent.parent / "specs"
MAY_BREAK = "v1.general.request-id/v1-images-detail"
ZEROES = "0" * 64
FEW = ("--only", "image-data.upload.answers-*")  # each check judges all of them again
MUST_FAILS = (*FEW, "--mock-arg=--break", "--mock-arg=image-data.upload.answers-415")


def breaks_off(head):
    return None if head.startswith((b"GET /v1/images/detail ", b"GET / ")) else head


def encoded(payload):
    """What DSSE signs."""
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)


def chained(lines):
    """The lines of a log, their chain made anew."""
    chain, out = ZEROES, []
    for line in lines:
        head = line[: line.rindex(',"chain":"')]
        chain = hashlib.sha256((chain + head).encode()).hexdigest()
        out.append(f'{head},"chain":"{chain}"}}\n')
    return "".join(out)


class Desk:
    """A folder with a run, keys and a certificate."""

    def __init__(self, programs, folder, failures):
        self.programs, self.folder, self.failures = programs, folder, failures
        self.log, self.certificate, self.package = (folder / name for name in ("run.log", "certificate.json", "package.tar"))
        self.keys = {"ed25519": folder / "one", "p256": folder / "two"}

    def judge(self, *arguments):
        return self.programs.judge(*map(str, arguments))

    def expect(self, name, done, status, fragment=""):
        self.failures.expect(done.returncode == status and fragment in done.stdout + done.stderr,
                             f"{name}: exit status {done.returncode} instead of {status}: {done.stdout}{done.stderr}")

    def private(self):
        return [word for path in self.keys.values() for word in ("--key", path)]

    def public(self):
        return [word for path in self.keys.values() for word in ("--key", f"{path}.pub")]

    def verify(self, certificate=None, transcript=None, *more):
        return self.judge("verify", certificate or self.certificate, "--transcript", transcript or self.log, *self.public(),
                          *more)


def prepare(desk):
    desk.expect("run", desk.judge("run", "--quiet", "--log", desk.log, *FEW), 0)
    for algorithm, path in desk.keys.items():
        desk.expect("make a key", desk.judge("certify", "--make-key", path, "--algorithm", algorithm), 0)
        desk.failures.expect(path.stat().st_mode & 0o777 == 0o600, f"{path.name} can be read by others")
    desk.expect("certify", desk.judge("certify", desk.log, *desk.private(), "--output", desk.certificate, "--package",
                                      desk.package), 0)


def check_good(desk):
    desk.expect("verify", desk.verify(), 0, "every verdict the same")
    desk.expect("verify a package", desk.judge("verify", desk.package, *desk.public()), 0, "every verdict the same")
    desk.expect("without a key", desk.judge("verify", desk.certificate, "--transcript", desk.log), 2, "no --key was named")
    descriptor = subprocess.run(["bash", "-c", '"$0" certify "$1" --key /dev/fd/3 3<"$2"', desk.programs.imageproof,
                                 desk.log, desk.keys["p256"]], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    desk.expect("a key from a descriptor", descriptor, 0, "payloadType")


def check_changes(desk):
    generator = random.Random(3)
    changed = desk.folder / "changed"
    for path, verify in ((desk.certificate, lambda: desk.verify(certificate=changed)),
                         (desk.log, lambda: desk.verify(transcript=changed)),
                         (desk.package, lambda: desk.judge("verify", changed, *desk.public()))):
        data = path.read_bytes()
        for place in (*generator.sample(range(len(data)), PLACES), 0, len(data) - 1):
            changed.write_bytes(data[:place] + bytes([data[place] ^ 1 << generator.randrange(7)]) + data[place + 1:])
            done = verify()
            desk.failures.expect(done.returncode in (1, 64) and done.stderr.strip(),
                                 f"{path.name}, byte {place}: exit status {done.returncode}: {done.stdout}{done.stderr}")
    suite = desk.folder / "specs"
    shutil.copytree(SPECS, suite)
    for path in generator.sample(sorted((suite / "images-v2").glob("*.yaml")), 2):
        text = path.read_text()
        path.write_text(text.replace("answer", "Answer", 1) if "answer" in text else text + "# more\n")
        desk.expect(f"a change of {path.name}", desk.verify(None, None, "--specs", suite), 2)
        path.write_text(text)


def check_flips(desk):
    """Whoever can write a log can chain it: what was answered still says what the verdict is."""
    lines = desk.log.read_text().splitlines()
    results = [i for i, line in enumerate(lines) if line.startswith('{"record":"case"')]
    forged = desk.folder / "forged.log"
    for place in random.Random(4).sample(results, FLIPS):
        record = json.loads(lines[place])
        record["verdict"] = {"pass": "not-claimed", "not-claimed": "pass"}[record["verdict"]]
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        forged.write_text(chained([*lines[:place], text, *lines[place + 1:]]))
        done = desk.judge("certify", forged, *desk.private(), "--output", desk.folder / "forged.json")
        desk.expect(f"a verdict turned in line {place + 1}", done, 1, "when judged again")
    changed = [line.replace('"status":204', '"status":200') if '"status":204' in line else line for line in lines]
    forged.write_text(chained(changed))
    desk.expect("answers that were changed", desk.judge("certify", forged, *desk.private()), 1, "when judged again")


def check_unfit(desk):
    bad = desk.folder / "bad.log"
    desk.judge("run", "--quiet", "--log", bad, *MUST_FAILS)
    desk.expect("a failure at level must", desk.judge("certify", bad, *desk.private()), 1, "whose level is must")
    data = desk.log.read_bytes()
    bad.write_bytes(data[: len(data) // 2])
    desk.expect("half a run", desk.judge("certify", bad, *desk.private()), 1, "is not whole")
    desk.judge("run", "--quiet", "--shard", "1/2", "--log", bad, *FEW)
    desk.expect("a shard", desk.judge("certify", bad, *desk.private()), 1, "is not whole")
    accepted = desk.folder / "accepted"
    accepted.write_text("no-such-case because\n")
    desk.expect("an acceptance of nothing", desk.judge("certify", desk.log, *desk.private(), "--accept", accepted), 1)
    desk.expect("a public key", desk.judge("certify", desk.log, "--key", f"{desk.keys['p256']}.pub"), 2, "is no private key")
    desk.expect("no key", desk.judge("certify", desk.log), 64, "--key is missing")
    desk.expect("a key that is there", desk.judge("certify", "--make-key", desk.keys["p256"]), 2)


def check_broken(desk):
    """An answer that breaks off is judged again as it was: with each look whether the subject was still there."""
    log, certificate, target, accepted = (desk.folder / name for name in ("broken.log", "broken.json", "broken.yaml", "broken"))
    accepted.write_text(f"{MAY_BREAK} it may\n")
    with desk.programs.serve() as mock, Front(mock.url, breaks_off) as front:
        target.write_text(f"{{subject: a front, url: '{front.url}', features: [images-v1], "
                          "identities: {owner: {token: 'o:p:member'}}}")
        desk.expect("a broken answer", desk.judge("run", "--quiet", "--log", log, "--only", "v1.general.request-id", target), 1)
    desk.expect("certify a broken answer", desk.judge("certify", log, *desk.private(), "--accept", accepted, "--output",
                                                      certificate), 0)
    desk.expect("verify a broken answer", desk.verify(certificate, log), 0, "every verdict the same")


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=TIMEOUT_S, check=False)


def check_strangers(desk):
    """Signatures made here hold there, and the other way round."""
    envelope = json.loads(desk.certificate.read_text())
    payload = base64.b64decode(envelope["payload"])
    message, signature = desk.folder / "message", desk.folder / "signature"
    message.write_bytes(encoded(payload))
    hashes = {"ed25519": (), "p256": ("-digest", "sha256")}
    for (algorithm, key), made in zip(desk.keys.items(), envelope["signatures"]):
        signature.write_bytes(base64.b64decode(made["sig"]))
        done = openssl("pkeyutl", "-verify", "-pubin", "-inkey", f"{key}.pub", "-rawin", *hashes[algorithm], "-in", message,
                       "-sigfile", signature)
        desk.failures.expect(done.returncode == 0, f"openssl refuses the signature by {algorithm}: {done.stderr}")
        openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", *hashes[algorithm], "-in", message, "-out", signature)
        made.update(keyid="", sig=base64.b64encode(signature.read_bytes()).decode())
    foreign = desk.folder / "foreign.json"
    foreign.write_text(json.dumps(envelope, indent=4))
    desk.expect("an envelope of openssl", desk.verify(foreign, None, "--foreign"), 0, "every verdict the same")
    desk.expect("the same as if it were ours", desk.verify(foreign), 1)


def main():
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(Programs(sys.argv), pathlib.Path(name), failures)
        for check in (prepare, check_good, check_changes, check_flips, check_unfit, check_broken, check_strangers):
            check(desk)
    failures.end()


main()
