#!/usr/bin/env python3
"""A subject behind TLS: a private authority, a certificate of the client, and what is refused: an authority that nobody
knows, a certificate that has expired, another host's, a client without one; what is not verified is said loudly."""

import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile

from front import Front
from harness import TIMEOUT_S, Failures, Programs

ONLY = ("--only", "image-data.download.answers-20*", "--only", "image-data.upload.answers-204")
TARGET = """subject: a service behind TLS
url: {url}
{tls}
identities:
  owner: {{token: "owner:${{case.id}}:member", project: "${{case.id}}"}}
features: [images-v2]
"""


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=TIMEOUT_S)


def make_certificate(folder, name, host, days):
    """name.pem and name.key, of the authority ca.pem."""
    (folder / f"{name}.ext").write_text(f"subjectAltName=IP:{host}\n")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj",
            f"/CN={name}")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def make_all(folder):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj",
            "/CN=private authority", "-days", "2")
    make_certificate(folder, "server", "127.0.0.1", "2")
    make_certificate(folder, "expired", "127.0.0.1", "-1")
    make_certificate(folder, "elsewhere", "192.0.2.1", "2")
    make_certificate(folder, "client", "127.0.0.1", "2")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "foreign.key", "-out", "foreign.pem", "-subj",
            "/CN=another authority", "-days", "2")


def end_of(folder, name):
    """The last moment of a certificate, as openssl writes it."""
    done = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", f"{name}.pem"], cwd=folder, check=True,
                          capture_output=True, text=True, timeout=TIMEOUT_S)
    return done.stdout.strip().removeprefix("notAfter=").replace("  ", " ")


def context(folder, name, wants_client):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    if wants_client:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(folder / "ca.pem")
    return made


FORMS = ("text", "json", "junit", "tap", "html", "markdown", "github", "sarif", "har", "badge")
LOUD = "INSECURE"
CLIENT = "certificate: {folder}/client.pem, key: {folder}/client.key"
# name: (certificate of the server, whether it wants one of the client, tls of the target, exit status, what is said)
ROWS = {
    "a private authority": ("server", False, "ca: {folder}/ca.pem", 0, ""),
    "a certificate of the client": ("server", True, "ca: {folder}/ca.pem, " + CLIENT, 0, ""),
    "an unknown authority": ("server", False, "insecure: false", 2, "issued by CN = private authority"),
    "another authority": ("server", False, "ca: {folder}/foreign.pem", 2, "issued by CN = private authority"),
    "an expired certificate": ("expired", False, "ca: {folder}/ca.pem", 2, "certificate has expired; the certificate is of"),
    "the date of an expired certificate": ("expired", False, "ca: {folder}/ca.pem", 2, "until {expired}"),
    "another host": ("elsewhere", False, "ca: {folder}/ca.pem", 2, "host name '127.0.0.1'; the certificate is of "
                     "CN = elsewhere, for IP Address:192.0.2.1"),
    "no certificate of the client": ("server", True, "ca: {folder}/ca.pem", 2, "for want of a certificate of the client"),
    "one of the client that nobody knows": ("server", True, "ca: {folder}/ca.pem, certificate: {folder}/foreign.pem, "
                                            "key: {folder}/foreign.key", 2, "for want of a certificate of the client"),
    "a key that is another's": ("server", True, "ca: {folder}/ca.pem, certificate: {folder}/client.pem, "
                                "key: {folder}/server.key", 2, "private key"),
    "no such file": ("server", False, "ca: {folder}/none.pem", 2, "none.pem"),
    "not verified": ("expired", False, "insecure: true", 0, ""),
}


def judge(programs, folder, url, tls):
    (folder / "target.yaml").write_text(TARGET.format(url=url, tls=f"tls: {{{tls.format(folder=folder)}}}"))
    reports = {form: folder / f"run.{form}" for form in FORMS}
    for path in reports.values():
        path.unlink(missing_ok=True)
    done = programs.judge("run", "--jobs", "2", *ONLY, *(f"--report={form}={path}" for form, path in reports.items()),
                          folder / "target.yaml", env={**os.environ, "XDG_STATE_HOME": str(folder)})
    return done, {form: path.read_text() for form, path in reports.items()}


def check_target(programs, failures, folder, row, server, status):
    """`target check` tells of the certificate, also of one that is refused."""
    done = programs.judge("target", "check", "--json", folder / "target.yaml")
    told = json.loads(done.stdout) if done.stdout else {"peer": {}}
    seen = told["peer"].get("tls") or {}
    failures.expect((done.returncode == 2) == (status == 2), f"{row}: target check: {done.returncode} {told.get('problems')}")
    good = server == "server" and row not in ("an unknown authority", "no such file")
    failures.expect(seen.get("verified") == good, f"{row}: target check: {seen}")
    if row != "no such file":
        failures.expect(f"CN = {server}" in (seen["name"] or "") and "CN = private authority" in (seen["authority"] or "")
                        and "GMT" in (seen["expires"] or ""), f"{row}: target check: {seen}")


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve() as mock:
        folder = pathlib.Path(name)
        make_all(folder)
        expired = end_of(folder, "expired")
        for row, (server, wants_client, tls, status, said) in ROWS.items():
            with Front(mock.url, tls=context(folder, server, wants_client)) as front:
                done, texts = judge(programs, folder, front.url, tls)
            summary, said = json.loads(texts["json"])["summary"], said.format(expired=expired)
            told = " ".join(texts["text"].split())
            failures.expect(done.returncode == status, f"{row}: exit status {done.returncode}: {told[:600]}")
            failures.expect(said in told, f"{row}: no {said!r} in {told[:600]}")
            failures.expect((summary["pass"] > 0) == (status == 0), f"{row}: {summary}")
            failures.expect(summary["fail"] == 0, f"{row}: a false accusation: {summary}")
            for form, text in texts.items():
                loud = LOUD in " ".join(text.split())
                failures.expect(loud == (row == "not verified"), f"{row}: the report of form {form} says INSECURE: {loud}")
    failures.end()


main()
