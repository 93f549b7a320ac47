/* Matchers: what can be expected of an answer. conformance/match/matchers/<name>.c defines
 * `const struct matcher matcher_<name>`, conformance/match/matchers.def has its line MATCHER(<name>), and
 * specs/schema/ its shape. */
#ifndef CONFORMANCE_MATCH_MATCH_H
#define CONFORMANCE_MATCH_MATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "conformance/match/body.h"
#include "conformance/spec/problems.h"
#include "conformance/spec/template.h"
#include "conformance/spec/yaml_tree.h"

/* An answer as matchers see it. Its body streamed past while it arrived: see `match_watch`. */
struct answer {
    int status;
    struct answer_header *headers; /* in the order received; names as received */
    size_t header_count;
    uint64_t body_bytes;
    char *body;       /* the beginning of the body, all of it when body_kept == body_bytes */
    size_t body_kept; /* at most ANSWER_KEPT_MAX_BYTES */
    const char *file; /* where the whole body lies, beside what else the case has kept; NULL: it was not kept.
                         Borrowed */
    json_t *json;     /* the body after answer_read_json(); NULL when it is no JSON or was not kept whole */
};

struct answer_header {
    char *name;
    char *value;
};

#define ANSWER_KEPT_MAX_BYTES (1u << 20)

/* The value of the first header of that name (any case), NULL when absent. Borrowed. */
const char *answer_header(const struct answer *answer, const char *name);

/* Parses the body into `json`, which costs more than all the rest: only for who reads it. */
void answer_read_json(struct answer *answer);

/* What a matcher is handed when it is told by the suite. */
struct match_source {
    const struct yaml_node *node; /* the value beside the matcher's key */
    struct problems *problems;    /* where to complain */
    /* Says that a template occurs at `place`: its variables are checked against what is known there. */
    void (*template_used)(void *context, const char *text, struct yaml_place place);
    /* The body of that name, or the inline body in `node`; false after complaining. Deep copy into
     * *ret_body (owned by the matcher, spec_body_fini). */
    bool (*body_parse)(void *context, const struct yaml_node *node, struct spec_body *ret_body);
    void *context;
};

/* Where a matcher says what it found. */
struct match_report {
    void (*finding)(void *context, const char *expected, const char *actual); /* texts are copied */
    void *context;
};

/* A body watched while it streams in; what one expectation needs of it. */
struct match_watch {
    void (*bytes)(struct match_watch *watch, const void *bytes, size_t length);
    /* Called once after the last byte; reports and frees. */
    void (*finish)(struct match_watch *watch, const struct answer *answer, const struct match_report *report);
    void (*free)(struct match_watch *watch); /* instead of finish, when there was no answer */
    /* A body longer than this (and than what is taken in anyway) is cut off. */
    uint64_t most_bytes;
};

enum match_place {
    MATCH_PLACE_HEADER,  /* its name */
    MATCH_PLACE_POINTER, /* of JSON */
};

struct matcher {
    const char *name; /* the key under `expect` */
    bool reads_json;  /* wants answer->json */
    bool reads_file;  /* wants answer->file */
    /* Owned data for check and watch; NULL after complaining in source->problems. */
    void *(*parse)(const struct match_source *source);
    void (*free)(void *data);
    /* Whether `answer` is as expected; may be NULL when there is a watch. An `err` (a variable that is
     * no scalar, a fixture that vanished) means the harness could not judge. */
    bool (*check)(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err);
    /* Optional: for expectations about the whole body. NULL with `err` set when it cannot be watched. */
    struct match_watch *(*watch)(const void *data, const struct vars *vars, const char *fixtures,
                                 struct err *err);
    /* Optional: whether exactly this status is expected, and not only a class that it belongs to. */
    bool (*names_status)(const void *data, int status);
    /* Optional: calls `look` with each place of that kind that it looks at. */
    enum match_place place;
    void (*places)(const void *data, void (*look)(void *context, const char *place), void *context);
};

/* NULL when there is none of that name. */
const struct matcher *matcher_find(const char *name);
const struct matcher *const *matcher_all(void); /* NULL-terminated */

void spec_body_fini(struct spec_body *body);

#endif
