/* expect: {digest: {md5: "${sum}"}}; the name of the digest may be a variable */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/match/tools.h"

struct wanted {
    char *kind;  /* template */
    char *value; /* template */
};

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    free(wanted->kind);
    free(wanted->value);
    free(wanted);
}

static bool check_kind(const struct match_source *source, const struct yaml_node *key)
{
    enum digest_kind kind;
    if (strstr(key->text, "${")) {
        source->template_used(source->context, key->text, key->place);
        return true;
    }
    if (digest_kind_parse(key->text, &kind))
        return true;
    problems_add(source->problems, key->place, "unknown digest \"%s\", expected md5, sha1, sha256 or sha512",
                 key->text);
    return false;
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    if (node->kind != YAML_KIND_MAPPING || node->count != 1) {
        problems_add(source->problems, node->place, "digest, expected a mapping of one digest to its value");
        return NULL;
    }
    char *value = match_read_template(source, &node->values[0], "a digest");
    if (!check_kind(source, &node->keys[0]) || !value) {
        free(value);
        return NULL;
    }
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    *wanted = (struct wanted){mem_dup(node->keys[0].text), value};
    return wanted;
}

struct digest_watch {
    struct match_watch watch; /* first */
    struct digest *digest;
    enum digest_kind kind;
    char *value;
};

static void free_watch(struct match_watch *watch)
{
    struct digest_watch *own = (struct digest_watch *)watch;
    digest_free(own->digest);
    free(own->value);
    free(own);
}

static void take_bytes(struct match_watch *watch, const void *bytes, size_t length)
{
    digest_update(((struct digest_watch *)watch)->digest, bytes, length);
}

static void finish(struct match_watch *watch, const struct answer *answer, const struct match_report *report)
{
    (void)answer;
    struct digest_watch *own = (struct digest_watch *)watch;
    char hex[DIGEST_HEX_SIZE];
    digest_finish(own->digest, hex);
    if (strcmp(hex, own->value) != 0)
        match_say(report, mem_printf("a body with the %s digest %s", digest_kind_name(own->kind), own->value),
                  mem_printf("%s digest %s", digest_kind_name(own->kind), hex));
    free_watch(watch);
}

static struct match_watch *watch(const void *data, const struct vars *vars, const char *fixtures,
                                 struct err *err)
{
    (void)fixtures;
    const struct wanted *wanted = data;
    char *name = template_expand(wanted->kind, vars, err);
    char *value = template_expand(wanted->value, vars, err);
    struct digest_watch *own = NULL;
    enum digest_kind kind;
    if (name && value && digest_kind_parse(name, &kind)) {
        own = mem_alloc(sizeof *own);
        *own = (struct digest_watch){.watch = {take_bytes, finish, free_watch, 0},
                                     .digest = digest_new(kind),
                                     .kind = kind,
                                     .value = TAKE(value)};
    } else if (name && value) {
        err_set(err, ERR_VALUE, "the digest '%s' is not one that can be computed here", name);
    }
    free(name);
    free(value);
    return own ? &own->watch : NULL;
}

const struct matcher matcher_digest = {.name = "digest", .parse = parse, .free = free_wanted, .watch = watch};
