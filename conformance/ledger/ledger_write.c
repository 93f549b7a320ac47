#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/ledger/ledger.h"
#include "reports/escape.h"

/* ---- what both forms tell ---- */

/* Every case that names a clause, its own and those of other clauses: clause id to ids of cases. */
static json_t *cases_by_clause(const struct spec_suite *suite)
{
    const struct spec_selection all = {0};
    size_t count;
    const struct spec_case **cases = spec_select(suite, &all, &count);
    json_t *lists = json_object();
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < cases[i]->parts->clause_count; k++) {
            json_t *list = json_object_get(lists, cases[i]->parts->clauses[k]);
            if (!list) {
                list = json_array();
                json_object_set_new(lists, cases[i]->parts->clauses[k], list);
            }
            json_array_append_new(list, json_string(cases[i]->id));
        }
    }
    free(cases);
    return lists;
}

struct totals {
    size_t clauses;
    size_t cases;
    size_t atoms;
    size_t covered;
    size_t killed;
    size_t open;
    size_t excused;
};

static struct totals count_totals(const struct ledger *ledger)
{
    const struct spec_suite *suite = ledger->inputs->suite;
    struct totals totals = {.atoms = ledger->atom_count, .open = ledger_open_count(ledger)};
    totals.excused = ledger->opening_count - totals.open;
    totals.killed = json_object_size(ledger->killers);
    for (size_t i = 0; i < ledger->atom_count; i++)
        totals.covered += ledger->atoms[i].clauses != NULL;
    for (size_t f = 0; f < suite->file_count; f++) {
        totals.clauses += suite->files[f]->clause_count;
        for (size_t i = 0; i < suite->files[f]->clause_count; i++)
            totals.cases += suite->files[f]->clauses[i]->case_count;
    }
    return totals;
}

/* How many atoms of each kind a document has. */
static void count_kinds(const struct reference_document *document, size_t counts[ATOM_KIND_COUNT])
{
    memset(counts, 0, ATOM_KIND_COUNT * sizeof *counts);
    for (size_t i = 0; i < document->atoms.count; i++)
        counts[document->atoms.items[i].kind]++;
}

/* ---- JSON ---- */

static json_t *list_of(const json_t *lists, const char *key)
{
    json_t *list = json_object_get(lists, key);
    return list ? json_incref(list) : json_array();
}

static json_t *call_json(const struct spec_clause *clause)
{
    return clause->call ? json_sprintf("%s %s", clause->call->method, clause->call->path) : json_null();
}

static json_t *clause_json(const struct ledger *ledger, const json_t *cases, const struct spec_clause *clause)
{
    json_t *from = json_pack("{s:s, s:s, s:s}", "document", clause->document, "heading", clause->heading,
                             "item", clause->item);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "id", clause->id, "api",
                     clause->file->api, "level", spec_level_name(clause->level), "edition",
                     spec_clause_edition(clause), "kind", clause->kind, "call", call_json(clause), "status",
                     clause->status ? json_integer(clause->status) : json_null(), "says", clause->says,
                     "from", from, "cases", list_of(cases, clause->id), "killed_by",
                     list_of(ledger->killers, clause->id));
}

static json_t *clauses_json(const struct ledger *ledger)
{
    const struct spec_suite *suite = ledger->inputs->suite;
    json_t *cases = cases_by_clause(suite);
    json_t *clauses = json_array();
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++)
            json_array_append_new(clauses, clause_json(ledger, cases, suite->files[f]->clauses[i]));
    }
    json_decref(cases);
    return clauses;
}

static json_t *atoms_json(const struct ledger *ledger)
{
    json_t *atoms = json_array();
    for (size_t i = 0; i < ledger->atom_count; i++) {
        const struct ledger_atom *atom = &ledger->atoms[i];
        json_t *clauses = atom->clauses ? json_incref(atom->clauses) : json_array();
        json_array_append_new(atoms,
                              json_pack("{s:s, s:s, s:I, s:s, s:s, s:o}", "key", atom->atom->key, "document",
                                        atom->document->name, "line", (json_int_t)atom->atom->line, "kind",
                                        atom_kind_shown(atom->atom->kind), "text", atom->atom->text,
                                        "clauses", clauses));
    }
    return atoms;
}

static json_t *document_json(const struct reference_document *document)
{
    size_t counts[ATOM_KIND_COUNT];
    json_t *kinds = json_object();
    count_kinds(document, counts);
    for (size_t i = 0; i < ATOM_KIND_COUNT; i++)
        json_object_set_new(kinds, atom_kind_shown((enum atom_kind)i), json_integer((json_int_t)counts[i]));
    return json_pack("{s:s, s:s?, s:I, s:o}", "document", document->name, "grammar", document->grammar,
                     "atoms", (json_int_t)document->atoms.count, "kinds", kinds);
}

static json_t *documents_json(const struct ledger *ledger)
{
    const struct reference *reference = ledger->inputs->reference;
    json_t *documents = json_array();
    for (size_t i = 0; reference && i < reference->count; i++) {
        if (ledger_judges(ledger, reference->documents[i].name))
            json_array_append_new(documents, document_json(&reference->documents[i]));
    }
    return documents;
}

/* Those that are open, or those that are excused. */
static json_t *openings_json(const struct ledger *ledger, bool excused)
{
    json_t *openings = json_array();
    for (size_t i = 0; i < ledger->opening_count; i++) {
        const struct ledger_opening *opening = &ledger->openings[i];
        if ((opening->excuse != NULL) == excused)
            json_array_append_new(openings, json_pack("{s:s, s:s, s:s, s:s, s:s*}", "loop",
                                                      ledger_loop_word(opening->loop), "what", opening->what,
                                                      "where", opening->where, "text", opening->text,
                                                      "reason", opening->excuse));
    }
    return openings;
}

json_t *ledger_json(const struct ledger *ledger)
{
    struct totals totals = count_totals(ledger);
    json_t *counts = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "clauses", (json_int_t)totals.clauses,
                               "cases", (json_int_t)totals.cases, "atoms", (json_int_t)totals.atoms,
                               "covered", (json_int_t)totals.covered, "killed", (json_int_t)totals.killed,
                               "open", (json_int_t)totals.open, "excused", (json_int_t)totals.excused);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "imageproof.coverage/1", "clauses",
                     clauses_json(ledger), "atoms", atoms_json(ledger), "documents", documents_json(ledger),
                     "open", openings_json(ledger, false), "exceptions", openings_json(ledger, true),
                     "totals", counts);
}

/* ---- text ---- */

static void print_clauses(const struct ledger *ledger, FILE *out)
{
    const struct spec_suite *suite = ledger->inputs->suite;
    json_t *cases = cases_by_clause(suite);
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            const struct spec_clause *clause = suite->files[f]->clauses[i];
            fprintf(out, "%-8s %-46s %3zu  %s: %s%s%s\n", spec_level_name(clause->level), clause->id,
                    json_array_size(json_object_get(cases, clause->id)), clause->document, clause->heading,
                    *clause->item ? " / " : "", clause->item);
        }
    }
    json_decref(cases);
}

static void print_document(const struct ledger *ledger, const struct reference_document *document, FILE *out)
{
    size_t counts[ATOM_KIND_COUNT];
    const char *separator = ": ";
    if (!document->grammar || !ledger_judges(ledger, document->name))
        return;
    count_kinds(document, counts);
    fprintf(out, "%s (%s), %zu atoms", document->name, document->grammar, document->atoms.count);
    for (size_t i = 0; i < ATOM_KIND_COUNT; i++) {
        if (counts[i] == 0)
            continue;
        fprintf(out, "%s%zu %s%s", separator, counts[i], atom_kind_shown((enum atom_kind)i),
                counts[i] > 1 ? "s" : "");
        separator = ", ";
    }
    fputc('\n', out);
}

static void print_opening(const struct ledger_opening *opening, FILE *out)
{
    fprintf(out, "%s: %s%s", opening->excuse ? "excused" : "open", opening->where,
            *opening->where ? ": " : "");
    escape_line(out, opening->text);
    if (opening->excuse) {
        fputs(", since ", out);
        escape_line(out, opening->excuse);
    }
    fputc('\n', out);
}

static void print_openings(const struct ledger *ledger, bool excused, FILE *out)
{
    for (size_t i = 0; i < ledger->opening_count; i++) {
        if ((ledger->openings[i].excuse != NULL) == excused)
            print_opening(&ledger->openings[i], out);
    }
}

void ledger_print(const struct ledger *ledger, FILE *out)
{
    const struct reference *reference = ledger->inputs->reference;
    struct totals totals = count_totals(ledger);
    print_clauses(ledger, out);
    for (size_t i = 0; reference && i < reference->count; i++)
        print_document(ledger, &reference->documents[i], out);
    print_openings(ledger, true, out);
    print_openings(ledger, false, out);
    fprintf(out, "%zu clauses, %zu cases", totals.clauses, totals.cases);
    if (reference)
        fprintf(out, "; %zu atoms, %zu covered", totals.atoms, totals.covered);
    if (ledger->killers)
        fprintf(out, "; %zu clauses killed", totals.killed);
    fprintf(out, "; %zu open, %zu excused\n", totals.open, totals.excused);
}
