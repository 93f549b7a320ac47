#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "conformance/spec_internal.h"

static const char *const levels[] = {
    [SPEC_LEVEL_MUST] = "must",
    [SPEC_LEVEL_SHOULD] = "should",
    [SPEC_LEVEL_MAY] = "may",
    [SPEC_LEVEL_OBSERVED] = "observed",
};

static const char *const kinds[] = {"status", "precondition", "postcondition", "parameter",
                                    "header", "body",         "rule"};

const char *spec_level_name(enum spec_level level)
{
    return levels[level];
}

/* The index of a text in a list of words; `count` after complaining. */
static size_t read_choice(struct spec_context *context, const struct yaml_node *node, const char *what,
                          const char *const *words, size_t count)
{
    const char *text = read_string(context, node, what);
    if (!text)
        return count;
    struct guess guess;
    guess_init(&guess, text);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            guess_end(&guess);
            return i;
        }
        guess_offer(&guess, words[i]);
    }
    problems_add(context->problems, node->place, "%s \"%s\"%s", what, text, guess_end(&guess));
    return count;
}

/* Lower-case words joined by `-`, levels by `.`. */
static bool is_id(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (;;) {
        size_t length = strspn(text, word);
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

static const char *read_id(struct spec_context *context, const struct yaml_node *node)
{
    const char *id = read_string(context, node, "id");
    if (id && !is_id(id)) {
        problems_add(context->problems, node->place,
                     "id \"%s\", expected lower-case words joined by - and levels joined by .", id);
        return NULL;
    }
    return id;
}

static void read_from(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    static const char separator[] = " / ";
    const char *from = read_string(context, node, "from");
    const char *item = from ? strstr(from, separator) : NULL;
    clause->heading = item ? mem_dup_n(from, (size_t)(item - from)) : mem_dup(from ? from : "");
    clause->item = mem_dup(item ? item + strlen(separator) : "");
}

static void read_status(struct spec_context *context, const struct yaml_node *node,
                        struct spec_clause *clause)
{
    uint64_t status;
    if (!node)
        return;
    if (node->text && number_parse_u64(node->text, &status) && status >= 100 && status <= 599)
        clause->status = (int)status;
    else
        problems_add(context->problems, node->place, "status is %s, expected a code from 100 to 599",
                     node->text ? node->text : yaml_kind_text(node));
}

static void read_call(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    const char *name = node ? read_string(context, node, "call") : NULL;
    if (!name)
        return;
    const struct names_entry *entry = names_find(&context->api->calls, name);
    if (entry) {
        clause->call = entry->value;
        return;
    }
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &context->api->calls);
    problems_add(context->problems, node->place, "unknown call \"%s\"%s", name, guess_end(&guess));
}

static void read_parts(struct spec_context *context, const struct yaml_node *node, struct spec_file *file,
                       struct spec_clause *clause)
{
    static const struct spec_key keys[] = {
        {"id", true},        {"kind", true}, {"level", true}, {"call", false}, {"status", false},
        {"document", false}, {"from", true}, {"says", true},  {"cases", true},
    };
    const size_t kind_count = sizeof kinds / sizeof *kinds;
    const size_t level_count = sizeof levels / sizeof *levels;
    const struct yaml_node *document = yaml_get(node, "document");
    read_keys(context, node, "a clause", keys, sizeof keys / sizeof *keys);
    size_t kind = read_choice(context, yaml_get(node, "kind"), "kind", kinds, kind_count);
    size_t level = read_choice(context, yaml_get(node, "level"), "level", levels, level_count);
    clause->kind = mem_dup(kind < kind_count ? kinds[kind] : "");
    clause->level = level < level_count ? (enum spec_level)level : SPEC_LEVEL_MUST;
    clause->document = mem_dup(document ? read_string(context, document, "document") : file->reference);
    clause->says = mem_dup(read_string(context, yaml_get(node, "says"), "says"));
    read_from(context, yaml_get(node, "from"), clause);
    read_status(context, yaml_get(node, "status"), clause);
    read_call(context, yaml_get(node, "call"), clause);
}

static void declare(struct spec_context *context, const struct yaml_node *node, struct spec_file *file,
                    struct spec_api *api, struct names *ids)
{
    if (!read_is_mapping(context, node, "a clause"))
        return;
    const struct yaml_node *id_node = yaml_get(node, "id");
    const char *id = read_id(context, id_node);
    struct spec_clause *clause = mem_alloc(sizeof *clause);
    clause->id = mem_dup(id ? id : "");
    clause->file = file;
    clause->place = node->place;
    *mem_append(&file->clauses, &file->clause_count) = clause;
    read_parts(context, node, file, clause);
    const struct names_entry *first = id ? names_find(ids, id) : NULL;
    if (first) {
        problems_add(context->problems, id_node->place, "clause \"%s\" is there twice, first at %s:%zu:%zu",
                     id, first->place.file, first->place.line, first->place.column);
    } else if (id) {
        names_add(ids, id, id_node->place, clause);
        names_add(&api->clauses, id, id_node->place, clause);
    }
}

void clauses_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                     struct names *ids)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "clauses");
    if (!node || !read_is_sequence(context, node, "clauses"))
        return;
    for (size_t i = 0; i < node->count; i++)
        declare(context, &node->values[i], file, api, ids);
}

void clauses_parse(struct spec_context *context, struct spec_file *file)
{
    const struct yaml_node *list = yaml_get(&file->tree->root, "clauses");
    for (size_t i = 0, next = 0; list && list->kind == YAML_KIND_SEQUENCE && i < list->count; i++) {
        const struct yaml_node *node = &list->values[i];
        if (node->kind != YAML_KIND_MAPPING)
            continue;
        struct spec_clause *clause = file->clauses[next++];
        context->clause = clause;
        context->expects_status = false;
        if (yaml_get(node, "cases"))
            cases_parse(context, yaml_get(node, "cases"), clause);
        if (clause->status && !context->expects_status)
            problems_add(context->problems, clause->place,
                         "clause \"%s\" is about status %d, and no case expects it of the call", clause->id,
                         clause->status);
    }
}

void clause_free(struct spec_clause *clause)
{
    for (size_t i = 0; i < clause->case_count; i++)
        case_fini(&clause->cases[i]);
    free(clause->cases);
    free(clause->id);
    free(clause->kind);
    free(clause->document);
    free(clause->heading);
    free(clause->item);
    free(clause->says);
    free(clause);
}
