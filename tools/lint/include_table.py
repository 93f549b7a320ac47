#!/usr/bin/env python3
"""Who may include whom (the design's table), and which file alone knows an outside library."""

import re

import lint

# A folder, and the folders whose headers it may include beside its own.
ALLOWED = {
    "tools/base": (),
    "tools/bench": ("tools/base",),
    "tools/imageproof": ("tools/base", "conformance", "fixtures"),
    "reports": ("tools/base",),
    "conformance": ("tools/base", "reports", "specs/layouts"),
    "mock": ("tools/base", "fixtures", "specs/layouts"),
    "fixtures": ("tools/base", "specs/layouts"),
    "specs/layouts": (),
    "specs/layouts/test": ("tools/base", "specs/layouts"),
}
# The one folder that sees both sides, and of each nothing but the list of its commands.
REGISTRIES_ONLY = "tools/imageproof"
# A header of a library, and the files that may include it.
ALONE = {
    "microhttpd.h": {"conformance/byte_server.c", "mock/server.c", "tools/bench/bare_server.c"},
    "curl/curl.h": {"conformance/subject.c", "conformance/wire/base_url.c", "conformance/wire/transfer.h",
                    "mock/fetch.c"},
    "yaml.h": {"conformance/spec/yaml_tree.c"},
    "pcre2.h": {"conformance/match/pattern.c"},
    "openssl/evp.h": {"tools/base/digest.c", "tools/base/sign.c"},
    "openssl/pem.h": {"tools/base/sign.c"},
    "zlib.h": {"fixtures/builders/compress.c", "fixtures/builders/guest_vmdk.c", "conformance/formats/inflate.c"},
    "zstd.h": {"fixtures/builders/compress.c", "conformance/formats/inflate.c"},
}
CLAUSE_FILE = re.compile(r'"[^"]*(specs/(?!layouts/)|\.yaml)[^"]*"')
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(name):
    return next((folder for folder in sorted(ALLOWED, key=len, reverse=True) if name.startswith(folder + "/")), None)


def owner_of(header):
    """The folder that an include in quotes leads to: tools/ is a root of includes, too."""
    return folder_of(header) or folder_of("tools/" + header)


def find(root):
    for path in lint.tracked(root, ".c", ".h", ".def"):
        name = str(path.relative_to(root))
        folder = folder_of(name)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match[2] in ALONE and name not in ALONE[match[2]]:
                yield path, number, f"only {', '.join(sorted(ALONE[match[2]]))} may include {match[2]}"
            owner = owner_of(match[2]) if match else None
            if match and folder and (owner or match[1] == '"'):
                if owner != folder and owner not in ALLOWED[folder]:
                    yield path, number, f"{folder} may not include {match[2]}"
                elif folder == REGISTRIES_ONLY and owner != "tools/base" and not match[2].endswith(".def"):
                    yield path, number, f"{folder} may include only registries of {owner}"
            if folder == "mock" and CLAUSE_FILE.search(line):
                yield path, number, "the mock never reads the clauses"


lint.main(find, {
    "mock/a.c": '#include "conformance/spec/spec.h"\n',
    "mock/b.c": '#include "reports/result.h"\n',
    "mock/c.c": 'fopen("specs/images-v2/x.yaml");\n',
    "mock/d.c": 'fopen("specs/" FOLDER);\n',
    "mock/e.c": 'fopen("image-data.yaml");\n',
    "mock/f.c": "#include <conformance/spec/spec.h>\n",
    "mock/g.c": '#include "../reports/result.h"\n',
    "mock/test/a.c": '#include "conformance/spec/spec.h"\n',
    "conformance/a.c": '#include "mock/mock.h"\n',
    "conformance/b.c": '#include "fixtures/builders/qcow2.h"\n',
    "conformance/c.c": "#include <microhttpd.h>\n",
    "conformance/d.c": "#include <curl/curl.h>\n",
    "reports/a.c": '#include "conformance/spec/spec.h"\n',
    "tools/base/a.c": '#include "reports/result.h"\n',
    "tools/imageproof/a.c": '#include "fixtures/builders/builder.h"\n',
    "tools/imageproof/b.c": '#include "mock/mock.h"\n',
    "fixtures/builders/a.c": '#include "conformance/spec/spec.h"\n',
}, {
    "mock/store.c": '#include <stdlib.h>\n#include "base/mem.h"\n#include "mock/mock.h"\n',
    "conformance/runner.c": '#include "reports/result.h"\n#include "base/err.h"\n',
    "mock/server.c": "#include <microhttpd.h>\n",
    "mock/gns3/spoil.c": '#include "specs/layouts/vdi.h"\n',
})
