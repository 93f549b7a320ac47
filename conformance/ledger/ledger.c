#include "conformance/ledger/ledger.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

static const char *const loop_words[] = {
#define LEDGER_LOOP(name, word) word,
#include "conformance/ledger/loops.def"
#undef LEDGER_LOOP
};

const char *ledger_loop_word(enum ledger_loop loop)
{
    return loop_words[loop];
}

/* ---- openings ---- */

static void add_opening(struct ledger *ledger, enum ledger_loop loop, const struct excuse *excuse,
                        const char *what, char *where, char *text)
{
    *mem_append(&ledger->openings, &ledger->opening_count) =
        (struct ledger_opening){loop, where, mem_dup(what), text, excuse ? excuse->reason : NULL};
}

static char *clause_where(const struct spec_clause *clause)
{
    return mem_printf("%s:%u", clause->file->name, clause->place.line);
}

size_t ledger_open_count(const struct ledger *ledger)
{
    size_t count = 0;
    for (size_t i = 0; i < ledger->opening_count; i++)
        count += ledger->openings[i].excuse == NULL;
    return count;
}

bool ledger_judges(const struct ledger *ledger, const char *document)
{
    const struct ledger_inputs *inputs = ledger->inputs;
    for (size_t i = 0; i < inputs->document_count; i++) {
        if (fnmatch(inputs->documents[i], document, 0) == 0)
            return true;
    }
    return inputs->document_count == 0;
}

/* ---- what a clause is about ---- */

/* Calls `visit` for each key; `must_be` tells whether the clause is wrong when no document has it. */
typedef void citation_visit_fn(struct ledger *ledger, const struct spec_clause *clause, const char *key,
                               bool must_be);

static const struct {
    const char *part; /* of `from`, between two slashes */
    enum atom_kind kind;
} field_parts[] = {
    {"Request", ATOM_REQUEST},   {"Request Parameters", ATOM_REQUEST},   {"Input", ATOM_REQUEST},
    {"Response", ATOM_RESPONSE}, {"Response Parameters", ATOM_RESPONSE},
};

/* Owned. */
static char *call_key(const char *method, const char *path)
{
    CLEANUP(text) char *call = mem_printf("%s %s", method, path);
    char *key = atom_call(call);
    return key ? key : TAKE(call);
}

/* "Request / NAME" as the key of a parameter: owned, NULL when the item of the clause is none. */
static char *field_key(const struct spec_clause *clause, const char *call)
{
    const char *slash = strstr(clause->item, " / ");
    for (size_t i = 0; slash && i < sizeof field_parts / sizeof *field_parts; i++) {
        size_t length = strlen(field_parts[i].part);
        if (strncmp(clause->item, field_parts[i].part, length) == 0 && clause->item + length == slash)
            return atom_key(call, field_parts[i].kind, slash + strlen(" / "));
    }
    return NULL;
}

/* The length of a part of `from`, up to the next slash between blanks. */
static size_t part_length(const char *text)
{
    const char *slash = strstr(text, " / ");
    return slash ? (size_t)(slash - text) : strlen(text);
}

/* Of a field that an entry of a file of parameters describes: the field itself, or what `part` names of it, a
 * value or a field of its objects. */
static void visit_entry(struct ledger *ledger, const struct spec_clause *clause, const struct atom *atom,
                        const char *part, citation_visit_fn *visit)
{
    if (!*part) {
        visit(ledger, clause, atom->key, false);
        return;
    }
    CLEANUP(text) char *value = mem_printf("%s=%s", atom->key, part);
    CLEANUP(text) char *field = mem_printf("%s.%s", atom->key, part);
    visit(ledger, clause, value, false);
    visit(ledger, clause, field, false);
}

/* A clause that comes from a file of parameters, "Query / ENTRY" or "Query / ENTRY / PART", is about those
 * fields of its call that the entry describes. */
static void visit_entries(struct ledger *ledger, const struct spec_clause *clause, const char *call,
                          citation_visit_fn *visit)
{
    const struct reference *reference = ledger->inputs->reference;
    size_t length = part_length(clause->item);
    const char *part = clause->item + length + (clause->item[length] ? strlen(" / ") : 0);
    if (!reference || length == 0 || !text_ends_with(clause->document, ".yaml"))
        return;
    for (size_t d = 0; d < reference->count; d++) {
        const struct atoms *atoms = &reference->documents[d].atoms;
        for (size_t i = 0; i < atoms->count; i++) {
            const struct atom *atom = &atoms->items[i];
            if (atom->entry && strcmp(atom->call, call) == 0 && strlen(atom->entry) == length &&
                strncmp(atom->entry, clause->item, length) == 0)
                visit_entry(ledger, clause, atom, part, visit);
        }
    }
}

static void visit_citations(struct ledger *ledger, const struct spec_clause *clause, citation_visit_fn *visit)
{
    bool documented = clause->level != SPEC_LEVEL_OBSERVED;
    for (size_t i = 0; i < clause->atom_count; i++)
        visit(ledger, clause, clause->atoms[i], true);
    if (!clause->call)
        return;
    CLEANUP(text) char *call = call_key(clause->call->method, clause->call->path);
    CLEANUP(text) char *field = field_key(clause, call);
    visit(ledger, clause, call, false);
    visit_entries(ledger, clause, call, visit);
    if (field)
        visit(ledger, clause, field, documented);
    if (clause->status && strcmp(clause->kind, "status") == 0) {
        CLEANUP(text) char *code = mem_printf("%d", clause->status);
        CLEANUP(text) char *status = atom_key(call, ATOM_STATUS, code);
        visit(ledger, clause, status, documented);
    }
}

static void each_clause(struct ledger *ledger,
                        void (*visit)(struct ledger *ledger, const struct spec_clause *clause))
{
    const struct spec_suite *suite = ledger->inputs->suite;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++)
            visit(ledger, suite->files[f]->clauses[i]);
    }
}

/* Appends to the list under `key`, unless it is its last item already. */
static void append_once(json_t *lists, const char *key, const char *text)
{
    json_t *list = json_object_get(lists, key);
    if (!list) {
        list = json_array();
        json_object_set_new(lists, key, list);
    }
    size_t count = json_array_size(list);
    const char *last = count > 0 ? json_string_value(json_array_get(list, count - 1)) : NULL;
    if (!last || strcmp(last, text) != 0)
        json_array_append_new(list, json_string(text));
}

static void note_citation(struct ledger *ledger, const struct spec_clause *clause, const char *key,
                          bool must_be)
{
    (void)must_be;
    append_once(ledger->citations, key, clause->id);
}

static void note_citations(struct ledger *ledger, const struct spec_clause *clause)
{
    visit_citations(ledger, clause, note_citation);
}

/* ---- the first loop: atoms and clauses ---- */

static const struct reference_document *document_of(const struct ledger *ledger, const char *name)
{
    const struct reference *reference = ledger->inputs->reference;
    for (size_t i = 0; i < reference->count; i++) {
        if (document_is_same(reference->documents[i].name, name))
            return &reference->documents[i];
    }
    return NULL;
}

static bool is_known(const struct ledger *ledger, const char *key)
{
    const struct reference *reference = ledger->inputs->reference;
    for (size_t i = 0; i < reference->count; i++) {
        if (json_object_get(reference->documents[i].atoms.index, key))
            return true;
    }
    return false;
}

/* A clause whose document was not read may well be right. */
static void judge_citation(struct ledger *ledger, const struct spec_clause *clause, const char *key,
                           bool must_be)
{
    const struct reference_document *document = must_be ? document_of(ledger, clause->document) : NULL;
    if (!document || !ledger_judges(ledger, document->name) || is_known(ledger, key))
        return;
    add_opening(ledger, LEDGER_ATOM_GONE, NULL, clause->id, clause_where(clause),
                mem_printf("%s is about \"%s\", which no document has", clause->id, key));
}

static void judge_citations(struct ledger *ledger, const struct spec_clause *clause)
{
    visit_citations(ledger, clause, judge_citation);
}

static void judge_atom(struct ledger *ledger, const struct reference_document *document,
                       const struct atom *atom)
{
    const struct excuse *excuse =
        excuses_find(ledger->inputs->excuses, EXCUSE_ATOM, atom->key, document->name);
    add_opening(ledger, LEDGER_ATOM_WITHOUT_CLAUSE, excuse, atom->key,
                mem_printf("%s:%zu", document->name, atom->line),
                mem_printf("no clause is about the %s \"%s\"", atom_kind_shown(atom->kind), atom->key));
}

static void judge_unread(struct ledger *ledger, const struct reference_document *document)
{
    const struct excuse *excuse =
        excuses_find(ledger->inputs->excuses, EXCUSE_DOCUMENT, document->name, NULL);
    add_opening(ledger, LEDGER_DOCUMENT_NOT_READ, excuse, document->name, mem_dup(document->name),
                mem_dup("no reader recognises a reference of calls in it"));
}

/* A document that the suite has not begun with is one opening, not hundreds. */
static void judge_document(struct ledger *ledger, const struct reference_document *document)
{
    size_t first = ledger->atom_count;
    size_t covered = 0;
    if (!document->grammar) {
        judge_unread(ledger, document);
        return;
    }
    for (size_t i = 0; i < document->atoms.count; i++) {
        const struct atom *atom = &document->atoms.items[i];
        json_t *clauses = json_object_get(ledger->citations, atom->key);
        *mem_append(&ledger->atoms, &ledger->atom_count) = (struct ledger_atom){document, atom, clauses};
        covered += clauses != NULL;
    }
    if (covered == 0)
        add_opening(ledger, LEDGER_DOCUMENT_WITHOUT_CLAUSE, NULL, document->name, mem_dup(document->name),
                    mem_printf("no clause is about any of its %zu atoms", document->atoms.count));
    for (size_t i = first; covered > 0 && i < ledger->atom_count; i++) {
        if (!ledger->atoms[i].clauses)
            judge_atom(ledger, document, ledger->atoms[i].atom);
    }
}

static void judge_reference(struct ledger *ledger)
{
    const struct reference *reference = ledger->inputs->reference;
    for (size_t i = 0; i < reference->count; i++) {
        if (ledger_judges(ledger, reference->documents[i].name))
            judge_document(ledger, &reference->documents[i]);
    }
    each_clause(ledger, judge_citations);
}

/* ---- calls of the mock ---- */

static void judge_calls(struct ledger *ledger)
{
    size_t i;
    json_t *call;
    json_array_foreach (ledger->inputs->calls, i, call) {
        CLEANUP(text)
        char *key = call_key(json_string_value(json_object_get(call, "method")),
                             json_string_value(json_object_get(call, "path")));
        if (json_object_get(ledger->citations, key))
            continue;
        add_opening(ledger, LEDGER_CALL_WITHOUT_CLAUSE,
                    excuses_find(ledger->inputs->excuses, EXCUSE_CALL, key, NULL), key, mem_dup(""),
                    mem_printf("no clause is about the mock's call \"%s\"", key));
    }
}

/* ---- the third loop: faults ---- */

static json_t *killers_of(const json_t *proof)
{
    json_t *killers = json_object();
    size_t i;
    json_t *fault;
    json_array_foreach (json_object_get(proof, "faults"), i, fault) {
        const char *verdict = json_string_value(json_object_get(fault, "verdict"));
        size_t k;
        json_t *clause;
        json_array_foreach (json_object_get(fault, "killed"), k, clause) {
            if (verdict && strcmp(verdict, "killed") == 0)
                append_once(killers, json_string_value(clause),
                            json_string_value(json_object_get(fault, "fault")));
        }
    }
    return killers;
}

static void judge_killed(struct ledger *ledger, const struct spec_clause *clause)
{
    if (json_object_get(ledger->killers, clause->id))
        return;
    const struct excuse *excuse = excuses_find(ledger->inputs->excuses, EXCUSE_CLAUSE, clause->id, NULL);
    add_opening(ledger, LEDGER_CLAUSE_NOT_KILLED, excuse, clause->id, clause_where(clause),
                mem_printf("no fault of the mock makes %s fail", clause->id));
}

/* ---- exceptions ---- */

/* Whether it could have been used: what it is about was judged. */
static bool was_asked(const struct ledger *ledger, const struct excuse *excuse)
{
    const struct ledger_inputs *inputs = ledger->inputs;
    switch (excuse->kind) {
    case EXCUSE_CALL:
        return inputs->calls;
    case EXCUSE_CLAUSE:
        return inputs->proof;
    case EXCUSE_CASE:
        return false;
    case EXCUSE_DOCUMENT:
    case EXCUSE_ATOM:
    case EXCUSE_KIND_COUNT:
        break;
    }
    const char *name = excuse->kind == EXCUSE_ATOM ? excuse->document : excuse->name;
    const struct reference_document *document = inputs->reference ? document_of(ledger, name) : NULL;
    return document && ledger_judges(ledger, document->name);
}

static void judge_excuses(struct ledger *ledger)
{
    const struct excuses *excuses = ledger->inputs->excuses;
    for (size_t i = 0; i < excuses->count; i++) {
        const struct excuse *excuse = &excuses->items[i];
        if (!excuse->used && was_asked(ledger, excuse))
            add_opening(ledger, LEDGER_EXCEPTION_NOT_NEEDED, NULL, excuse->name,
                        mem_printf("%s:%u", excuse->place.file, excuse->place.line),
                        mem_printf("nothing needs the exception of \"%s\" any more", excuse->name));
    }
}

void ledger_init(struct ledger *ledger, const struct ledger_inputs *inputs)
{
    *ledger = (struct ledger){.inputs = inputs, .citations = json_object()};
    each_clause(ledger, note_citations);
    if (inputs->reference)
        judge_reference(ledger);
    if (inputs->calls)
        judge_calls(ledger);
    if (inputs->proof) {
        ledger->killers = killers_of(inputs->proof);
        each_clause(ledger, judge_killed);
    }
    judge_excuses(ledger);
}

void ledger_fini(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->opening_count; i++) {
        free(ledger->openings[i].where);
        free(ledger->openings[i].what);
        free(ledger->openings[i].text);
    }
    free(ledger->openings);
    free(ledger->atoms);
    json_decref(ledger->citations);
    json_decref(ledger->killers);
}
