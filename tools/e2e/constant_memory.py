#!/usr/bin/env python3
"""A sparse image of 4 GiB up and down again: the judge stays under 32 MiB resident, the mock under 64 MiB.

Slow (half a minute): a stage of .ci/run, no part of the ordinary tests."""

import json
import pathlib
import sys
import tempfile

from harness import Failures, Programs, peak_kib, run_watched

JUDGE_MAX_KIB = 32 * 1024
MOCK_MAX_KIB = 64 * 1024
SIZE_BYTES = 4 << 30

SUITE = """section: Large data
reference: none
calls:
  create: POST /v2/images
  delete: DELETE /v2/images/{image_id}
  upload: PUT /v2/images/{image_id}/file
  download: GET /v2/images/{image_id}/file
clauses:
  - id: large.round-trip
    kind: rule
    level: must
    from: nowhere
    says: Four GiB come back as they went.
    cases:
      - name: zeroes
        steps:
          - send: {call: create, json: {name: "${case.id}", disk_format: raw, container_format: bare}}
            expect: {status: 201}
            capture: {id: {json: /id}}
            cleanup: {call: delete, image_id: "${id}"}
          - send:
              call: upload
              image_id: ${id}
              headers: {Content-Type: application/octet-stream}
              body: {size: 4G, zeroes: true}
            expect: {status: 204}
          - send: {call: download, image_id: "${id}"}
            expect: {status: 200, body: {size: 4G, zeroes: true}}
"""


def sent_bytes(path):
    (case,) = json.loads(path.read_text())["cases"]
    bodies = [exchange["request"]["body"] for exchange in case["exchanges"]]
    return max(body["length"] for body in bodies if body)


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    with tempfile.TemporaryDirectory() as name, programs.serve() as mock:
        specs = pathlib.Path(name) / "images-v2"
        specs.mkdir()
        (specs / "large.yaml").write_text(SUITE)
        command = [programs.imageproof, "run", "--quiet", "--specs", name, "--report", f"json={name}/run.json",
                   "--token", "o:p:member", mock.url]
        status, said, judge = run_watched(command)
        failures.expect(status == 0, f"exit status {status}: {said}")
        sent = sent_bytes(pathlib.Path(name) / "run.json")
        failures.expect(sent == SIZE_BYTES, f"{sent} bytes were sent")
        mock_peak = peak_kib(mock.pid)
    failures.expect(0 < judge < JUDGE_MAX_KIB, f"the judge took {judge} KiB")
    failures.expect(mock_peak < MOCK_MAX_KIB, f"the mock took {mock_peak} KiB")
    print(f"resident at most: judge {judge / 1024:.1f} MiB, mock {mock_peak / 1024:.1f} MiB")
    failures.end()


main()
