#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

#define EVERY_DEFAULT_MS 20

/* Requests that are held open at this point of a list of steps. */
struct held {
    char **names;
    size_t count;
};

static size_t held_find(const struct held *held, const char *name)
{
    size_t i = 0;
    while (i < held->count && strcmp(held->names[i], name) != 0)
        i++;
    return i;
}

static void held_remove(struct held *held, size_t index)
{
    free(held->names[index]);
    held->names[index] = held->names[--held->count];
}

/* ---- what stands beside a request ---- */

static const struct {
    const char *key;
    enum spec_capture_kind kind;
} capture_kinds[] = {
    {"json", SPEC_CAPTURE_JSON},
    {"header", SPEC_CAPTURE_HEADER},
    {"digest", SPEC_CAPTURE_DIGEST},
    {"sent_digest", SPEC_CAPTURE_SENT_DIGEST},
};

#define CAPTURE_KIND_COUNT (sizeof capture_kinds / sizeof *capture_kinds)

static void check_capture(struct spec_context *context, const struct spec_capture *capture,
                          struct yaml_place place)
{
    enum digest_kind kind;
    bool digests = capture->kind == SPEC_CAPTURE_DIGEST || capture->kind == SPEC_CAPTURE_SENT_DIGEST;
    if (capture->kind == SPEC_CAPTURE_JSON && *capture->from != '/')
        problems_add(context->problems, place, "\"%s\" is no JSON pointer: it begins with a slash",
                     capture->from);
    if (digests && !digest_kind_parse(capture->from, &kind))
        problems_add(context->problems, place, "unknown digest \"%s\", expected md5, sha1, sha256 or sha512",
                     capture->from);
}

static void parse_capture(struct spec_context *context, const struct yaml_node *key,
                          const struct yaml_node *node, struct spec_step *step)
{
    static const struct spec_key keys[] = {
        {"json", false}, {"header", false}, {"digest", false}, {"sent_digest", false}};
    if (!read_name(context, key, "a captured value") || !read_is_mapping(context, node, "a capture"))
        return;
    read_keys(context, node, "a capture", keys, CAPTURE_KIND_COUNT);
    if (node->count != 1)
        problems_add(context->problems, node->place, "a capture takes one thing, not %zu", node->count);
    for (size_t i = 0; i < CAPTURE_KIND_COUNT; i++) {
        const struct yaml_node *from = yaml_get(node, capture_kinds[i].key);
        char *text = from ? read_template(context, from, "what is captured") : NULL;
        if (!text)
            continue;
        struct spec_capture *capture = mem_append(&step->captures, &step->capture_count);
        *capture = (struct spec_capture){mem_dup(key->text), capture_kinds[i].kind, text};
        check_capture(context, capture, from->place);
    }
    scope_add_capture(context->scope, context->problems, key->text, key->place);
}

static void parse_captures(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    if (!node || !read_is_mapping(context, node, "capture"))
        return;
    for (size_t i = 0; i < node->count; i++)
        parse_capture(context, &node->keys[i], &node->values[i], step);
}

static void parse_cleanups(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    if (!node)
        return;
    bool is_list = node->kind == YAML_KIND_SEQUENCE;
    for (size_t i = 0; i < (is_list ? node->count : 1); i++)
        send_parse(context, is_list ? &node->values[i] : node, false,
                   mem_append(&step->cleanups, &step->cleanup_count));
}

static void parse_until(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    static const struct spec_key keys[] = {{"within", true}, {"every", false}};
    if (!node || !read_is_mapping(context, node, "until"))
        return;
    read_keys(context, node, "until", keys, sizeof keys / sizeof *keys);
    step->until_every_ms = EVERY_DEFAULT_MS;
    read_duration(context, yaml_get(node, "within"), "within", &step->until_within_ms);
    read_duration(context, yaml_get(node, "every"), "every", &step->until_every_ms);
}

/* ---- the kinds of steps ---- */

static void parse_send(struct spec_context *context, const struct yaml_node *value, struct spec_step *step,
                       struct held *held)
{
    (void)held;
    send_parse(context, value, false, &step->send);
}

static void parse_open(struct spec_context *context, const struct yaml_node *value, struct spec_step *step,
                       struct held *held)
{
    send_parse(context, value, true, &step->send);
    if (!step->name)
        return;
    if (held_find(held, step->name) < held->count)
        problems_add(context->problems, value->place, "the request \"%s\" is open already", step->name);
    else
        *mem_append(&held->names, &held->count) = mem_dup(step->name);
}

static void parse_end(struct spec_context *context, const struct yaml_node *value, struct spec_step *step,
                      struct held *held)
{
    const char *name = read_string(context, value, "the name of an open request");
    if (!name)
        return;
    step->name = mem_dup(name);
    size_t index = held_find(held, name);
    if (index < held->count) {
        held_remove(held, index);
        return;
    }
    struct guess guess;
    guess_init(&guess, name);
    for (size_t i = 0; i < held->count; i++)
        guess_offer(&guess, held->names[i]);
    problems_add(context->problems, value->place, "no request \"%s\" is open here%s", name,
                 guess_end(&guess));
}

static void parse_wait(struct spec_context *context, const struct yaml_node *value, struct spec_step *step,
                       struct held *held)
{
    (void)held;
    read_duration(context, value, "wait", &step->wait_ms);
}

enum {
    BESIDE_EXPECT = 1,
    BESIDE_CAPTURE = 2,
    BESIDE_CLEANUP = 4,
    BESIDE_UNTIL = 8,
    BESIDE_NAME = 16
};

static const struct step_kind {
    const char *key;
    enum spec_step_kind kind;
    unsigned beside;
    void (*parse)(struct spec_context *context, const struct yaml_node *value, struct spec_step *step,
                  struct held *held);
} kinds[] = {
    {"send", SPEC_STEP_SEND, BESIDE_EXPECT | BESIDE_CAPTURE | BESIDE_CLEANUP | BESIDE_UNTIL, parse_send},
    {"open", SPEC_STEP_OPEN, BESIDE_NAME, parse_open},
    {"finish", SPEC_STEP_FINISH, BESIDE_EXPECT | BESIDE_CAPTURE | BESIDE_CLEANUP, parse_end},
    {"abandon", SPEC_STEP_ABANDON, 0, parse_end},
    {"wait", SPEC_STEP_WAIT, 0, parse_wait},
};

#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static const struct {
    const char *key;
    unsigned beside;
} companions[] = {
    {"expect", BESIDE_EXPECT}, {"capture", BESIDE_CAPTURE}, {"cleanup", BESIDE_CLEANUP},
    {"until", BESIDE_UNTIL},   {"name", BESIDE_NAME},
};

#define COMPANION_COUNT (sizeof companions / sizeof *companions)

static const struct step_kind *kind_of(const struct yaml_node *node)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (yaml_get(node, kinds[i].key))
            return &kinds[i];
    }
    return NULL;
}

static void check_step_keys(struct spec_context *context, const struct yaml_node *node,
                            const struct step_kind *kind)
{
    struct spec_key keys[1 + COMPANION_COUNT] = {{kind->key, true}};
    size_t count = 1;
    for (size_t i = 0; i < COMPANION_COUNT; i++) {
        if (kind->beside & companions[i].beside)
            keys[count++] = (struct spec_key){companions[i].key, companions[i].beside == BESIDE_NAME};
    }
    read_keys(context, node, "a step", keys, count);
}

/* What is sent by the request that `finish` ends is not known here: expectations of it are its own. */
static void parse_rest(struct spec_context *context, const struct yaml_node *node,
                       const struct spec_call *call, struct spec_step *step)
{
    expects_parse(context, yaml_get(node, "expect"), call, step);
    parse_captures(context, yaml_get(node, "capture"), step);
    parse_cleanups(context, yaml_get(node, "cleanup"), step);
    parse_until(context, yaml_get(node, "until"), step);
    if (step->until_within_ms && step->expect_count == 0)
        problems_add(context->problems, step->place, "`until` without `expect`: nothing to wait for");
}

static const struct spec_call *call_of_open(const struct spec_step *steps, size_t count, const char *name)
{
    for (size_t i = count; i-- > 0;) {
        if (steps[i].kind == SPEC_STEP_OPEN && name && steps[i].name && strcmp(steps[i].name, name) == 0)
            return steps[i].send.call;
    }
    return NULL;
}

static void parse_step(struct spec_context *context, const struct yaml_node *node, struct held *held,
                       struct spec_step **steps, size_t *count)
{
    if (!read_is_mapping(context, node, "a step"))
        return;
    const struct step_kind *kind = kind_of(node);
    if (!kind) {
        problems_add(context->problems, node->place,
                     "a step without any of the keys send, open, finish, abandon and wait");
        return;
    }
    check_step_keys(context, node, kind);
    struct spec_step *step = mem_append(steps, count);
    step->kind = kind->kind;
    step->place = node->place;
    if (kind->beside & BESIDE_NAME)
        step->name = mem_dup(read_string(context, yaml_get(node, "name"), "name"));
    kind->parse(context, yaml_get(node, kind->key), step, held);
    const struct spec_call *call =
        kind->kind == SPEC_STEP_FINISH ? call_of_open(*steps, *count, step->name) : step->send.call;
    parse_rest(context, node, call, step);
}

void steps_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                 size_t *count)
{
    struct held held = {0};
    if (!read_is_sequence(context, node, "steps"))
        return;
    for (size_t i = 0; i < node->count; i++)
        parse_step(context, &node->values[i], &held, steps, count);
    while (held.count > 0) {
        problems_add(context->problems, node->place, "the request \"%s\" is neither finished nor abandoned",
                     held.names[0]);
        held_remove(&held, 0);
    }
    free(held.names);
}

void steps_parse_single(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                        size_t *count)
{
    struct spec_step *step = mem_append(steps, count);
    step->kind = SPEC_STEP_SEND;
    step->place = yaml_get(node, "send")->place;
    send_parse(context, yaml_get(node, "send"), false, &step->send);
    parse_rest(context, node, step->send.call, step);
}

void steps_free(struct spec_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct spec_step *step = &steps[i];
        free(step->name);
        spec_send_fini(&step->send);
        expects_fini(step);
        for (size_t k = 0; k < step->capture_count; k++) {
            free(step->captures[k].name);
            free(step->captures[k].from);
        }
        free(step->captures);
        for (size_t k = 0; k < step->cleanup_count; k++)
            spec_send_fini(&step->cleanups[k]);
        free(step->cleanups);
    }
    free(steps);
}
