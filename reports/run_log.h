/* The log of a run: one JSON object a line, written while the run goes on, so that a run which is cut off by
 * anything can still be reported.
 *
 *   {"record":"begin","schema":"imageproof.log/1",...}   once: subject, edition, suite, how many cases follow
 *   {"record":"plan","index":I,"shard":K,...}            once a case of the selection, in the suite's order
 *   {"record":"case","index":I,...}                      once a case of this shard, as they end
 *   {"record":"end",...}                                 once
 *   {"record":"resume","at":TIME}                        whenever it was gone on with after a break
 *
 * After that, what could not be judged before, was skipped, or failed with a connection that was lost, has no
 * result any more; more cases and another end follow.
 *
 * Each line ends with a member "chain": the SHA-256, hexadecimal, of the chain of the line before (64 zeros
 * before the first) and of the line up to that member. The last line's chain stands for the whole log. */
#ifndef REPORTS_RUN_LOG_H
#define REPORTS_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "reports/result.h"

#define RUN_LOG_CHAIN_SIZE 65

/* ---- writing: not for two threads at once; the first failure stays and is told at the end ---- */

struct run_log;

/* `path` is made anew or overwritten; NULL: a file without a name, gone with the log. NULL with `err` set
 * (ERR_IO; ERR_VALUE: no regular file). */
struct run_log *run_log_create(const char *path, struct err *err);
/* `head` with what is known before the first case; `shards[i]` is the shard that runs case i, from 1. */
void run_log_begin(struct run_log *log, const struct run_result *head);
/* What the suite says of case `index`, called in their order; `shard` is the one that runs it, from 1. */
void run_log_plan(struct run_log *log, size_t index, size_t shard, const struct result_case *facts);
/* False once something could not be written: there is no use in going on. */
bool run_log_case(struct run_log *log, size_t index, const struct result_case *result);
/* Ends the log, which *run then owns and reads its cases from, those of this shard only; *run has the fields
 * of the end set. False with `err` set when not everything could be written; what was is in *run all the
 * same. */
bool run_log_end(struct run_log *log, struct run_result *run, struct err *err);

/* Goes on, after a break, with the log that *run was read from, and that is *run's no more: from then on the
 * log is as one that is written. Its file was given to run_log_read_file() open for reading and writing.
 * `at`: now. NULL with `err` set when it cannot be written; the log is *run's as before. */
struct run_log *run_log_resume(struct run_result *run, const char *at, struct err *err);

/* ---- reading ---- */

/* One run out of the logs of its parts (shards), in any order; one log is a whole run. What has no result in
 * any of them is there with the verdict error and the reason; ended_early tells where a log was cut. False
 * with `err` set when a log cannot be read, is altered, or is of another suite, edition, subject or selection
 * than the first, or when two have the same case. */
bool run_log_read(char *const *paths, size_t count, struct run_result *ret_run, struct err *err);

/* The same of one log that is open already; `file` is taken, in any case. */
bool run_log_read_file(FILE *file, const char *name, struct run_result *ret_run, struct err *err);

/* Whether what is at the path begins as a log does, or is empty. */
bool run_log_is_one(const char *path);
/* Whether the first log tells all the cases that it is about. */
bool run_log_has_plan(const struct run_log *log);
/* Of the first log: the part that it is of, from 1, and of how many; 0 and 0: it is of all cases. */
void run_log_part(const struct run_log *log, size_t *ret_shard, size_t *ret_shard_count);
/* Of the first log: the chain of its last whole line, whether that line is its end, and the SHA-256 of the
 * file, hexadecimal. False with `err` set when the file cannot be read again. */
const char *run_log_chain(const struct run_log *log);
bool run_log_is_whole(const struct run_log *log);
bool run_log_digest(const struct run_log *log, char hex[static RUN_LOG_CHAIN_SIZE], struct err *err);
/* All of its bytes, to wherever they are wanted. */
bool run_log_copy(const struct run_log *log, FILE *out, struct err *err);

/* A case as it stands in the log, its bodies as far as they were kept: owned. False when it cannot be read
 * back. */
bool run_log_load(struct run_log *log, size_t index, struct result_case *ret_result);
/* Whether any log has a result of it. */
bool run_log_has(const struct run_log *log, size_t index);
/* Whether the result that it has would be asked for again by a run that is gone on with. */
bool run_log_is_due_again(const struct run_log *log, size_t index);
/* Whether all that was asked for could be read back. */
bool run_log_was_read(const struct run_log *log, struct err *err);

void run_log_free(struct run_log *log); /* accepts NULL */

#endif
