/* What the parts of the loader (the other files here) share; nobody else includes this. */
#ifndef CONFORMANCE_SPEC_INTERNAL_H
#define CONFORMANCE_SPEC_INTERNAL_H

#include "base/buf.h"
#include "conformance/match/match.h"
#include "conformance/spec/problems.h"
#include "conformance/spec/spec.h"
#include "conformance/spec/template.h"

/* --- names.c: names, and the nearest to a misspelt one --- */

struct names_entry {
    char *name;
    struct yaml_place place; /* where it was declared */
    void *value;             /* borrowed; whatever the table is of */
};

struct names {
    json_t *index; /* name to position in entries; NULL while empty */
    struct names_entry *entries;
    size_t count;
};

/* The new entry; NULL when the name is there already. Entry addresses die with the next one. */
struct names_entry *names_add(struct names *names, const char *name, struct yaml_place place, void *value);
struct names_entry *names_find(const struct names *names, const char *name);
void names_fini(struct names *names);

/* Collects candidates for what a misspelt name may have meant. */
struct guess {
    const char *wanted;
    const char *best; /* borrowed; NULL: none is near */
    size_t best_distance;
    size_t offered;
    struct buf list; /* the candidates, as long as they are few */
    char text[400];
};

void guess_init(struct guess *guess, const char *wanted);
void guess_offer(struct guess *guess, const char *candidate);
void guess_offer_names(struct guess *guess, const struct names *names);
/* `, did you mean "X"?`, or `, expected A, B or C` when nothing is near and they are few, or "".
 * Borrowed from the guess, which is over. */
const char *guess_end(struct guess *guess);

/* Lists of words: owned, as are the words. */
void words_add(char ***words, size_t *count, const char *word); /* unless it is in the list */
void words_free(char **words, size_t count);

/* --- where the loader is in the suite --- */

/* What the files of one API share. Values: struct spec_call, struct spec_body, struct given_entry,
 * struct spec_clause; struct spec_edition. */
struct spec_api {
    char *name;
    struct names editions;
    struct names calls;
    struct names bodies;
    struct names givens;
    struct names clauses;
};

/* The variables known at one place of a case or given: names without values. */
struct scope {
    struct names names;
};

struct spec_context {
    struct problems *problems;
    const char *fixtures;       /* folder; NULL: files of bodies are not looked up */
    const struct spec_api *api; /* NULL: outside the suite, nothing is declared */
    struct scope *scope;        /* NULL: which variables there are is not known, only syntax is checked */
    struct spec_needs *needs;   /* collects the identities that are mentioned; may be NULL */
    const struct vars *row;     /* of the matrix; NULL without one */
    bool row_counts;            /* what was read depends on the values of the row */
    const struct spec_parts *current; /* of the case; NULL in a given */
    const struct spec_clause *clause; /* NULL in a given */
    bool expects_status;              /* the status of `clause` is expected of its call */
    bool expects_anything;
};

/* --- read.c: values of known type --- */

struct spec_key {
    const char *name;
    bool mandatory;
};

/* Whether `node` is a mapping; complains when not. `what` names it in messages: "a case". */
bool read_is_mapping(struct spec_context *context, const struct yaml_node *node, const char *what);
bool read_is_sequence(struct spec_context *context, const struct yaml_node *node, const char *what);
/* Complains about every key of the mapping `node` that is not in `keys` and every mandatory one missing. */
void read_keys(struct spec_context *context, const struct yaml_node *node, const char *what,
               const struct spec_key *keys, size_t count);
void read_unknown_key(struct spec_context *context, const struct yaml_node *key, const char *what,
                      struct guess *guess);
/* The text of a string that is not empty: borrowed; NULL after complaining, and quietly for no node. */
const char *read_string(struct spec_context *context, const struct yaml_node *node, const char *what);
/* The text of any scalar but null, as a template whose variables are checked: owned. */
char *read_template(struct spec_context *context, const struct yaml_node *node, const char *what);
/* A template of a size; one without variables is checked to be one. */
char *read_size(struct spec_context *context, const struct yaml_node *node, const char *what);
/* A string that must be known at load: keys of the matrix are replaced now, others refused. Owned. */
char *read_literal(struct spec_context *context, const struct yaml_node *node, const char *what);
bool read_duration(struct spec_context *context, const struct yaml_node *node, const char *what,
                   uint64_t *ret_ms);
/* A list of words without repeats, appended to *words as far as they are not in it yet. */
void read_words(struct spec_context *context, const struct yaml_node *node, const char *what, char ***words,
                size_t *count);
/* Letters, digits, `_` and `-`, beginning with a letter: what a variable can be called. */
bool read_is_name(const char *text);
/* The key of a mapping as a name; false after complaining. */
bool read_name(struct spec_context *context, const struct yaml_node *key, const char *what);
/* Checks the templates in all strings below `node`, and that no key looks like one. */
void read_json_templates(struct spec_context *context, const struct yaml_node *node);

/* A scalar but null, with its type, as a param has it: NULL after complaining. */
json_t *read_value(struct spec_context *context, const struct yaml_node *node, const char *what);
void params_free(struct spec_param *params, size_t count);

void pairs_free(struct spec_pair *pairs, size_t count);

/* --- scope.c: the variables known --- */

void scope_init(struct scope *scope); /* what every case knows */
void scope_fini(struct scope *scope);
void scope_add_limits(struct scope *scope, const struct spec_needs *needs);
/* A name that nothing else may have: a param, a key of the matrix, a given in use. */
bool scope_add(struct scope *scope, struct problems *problems, const char *name, struct yaml_place place);
/* A later capture of the same name takes its place. */
void scope_add_capture(struct scope *scope, struct problems *problems, const char *name,
                       struct yaml_place place);
/* The params and captures of a given and of what it comes after, each as PREFIX.NAME, or as NAME. */
void scope_add_given(struct scope *scope, const struct spec_given *given, const char *prefix);
/* Complains when `text` is malformed or names what is not known here; notes identities as needed. */
void scope_check(struct spec_context *context, const char *text, struct yaml_place place);

/* --- identities.c --- */

bool identity_is_known(const char *name);
void identity_guess(struct guess *guess);
/* For each identity that has a project: every known one that stands for a user. */
void identity_each_project(void (*visit)(void *context, const char *name), void *context);
void needs_add_identity(struct spec_needs *needs, const char *name); /* anonymous is not needed */

/* --- needs.c: what a subject must offer --- */

void needs_add(struct spec_needs *needs, const struct spec_needs *more);
void needs_parse(struct spec_context *context, const struct yaml_node *node, struct spec_needs *needs);
void needs_fini(struct spec_needs *needs);

/* --- editions.c --- */

void editions_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api);
/* The `edition` of a clause; NULL for no node, and after complaining. */
const struct spec_edition *edition_parse(struct spec_context *context, const struct spec_api *api,
                                         const struct yaml_node *node);
void editions_free(struct spec_file *file);

/* --- calls.c, paths.c --- */

void calls_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api);
/* The next {parameter} of a path from *at on; false when there is no more. */
bool call_next_param(const char **at, const char **ret_name, size_t *ret_length);
bool call_has_param(const struct spec_call *call, const char *name);

/* --- bodies.c --- */

void bodies_declare(struct spec_context *context, const struct spec_file *file, struct spec_api *api);
/* The body in `node`, or the one of that name. False after complaining. */
bool body_parse(struct spec_context *context, const struct yaml_node *node, struct spec_body *ret_body);
/* As match_source wants it: beside the body's own keys there may be a `range`, which the matcher reads. */
bool body_parse_expected(void *context, const struct yaml_node *node, struct spec_body *ret_body);
void body_json(struct spec_context *context, const struct yaml_node *node, struct spec_body *ret_body);

/* --- sends.c --- */

bool send_is_key(const char *name); /* so that no {parameter} is called like one */
void send_parse(struct spec_context *context, const struct yaml_node *node, bool held,
                struct spec_send *send);

/* --- expects.c --- */

/* `call` is what was sent; NULL when it was none of the declared ones. */
void expects_parse(struct spec_context *context, const struct yaml_node *node, const struct spec_call *call,
                   struct spec_step *step);
void expects_fini(struct spec_step *step);

/* --- steps.c --- */

/* The one step of a case without `steps`: `send` and what is beside it in `node`. */
void steps_parse_single(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                        size_t *count);
void steps_parse(struct spec_context *context, const struct yaml_node *node, struct spec_step **steps,
                 size_t *count);
void steps_free(struct spec_step *steps, size_t count);

/* --- givens.c --- */

struct given_entry;
void givens_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api);
void givens_parse(struct spec_context *context, struct spec_api *api);
void givens_forget(struct spec_api *api); /* what was needed only while loading */
void given_free(struct spec_given *given);
/* The `given` of a case: whatever it uses is known in context->scope afterwards. */
void given_uses_parse(struct spec_context *context, const struct yaml_node *node, struct spec_parts *owner);

/* --- matrix.c, cases.c, clauses.c --- */

/* One row of a matrix, or the only one of a case without. */
struct matrix_row {
    const struct yaml_node *node; /* the row, or the matrix from which it follows; NULL without a matrix */
    json_t *derived;              /* from `{not: TYPE}`: the variables `kind` and `value`, owned; else NULL */
};

#define MATRIX_KIND  "kind"
#define MATRIX_VALUE "value"

struct matrix {
    struct matrix_row *rows;
    size_t count;
};

void matrix_parse(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix);
void matrix_fini(struct matrix *matrix);

void cases_parse(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause);
void case_fini(struct spec_case *one);
void parts_free(struct spec_parts *parts);

/* Makes the clauses with their ids, so that cases can name those of later files. */
void clauses_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                     struct names *ids);
void clauses_parse(struct spec_context *context, struct spec_file *file);
void clause_free(struct spec_clause *clause);

/* --- files.c --- */

/* For the fuzzer and its kin: a suite of one file that is nowhere on disk. */
struct spec_suite *spec_load_bytes(const char *bytes, size_t length, const char *fixtures,
                                   struct problems *problems);

#endif
