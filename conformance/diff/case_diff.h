/* What is otherwise in one of two runs of the same cases, and which clause decides who is right. */
#ifndef CONFORMANCE_DIFF_CASE_DIFF_H
#define CONFORMANCE_DIFF_CASE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/spec/spec.h"
#include "reports/result.h"

enum diff_obeyed {
    DIFF_NOBODY, /* no clause decides, or both break it */
    DIFF_LEFT,
    DIFF_RIGHT,
};

struct diff_difference {
    char *id;        /* of the case */
    char *step;      /* "step 2", "given image: active"; "" of the whole case */
    char *request;   /* "PUT <subject>/v2/images/<uuid>/file"; "" of the whole case */
    char *what;      /* see exchange_diff.h; "exchange": one was not made; "verdict" */
    unsigned status; /* of both answers; 0: they differ in it, or one was not made */
    char *left;
    char *right;
    char *clause; /* that decides; NULL: none does */
    enum diff_obeyed obeyed;
    const struct explained_entry *entry; /* that explains it; NULL: nothing does. Borrowed */
};

struct diff {
    struct diff_difference *items; /* in the order of the suite */
    size_t count;
    size_t compared;   /* cases */
    size_t unclaimed;  /* cases that one of the two does not claim */
    char **not_judged; /* owned: "CASE: REASON" */
    size_t not_judged_count;
};

/* Adds what is otherwise in one case. Both results are of `one`; the names of the runs' subjects are beside.
 */
void case_compare(const struct spec_case *one, const struct result_case *left, const char *left_url,
                  const struct result_case *right, const char *right_url, struct diff *diff);
void diff_fini(struct diff *diff);

#endif
