#!/usr/bin/env python3
"""Each rule that can be broken is seen when it is, and is not seen when another one is.

PROBES has one small observation for each clause. A server with the clause's fault must be observed
otherwise than one that obeys everything; the other probes must not, but for those of NEIGHBOURS, which
see the same exchange from another side.
"""

import json
import subprocess
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor

from mock_server import OCTETS, PROGRAM, Project, Server, finish_upload

DATA = b"0123456789abcdefghij"
STORES = ("--stores", "fast,slow")
UP, DOWN = "image-data.upload.", "image-data.download."


def upload_to(made=lambda p: p.image(), **sent):
    return lambda p: p.upload(made(p), **sent).status


def under(condition, look):
    def probe(project):
        project.enter(condition)
        return look(project)
    return probe


def limited(name, sent):
    def probe(project):
        project.limit(name, 10)
        return project.upload(project.image(), sent).status
    return probe


def shown(key):
    return lambda p: p.show(p.image(DATA))[key]


def part(range_):
    return lambda p: p.download(p.image(DATA), range_).body


def poll(good):
    """Waits until it is good, though not for long: a broken rule may keep it from ever being so."""
    for _ in range(40):
        if good():
            return
        time.sleep(0.01)


def meanwhile(then):
    """What `then` sees while an upload is held."""
    def probe(project):
        image = project.image()
        sock = project.server.open_upload(image, 20, DATA[:10], project.owner)
        poll(lambda: project.show(image)["status"] == "saving")
        return then(project, image, sock)
    return probe


def see_status(project, image, sock):
    status = project.show(image)["status"]
    sock.close()
    return status


def delete_it(project, image, sock):
    project.call("DELETE", f"/v2/images/{image}")
    finish_upload(sock, DATA[10:])
    return project.call("GET", f"/v2/images/{image}").status


def cut_it_off(project, image, sock):
    sock.close()
    poll(lambda: project.show(image)["status"] == "queued")
    return project.show(image)["status"]


def without_formats(project):
    return project.call("POST", "/v2/images", b"{}").json()["id"]


def deactivated(project):
    image = project.image(DATA)
    project.call("POST", f"/v2/images/{image}/actions/deactivate")
    return image


def status_after_another(project):
    image = project.image(DATA)
    project.upload(image)
    return project.show(image)["status"]


def refused_status(project):
    project.enter("storage-full")
    image = project.image()
    project.upload(image)
    return project.show(image)["status"]


def store_of(name):
    def probe(project):
        image = project.image()
        project.upload(image, headers={**OCTETS, "X-Image-Meta-Store": name} if name else OCTETS)
        return project.show(image).get("stores")
    return probe


def unknown(_):
    return str(uuid.uuid4())


def policy_before_status(project):
    image = project.image(DATA)
    project.enter("upload-denied")
    return project.upload(image).status


def get(made=lambda p: p.image(DATA), **sent):
    return lambda p: p.download(made(p), **sent).status


def header(name, range_=None):
    return lambda p: p.download(p.image(DATA), range_).headers.get(name)


def sized(text):
    return {**OCTETS, "x-openstack-image-size": text}


OTHER = "u:somebody-else:member"
PROBES = {
    UP + "answers-204": upload_to(),
    UP + "answers-400": upload_to(headers=sized("x")),
    UP + "answers-401": upload_to(token="nobody"),
    UP + "answers-403": under("upload-denied", upload_to()),
    UP + "answers-404": upload_to(unknown),
    UP + "answers-409": upload_to(lambda p: p.image(DATA)),
    UP + "answers-410": under("store-disabled", upload_to()),
    UP + "answers-413": limited("image_size_cap", DATA),
    UP + "answers-415": upload_to(headers={"Content-Type": "text/plain"}),
    UP + "answers-503": under("storage-readonly", upload_to()),
    UP + "needs-image": upload_to(unknown),
    UP + "needs-formats": upload_to(without_formats),
    UP + "needs-queued": upload_to(lambda p: p.image(DATA)),
    UP + "needs-quota": limited("project_quota", DATA),
    UP + "needs-size-within-cap": limited("image_size_cap", DATA),
    UP + "needs-free-storage": under("storage-full", upload_to()),
    UP + "becomes-active": shown("status"),
    UP + "stores-data": lambda p: p.download(p.image(DATA)).body,
    UP + "shows-size": shown("size"),
    UP + "shows-checksum": shown("checksum"),
    UP + "shows-hash": shown("os_hash_value"),
    UP + "is-saving-meanwhile": meanwhile(see_status),
    UP + "refused-stays-active": status_after_another,
    UP + "refused-stays-queued": refused_status,
    UP + "cut-off-stays-queued": meanwhile(cut_it_off),
    UP + "lost-when-deleted": meanwhile(delete_it),
    UP + "content-type": upload_to(headers={}),
    UP + "store-header-known": upload_to(headers={**OCTETS, "X-Image-Meta-Store": "none"}),
    UP + "store-header-places": store_of("slow"),
    UP + "store-header-default": store_of(None),
    UP + "size-header-matches": upload_to(headers=sized("19")),
    UP + "needs-token": upload_to(token=None),
    UP + "needs-writer": lambda p: p.upload(p.image(), token=p.reader).status,
    UP + "hides-foreign": upload_to(token=OTHER),
    UP + "accepts-chunked": lambda p: p.upload(p.image(), iter([DATA])).status,
    UP + "accepts-empty": upload_to(data=b""),
    UP + "token-before-type": upload_to(token=None, headers={}),
    UP + "type-before-image": upload_to(unknown, headers={}),
    UP + "policy-before-status": policy_before_status,
    DOWN + "answers-200": get(),
    DOWN + "answers-204": get(lambda p: p.image()),
    DOWN + "answers-206": get(range_="bytes=0-9"),
    DOWN + "answers-400": get(range_="bytes=0-1,3-4"),
    DOWN + "answers-403": under("download-denied", get()),
    DOWN + "answers-404": get(unknown),
    DOWN + "answers-416": get(range_="bytes=20-"),
    DOWN + "needs-image": get(unknown),
    DOWN + "gives-data": lambda p: p.download(p.image(DATA)).body,
    DOWN + "full-is-200": get(),
    DOWN + "partial-is-206": get(range_="bytes=0-9"),
    DOWN + "no-data-is-204": get(lambda p: p.image()),
    DOWN + "no-record-is-404": get(unknown),
    DOWN + "unsatisfiable-is-416": get(range_="bytes=20-"),
    DOWN + "content-type": header("content-type"),
    DOWN + "content-md5": header("content-md5"),
    DOWN + "content-md5-of-part": header("content-md5", "bytes=0-9"),
    DOWN + "content-length": header("content-length"),
    DOWN + "content-range": header("content-range", "bytes=0-9"),
    DOWN + "range-first": part("bytes=0-9"),
    DOWN + "range-exact": part("bytes=5-14"),
    DOWN + "range-open-end": part("bytes=10-"),
    DOWN + "range-suffix": part("bytes=-5"),
    DOWN + "range-clamped": part("bytes=15-99"),
    DOWN + "content-range-request": get(headers={"Content-Range": "bytes 0-9/20"}),
    DOWN + "range-wins": lambda p: p.download(p.image(DATA), "bytes=5-9", {"Content-Range": "bytes 0-9/20"}).body,
    DOWN + "several-ranges": get(range_="bytes=0-1,3-4"),
    DOWN + "malformed-range": get(range_="bytes=x"),
    DOWN + "needs-token": get(token=None),
    DOWN + "hides-foreign": get(token=OTHER),
    DOWN + "reads-community": get(lambda p: p.image(DATA, visibility="community"), token=OTHER),
    DOWN + "deactivated-refused": get(deactivated),
    DOWN + "deactivated-for-admin": lambda p: p.download(deactivated(p), token=p.admin).status,
    DOWN + "prefer-known": get(query="?prefer=none"),
    DOWN + "prefer-falls-back": get(query="?prefer=slow"),
    DOWN + "prefer-format": get(query="?prefer=fast,,slow"),
    DOWN + "prefer-needs-multistore": under("single-store", get(query="?prefer=fast")),
    DOWN + "prefer-denied": under("prefer-denied", get(query="?prefer=fast")),
}


# Probes that are the same exchange, or one that takes in another: the right one sees the left one's fault.
NEIGHBOURS = {
    UP + "needs-image": {"answers-404"},
    UP + "needs-queued": {"answers-409"},
    UP + "needs-size-within-cap": {"answers-413"},
    UP + "needs-free-storage": {"refused-stays-queued"},
    UP + "becomes-active": {"refused-stays-active", "deactivated-refused", "deactivated-for-admin"},
    UP + "stores-data": {"gives-data", "range-open-end", "range-suffix", "range-clamped"},
    UP + "content-type": {"answers-415", "type-before-image"},
    UP + "needs-token": {"answers-401", "token-before-type"},
    DOWN + "needs-image": {"answers-404", "no-record-is-404"},
    DOWN + "no-record-is-404": {"answers-404", "needs-image"},
    DOWN + "no-data-is-204": {"answers-204"},
    DOWN + "gives-data": {"stores-data", "range-first", "range-exact", "range-open-end", "range-suffix",
                          "range-clamped", "range-wins"},
    DOWN + "full-is-200": {"answers-200", "reads-community", "deactivated-for-admin", "prefer-falls-back"},
    DOWN + "partial-is-206": {"answers-206", "content-range-request"},
    DOWN + "unsatisfiable-is-416": {"answers-416"},
    DOWN + "content-md5": {"content-md5-of-part"},
    DOWN + "range-exact": {"range-wins"},
    DOWN + "several-ranges": {"answers-400"},
}


def neighbours(clause, other):
    """A status that is answered wrongly is seen by whatever is answered so by the same call."""
    call, rule = clause.rsplit(".", 1)
    if rule.startswith("answers-"):
        return other.startswith(call)
    return other.rsplit(".", 1)[1] in NEIGHBOURS.get(clause, ())


def all_seen(*arguments):
    with Server(*STORES, *arguments) as server:
        return {clause: probe(Project(server)) for clause, probe in PROBES.items()}


class Faults(unittest.TestCase):
    def test_every_fault_of_image_data_has_a_probe(self):
        listed = subprocess.run([PROGRAM, "--list-faults", "--json"], capture_output=True, check=True).stdout
        of_data = {f["clause"] for f in json.loads(listed)["faults"] if f["clause"].startswith("image-data.")}
        self.assertEqual(of_data, set(PROBES))

    def test_each_fault_is_seen_and_no_other(self):
        obeyed = all_seen()
        with ThreadPoolExecutor(4) as pool:
            broken = dict(zip(PROBES, pool.map(lambda clause: all_seen("--break", clause), PROBES)))
        for clause, seen in broken.items():
            with self.subTest(clause):
                others = {c for c in PROBES if c != clause and seen[c] != obeyed[c]}
                self.assertNotEqual(obeyed[clause], seen[clause])
                self.assertEqual(set(), {c for c in others if not neighbours(clause, c)})


if __name__ == "__main__":
    unittest.main()
