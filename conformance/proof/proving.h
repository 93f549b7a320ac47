/* What the parts of the proof share: which faults are judged by which edition, against which mocks. */
#ifndef CONFORMANCE_PROOF_PROVING_H
#define CONFORMANCE_PROOF_PROVING_H

#include <pthread.h>

#include "conformance/proof/broken_mock.h"
#include "conformance/proof/proof.h"
#include "conformance/proof/relay.h"

struct proving {
    const struct proof_options *options;
    struct proof *proof;
    pthread_mutex_t lock; /* guards what follows */
    struct err *err;      /* the first error */
    bool failed;
};

/* Faults that are judged by one edition, and the cases that it has. */
struct proof_edition {
    struct proving *proving;
    const char *name;               /* borrowed; NULL: the default of each API */
    const struct spec_case **cases; /* of the APIs that have such a fault */
    size_t case_count;
    struct proof_fault **faults; /* those that may wait longest first; borrowed */
    size_t fault_count;
    atomic_size_t next; /* fault */
    atomic_size_t next_liar;
};

/* One mock of an edition, and the thread that judges with it. */
struct proof_worker {
    struct proof_edition *edition;
    struct broken_mock *mock;
    struct relay *relay; /* NULL: while there are no liars */
    bool is_first;       /* of its edition */
    pthread_t thread;
};

/* ---- selection.c: words, and which clauses it is about ---- */
void proof_add_word(struct proof_words *words, const char *word); /* unless it is there */
void proof_words_fini(struct proof_words *words);
bool proof_is_selected(const struct proof_options *options, const char *name);
/* Whether a case is declared to prove the clause. */
bool proof_case_names(const struct spec_case *one, const char *clause);

/* ---- gaps.c: what no fault breaks, and what notices none ---- */
void proof_find_unproven(struct proving *proving);
void proof_find_asleep(struct proving *proving);

/* ---- edition.c ---- */
/* Takes the faults of the proof that are judged by that edition. */
void proof_edition_init(struct proof_edition *edition, struct proving *proving, const char *name);
void proof_edition_fini(struct proof_edition *edition);

/* ---- fault.c ---- */
/* Switches the fault on, runs who could notice, and switches it off again. */
bool proof_judge_fault(struct proof_worker *worker, struct proof_fault *fault, struct err *err);
/* Runs the cases that name the fault's clause, or those of its API that do not. */
bool proof_run_cases(struct proof_worker *worker, struct proof_fault *fault, bool naming, struct err *err);
/* By what failed. */
enum proof_verdict proof_verdict_of(const struct proof_fault *fault);
void proof_fault_fini(struct proof_fault *fault);

/* ---- liars.c ---- */
void proof_find_liars(struct proving *proving);
/* Lies where the clause is about the answers, and runs who could notice. */
bool proof_judge_liar(struct proof_worker *worker, struct proof_fault *liar, struct err *err);
void proof_drop_idle_liars(struct proof *proof);

/* ---- pool.c: side by side ---- */
/* Judges the faults of the editions, with the whole suite before and after. False with the proving's error
 * set. */
bool proof_judge_editions(struct proof_edition *editions, size_t count, struct proving *proving);

#endif
