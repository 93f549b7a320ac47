#!/usr/bin/env python3
"""The suite against a service in use: fifty images of others, and of the very projects that are sent as, with members,
tags, properties, protection and data, are after the run what they were before it, every byte of them; and calls on all
images at once are made only where the target file allows it.

usage: others.py [--whole] IMAGEPROOF IMAGEPROOF-MOCK
       --whole: all APIs; without it those of images, which is what others have
"""

import hashlib
import json
import pathlib
import re
import sys
import tempfile
import urllib.error
import urllib.request

from bundled import target_and_arguments
from front import Front
from harness import TIMEOUT_S, Failures, Programs

IMAGES = 50
QUOTA_LEFT = 102400  # to the project of the owner, beside what it holds
GNS3_IMAGES = 10
OWN = ("pa", "pb", "pc")  # of the identities below
VISIBILITIES = ("private", "shared", "community", "public")
ADMIN = "root:root:admin"
IDENTITIES = {
    "owner": {"token": "owner:pa:member", "project": "pa"},
    "other": {"token": "other:pb:member", "project": "pb"},
    "reader": {"token": "reader:pa:reader", "project": "pa"},
    "admin": {"token": "admin:pc:admin", "project": "pc"},
    "stranger": {"token": "no-token"},
}


def ask(method, url, token=ADMIN, body=None, **headers):
    """Status and body."""
    request = urllib.request.Request(url, body, {"X-Auth-Token": token, **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def wanted(answer, *statuses):
    if answer[0] not in statuses:
        sys.exit(f"a stranger's image cannot be had: {answer}")
    return answer[1]


def make_image(url, number):
    project = OWN[number % 3] if number % 2 else f"p{number}"
    role = "admin" if VISIBILITIES[number % 4] == "public" else "member"
    token = f"u{number}:{project}:{role}"
    told = {"name": f"imageproof deadbeef-{number}" if number % 3 else f"holiday {number}",
            "visibility": VISIBILITIES[number % 4], "tags": ["summer", f"t{number}"], "weather": "fine",
            "disk_format": "raw", "container_format": "bare", "protected": number % 5 == 0, "os_hidden": number % 7 == 0}
    id = json.loads(wanted(ask("POST", f"{url}/v2/images", token, json.dumps(told).encode(),
                               **{"Content-Type": "application/json"}), 201))["id"]
    if number % 4 < 3:
        data = hashlib.sha256(b"%d" % number).digest() * (number + 1)
        wanted(ask("PUT", f"{url}/v2/images/{id}/file", token, data, **{"Content-Type": "application/octet-stream"}), 204)
    if told["visibility"] == "shared":
        for member in ("pb", f"friend-{number}"):
            wanted(ask("PUT", f"{url}/v1/images/{id}/members/{member}", token), 204)
    if number % 11 == 0 and number % 4 < 3:
        wanted(ask("POST", f"{url}/v2/images/{id}/actions/deactivate", ADMIN, b""), 204)


def make_gns3_image(url, number):
    told = {"qemu_img": "qemu-img", "path": f"others-{number}.img", "format": "qcow2", "size": number + 1}
    wanted(ask("POST", f"{url}/v2/compute/qemu/img", body=json.dumps(told).encode()), 201)


def listing(url):
    """All that there is of each image: its record, its members, and its data."""
    found = {}
    for query in ("visibility=all", "visibility=all&os_hidden=true"):
        for image in json.loads(wanted(ask("GET", f"{url}/v2/images?limit=1000&{query}"), 200))["images"]:
            id = image["id"]
            members = ask("GET", f"{url}/v1/images/{id}/members")
            status, data = ask("GET", f"{url}/v2/images/{id}/file")
            found[id] = (image, members, status, hashlib.sha256(data).hexdigest())
    return found


def gns3_listing(url):
    """The files that were there, by their names. What a run makes stays: the API has no call that removes it."""
    names = [image["filename"] for image in json.loads(wanted(ask("GET", f"{url}/v2/compute/qemu/images"), 200))]
    return {name: hashlib.sha256(ask("GET", f"{url}/v2/compute/qemu/images/{name}")[1]).hexdigest()
            for name in names if name.startswith("others-")}


def target_of(url, allow):
    """As the bundled mock's, with projects that stay the same: what is entered is then everybody's."""
    target = {**target_and_arguments()[0], "url": url, "identities": IDENTITIES, "allow": allow}
    for state in (*target["limits"].values(), *target["conditions"].values()):
        state["alone"] = True
    del target["conditions"]["delayed-delete"]  # what it leaves holds its room in the project for good
    held = sum(image["size"] or 0 for image, *_ in listing(url).values() if image["owner"] == "pa")
    target["limits"]["project_quota"]["enter"]["query"]["value"] = QUOTA_LEFT + held
    target["limits"]["project_quota"]["value"] = QUOTA_LEFT
    return json.dumps(target)


class Collection:
    """Calls that change all images at once, as far as their address tells."""

    def __init__(self):
        self.seen = []

    def change(self, head):
        line = head.split(b"\r\n")[0].decode("latin-1")
        if re.match(r"(PUT|DELETE|PATCH) /v\d(\.\d+)?/images/?(detail/?)?( |\?)", line):
            self.seen.append(line)
        return head


def run_beside_others(programs, failures, url, folder, allow, *selection):
    """The report, and which cases wanted a permission that they did not have."""
    name = f"allow: {allow} {selection}"
    before, gns3_before = listing(url), gns3_listing(url)
    (folder / "target.yaml").write_text(target_of(url, allow))
    status, report = programs.results("--jobs", "8", *selection, folder / "target.yaml")
    after, gns3_after = listing(url), gns3_listing(url)
    failures.expect(len(before) == IMAGES and len(gns3_before) == GNS3_IMAGES, f"{name}: {len(before)}, {len(gns3_before)} before")
    changed = {id for id in {*before, *after} if before.get(id) != after.get(id)}
    failures.expect(not changed, f"{name}: changed: {[(before.get(id), after.get(id)) for id in list(changed)[:2]]}")
    failures.expect(gns3_after == gns3_before, f"{name}: files of others have changed")
    wrong = [(case["id"], case["verdict"], case["reason"]) for case in report["cases"]
             if case["verdict"] not in ("pass", "not-claimed")]
    failures.expect(status == 0 and not wrong, f"{name}: {status}: {len(wrong)} {wrong[:4]}")
    return report, [case["id"] for case in report["cases"] if "no permission all-images" in (case["reason"] or "")]


def all_at_once(programs, failures, mock, folder, allow):
    collection = Collection()
    with Front(mock.url, collection.change) as front:
        _, refused = run_beside_others(programs, failures, front.url, folder, allow, "--only", "v1.general.*")
    failures.expect((len(refused) == 3) == (not allow) and bool(collection.seen) == bool(allow),
                    f"allow: {allow}: not claimed {refused}, sent {collection.seen[:3]}")


def main():
    whole = "--whole" in sys.argv
    programs = Programs([word for word in sys.argv if word != "--whole"])
    failures = Failures()
    selection = () if whole else ("--api", "images-v1", "--api", "images-v2")
    with tempfile.TemporaryDirectory() as name, programs.serve(*target_and_arguments()[1]) as mock:
        folder = pathlib.Path(name)
        for number in range(IMAGES):
            make_image(mock.url, number)
        for number in range(GNS3_IMAGES):
            make_gns3_image(mock.url, number)
        report, refused = run_beside_others(programs, failures, mock.url, folder, [], *selection)
        reasons = {case["reason"] for case in report["cases"] if case["verdict"] == "not-claimed"}
        failures.expect(len(report["cases"]) > (1200 if whole else 700) and len(refused) == 3, f"{report['summary']}, {refused}")
        failures.expect(reasons == {"no permission all-images", "no condition delayed-delete"}, f"not claimed: {reasons}")
        for allow in ([], ["all-images"]):
            all_at_once(programs, failures, mock, folder, allow)
    print(f"{IMAGES} images and {GNS3_IMAGES} files of others, after {len(report['cases'])} cases: {report['summary']}")
    failures.end()


main()
