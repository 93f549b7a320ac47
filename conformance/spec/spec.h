/* The suite in memory: what specs/ says, checked, ready to run. The language itself is described in
 * specs/README.md; each struct here is one mapping of it.
 *
 * Everything is owned by struct spec_suite and immutable after loading, so that worker threads share
 * it without locks. Strings marked "template" hold ${variables}, already checked. */
#ifndef CONFORMANCE_SPEC_SPEC_H
#define CONFORMANCE_SPEC_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conformance/spec/problems.h"
#include "conformance/spec/yaml_tree.h"

struct matcher;
struct pattern;

struct spec_call {
    char *name;   /* "upload" */
    char *method; /* "PUT" */
    char *path;   /* "/v2/images/{image_id}/file" */
    struct yaml_place place;
};

/* A name and a template. */
struct spec_pair {
    char *name;
    char *value; /* template; NULL where the language allows null (a header to leave out) */
};

/* A param of a given: a scalar of the type that it has in the file. */
struct spec_param {
    char *name;
    json_t *value; /* template in a string; NULL after complaining */
};

enum spec_body_kind {
    SPEC_BODY_NONE,
    SPEC_BODY_GENERATED, /* size and seed; seed 0 and pattern zeroes: all zero bytes */
    SPEC_BODY_FILE,      /* a fixture */
    SPEC_BODY_TEXT,
    SPEC_BODY_JSON,
    SPEC_BODY_HEX,
    SPEC_BODY_PARTS, /* one after the other */
};

struct spec_body {
    enum spec_body_kind kind;
    char *size;   /* generated: template for template_expand_size */
    char *seed;   /* generated: template; NULL: zeroes */
    char *file;   /* file: path below fixtures/ */
    char *text;   /* text: template */
    json_t *json; /* json: templates in its strings */
    char *hex;    /* hex: pairs of digits, with blanks between them */
    struct spec_body *parts;
    size_t part_count;
};

enum spec_framing {
    SPEC_FRAMING_LENGTH,  /* Content-Length, the default */
    SPEC_FRAMING_CHUNKED, /* Transfer-Encoding: chunked */
};

struct spec_send {
    const struct spec_call *call; /* borrowed from the suite; NULL when method and path are given */
    char *method;                 /* template */
    char *path;                   /* template; of a call: its path */
    struct spec_pair *params;     /* for the {parameters} of the path; percent-encoded when put in */
    size_t param_count;
    struct spec_pair *query; /* percent-encoded */
    size_t query_count;
    struct spec_pair *headers; /* override what is sent by default; value NULL: not sent at all */
    size_t header_count;
    char *identity; /* "owner" when nothing is said */
    struct spec_body body;
    enum spec_framing framing;
    char *content_length; /* template of a size that is announced whatever is sent; NULL: the truth */
    char *pause_after;    /* open only: template of a size; the body is held after that many bytes */
    struct yaml_place place;
};

/* One expectation: a matcher and what it was told, e.g. status and 409. */
struct spec_expect {
    const struct matcher *matcher; /* static */
    void *data;                    /* owned; made by matcher->parse, freed by matcher->free */
    const char *clause;            /* whose finding it is; NULL: the case's own clause. Borrowed */
    struct yaml_place place;
};

enum spec_capture_kind {
    SPEC_CAPTURE_JSON,        /* at a JSON pointer of the response body */
    SPEC_CAPTURE_HEADER,      /* of the response */
    SPEC_CAPTURE_DIGEST,      /* of the response body: "md5", "sha256", ... */
    SPEC_CAPTURE_SENT_DIGEST, /* of the request body */
};

struct spec_capture {
    char *name;
    enum spec_capture_kind kind;
    char *from;           /* pointer, header name or digest name */
    struct pattern *part; /* json, header: the group of it that is captured; NULL: the whole */
};

enum spec_step_kind {
    SPEC_STEP_SEND,    /* a whole exchange */
    SPEC_STEP_FETCH,   /* an image file is taken: by its call, or from where the target says */
    SPEC_STEP_OPEN,    /* a request whose body is held open after pause_after bytes; has a name */
    SPEC_STEP_FINISH,  /* the rest of the body of an open request, and its answer */
    SPEC_STEP_ABANDON, /* cuts the connection of an open request */
    SPEC_STEP_WAIT,    /* waits wait_ms */
};

struct spec_step {
    enum spec_step_kind kind;
    char *name;            /* open, finish, abandon: which open request */
    struct spec_send send; /* send, open and fetch; of a fetch the one parameter is the file's name */
    uint64_t wait_ms;
    struct spec_expect *expects; /* not for open, abandon, wait */
    size_t expect_count;
    struct spec_capture *captures;
    size_t capture_count;
    struct spec_send *cleanups; /* put on the case's clean-up list once the step has succeeded */
    size_t cleanup_count;
    char *keep;               /* template: the body stays as a file of that name; NULL: it does not */
    uint64_t until_within_ms; /* send only: repeat until what is expected holds; 0: once */
    uint64_t until_every_ms;
    struct yaml_place place;
};

/* What a subject must offer for a case to be judged; each list is complete: what the case or its givens
 * mention is in it, whether or not the author listed it. */
struct spec_needs {
    char **features;
    size_t feature_count;
    char **limits; /* entered after the givens, left before clean-up */
    size_t limit_count;
    char **conditions; /* likewise */
    size_t condition_count;
    char **identities; /* without "anonymous" */
    size_t identity_count;
    char **projects; /* identities whose ${identity.NAME.project} is mentioned */
    size_t project_count;
    char **permissions; /* for what concerns more than the case has made */
    size_t permission_count;
    bool source; /* ${run.source} is mentioned: the judge has data to be fetched */
};

struct spec_given {
    char *name;
    char *says;
    const struct spec_given *after; /* runs first, in the same scope; NULL: none. Borrowed */
    struct spec_param *params;      /* with default values; a param of `after` may be given a new default */
    size_t param_count;
    struct spec_needs needs; /* complete: those of `after` too. A case that uses the given has them too */
    struct spec_step *steps;
    size_t step_count;
    struct yaml_place place;
};

/* A given put to use: `given: {image: {is: active, size: 0}}`. Its captures and params are visible to
 * the case as ${image.NAME}. */
struct spec_given_use {
    char *name; /* "image" */
    const struct spec_given *given;
    struct spec_param *args;
    size_t arg_count;
    struct yaml_place place;
};

enum spec_level {
    SPEC_LEVEL_MUST,
    SPEC_LEVEL_SHOULD,
    SPEC_LEVEL_MAY,
    SPEC_LEVEL_OBSERVED,
};
const char *spec_level_name(enum spec_level level);

/* What a case does. The rows of a matrix have one in common, unless something in it had to be known at load.
 */
struct spec_parts {
    const char **clauses; /* every id it proves, its own clause's first; strings borrowed */
    size_t clause_count;
    struct spec_given_use *givens;
    size_t given_count;
    struct spec_step *steps; /* `send` and `expect` beside each other are one step */
    size_t step_count;
    struct spec_needs needs;
    char **tags;
    size_t tag_count;
};

struct spec_case {
    char *id;   /* clause id + "/" + slug of the name */
    char *name; /* matrix variables already replaced */
    const struct spec_clause *clause;
    const struct spec_parts *parts; /* borrowed from the clause */
    const struct yaml_node *row;    /* of the matrix, as it was written: a mapping; NULL when it was not */
    json_t *derived;                /* a row that follows from a type: an object; NULL when it was written */
    struct yaml_place place;
};

/* The variables of the case's row, as an object: a new reference, of which no other thread knows. NULL
 * without a matrix. */
json_t *spec_case_row(const struct spec_case *one);

/* One of several documents about the same API that disagree. The texts are the file's. */
struct spec_edition {
    const char *name; /* "in-tree" */
    const char *says; /* which document it is */
};

struct spec_clause {
    char *id;
    const struct spec_file *file;
    const struct spec_edition *edition; /* borrowed from the suite; NULL: it belongs to every edition */
    enum spec_level level;
    char *kind; /* "status", "precondition", "postcondition", "parameter", "header", "body", "rule" */
    const struct spec_call *call; /* NULL when it belongs to no single call */
    int status;                   /* 0: none */
    char *document;               /* "glance-v2/images-data.inc" */
    char *heading;                /* first part of `from` */
    char *item;                   /* the rest of it, "" when there is none */
    char *says;
    char **atoms; /* whole keys of the reference's atoms that the author cites (reference/atoms.h) */
    size_t atom_count;
    struct spec_case *cases;
    size_t case_count;
    struct spec_parts **parts; /* of its cases */
    size_t part_count;
    struct yaml_place place;
};

struct spec_file {
    char *name;    /* relative to the specs folder: "images-v2/image-data.yaml" */
    char *api;     /* "images-v2" */
    char *section; /* NULL in a file of shared calls, bodies and givens only */
    char *reference;
    struct yaml_tree *tree;         /* places point into it */
    struct spec_edition **editions; /* in one file of an API only; the first is the default */
    size_t edition_count;
    struct spec_call **calls;
    size_t call_count;
    struct spec_given **givens;
    size_t given_count;
    struct spec_clause **clauses;
    size_t clause_count;
};

/* The APIs of which there are clauses, each by the name of its folder. */
#define SPEC_API_COUNT 3
#define SPEC_API_LIST  "images-v1, images-v2 or gns3-compute-v2"
extern const char *const spec_api_names[SPEC_API_COUNT];

struct spec_suite {
    char *root;               /* the specs folder */
    struct spec_file **files; /* by name */
    size_t file_count;
    char digest[65]; /* SHA-256, hexadecimal, over "NAME\nSIZE\n" and the bytes of each file */
};

/* Loads every *.yaml below each API folder of `root`. NULL when anything is wrong; `problems` then says all
 * of it, sorted. Fixtures are looked up below `fixtures`. */
struct spec_suite *spec_load(const char *root, const char *fixtures, struct problems *problems);
/* The same for the files named, each with the other files of its folder, for what they share: what
 * `imageproof lint FILE...` checks. The folder's name is the API. Problems of the neighbours are told too,
 * after those of the files named: a file is no better than what it uses. */
struct spec_suite *spec_load_files(char *const *paths, size_t count, const char *fixtures,
                                   struct problems *problems);
void spec_suite_free(struct spec_suite *suite);

/* A `send` outside the suite (the hooks of a target file): method and path, no call, no body by name.
 * False after complaining. Owned by the caller, spec_send_fini. */
bool spec_send_parse(const struct yaml_node *node, struct problems *problems, struct spec_send *ret_send);
void spec_send_fini(struct spec_send *send);

/* Which cases of the suite a run is about. An empty list selects all. */
struct spec_selection {
    char *const *only; /* globs on case ids and clause ids; any may match */
    size_t only_count;
    char *const *tags;
    size_t tag_count;
    char *const *apis;
    size_t api_count;
    bool one_edition;    /* only clauses that count in one edition of their API: */
    const char *edition; /* this one where the API has it, its default elsewhere and when it is NULL */
};

/* The selected cases in the order of the suite: owned array of borrowed cases. */
const struct spec_case **spec_select(const struct spec_suite *suite, const struct spec_selection *selection,
                                     size_t *ret_count);

/* The edition that counts for an API: the one called `name` where the API has it, else its first. An API that
 * declares none has one, in-tree. `name` may be NULL. */
const struct spec_edition *spec_edition_of(const struct spec_suite *suite, const char *api, const char *name);
/* The name of the edition that a clause belongs to; "all" when it belongs to every one. */
const char *spec_clause_edition(const struct spec_clause *clause);
/* Whether any API of the suite has an edition of that name. */
bool spec_has_edition(const struct spec_suite *suite, const char *name);
/* The names of all editions, with commas: owned. */
char *spec_edition_list(const struct spec_suite *suite);
/* Likewise of those that count for the APIs of the cases. */
char *spec_editions_of_cases(const struct spec_suite *suite, const struct spec_case *const *cases,
                             size_t count, const char *name);

#endif
