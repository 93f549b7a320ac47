"""A client of the GNS3 API of the mock."""

import json
import struct
import uuid

IMG = "/v2/compute/qemu/img"
IMAGES = "/v2/compute/qemu/images"
FOLDER = "/opt/gns3/images/QEMU"
MEGABYTE = 1 << 20


def name(suffix="img"):
    return f"{uuid.uuid4().hex}.{suffix}"


class Gns3:
    def __init__(self, server):
        self.server = server

    def call(self, method, path, body=b"", headers=None):
        return self.server.call(method, path, body, headers, token=None)

    def send(self, method, parameters, query=""):
        return self.call(method, IMG + query, json.dumps(parameters).encode())

    def create(self, path=None, qemu_img="/usr/bin/qemu-img", query="", **parameters):
        wanted = {"qemu_img": qemu_img, "path": path or name(), "format": "qcow2", "size": 16, **parameters}
        return self.send("POST", {k: v for k, v in wanted.items() if v is not ...}, query)

    def extend(self, path, qemu_img="/usr/bin/qemu-img", **parameters):
        return self.send("PUT", {"qemu_img": qemu_img, "path": path, **parameters})

    def download(self, path):
        return self.call("GET", f"{IMAGES}/{path}")

    def upload(self, path, data):
        return self.call("POST", f"{IMAGES}/{path}", data)

    def listed(self):
        return {image["filename"]: image for image in self.call("GET", IMAGES).json()}

    def size_of(self, path):
        """Bytes of the file; None when there is none."""
        answer = self.download(path)
        return len(answer.body) if answer.status == 200 else None


def virtual_size(data):
    """Bytes of the guest's disk, by the few fields that say so."""
    if data[:4] == b"QFI\xfb":
        return struct.unpack(">Q", data[24:32])[0]
    if data[64:68] == b"\x7f\x10\xda\xbe":
        return struct.unpack("<Q", data[368:376])[0]
    if data[-512:-504] == b"conectix":
        return struct.unpack(">Q", data[-464:-456])[0]
    if data[:4] == b"KDMV":
        return 512 * struct.unpack("<Q", data[12:20])[0]
    return len(data)
