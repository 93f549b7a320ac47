#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/reference/atoms.h"
#include "conformance/spec/internal.h"

static const char *const levels[] = {
    [SPEC_LEVEL_MUST] = "must",
    [SPEC_LEVEL_SHOULD] = "should",
    [SPEC_LEVEL_MAY] = "may",
    [SPEC_LEVEL_OBSERVED] = "observed",
};

static const char *const kinds[] = {"status", "precondition", "postcondition", "parameter",
                                    "header", "body",         "rule"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *spec_level_name(enum spec_level level)
{
    return levels[level];
}

/* Words of lower-case letters and digits, joined by - within a level and by . between levels. */
static bool is_id(const char *text)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (;;) {
        size_t length = strspn(text, characters);
        if (length == 0)
            return false;
        text += length;
        if (*text == '\0')
            return true;
        if (*text != '-' && *text != '.')
            return false;
        text++;
    }
}

static void declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                    struct names *ids, const struct yaml_node *node)
{
    const struct yaml_node *id_node = yaml_get(node, "id");
    const char *id = read_string(context, id_node, "id");
    struct spec_clause *clause = mem_alloc(sizeof *clause);
    clause->id = mem_dup(id ? id : "");
    clause->file = file;
    clause->edition = edition_parse(context, api, yaml_get(node, "edition"));
    clause->place = id_node ? id_node->place : node->place;
    *mem_append(&file->clauses, &file->clause_count) = clause;
    if (!id)
        return;
    if (!is_id(id))
        problems_add(context->problems, clause->place,
                     "id \"%s\", expected lower-case words joined by -, levels by .", id);
    if (!names_add(ids, id, clause->place, clause)) {
        const struct names_entry *first = names_find(ids, id);
        problems_add(context->problems, clause->place, "id \"%s\" is there twice, first at %s:%u:%u", id,
                     first->place.file, first->place.line, first->place.column);
        return;
    }
    names_add(&api->clauses, id, clause->place, clause);
}

void clauses_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                     struct names *ids)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "clauses");
    if (!node || !read_is_sequence(context, node, "clauses"))
        return;
    for (size_t i = 0; i < node->count; i++)
        declare(context, file, api, ids, &node->values[i]);
}

/* The place of the text in `choices`; their count after complaining, and for no node. */
static size_t read_choice(struct spec_context *context, const struct yaml_node *node, const char *what,
                          const char *const *choices, size_t count)
{
    const char *text = read_string(context, node, what);
    if (!text)
        return count;
    struct guess guess;
    guess_init(&guess, text);
    size_t chosen = 0;
    for (; chosen < count && strcmp(choices[chosen], text) != 0; chosen++)
        guess_offer(&guess, choices[chosen]);
    const char *hint = guess_end(&guess);
    if (chosen == count)
        problems_add(context->problems, node->place, "unknown %s \"%s\"%s", what, text, hint);
    return chosen;
}

static void parse_kind(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    size_t kind = read_choice(context, yaml_get(node, "kind"), "kind", kinds, COUNT(kinds));
    if (kind == COUNT(kinds))
        return;
    clause->kind = mem_dup(kinds[kind]);
    if (strcmp(clause->kind, "status") == 0 && !yaml_get(node, "status"))
        problems_add(context->problems, node->place,
                     "a clause of kind status without the mandatory key \"status\"");
}

static void parse_level(struct spec_context *context, const struct yaml_node *node,
                        struct spec_clause *clause)
{
    size_t level = read_choice(context, yaml_get(node, "level"), "level", levels, COUNT(levels));
    if (level == COUNT(levels))
        return;
    clause->level = (enum spec_level)level;
    if (clause->level != SPEC_LEVEL_OBSERVED && !yaml_get(node, "from"))
        problems_add(
            context->problems, node->place,
            "a clause without the mandatory key \"from\": only what is observed comes from no document");
}

static void parse_call(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    const char *name = read_string(context, node, "call");
    const struct names_entry *entry = name ? names_find(&context->api->calls, name) : NULL;
    if (entry)
        clause->call = entry->value;
    if (!name || entry)
        return;
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &context->api->calls);
    problems_add(context->problems, node->place, "unknown call \"%s\"%s", name, guess_end(&guess));
}

static void parse_status(struct spec_context *context, const struct yaml_node *node,
                         struct spec_clause *clause)
{
    uint64_t status;
    if (!node)
        return;
    bool good = node->text && !node->quoted && number_parse_u64(node->text, &status) && status >= 100 &&
                status <= 599;
    if (good)
        clause->status = (int)status;
    else
        problems_add(context->problems, node->place, "status is %s, expected a code from 100 to 599",
                     node->text ? node->text : yaml_kind_text(node));
}

/* "Heading / Item": the heading ends at the first slash with blanks around it. */
static void parse_from(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    const char *from = read_string(context, node, "from");
    if (!from)
        from = "";
    const char *slash = strstr(from, " / ");
    clause->heading = slash ? mem_dup_n(from, (size_t)(slash - from)) : mem_dup(from);
    clause->item = mem_dup(slash ? slash + strlen(" / ") : "");
}

static void parse_document(struct spec_context *context, const struct yaml_node *node,
                           struct spec_clause *clause)
{
    const char *document = read_string(context, node, "document");
    clause->document = mem_dup(document ? document : clause->file->reference);
}

static void parse_atom(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    const char *citation = read_string(context, node, "atoms");
    if (!citation)
        return;
    CLEANUP(text)
    char *call = clause->call ? mem_printf("%s %s", clause->call->method, clause->call->path) : NULL;
    CLEANUP(text) char *key = atom_key_of_citation(citation, call);
    size_t before = clause->atom_count;
    if (key)
        words_add(&clause->atoms, &clause->atom_count, key);
    if (!key)
        problems_add(
            context->problems, node->place,
            "\"%s\" is no key of an atom, expected [METHOD /path] KIND NAME, the call only where it is "
            "not the clause's own; `imageproof coverage --reference DIR` tells the keys",
            citation);
    else if (before == clause->atom_count)
        problems_add(context->problems, node->place, "\"%s\" is in atoms twice", citation);
}

static void parse_atoms(struct spec_context *context, const struct yaml_node *node,
                        struct spec_clause *clause)
{
    if (!node || !read_is_sequence(context, node, "atoms"))
        return;
    for (size_t i = 0; i < node->count; i++)
        parse_atom(context, &node->values[i], clause);
}

static void clause_parse(struct spec_context *context, const struct yaml_node *node,
                         struct spec_clause *clause)
{
    static const struct spec_key keys[] = {{"id", true},        {"kind", true},    {"level", true},
                                           {"call", false},     {"status", false}, {"edition", false},
                                           {"document", false}, {"from", false},   {"atoms", false},
                                           {"says", true},      {"cases", true}};
    if (!read_is_mapping(context, node, "a clause"))
        return;
    read_keys(context, node, "a clause", keys, COUNT(keys));
    parse_kind(context, node, clause);
    parse_level(context, node, clause);
    parse_call(context, yaml_get(node, "call"), clause);
    parse_status(context, yaml_get(node, "status"), clause);
    parse_document(context, yaml_get(node, "document"), clause);
    parse_from(context, yaml_get(node, "from"), clause);
    parse_atoms(context, yaml_get(node, "atoms"), clause);
    clause->says = mem_dup(read_string(context, yaml_get(node, "says"), "says"));
    context->clause = clause;
    context->expects_status = false;
    cases_parse(context, yaml_get(node, "cases"), clause);
    context->clause = NULL;
    if (clause->status && clause->case_count && !context->expects_status)
        problems_add(context->problems, yaml_get(node, "status")->place,
                     "no case expects the status %d%s%s%s, which the clause is about", clause->status,
                     clause->call ? " of the call \"" : "", clause->call ? clause->call->name : "",
                     clause->call ? "\"" : "");
}

void clauses_parse(struct spec_context *context, struct spec_file *file)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "clauses");
    for (size_t i = 0; i < file->clause_count; i++)
        clause_parse(context, &node->values[i], file->clauses[i]);
}

void clause_free(struct spec_clause *clause)
{
    free(clause->id);
    free(clause->kind);
    free(clause->document);
    free(clause->heading);
    free(clause->item);
    free(clause->says);
    words_free(clause->atoms, clause->atom_count);
    for (size_t i = 0; i < clause->case_count; i++)
        case_fini(&clause->cases[i]);
    for (size_t i = 0; i < clause->part_count; i++)
        parts_free(clause->parts[i]);
    free(clause->cases);
    free(clause->parts);
    free(clause);
}
