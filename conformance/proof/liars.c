#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/proof/proving.h"

/* ---- which lies break which clauses ---- */

static bool is_of_success(const struct spec_clause *clause)
{
    return strcmp(clause->kind, "status") == 0 && clause->status < 400;
}

static bool breaks(const struct lie *lie, const struct spec_clause *clause)
{
    return lie->clauses ? fnmatch(lie->clauses, clause->id, 0) == 0 : is_of_success(clause);
}

static void add_lies(struct proving *proving, const struct spec_clause *clause)
{
    struct proof *proof = proving->proof;
    if (!clause->call || clause->edition || !proof_is_selected(proving->options, clause->id))
        return;
    for (size_t i = 0; i < lie_count; i++) {
        if (breaks(&lies[i], clause))
            *mem_append(&proof->liars, &proof->liar_count) = (struct proof_fault){
                .name = lies[i].name, .wrong = lies[i].wrong, .clause = clause, .lie = &lies[i]};
    }
}

void proof_find_liars(struct proving *proving)
{
    const struct spec_suite *suite = proving->options->suite;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++)
            add_lies(proving, suite->files[f]->clauses[i]);
    }
}

/* ---- one liar ---- */

bool proof_judge_liar(struct proof_worker *worker, struct proof_fault *liar, struct err *err)
{
    const struct relay_occasion occasion = {liar->lie, liar->clause->call->method, liar->clause->call->path,
                                            liar->clause->status};
    uint64_t started_us = clock_now_us();
    relay_lie(worker->relay, &occasion);
    bool judged = proof_run_cases(worker, liar, true, err);
    liar->told = relay_lies_told(worker->relay);
    relay_lie(worker->relay, NULL);
    if (judged && liar->told > 0)
        liar->verdict = proof_verdict_of(liar);
    liar->time_us = clock_now_us() - started_us;
    return judged;
}

/* An answer without a body cannot break off within it. */
void proof_drop_idle_liars(struct proof *proof)
{
    size_t kept = 0;
    for (size_t i = 0; i < proof->liar_count; i++) {
        if (proof->liars[i].told > 0)
            proof->liars[kept++] = proof->liars[i];
        else
            proof_fault_fini(&proof->liars[i]);
    }
    proof->liar_count = kept;
}
