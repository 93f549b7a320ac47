#!/usr/bin/env python3
"""tools/changes/run: what it changes is noticed, and what nobody looks at shows itself."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from harness import Failures, Programs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RUN = ROOT / "tools/changes/run"
RUN_MAX_S = 600
MD5_CASES = "image-data.download.[a-c]*"
MD5 = "GET:/v2/images/ID/file:200:header-*:Content-Md5"


def changes(programs, *arguments, **environ):
    return subprocess.run([RUN, *arguments, programs.imageproof, programs.mock], capture_output=True, text=True,
                          timeout=RUN_MAX_S, check=False, env={**os.environ, **environ})


def data_without(folder, pattern, text):
    """A copy of the suite with one matcher replaced."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    shutil.copytree(ROOT / "conformance/targets", folder / "conformance/targets")
    path = folder / "specs/images-v2/image-data.yaml"
    changed, count = re.subn(pattern, text, path.read_text())
    path.write_text(changed)
    return count


def main():
    programs = Programs(sys.argv)
    failures = Failures()
    ran = changes(programs, "--count", "60", "--only", "image-data.download.*", "--kind", "*:/v2/*")
    print(ran.stdout)
    failures.expect(ran.returncode == 0, f"exit status {ran.returncode}: {ran.stdout}{ran.stderr}")
    looked = changes(programs, "--count", "20", "--only", MD5_CASES, "--kind", MD5)
    failures.expect(looked.returncode == 0 and "(100.0 %)" in looked.stdout, f"the digest is looked at: {looked.stdout}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        count = data_without(folder, r'headers: \{Content-MD5: "\$\{image.md5\}"\}', "status: 2xx")
        blind = changes(programs, "--count", "20", "--only", MD5_CASES, "--kind", MD5, IMAGEPROOF_DATA=str(folder))
        failures.expect(count > 0 and blind.returncode == 1 and "times not noticed  GET:/v2/images/ID/file:200:header-altered:"
                        "Content-Md5" in blind.stdout, f"nobody looks at the digest: {count}, {blind.stdout}{blind.stderr}")
        count = data_without(folder / "failing", r'headers: \{Content-Length: "10"\}', 'headers: {Content-Length: "11"}')
        broken = changes(programs, "--count", "20", "--only", "image-data.download.*", IMAGEPROOF_DATA=str(folder / "failing"))
        failures.expect(count > 0 and broken.returncode == 2, f"a suite that does not pass: {broken.returncode}")
    failures.end()


main()
