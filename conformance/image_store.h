/* Where the judge sees the image files that a subject makes, as its target file says:
 *
 *     images: {download: true}                               by the call of the API, which is what is done
 *                                                            when nothing is said
 *     images: {directory: /mnt/images/QEMU}                  in a directory that the judge sees too
 *     images: {command: [ssh, lab, "cat /opt/gns3/${path}"]} on the standard output of a program
 *
 * The program is run without a shell. Status 0 means that its output is the file, 1 that there is no such
 * file (as of cat), and any other that nothing is known of it. */
#ifndef CONFORMANCE_IMAGE_STORE_H
#define CONFORMANCE_IMAGE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conformance/subject.h"

#define IMAGE_STORE_PATH "${path}" /* of a command: gives way to the name of the file */

enum image_store_kind {
    IMAGE_STORE_DOWNLOAD,
    IMAGE_STORE_DIRECTORY,
    IMAGE_STORE_COMMAND,
};

struct image_store {
    enum image_store_kind kind;
    char *directory; /* owned; NULL unless of that kind */
    char **command;  /* owned words; likewise */
    size_t command_count;
};

void image_store_fini(struct image_store *store);

/* Whether that can be the name of a file to be fetched: letters, digits, `.`, `_` and `-`, of which the first
 * is a letter or a digit. It leads out of no directory, is no option, and means nothing to a shell that the
 * command may start. ERR_VALUE. */
bool image_store_takes(const char *name, struct err *err);

/* How long a file may take, and what ends it before. */
struct image_store_limits {
    uint64_t timeout_ms;
    const atomic_bool *stop;
};

/* Takes a file where it is not downloaded. As subject_send(): what is there is an answer with status 200 and
 * the file as its body, what is not there is one with status 404. A link, and whatever else is no regular
 * file, is SUBJECT_FAULT: it is not followed. */
void image_store_fetch(const struct image_store *store, const char *name,
                       const struct image_store_limits *limits, const struct subject_watcher *watcher,
                       struct subject_exchange *ret_exchange);

#endif
