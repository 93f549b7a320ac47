#!/usr/bin/env python3
"""`imageproof coverage --json`, the Images API v1: each header, filter, value and field that the documents
name has a clause, and a case where the clause is about one of several values. What is looked for stands
here, as the documents have it, and not in the clauses."""

import sys

from harness import EDITIONS, Failures, Programs

DISK_FORMATS = "aki ami ari iso qcow2 raw vhd vdi vmdk".split()
CONTAINER_FORMATS = "aki ami ari bare docker ova ovf".split()
STATUSES = "queued saving active killed deleted pending_delete".split()
SHOWN_HEADERS = ("checksum container_format created_at deleted disk_format id is_public min_disk min_ram name owner "
                 "protected size status updated_at property-").split()
CREATE_HEADERS = {
    "x-image-meta-name": "name", "x-image-meta-disk_format": "disk-format-raw",
    "x-image-meta-container_format": "container-format-bare", "x-image-meta-size": "size-matches",
    "x-image-meta-checksum": "checksum-matches", "x-image-meta-min_disk": "min-disk",
    "x-image-meta-min_ram": "min-ram", "x-image-meta-protected": "protected", "x-image-meta-is_public": "is-public",
    "x-image-meta-owner": "owner", "x-image-meta-id": "id", "x-image-meta-store": "store-known",
    "x-image-meta-property-": "property", "x-image-meta-location": "from-location",
    "x-glance-api-copy-from": "copy-from",
}
UPDATE_HEADERS = {
    "x-image-meta-name": "name", "x-image-meta-disk_format": "disk-format",
    "x-image-meta-container_format": "container-format", "x-image-meta-size": "size-matches",
    "x-image-meta-checksum": "checksum-matches", "x-image-meta-min_disk": "min-disk",
    "x-image-meta-min_ram": "min-ram", "x-image-meta-protected": "protected", "x-image-meta-is_public": "is-public",
    "x-image-meta-property-": "property", "x-glance-registry-purge-props": "purge-props-false",
}
FILTERS = "name container_format disk_format status size_min size_max changes-since property".split()
PAGING = ("limit", "limit-default", "limit-number", "marker", "marker-known", "sort-key-known", "sort-dir-known")
SORT_KEYS = "name status container_format disk_format size id created_at updated_at".split()
# Fields of the items of a list: what their clauses are called after v1.list.item- or v1.detail.item-.
SPARSE = "id name disk_format container_format size checksum".split()
DETAILS = SPARSE + ("created_at updated_at deleted_at deleted is_public owner properties protected status virtual_size "
                    "min_disk min_ram").split()
ON_THE_OLD_SITE = {"list": ("uri", "size-text"),
                   "detail": ("uri", "size-text", "deleted-at-text", "created-at-blank", "updated-at-blank")}
PRECONDITIONS = ("v1.create.data-needs-name", "v1.create.data-needs-disk-format", "v1.create.data-needs-container-format",
                 "v1.create.size-matches", "v1.create.checksum-matches", "v1.update.needs-queued",
                 "v1.update.size-matches", "v1.update.checksum-matches", "v1.delete.needs-unprotected")
MEMBERSHIP = ("v1.member-add.shares", "v1.member-add.cannot-share", "v1.member-add.can-share", "v1.member-add.keeps",
              "v1.member-add.changes", "v1.member-add.others-stay", "v1.members-replace.adds",
              "v1.members-replace.removes", "v1.members-replace.keeps", "v1.members-replace.cannot-share",
              "v1.member-remove.unshares", "v1.shared-images.lists", "v1.shared-images.can-share-of-all")


def word(name):
    return name.lower().replace("_", "-").strip("-")


def wanted():
    """What: the clauses that must be there for it."""
    yield from ((f"disk format {value}", f"v1.create.disk-format-{value}") for value in DISK_FORMATS)
    yield from ((f"container format {value}", f"v1.create.container-format-{value}") for value in CONTAINER_FORMATS)
    yield from ((f"POST {name}", f"v1.create.{slug}") for name, slug in CREATE_HEADERS.items())
    yield from ((f"PUT {name}", f"v1.update.{slug}") for name, slug in UPDATE_HEADERS.items())
    for call in ("show", "head"):
        yield from ((f"{call} x-image-meta-{name}", f"v1.{call}.header-{word(name)}") for name in SHOWN_HEADERS)
    for call, fields in (("list", SPARSE), ("detail", DETAILS)):
        yield from ((f"{call} filter {name}", f"v1.{call}.filter-{word(name)}") for name in FILTERS)
        yield from ((f"{call} {name}", f"v1.{call}.{name}") for name in PAGING)
        yield from ((f"{call} sort_key={key}", f"v1.{call}.sort-key-{word(key)}") for key in SORT_KEYS)
        yield from ((f"{call} field {name}", f"v1.{call}.item-{word(name)}") for name in fields)
        yield from ((f"{call} field {name}", f"v1.{call}.item-{name}") for name in ON_THE_OLD_SITE[call])
    yield from ((f"detail {name}", f"v1.detail.{name}") for name in ("next", "previous"))
    yield from ((name, name) for name in PRECONDITIONS + MEMBERSHIP)


def wanted_cases():
    """Values of filters: the case of the clause that has the value."""
    for call in ("list", "detail"):
        for name, values in (("disk-format", DISK_FORMATS), ("container-format", CONTAINER_FORMATS), ("status", STATUSES)):
            yield from (f"v1.{call}.filter-{name}/{word(value)}" for value in values)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    clauses = {c["id"]: c for c in programs.coverage()["clauses"] if c["api"] == "images-v1"}
    cases = {case for clause in clauses.values() for case in clause["cases"]}
    rows = list(wanted())
    for what, clause in rows:
        failures.expect(clause in clauses and clauses[clause]["cases"], f"{what}: no clause {clause} with a case")
    values = list(wanted_cases())
    for prefix in values:
        failures.expect(any(case == prefix or case.startswith(prefix + "-") for case in cases), f"no case {prefix}")
    for clause in clauses.values():
        failures.expect(clause["edition"] in EDITIONS + ("all",), f"{clause['id']}: edition {clause['edition']}")
        failures.expect(clause["id"].startswith("v1."), f"{clause['id']} is not called v1")
    for edition in EDITIONS:
        failures.expect(any(c["edition"] == edition for c in clauses.values()), f"{edition} has no clause of its own")
    contested = sum(c["edition"] != "all" for c in clauses.values())
    print(f"{len(clauses)} clauses, {contested} of them of one edition, {len(cases)} cases; {len(rows)} headers, "
          f"filters, fields and rules and {len(values)} values of filters looked for")
    failures.end()


main()
