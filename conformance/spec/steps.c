#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/match/pattern.h"
#include "conformance/spec/internal.h"

/* A request that is held open, or was. */
struct held {
    const char *name; /* borrowed from the file */
    struct yaml_place place;
    const struct spec_call *call;
    bool open;
};

/* What parsing a list of steps has to remember from one to the next. */
struct steps {
    struct spec_context *context;
    struct held *held;
    size_t held_count;
};

static struct held *held_find(struct steps *steps, const char *name)
{
    for (size_t i = steps->held_count; i > 0; i--) {
        if (strcmp(steps->held[i - 1].name, name) == 0)
            return &steps->held[i - 1];
    }
    return NULL;
}

static const struct spec_call *parse_send(struct steps *steps, const struct yaml_node *node,
                                          const struct yaml_node *value, struct spec_step *step)
{
    (void)node;
    send_parse(steps->context, value, false, &step->send);
    return step->send.call;
}

/* The one parameter of the call is the name of the file, under which it is kept too. */
static bool names_a_file(const struct spec_send *send)
{
    bool plain = send->body.kind == SPEC_BODY_NONE && send->query_count == 0 && send->header_count == 0;
    return plain && !send->content_length && send->param_count == 1;
}

static const struct spec_call *parse_fetch(struct steps *steps, const struct yaml_node *node,
                                           const struct yaml_node *value, struct spec_step *step)
{
    parse_send(steps, node, value, step);
    if (step->send.call && names_a_file(&step->send))
        step->keep = mem_dup(step->send.params[0].value);
    else
        problems_add(steps->context->problems, value->place,
                     "a fetch, expected a call with one parameter, which names the file, and at most `as` "
                     "beside them");
    return step->send.call;
}

static const struct spec_call *parse_open(struct steps *steps, const struct yaml_node *node,
                                          const struct yaml_node *value, struct spec_step *step)
{
    const struct yaml_node *name_node = yaml_get(node, "name");
    const char *name = read_string(steps->context, name_node, "the name of an open request");
    send_parse(steps->context, value, true, &step->send);
    if (!name_node) {
        problems_add(steps->context->problems, node->place, "an open without a `name` beside it");
        return step->send.call;
    }
    if (!name || !read_name(steps->context, name_node, "an open request"))
        return step->send.call;
    const struct held *before = held_find(steps, name);
    if (before && before->open)
        problems_add(steps->context->problems, name_node->place, "\"%s\" is open already, since %u:%u", name,
                     before->place.line, before->place.column);
    else
        *mem_append(&steps->held, &steps->held_count) =
            (struct held){name, name_node->place, step->send.call, true};
    step->name = mem_dup(name);
    return step->send.call;
}

static const struct spec_call *parse_end(struct steps *steps, const struct yaml_node *node,
                                         const struct yaml_node *value, struct spec_step *step)
{
    (void)node;
    const char *name = read_string(steps->context, value, "the name of an open request");
    if (!name)
        return NULL;
    step->name = mem_dup(name);
    struct held *held = held_find(steps, name);
    if (held && held->open) {
        held->open = false;
        return held->call;
    }
    struct guess guess;
    guess_init(&guess, name);
    for (size_t i = 0; i < steps->held_count; i++) {
        if (steps->held[i].open)
            guess_offer(&guess, steps->held[i].name);
    }
    problems_add(steps->context->problems, value->place, "no request is open under the name \"%s\"%s", name,
                 guess_end(&guess));
    return NULL;
}

static const struct spec_call *parse_wait(struct steps *steps, const struct yaml_node *node,
                                          const struct yaml_node *value, struct spec_step *step)
{
    (void)node;
    read_duration(steps->context, value, "wait", &step->wait_ms);
    return NULL;
}

/* What a step does, and what may stand beside it. */
static const struct action {
    const char *key;
    enum spec_step_kind kind;
    struct spec_key keys[7];
    size_t key_count;
    const struct spec_call *(*parse)(struct steps *steps, const struct yaml_node *node,
                                     const struct yaml_node *value, struct spec_step *step);
} actions[] = {
    {"send",
     SPEC_STEP_SEND,
     {{"send", true},
      {"expect", false},
      {"capture", false},
      {"keep", false},
      {"cleanup", false},
      {"until", false}},
     6,
     parse_send},
    {"fetch", SPEC_STEP_FETCH, {{"fetch", true}, {"expect", true}}, 2, parse_fetch},
    {"open", SPEC_STEP_OPEN, {{"open", true}, {"name", false}, {"cleanup", false}}, 3, parse_open},
    {"finish",
     SPEC_STEP_FINISH,
     {{"finish", true}, {"expect", false}, {"capture", false}, {"keep", false}, {"cleanup", false}},
     5,
     parse_end},
    {"abandon", SPEC_STEP_ABANDON, {{"abandon", true}, {"cleanup", false}}, 2, parse_end},
    {"wait", SPEC_STEP_WAIT, {{"wait", true}}, 1, parse_wait},
};

#define ACTION_COUNT (sizeof actions / sizeof actions[0])

static enum spec_capture_kind capture_kind(const char *key, bool *ret_known)
{
    static const char *const names[] = {
        [SPEC_CAPTURE_JSON] = "json",
        [SPEC_CAPTURE_HEADER] = "header",
        [SPEC_CAPTURE_DIGEST] = "digest",
        [SPEC_CAPTURE_SENT_DIGEST] = "sent_digest",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], key) == 0) {
            *ret_known = true;
            return (enum spec_capture_kind)i;
        }
    }
    *ret_known = false;
    return SPEC_CAPTURE_JSON;
}

static const char *fault_of_from(enum spec_capture_kind kind, const char *from)
{
    enum digest_kind digest;
    if (kind == SPEC_CAPTURE_JSON)
        return *from == '\0' || *from == '/' ? NULL : "a JSON pointer begins with a slash";
    if (kind == SPEC_CAPTURE_HEADER)
        return *from ? NULL : "a header has a name";
    return digest_kind_parse(from, &digest) ? NULL : "expected md5, sha1, sha256 or sha512";
}

/* Which part of a text is captured: NULL for no node, and after complaining. */
static struct pattern *part_parse(struct spec_context *context, const struct yaml_node *node)
{
    if (!node)
        return NULL;
    const struct match_source source = {.node = node, .problems = context->problems};
    struct pattern *part = pattern_parse(&source, node);
    if (!part || pattern_groups(part) == 1)
        return part;
    problems_add(context->problems, node->place,
                 "pattern \"%s\" has %zu groups, expected one: what is in it is captured", node->text,
                 pattern_groups(part));
    pattern_free(part);
    return NULL;
}

/* Where the text comes from: the one entry beside `matches`. NULL when there is no such one. */
static const struct yaml_node *capture_source(const struct yaml_node *value, const struct yaml_node *part,
                                              enum spec_capture_kind *ret_kind)
{
    const struct yaml_node *source = NULL;
    size_t count = value->kind == YAML_KIND_MAPPING ? value->count : 0;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        if (&value->values[i] == part)
            continue;
        enum spec_capture_kind kind = capture_kind(value->keys[i].text, &known);
        if (source || !known || !value->values[i].text)
            return NULL;
        *ret_kind = kind;
        source = &value->values[i];
    }
    return source;
}

static bool has_parts(enum spec_capture_kind kind)
{
    return kind == SPEC_CAPTURE_JSON || kind == SPEC_CAPTURE_HEADER;
}

static void capture_parse(struct spec_context *context, const struct yaml_node *key,
                          const struct yaml_node *value, struct spec_step *step)
{
    enum spec_capture_kind kind = SPEC_CAPTURE_JSON;
    if (!read_name(context, key, "a capture"))
        return;
    const struct yaml_node *part = value->kind == YAML_KIND_MAPPING ? yaml_get(value, "matches") : NULL;
    const struct yaml_node *source = capture_source(value, part, &kind);
    if (!source || (part && !has_parts(kind))) {
        problems_add(context->problems, value->place,
                     "capture \"%s\", expected one of {json: /pointer} and {header: Name}, each with an "
                     "optional `matches`, {digest: md5} and {sent_digest: md5}",
                     key->text);
        return;
    }
    const char *fault = fault_of_from(kind, source->text);
    if (fault)
        problems_add(context->problems, source->place, "%s \"%s\": %s",
                     value->keys[source - value->values].text, source->text, fault);
    struct spec_capture *capture = mem_append(&step->captures, &step->capture_count);
    *capture =
        (struct spec_capture){mem_dup(key->text), kind, mem_dup(source->text), part_parse(context, part)};
    scope_add_capture(context->scope, context->problems, key->text, key->place);
}

static void captures_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    if (!read_is_mapping(context, node, "capture"))
        return;
    for (size_t i = 0; i < node->count; i++)
        capture_parse(context, &node->keys[i], &node->values[i], step);
}

static void cleanups_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    if (node->kind != YAML_KIND_SEQUENCE) {
        send_parse(context, node, false, mem_append(&step->cleanups, &step->cleanup_count));
        return;
    }
    if (!read_is_sequence(context, node, "cleanup"))
        return;
    for (size_t i = 0; i < node->count; i++)
        send_parse(context, &node->values[i], false, mem_append(&step->cleanups, &step->cleanup_count));
}

static void until_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step *step)
{
    static const struct spec_key keys[] = {{"within", true}, {"every", true}};
    if (!read_is_mapping(context, node, "until"))
        return;
    read_keys(context, node, "until", keys, 2);
    bool complete = read_duration(context, yaml_get(node, "within"), "within", &step->until_within_ms);
    complete = read_duration(context, yaml_get(node, "every"), "every", &step->until_every_ms) && complete;
    if (complete && step->until_every_ms > step->until_within_ms)
        problems_add(context->problems, node->place, "until: `every` is longer than `within`");
}

/* A fetched file may come without an answer: there is the image, or none. */
static void check_fetched(struct spec_context *context, const struct spec_step *step)
{
    for (size_t i = 0; i < step->expect_count; i++) {
        if (!step->expects[i].matcher->reads_file)
            problems_add(context->problems, step->expects[i].place,
                         "%s of a fetched file, expected nothing but what it is as an image",
                         step->expects[i].matcher->name);
    }
}

/* What stands beside the action: expectations know earlier captures only, clean-ups the step's own too. */
static void parse_beside(struct spec_context *context, const struct yaml_node *node,
                         const struct action *action, const struct spec_call *call, struct spec_step *step)
{
    const struct yaml_node *expect = yaml_get(node, "expect");
    const struct yaml_node *until = yaml_get(node, "until");
    bool answered = action->kind == SPEC_STEP_SEND || action->kind == SPEC_STEP_FINISH;
    if ((answered || action->kind == SPEC_STEP_FETCH) && expect)
        expects_parse(context, expect, call, step);
    if (action->kind == SPEC_STEP_FETCH)
        check_fetched(context, step);
    if (answered && yaml_get(node, "capture"))
        captures_parse(context, yaml_get(node, "capture"), step);
    if (answered && yaml_get(node, "keep"))
        step->keep = read_template(context, yaml_get(node, "keep"), "keep");
    if (action->kind != SPEC_STEP_WAIT && yaml_get(node, "cleanup"))
        cleanups_parse(context, yaml_get(node, "cleanup"), step);
    if (action->kind == SPEC_STEP_SEND && until)
        until_parse(context, until, step);
    if (until && !expect)
        problems_add(context->problems, until->place, "until without an `expect` beside it");
}

static void parse_action(struct steps *steps, const struct yaml_node *node, const struct action *action,
                         struct spec_step *step)
{
    step->kind = action->kind;
    step->place = node->place;
    const struct spec_call *call = action->parse(steps, node, yaml_get(node, action->key), step);
    parse_beside(steps->context, node, action, call, step);
}

/* NULL after complaining: a step does exactly one thing. */
static const struct action *find_action(struct spec_context *context, const struct yaml_node *node)
{
    const struct action *found = NULL;
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (!yaml_get(node, actions[i].key))
            continue;
        if (found) {
            problems_add(context->problems, node->place, "a step with both `%s` and `%s`: make two of it",
                         found->key, actions[i].key);
            return NULL;
        }
        found = &actions[i];
    }
    if (!found)
        problems_add(context->problems, node->place,
                     "a step without any of the keys send, fetch, open, finish, abandon and wait");
    return found;
}

static void step_parse(struct steps *steps, const struct yaml_node *node, struct spec_step *step)
{
    if (!read_is_mapping(steps->context, node, "a step"))
        return;
    const struct action *action = find_action(steps->context, node);
    if (!action)
        return;
    CLEANUP(text) char *what = mem_printf("a step of `%s`", action->key);
    read_keys(steps->context, node, what, action->keys, action->key_count);
    parse_action(steps, node, action, step);
}

void steps_parse_single(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                        size_t *count)
{
    struct steps state = {.context = context};
    parse_action(&state, node, &actions[0], mem_append(steps, count));
}

void steps_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                 size_t *count)
{
    struct steps state = {.context = context};
    if (!read_is_sequence(context, node, "steps"))
        return;
    for (size_t i = 0; i < node->count; i++)
        step_parse(&state, &node->values[i], mem_append(steps, count));
    for (size_t i = 0; i < state.held_count; i++) {
        if (state.held[i].open)
            problems_add(context->problems, state.held[i].place,
                         "\"%s\" is opened here and never finished or abandoned", state.held[i].name);
    }
    free(state.held);
}

static void step_fini(struct spec_step *step)
{
    free(step->name);
    free(step->keep);
    spec_send_fini(&step->send);
    expects_fini(step);
    for (size_t i = 0; i < step->capture_count; i++) {
        free(step->captures[i].name);
        free(step->captures[i].from);
        pattern_free(step->captures[i].part);
    }
    free(step->captures);
    for (size_t i = 0; i < step->cleanup_count; i++)
        spec_send_fini(&step->cleanups[i]);
    free(step->cleanups);
}

void steps_free(struct spec_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        step_fini(&steps[i]);
    free(steps);
}
