"""Which single changes an answer allows, and how each is made."""

import copy
import dataclasses
import json
import re

TIMEOUT_S = 2  # that the judge is given for an exchange
LATE_S = 2.5

# How often each kind is picked among those that an answer allows. A late answer costs its time.
WEIGHTS = {"status": 3, "header-gone": 4, "header-altered": 4, "json-gone": 4, "json-altered": 6, "json-swapped": 4,
           "byte": 6, "truncated": 2, "late": 0.1}
ITEM = re.compile(r"(/(?:images|members|shared-images)/)(?!detail$)[^/]+")
HOP_BY_HOP = {"connection", "content-length", "transfer-encoding"}


@dataclasses.dataclass(frozen=True)
class Change:
    kind: str
    what: str = ""  # header, or JSON pointer
    place: int = 0  # of a byte

    @property
    def delay_s(self):
        return LATE_S if self.kind == "late" else 0

    def apply(self, answer):
        """The bytes to send; None when this answer, unlike the one that was planned with, does not allow it."""
        try:
            return self.changed(answer)
        except (IndexError, KeyError, TypeError, ValueError):
            return None

    def changed(self, answer):
        changed = copy.copy(answer)
        length = None
        if self.kind == "status":
            changed.status += 1
        elif self.kind == "header-gone":
            changed.headers = [h for h in answer.headers if h[0] != self.what]
        elif self.kind == "header-altered":
            changed.headers = [(n, altered_text(v) if n == self.what else v) for n, v in answer.headers]
        elif self.kind.startswith("json-"):
            changed.body = json.dumps(changed_json(answer.json(), self.kind, self.what)).encode()
        elif self.kind == "byte":
            changed.body = answer.body[:self.place] + bytes([answer.body[self.place] ^ 1]) + answer.body[self.place + 1:]
        elif self.kind == "truncated":
            length = len(answer.body)
            changed.body = answer.body[:length // 2]
        return changed.to_bytes(length)


def altered_text(text):
    return ("y" if text[:1] == "x" else "x") + text[1:]


def altered(value):
    """Another value of the same type, as far as there is one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return altered_text(value)
    return "x" if value is None else [*value, "x"]


def changed_json(whole, kind, pointer):
    whole = copy.deepcopy(whole)
    *parents, last = pointer.split("/")[1:]
    holder = whole
    for step in parents:
        holder = holder[int(step) if isinstance(holder, list) else step]
    last = int(last) if isinstance(holder, list) else last
    if kind == "json-gone":
        del holder[last]
    elif kind == "json-altered":
        holder[last] = altered(holder[last])
    else:
        items = holder[last]
        items[0], items[1] = items[1], items[0]
    return whole


def json_changes(value, pointer=""):
    """Every member, every leaf, and every list whose order can be seen."""
    if isinstance(value, list) and len(value) > 1 and value[0] != value[1] and pointer:
        yield Change("json-swapped", pointer)
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield Change("json-gone", f"{pointer}/{key}")
            yield from json_changes(inner, f"{pointer}/{key}")
    elif pointer:
        yield Change("json-altered", pointer)
    if value == [] and pointer:
        yield Change("json-altered", pointer)


def changes_of(answer, dice):
    """All single changes of an answer."""
    changes = [Change("status"), Change("late")]
    for name, _ in answer.headers:
        if name.lower() not in HOP_BY_HOP:
            changes += [Change("header-gone", name), Change("header-altered", name)]
    whole = answer.json() if answer.body else None
    if whole is not None:
        changes += json_changes(whole)
    elif answer.body:
        changes.append(Change("byte", place=dice.randrange(len(answer.body))))
    if len(answer.body) > 1:
        changes.append(Change("truncated"))
    return changes


@dataclasses.dataclass(frozen=True)
class Single:
    """One change of one answer: that of a numbered exchange of a case."""
    case: int
    number: int
    change: Change
    kind: str  # the same for every answer of the same call and status: what is ranked


def kind_of(exchange, change):
    path = re.sub(r"^/v1\.\d/", "/v1/", ITEM.sub(r"\1ID", exchange.path))  # minor versions have the same calls
    what = re.sub(r"/\d+(?=/|$)", "/N", change.what)
    return ":".join(filter(None, (exchange.method, path, str(exchange.answer.status), change.kind, what)))


def all_singles(exchanges, dice):
    """Every single change of every answer: a list for each answer."""
    return [[Single(case, number, change, kind_of(exchange, change)) for change in changes_of(exchange.answer, dice)]
            for case, of_case in sorted(item for item in exchanges.items() if item[0])
            for number, exchange in enumerate(of_case) if exchange.answer]


def pick(answers, count, dice):
    """`count` single changes, each once: an answer first, then a form, then one of that form, so that answers with
    many fields do not crowd out the others."""
    picked = {}
    for _ in range(count * 50):
        if len(picked) == count:
            break
        singles = dice.choice(answers)
        forms = sorted({single.change.kind for single in singles})
        form = dice.choices(forms, [WEIGHTS[f] for f in forms])[0]
        picked[dice.choice([s for s in singles if s.change.kind == form])] = True
    return list(picked)


def runs_of(singles):
    """Runs of the suite in which no case has two changes: case to its single change. Late answers take their time in
    as few runs as can be."""
    runs = []
    for single in sorted(singles, key=lambda single: single.change.kind != "late"):
        run = next((run for run in runs if single.case not in run), None)
        if run is None:
            runs.append(run := {})
        run[single.case] = single
    return runs
