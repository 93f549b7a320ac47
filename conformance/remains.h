/* The ledger of what a run may leave behind: a file with a JSON object a line, each of them on the disk
 * before the request is sent that it is about. Whatever cuts the run off, `imageproof clean` undoes the rest.
 *
 *   {"record":"begin","schema":"imageproof.remains/1","run":ID,"url":U,"subject":S,"cloud":C}
 *   {"record":"made","entry":N,"number":K,"identity":I,"api":A,"name":T,"id":T}     may be there, so named
 *   {"record":"undo","entry":N,"number":K,"identity":I,"method":M,"path":P,...}     is to be sent
 *   {"record":"undo","entry":N,"number":K,"identity":"","run":[PROGRAM,...],"timeout_ms":T}  is to be run
 *   {"record":"done","entry":N}                                                     nothing is left of it
 *
 * `number` makes ${case.id}, so that tokens which are templates can be made again; no credential is in it.
 * May be used by several threads at once. */
#ifndef CONFORMANCE_REMAINS_H
#define CONFORMANCE_REMAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "conformance/case/request.h"

struct remains;

struct remains_head {
    const char *run_id;
    const char *url;
    const char *subject; /* target file, absolute, or URL; NULL: a cloud */
    const char *cloud;   /* NULL: none */
};

/* A new file, which is this program's as long as it is open. NULL with `err` set when it cannot be had, or is
 * there already. */
struct remains *remains_create(const char *path, const struct remains_head *head, struct err *err);
/* Goes on with a file: what is still open is told by remains_open. NULL with `err` set, also when the run
 * that writes it is not over. */
struct remains *remains_load(const char *path, struct err *err);
/* Closes it. Where nothing is open any more, the file is removed. Accepts NULL. */
void remains_free(struct remains *remains);
/* Closes it, and leaves the file as it is: for who only looked. Accepts NULL. */
void remains_close(struct remains *remains);

#define REMAINS_NONE 0 /* no entry */

/* What the next request makes, by what is in the request itself. 0 with `err` set: then it must not be sent.
 */
size_t remains_made(struct remains *remains, size_t number, const char *api, const struct request *request,
                    struct err *err);
/* A request, or a program, that undoes what the next one does; `base` is the address that its url begins
 * with. */
size_t remains_undo(struct remains *remains, size_t number, const char *base, const struct request *request,
                    struct err *err);
/* Accepts REMAINS_NONE. */
void remains_done(struct remains *remains, size_t entry);

const char *remains_path(const struct remains *remains);
const json_t *remains_begin(const struct remains *remains); /* of the first line */
/* The entries that are open, the last one first: a new array of borrowed objects. */
json_t *remains_open(struct remains *remains);
size_t remains_open_count(struct remains *remains);

#endif
