"""Readers of the forms of report: what each tells of a run, read by parsers that are not ours where there are any.

FORMS maps a form to (read, counts, problems): bytes to whatever the reader makes of them; that to {verdict: count}; that
to a list of what is wrong with its structure.
"""

import collections
import html.parser
import json
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree

VERDICTS = ("pass", "fail", "skipped", "not-claimed", "error")


def tally(verdicts):
    counts = collections.Counter(verdicts)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def missing(form, thing, keys):
    return [f"{form}: {sorted(keys - set(thing))} is not there"] if keys - set(thing) else []


# ---- json

CASE_KEYS = {"id", "name", "api", "section", "level", "says", "from", "file", "line", "verdict", "reason", "clauses",
             "duration_ms", "findings", "notes", "exchanges", "call", "status", "tags"}
RUN_KEYS = {"schema", "tool_version", "subject", "edition", "suite", "started", "resumed", "duration_ms", "interrupted",
            "ended_early", "summary", "cases"}


def json_problems(run):
    if set(run) != RUN_KEYS or run["schema"] != "imageproof.results/1":
        yield f"json: the keys of the run are {sorted(run)}"
    if run["summary"] != json_counts(run):
        yield f"json: the summary is {run['summary']}, the cases are {json_counts(run)}"
    for case in run["cases"]:
        if set(case) != CASE_KEYS:
            yield f"json: the keys of {case['id']} are {sorted(case)}"


def json_counts(run):
    return tally(case["verdict"] for case in run["cases"])


# ---- junit

def junit_verdict(case):
    children = [child.tag for child in case]
    if not children:
        return "pass"
    if children == ["skipped"]:
        return case[0].get("message").split(":")[0]
    return {"failure": "fail", "error": "error"}[children[0]]


def junit_counts(root):
    return tally(junit_verdict(case) for case in root.iter("testcase"))


def junit_problems(root):
    for element in (root, *root.iter("testsuite")):
        counts = junit_counts(element)
        counted = {"tests": sum(counts.values()), "failures": counts["fail"], "errors": counts["error"]}
        if element.tag == "testsuite":
            counted["skipped"] = counts["skipped"] + counts["not-claimed"]
        told = {name: int(element.get(name, -1)) for name in counted}
        if told != counted:
            yield f"junit: {element.get('name')!r} tells {told} and has {counted}"
    for suite in root.iter("testsuite"):
        if not {"subject", "edition"} <= {p.get("name") for p in suite.iter("property")}:
            yield f"junit: {suite.get('name')!r} lacks properties"
    for case in root.iter("testcase"):
        if set(case.keys()) != {"classname", "name", "time"}:
            yield f"junit: a testcase has {sorted(case.keys())}"


# ---- text

COLUMNS = 100


def text_counts(text):
    return {name: int(count) for name, count in re.findall(r"([a-z-]+) (\d+)[,;]", text.splitlines()[-1])}


def text_problems(text):
    for line in text.splitlines():
        has_space = " " in line[len("not-claimed 1: "):]  # the only place where a line could have been broken
        if len(line) > COLUMNS and has_space and not line.startswith("    request "):
            yield f"text: a line of {len(line)} columns: {line[:60]!r}"


# ---- tap: by Perl's own parser, which knows version 13 only; 14 differs in subtests and escapes, not in points

TAP_READER = r"""
use TAP::Parser; binmode STDOUT, ':raw';
my $parser = TAP::Parser->new({tap => do { local $/; my $t = <STDIN>; $t =~ s/^TAP version 14/TAP version 13/; $t }});
while (my $r = $parser->next) {
    next if !$r->is_test;
    print $r->has_skip ? 'skip ' . ($r->explanation =~ /^([a-z-]+): /)[0] : $r->is_actual_ok ? 'ok' : 'not', "\n";
}
print "problem $_\n" for $parser->parse_errors;
"""


def tap_read(data):
    import yaml
    lines = data.decode().splitlines()
    blocks = [[line[2:] for line in block.splitlines()]
              for block in re.findall(r"^  ---\n(.*?)^  \.\.\.\n", data.decode(), re.M | re.S)]
    done = subprocess.run(["perl", "-e", TAP_READER], input=data, capture_output=True, timeout=60, check=True)
    return {"head": lines[:2], "points": done.stdout.decode().splitlines(),
            "blocks": [yaml.safe_load("\n".join(block)) for block in blocks]}


def tap_counts(tap):
    wrong = iter(block["verdict"] for block in tap["blocks"])
    kinds = {"ok": lambda rest: "pass", "not": lambda rest: next(wrong, "none"), "skip": lambda rest: rest}
    points = [point.partition(" ") for point in tap["points"] if not point.startswith("problem")]
    return tally(kinds[kind](rest) for kind, _, rest in points)


def tap_problems(tap):
    points = [point for point in tap["points"] if not point.startswith("problem")]
    if tap["head"] != ["TAP version 14", f"1..{len(points)}"]:
        yield f"tap: begins with {tap['head']}"
    yield from (f"tap: {point}" for point in tap["points"] if point.startswith("problem"))
    if points.count("not") != len(tap["blocks"]):
        yield "tap: another number of blocks than of failures"


# ---- markdown

def markdown_counts(text):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return dict(zip(rows[0], map(int, rows[2])))


# What may stand outside of blocks of code: our own marks; all else is letters, spaces, and references.
MARKDOWN_OWN = re.compile(r"</?(?:details|summary|code)>|\*\*(Interrupted|Ended early):\*\*|^## |^\|[ |:-]*\||&#\d+;|&quot;")


def markdown_problems(text):
    prose = re.sub(r"^(`{3,})sh\n.*\n\1$", "", text, flags=re.M)
    for line in prose.splitlines():
        if line == "| | |":
            continue
        if line.startswith("| ") and line.endswith(" |"):
            line = line[2:-2].replace(" | ", " ").replace("| ", " ")
        left = MARKDOWN_OWN.sub(" ", line)
        left = re.sub(r"suite \S+, in [\d.]+ s$|, line \d+$|^And \d+ more .*\.$", "", left)
        if re.search(r"[<>\\`*_\[\]{}()|~$@\"]", left):
            yield f"markdown: {line[:120]!r} is not escaped"
    if text.count("<details>") != text.count("</details>"):
        yield "markdown: folds are not closed"
    if len(text) > 300000:
        yield f"markdown: {len(text)} characters"


# ---- github: https://docs.github.com/actions, "Workflow commands for GitHub Actions"

ANNOTATION = re.compile(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:\r\n]*,)*[a-zA-Z]+=[^,:\r\n]*)::([^\r\n]*)")


def github_read(data):
    lines = []
    for line in data.decode().splitlines():
        match = ANNOTATION.fullmatch(line)
        properties = dict(pair.split("=", 1) for pair in match[2].split(",")) if match else {}
        lines.append({"line": line, "command": match and match[1], "message": match and urllib.parse.unquote(match[3]),
                      "properties": {name: urllib.parse.unquote(value) for name, value in properties.items()}})
    return lines


def github_counts(lines):
    return {name: int(count) for name, count in re.findall(r"([a-z-]+) (\d+)", lines[-1]["message"])}


def github_problems(lines):
    for line in lines:
        if not line["command"]:
            yield f"github: {line['line'][:120]!r} is no command"
    titles = collections.Counter(line["properties"].get("title", "").split(" ")[0] for line in lines)
    for verdict in ("fail", "error"):
        if titles[verdict] != github_counts(lines)[verdict]:
            yield f"github: {titles[verdict]} annotations of {verdict}"


# ---- sarif: the properties that its section 3 requires of what is here

SARIF_REQUIRED = {"log": {"version", "runs"}, "run": {"tool", "results"}, "driver": {"name"}, "rule": {"id"},
                  "result": {"message"}}
SARIF_KINDS = {"pass": "pass", "fail": "fail", "skipped": "open", "not-claimed": "notApplicable", "error": "open"}


def sarif_counts(log):
    return tally(result["properties"]["verdict"] for result in log["runs"][0]["results"])


def sarif_problems(log):
    yield from missing("sarif", log, SARIF_REQUIRED["log"])
    run = log["runs"][0]
    yield from missing("sarif", run, SARIF_REQUIRED["run"])
    rules = run["tool"]["driver"]["rules"]
    if len({rule["id"] for rule in rules}) != len(rules):
        yield "sarif: a rule stands twice"
    for result in run["results"]:
        yield from missing("sarif", result, SARIF_REQUIRED["result"])
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"sarif: {result['ruleId']} is not the rule at {result['ruleIndex']}"
        if result["kind"] != SARIF_KINDS[result["properties"]["verdict"]]:
            yield f"sarif: {result['properties']['verdict']} is of the kind {result['kind']}"
        if (result["level"] == "none") != (result["kind"] != "fail"):
            yield f"sarif: {result['kind']} has the level {result['level']}"
        if result["locations"][0]["physicalLocation"].get("region", {"startLine": 1})["startLine"] < 1:
            yield "sarif: a line below 1"
    if run["properties"]["summary"] != sarif_counts(log):
        yield "sarif: the summary is another one"


# ---- har: what HAR 1.2 does not mark as optional

HAR_REQUIRED = {
    "entry": {"startedDateTime", "time", "request", "response", "cache", "timings"},
    "request": {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"},
    "response": {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
                 "bodySize"},
    "content": {"size", "mimeType"}, "timings": {"send", "wait", "receive"},
    "page": {"startedDateTime", "id", "title", "pageTimings"},
}


def har_counts(document):
    return tally(page["_verdict"] for page in document["log"]["pages"])


DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def har_problems(document):
    log = document["log"]
    for thing in (*log["pages"], *log["entries"]):
        if not DATE.fullmatch(thing["startedDateTime"]):
            yield f"har: {thing['startedDateTime']} is no date"
    yield from missing("har", log, {"version", "creator", "entries"})
    pages = {page["id"] for page in log["pages"]}
    for page in log["pages"]:
        yield from missing("har", page, HAR_REQUIRED["page"])
    for entry in log["entries"]:
        parts = {"entry": entry, "request": entry["request"], "response": entry["response"],
                 "content": entry["response"]["content"], "timings": entry["timings"]}
        for name, part in parts.items():
            yield from missing(f"har {name}", part, HAR_REQUIRED[name])
        if entry["pageref"] not in pages:
            yield f"har: there is no page {entry['pageref']}"


# ---- badge

SVG = "{http://www.w3.org/2000/svg}"


def badge_counts(root):
    title = root.find(SVG + "title").text
    return {name: int(count) for name, count in re.findall(r"([a-z-]+) (\d+)(?:,|$)", title[-80:])}


def badge_problems(root):
    if root.tag != SVG + "svg" or {child.tag for child in root} != {SVG + "title", SVG + "rect", SVG + "text"}:
        yield "badge: other elements than a badge has"
    if sum(float(r.get("width")) for r in root.findall(SVG + "rect")) > float(root.get("width")) * 2:
        yield "badge: wider than it says"


# ---- html

VOID = {"meta", "input", "br"}
ASKING = {"src", "srcset", "action", "poster", "background", "formaction", "ping", "manifest"}


class Page(html.parser.HTMLParser):
    """What a page is made of, by Python's parser: elements well nested, identifiers, addresses, scripts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.problems, self.texts = [], [], [], collections.defaultdict(str)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append((tag, dict(attributes).get("id")))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()[0] != tag:
            self.problems.append(f"html: </{tag}> closes something else")

    def handle_data(self, data):
        for tag, identifier in self.open:
            self.texts[identifier or tag] += data


def html_read(data):
    page = Page()
    page.feed(data.decode())
    page.close()
    page.data = json.loads(page.texts["data"])
    return page


def html_counts(page):
    return tally(page.data["verdicts"][row[0]] for row in page.data["cases"])


def html_table(page):
    """The counts as they stand in the page itself: the last row, all levels."""
    row = re.search(r"all(\d[\d\n]*)$", page.texts["summary"].strip())
    return row[1] if row else "none"


def html_problems(page):
    yield from page.problems
    yield from (f"html: <{tag}> is not closed" for tag, _ in page.open)
    identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    if len(set(identifiers)) != len(identifiers):
        yield "html: an identifier stands twice"
    for tag, attributes in page.elements:
        if ASKING & set(attributes) or tag in ("link", "img", "iframe", "object", "embed", "base"):
            yield f"html: <{tag}> asks for something"
        if not attributes.get("href", "#").startswith("#"):
            yield f"html: a link leads to {attributes['href']}"
        for name in ("aria-labelledby", "for"):
            if attributes.get(name, identifiers[0]) not in identifiers:
                yield f"html: {name} names {attributes[name]}, which is not there"
    if not any("default-src 'none'" in a.get("content", "") for _, a in page.elements):
        yield "html: nothing forbids requests"
    counts = html_counts(page)
    if html_table(page) != "".join(map(str, [*counts.values(), sum(counts.values())])):
        yield f"html: the table tells {html_table(page)}, the data {counts}"
    if any(row[1] >= len(page.data["clauses"]) for row in page.data["cases"]):
        yield "html: a case is of a clause that is not there"


FORMS = {
    "text": (lambda data: data.decode(), text_counts, text_problems),
    "json": (lambda data: json.loads(data.decode()), json_counts, json_problems),
    "junit": (xml.etree.ElementTree.fromstring, junit_counts, junit_problems),
    "tap": (tap_read, tap_counts, tap_problems),
    "markdown": (lambda data: data.decode(), markdown_counts, markdown_problems),
    "github": (github_read, github_counts, github_problems),
    "sarif": (lambda data: json.loads(data.decode()), sarif_counts, sarif_problems),
    "har": (lambda data: json.loads(data.decode()), har_counts, har_problems),
    "html": (html_read, html_counts, html_problems),
    "badge": (xml.etree.ElementTree.fromstring, badge_counts, badge_problems),
}
