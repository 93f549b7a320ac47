/* A finished run, as the judge leaves it and every report reads it. DESIGN: "Verdicts" and
 * "Machine-readable output".
 *
 * Ownership: struct run_result owns everything below it (result_fini frees it all); strings are
 * UTF-8 where they come from the suite and arbitrary bytes where they come from the subject, so a
 * writer escapes every string. Credentials never get this far: the judge redacts before it records. */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_log; /* run_log.h */

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_SKIPPED,     /* the user said so: interrupted */
    VERDICT_NOT_CLAIMED, /* the subject does not offer what the case needs */
    VERDICT_ERROR,       /* the harness could not judge */
    VERDICT_COUNT,
};

/* "pass", "fail", "skipped", "not-claimed", "error": the words of the JSON contract. */
const char *verdict_name(enum verdict verdict);

struct result_header {
    char *name;
    char *value; /* credentials replaced by "<redacted>" */
};

/* A body is kept as evidence, not as content: its length and digest are exact, of its bytes only the
 * beginning stays. The log keeps more of an answer, so that it can be judged again. */
#define RESULT_BODY_KEPT_BYTES 2048

struct result_body {
    uint64_t length_bytes; /* what went over the wire, decoded from chunks */
    char md5[33];          /* of all bytes; "" when there was no body */
    char *kept;            /* first RESULT_BODY_KEPT_BYTES at most, NUL-terminated; NULL without a body */
    size_t kept_bytes;
    char *generated; /* how to make it again ("size 65536, seed 1"), NULL for bytes given literally */
};

struct result_message {
    struct result_header *headers;
    size_t header_count;
    struct result_body body;
};

/* One request and what came of it. */
struct result_exchange {
    char *purpose;  /* "given image: queued", "step 2", "clean-up": why it was made */
    char *identity; /* "owner", "anonymous", ... */
    char *method;
    char *url; /* absolute */
    struct result_message request;
    struct result_message response;
    int status;        /* 0: no answer */
    uint64_t began_us; /* since 1970, when sending began; 0: not known */
    uint64_t time_us;  /* from the start of sending to the last byte received */
    char *outcome;     /* one word: "answered", "timeout", ... */
    char *error;       /* why there was no (whole) answer, NULL when there was one */
};

#define RESULT_NO_EXCHANGE SIZE_MAX

/* The subject is wrong in one way. */
struct result_finding {
    char *clause;    /* id */
    char *expected;  /* one line, e.g. "status 409" */
    char *actual;    /* one line, e.g. "status 204" */
    size_t exchange; /* index into the case's exchanges, or RESULT_NO_EXCHANGE */
};

struct result_case {
    char *id;
    char *name;
    char *api;     /* "images-v2" */
    char *section; /* "Image data" */
    char *level;   /* "must", "should", "may", "observed" */
    char *says;    /* the sentence of the clause that the case proves */
    char *from;    /* "glance-v2/images-data.inc: Upload binary image data / Preconditions / 3" */
    char *file;    /* YAML file of the case, relative to the specs folder */
    size_t line;
    char *call;     /* "PUT /v2/images/{image_id}/file", NULL when the clause belongs to no single call */
    int status;     /* that the clause is about, 0: none */
    char **clauses; /* ids; the case's own clause first */
    size_t clause_count;
    char **tags;
    size_t tag_count;
    enum verdict verdict;
    char *reason; /* for skipped, not-claimed and error; NULL otherwise */
    uint64_t time_us;
    struct result_finding *findings;
    size_t finding_count;
    struct result_exchange *exchanges; /* in the order of sending */
    size_t exchange_count;
    char *run_id; /* ${run.id}, ${case.uuid}, ${run.source} and the number in ${case.id}: what was by chance
                     in the case */
    char *uuid;
    char *source; /* NULL: none */
    size_t number;
    char **notes; /* what the user should know although it decides nothing: "left behind: ..." */
    size_t note_count;
};

/* How the cases are had that memory does not hold. */
struct result_keeper {
    const struct result_case *(*at)(struct run_log *log, size_t index, bool whole); /* as result_at() */
    enum verdict (*verdict)(const struct run_log *log, size_t index);
    void (*free)(struct run_log *log);
};

struct run_result {
    char *subject;      /* name of the subject */
    char *subject_url;  /* its base URL, without credentials */
    char *description;  /* what it offers, as JSON: its target file without credentials; "" when not known */
    char *edition;      /* "in-tree"; names with commas when APIs are judged by different ones */
    char *suite_digest; /* SHA-256 over the suite's files, hexadecimal */
    char *tool_version;
    char *started;  /* ISO 8601, UTC */
    char *run_id;   /* part of every name that the run gave; "" when not known */
    char **resumed; /* when it was gone on with after a break, ISO 8601, UTC */
    size_t resumed_count;
    size_t shard;       /* the part of the cases that was run, from 1; 0: all */
    size_t shard_count; /* of how many */
    uint64_t time_us;
    bool interrupted;          /* the user stopped the run */
    char *ended_early;         /* why the run was ended before its last case, NULL when it was not */
    struct result_case *cases; /* in the order of the suite, whatever order they ran in; NULL: in the log */
    struct run_log *log;       /* holds the cases that memory does not; NULL without one. Owned */
    const struct result_keeper *keeper; /* of the log */
    size_t case_count;
};

/* A case of the run: by this alone, since a run may be larger than memory. Good until the next call. A case
 * that cannot be read back has the verdict error and tells why. */
const struct result_case *result_at(const struct run_result *run, size_t index);
/* The same, with the bodies of answers as far as the log has them, which is more than RESULT_BODY_KEPT_BYTES.
 */
const struct result_case *result_at_whole(const struct run_result *run, size_t index);
/* Its verdict, without reading it. */
enum verdict result_verdict(const struct run_result *run, size_t index);

void result_fini(struct run_result *run); /* accepts NULL and the half-built */
void result_case_fini(struct result_case *result);
void result_finding_fini(struct result_finding *finding);
void result_exchange_fini(struct result_exchange *exchange);

struct result_summary {
    size_t counts[VERDICT_COUNT];
};

struct result_summary result_summarise(const struct run_result *run);

/* When the run was resumed, as one text with commas: owned; NULL when it was not. */
char *result_resumed(const struct run_result *run);

/* Keeps RESULT_BODY_KEPT_BYTES at most. */
void result_body_cut(struct result_body *body);

/* Whether a command line can hold the body: neither generated, cut nor redacted, and without a
 * NUL. */
bool result_body_is_literal(const struct result_body *body);

/* Method of what was no exchange: the judge took an image file by itself, whose name is in the URL. */
#define RESULT_FETCH        "FETCH"
#define RESULT_FETCH_SCHEME "image:"
/* Likewise for a program that brings a state of the deployment about, or ends it: "RUN program:NAME". */
#define RESULT_RUN        "RUN"
#define RESULT_RUN_SCHEME "program:"

/* A command line that repeats the request: owned, one line, shell-quoted; the token as a shell variable
 * named after the identity ("$OWNER_TOKEN"), a body that is not literal as `--data-binary @BODY`. A comment
 * when there was no request. */
char *result_curl(const struct result_exchange *exchange);

#endif
