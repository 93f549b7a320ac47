#!/usr/bin/env python3
"""Each way to be wrong is among the faults that `imageproof prove` tries, in each API where it makes sense.

Every row names a fault of the mock, or a liar, of that kind, and words of what it does; that it is noticed is what
`imageproof prove` shows."""

import json
import subprocess
import sys

from harness import TIMEOUT_S, Failures, Programs

V1, V2, GNS3, LIAR = "images-v1", "images-v2", "gns3-compute-v2", "liar"
KINDS = {
    "wrong status": {V1: ("v1.list.answers-200", "answers 203 where 200"), V2: ("image-data.upload.answers-204", "answers 200"),
                     GNS3: ("gns3.create.answers-201", "answers 200 where 201")},
    "missing header": {V1: ("v1.show.header-id", "leaves x-image-meta-id out"),
                       V2: ("image-data.download.content-range", "only where it sends all")},
    "wrong header": {V1: ("v1.create.location", "another address"), V2: ("image-data.download.content-type", "text/plain")},
    "missing body field": {V1: ("v1.detail.item-name", "leaves name out")},
    "extra body field": {V1: ("v1.list.sparse", "all fields")},
    "body where there is none": {V1: ("v1.delete.no-body", "with a body")},
    "wrong type": {V1: ("v1.detail.item-deleted-at-text", "as null")},
    "wrong order in a list": {V1: ("v1.list.newest-first", "oldest first")},
    "filter ignored": {V1: ("v1.list.filter-name", "ignores name")},
    "page lost": {V1: ("v1.list.pages", "loses the first image")},
    "effect not done": {V1: ("v1.delete.removes", "leaves the image"), V2: ("image-data.upload.store-header-places", "ignores which store"),
                        GNS3: ("gns3.create.makes-image", "makes no image")},
    "effect done though refused": {V1: ("v1.delete.refused-stays", "and deletes it"),
                                   V2: ("image-data.upload.refused-stays-active", "makes it queued"),
                                   GNS3: ("gns3.create.refused-keeps-image", "empties what is there")},
    "data altered": {V1: ("v1.create.stores-data", "a last byte"), V2: ("image-data.upload.stores-data", "a last byte"),
                     GNS3: ("gns3.update.keeps-content", "changes a byte")},
    "wrong digest": {V1: ("v1.create.etag", "another checksum"), V2: ("image-data.upload.shows-hash", "another SHA-512")},
    "no Content-Length": {V1: ("v1.show.content-length", "without a length"),
                          V2: ("image-data.download.content-length", "without a length")},
    "wrong Content-Length": {LIAR: ("length-too-long", "seven bytes more")},
    "range off by one": {V2: ("image-data.download.range-exact", "one byte too early")},
    "range obeyed where there is none": {V1: ("v1.show.ignores-range", "gives the part")},
    "isolation broken": {V1: ("v1.list.hides-foreign", "everybody"), V2: ("image-data.upload.needs-writer", "may only read"),
                         GNS3: ("gns3.create.remote-path", "takes absolute paths")},
    "existence told": {V2: ("image-data.download.hides-foreign", "answers 403")},
    "quota not counted": {V1: ("v1.create.storage-quota", "beyond the quota"), V2: ("image-data.upload.needs-quota", "beyond")},
    "state not changed": {V1: ("v1.create.becomes-active", "leaves the image saving"),
                          V2: ("image-data.upload.becomes-active", "leaves the image saving"),
                          GNS3: ("gns3.update.extends-raw", "as large as it was")},
    "time not moved": {V1: ("v1.update.moves-updated-at", "leaves the time")},
    "broken off": {LIAR: ("half-a-body", "within the body")},
    "malformed header": {LIAR: ("header-without-colon", "without a colon")},
    "bad chunking": {LIAR: ("chunk-without-size", "no number")},
}


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    listed = json.loads(subprocess.run([programs.mock, "--list-faults", "--json"], capture_output=True, check=True,
                                       timeout=TIMEOUT_S).stdout)["faults"]
    apis = {clause["id"]: clause["api"] for clause in programs.coverage()["clauses"]}
    faults = {(apis.get(fault["clause"]), fault["clause"]): fault["wrong"] for fault in listed}
    proven = json.loads(programs.judge("prove", "--json", "--only", "v1.list.answers-200").stdout)
    faults |= {(LIAR, liar["fault"]): liar["wrong"] for liar in proven["liars"]}
    for kind, rows in KINDS.items():
        for api, (name, words) in rows.items():
            wrong = faults.get((api, name), "")
            failures.expect(words in wrong, f"{kind} of {api}: {name} is {wrong!r}, which does not say {words!r}")
    print(f"{len(KINDS)} kinds of faults, {sum(map(len, KINDS.values()))} of them by API, among {len(faults)}")
    failures.end()


main()
