/* The proof of the suite: with each fault of the mock switched on, one at a time, who notices?
 *
 * Several mocks run side by side, each in a process of its own, and change their faults while they run: some
 * for the default editions of the reference, some for each other one. First the cases of every API concerned
 * pass against an unbroken mock. Then, for each fault, the cases that name a clause of the fault are run;
 * when none of them kills it, all others of the same API, to tell a fault that somebody else noticed from one
 * that nobody did. A case that never fails is asleep.
 *
 * Then a liar stands between the judge and each mock, and is wrong in one way that no HTTP library would let
 * the mock be, in the answers that a clause is about: the cases of that clause are run. At the end all cases
 * pass against every mock, through liars that tell the truth: nothing leaked. */
#ifndef CONFORMANCE_PROOF_PROOF_H
#define CONFORMANCE_PROOF_PROOF_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "conformance/ledger/excuses.h"
#include "conformance/proof/lies.h"
#include "conformance/spec/spec.h"

#define PROOF_MOCKS_MAX 16

enum proof_verdict {
    PROOF_NOT_JUDGED,    /* the mock ended, or the user did */
    PROOF_KILLED,        /* a case failed and named a clause of the fault */
    PROOF_MISATTRIBUTED, /* something failed, and named only other clauses */
    PROOF_SILENT,        /* nothing failed */
    PROOF_VERDICT_COUNT
};

/* "not-judged", "killed", "misattributed", "silent": as in the JSON. */
const char *proof_verdict_name(enum proof_verdict verdict);

struct proof_words {
    char **items; /* owned */
    size_t count;
};

/* A fault of the mock, or a liar between judge and mock, which breaks a clause too. */
struct proof_fault {
    const char *name;      /* as the mock or the lie calls it; borrowed, as the other texts */
    const char *wrong;     /* what the mock or the liar does then */
    const struct lie *lie; /* NULL: a fault of the mock */
    size_t told;           /* how often it lied */
    const struct spec_clause *clause;
    enum proof_verdict verdict;
    struct proof_words failed_cases;
    struct proof_words killed; /* clauses of the fault that a failed case named */
    struct proof_words others; /* other clauses that were named */
    size_t case_count;         /* how many were run */
    uint64_t time_us;          /* that they took */
};

struct proof_options {
    const struct spec_suite *suite;
    const char *target;   /* target file of the mock, with a `start` */
    const char *fixtures; /* folder */
    char *const *only;    /* globs on faults; none: all */
    size_t only_count;
    unsigned mocks;    /* of one edition, at most */
    atomic_bool *stop; /* set by whoever stops it */
    struct excuses *excuses;
};

/* A clause that no fault breaks, or a case that fails with none of the faults. */
struct proof_gap {
    const char *id;     /* borrowed from the suite */
    const char *excuse; /* the reason that the exceptions give; NULL: none. Borrowed */
};

struct proof_gaps {
    struct proof_gap *items;
    size_t count;
};

struct proof {
    json_t *listed; /* what the mock says that it can break */
    struct proof_fault *faults;
    size_t fault_count;
    struct proof_fault *liars; /* those that had occasion to lie */
    size_t liar_count;
    struct proof_gaps unproven; /* clauses, as far as they were selected */
    struct proof_gaps asleep;   /* cases, as far as all clauses that they prove were selected */
    char *suite_digest;
    uint64_t time_us;
};

/* Judges every selected fault. False with `err` set when the proof would prove nothing: the mock cannot be
 * started, the suite fails against an unbroken one, a fault leaked. What is in *proof is to be freed in any
 * case. */
bool proof_run(const struct proof_options *options, struct proof *proof, struct err *err);
void proof_fini(struct proof *proof);

size_t proof_count(const struct proof_fault *faults, size_t count, enum proof_verdict verdict);
/* Whether every fault and every liar was killed, and every clause unproven and case asleep has its reason. */
bool proof_is_whole(const struct proof *proof);

/* DESIGN, "Machine-readable output": imageproof.proof/1. A new reference. */
json_t *proof_json(const struct proof *proof);
void proof_print(const struct proof *proof, FILE *out);

#endif
