#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

#define LIST_MAX_BYTES (4 * BUF_KIB)

/* What an API that declares no editions has. */
static const struct spec_edition only = {"in-tree", "the reference in the source tree of the service"};

static void declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                    const struct yaml_node *key, const struct yaml_node *value)
{
    const char *says = read_string(context, value, "an edition");
    if (!read_name(context, key, "an edition") || !says)
        return;
    struct spec_edition *edition = mem_alloc(sizeof *edition);
    *edition = (struct spec_edition){key->text, says};
    *mem_append(&file->editions, &file->edition_count) = edition;
    names_add(&api->editions, key->text, key->place, edition);
}

void editions_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "editions");
    if (!node || !read_is_mapping(context, node, "editions"))
        return;
    if (api->editions.count > 0) {
        const struct yaml_place *first = &api->editions.entries[0].place;
        problems_add(context->problems, node->place,
                     "the editions of %s are declared twice, first at %s:%u:%u", api->name, first->file,
                     first->line, first->column);
        return;
    }
    if (node->count == 0)
        problems_add(context->problems, node->place, "editions is empty, expected at least one");
    for (size_t i = 0; i < node->count; i++)
        declare(context, file, api, &node->keys[i], &node->values[i]);
}

const struct spec_edition *edition_parse(struct spec_context *context, const struct spec_api *api,
                                         const struct yaml_node *node)
{
    const char *name = read_string(context, node, "edition");
    if (!name)
        return NULL;
    const struct names_entry *entry = names_find(&api->editions, name);
    if (entry)
        return entry->value;
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &api->editions);
    problems_add(context->problems, node->place, "unknown edition \"%s\"%s", name, guess_end(&guess));
    return NULL;
}

void editions_free(struct spec_file *file)
{
    for (size_t i = 0; i < file->edition_count; i++)
        free(file->editions[i]);
    free(file->editions);
}

/* ---- which edition counts ---- */

const char *spec_clause_edition(const struct spec_clause *clause)
{
    return clause->edition ? clause->edition->name : "all";
}

const struct spec_edition *spec_edition_of(const struct spec_suite *suite, const char *api, const char *name)
{
    const struct spec_edition *first = NULL;
    for (size_t i = 0; i < suite->file_count; i++) {
        const struct spec_file *file = suite->files[i];
        for (size_t k = 0; strcmp(file->api, api) == 0 && k < file->edition_count; k++) {
            if (name && strcmp(file->editions[k]->name, name) == 0)
                return file->editions[k];
            first = first ? first : file->editions[k];
        }
    }
    return first ? first : &only;
}

bool spec_has_edition(const struct spec_suite *suite, const char *name)
{
    for (size_t i = 0; i < suite->file_count; i++) {
        if (strcmp(spec_edition_of(suite, suite->files[i]->api, name)->name, name) == 0)
            return true;
    }
    return false;
}

static void list_add(struct names *seen, struct buf *list, const char *name)
{
    if (!names_add(seen, name, (struct yaml_place){0}, NULL))
        return;
    buf_puts(list, seen->count > 1 ? ", " : "");
    buf_puts(list, name);
}

char *spec_edition_list(const struct spec_suite *suite)
{
    struct buf list;
    struct names seen = {0};
    buf_init(&list, LIST_MAX_BYTES);
    for (size_t i = 0; i < suite->file_count; i++) {
        const struct spec_file *file = suite->files[i];
        list_add(&seen, &list, spec_edition_of(suite, file->api, NULL)->name);
        for (size_t k = 0; k < file->edition_count; k++)
            list_add(&seen, &list, file->editions[k]->name);
    }
    names_fini(&seen);
    return buf_take(&list);
}

char *spec_editions_of_cases(const struct spec_suite *suite, const struct spec_case *const *cases,
                             size_t count, const char *name)
{
    struct buf list;
    struct names seen = {0};
    buf_init(&list, LIST_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        list_add(&seen, &list, spec_edition_of(suite, cases[i]->clause->file->api, name)->name);
    names_fini(&seen);
    return buf_take(&list);
}
