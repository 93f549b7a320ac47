/* Shared by run_log.c, run_log_write.c and run_log_read.c. */
#ifndef REPORTS_RUN_LOG_INTERNAL_H
#define REPORTS_RUN_LOG_INTERNAL_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "reports/run_log.h"

#define RUN_LOG_SCHEMA         "imageproof.log/1"
#define RUN_LOG_LINE_MAX_BYTES (256 * BUF_MIB)

struct log_file {
    FILE *file;
    char *name;
    char chain[RUN_LOG_CHAIN_SIZE]; /* of the last whole line */
    size_t lines;                   /* whole ones */
    struct run_result head;         /* what its begin and its end say; no cases */
    uint64_t whole_bytes;           /* of those */
    bool unended;                   /* the last of them lacks its newline */
    size_t planned;                 /* cases whose plan is there */
    bool begun;
    bool ended;
};

#define LOG_NOWHERE UINT64_MAX

/* Where a case is told of. */
struct log_entry {
    uint64_t plan_offset; /* in the file plan_file */
    uint64_t case_offset; /* in the file case_file; LOG_NOWHERE: no result */
    uint32_t plan_file;
    uint32_t case_file;
    uint32_t shard;
    enum verdict verdict;
    bool due; /* it has a result that a run which is gone on with asks for again */
};

struct run_log {
    struct log_file *files;
    size_t file_count;
    struct log_entry *entries;
    size_t entry_count;
    struct buf line;            /* the one at hand */
    struct result_case current; /* what result_at() gave last */
    struct err err;             /* the first failure */
};

struct run_log *log_new(void);
/* The run owns the log from now on, and has its cases from it. */
void log_give(struct run_log *log, struct run_result *run);
struct log_file *log_add_file(struct run_log *log, const char *name, FILE *file);

/* The chain after a line whose text is `text` up to its member "chain". */
void log_chain_on(char chain[static RUN_LOG_CHAIN_SIZE], const char *text, size_t length);

enum line_end {
    LINE_WHOLE,
    LINE_CUT,  /* the file ends in it */
    LINE_NONE, /* the file ends before it */
    LINE_FAULT /* too long, or not readable: `err` is set */
};
/* The next line of the file, without its newline. */
enum line_end log_read_line(struct log_file *file, struct buf *line, struct err *err);

/* The file was gone on with: what could not be judged, or was skipped, has no result any more. */
void log_note_resumed(struct run_log *log, size_t index, const char *at);

/* What could not be judged, was skipped, or failed with a connection that was lost: perhaps by the break. */
bool log_is_due_again(const struct result_case *result);

/* Why a case has no result: owned. */
char *log_why_missing(const struct run_log *log, const struct log_entry *entry);

#endif
