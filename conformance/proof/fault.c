#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/proof/proving.h"

/* Cases of the clause's API that name the clause, or those that do not: owned array of borrowed cases. */
static const struct spec_case **cases_for(const struct proof_edition *edition,
                                          const struct spec_clause *clause, bool naming, size_t *ret_count)
{
    const struct spec_case **cases = NULL;
    const char *api = clause->file->api;
    *ret_count = 0;
    for (size_t i = 0; i < edition->case_count; i++) {
        const struct spec_case *one = edition->cases[i];
        if (strcmp(one->clause->file->api, api) == 0 && proof_case_names(one, clause->id) == naming)
            *mem_append(&cases, ret_count) = one;
    }
    return cases;
}

static bool is_own(char *const *clauses, size_t count, const char *clause)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(clauses[i], clause) == 0)
            return true;
    }
    return false;
}

/* A finding counts for a clause that its case is declared to prove. */
static void take_failure(struct proof_fault *fault, const struct result_case *result)
{
    proof_add_word(&fault->failed_cases, result->id);
    for (size_t i = 0; i < result->finding_count; i++) {
        const char *clause = result->findings[i].clause;
        if (!is_own(result->clauses, result->clause_count, clause))
            continue;
        proof_add_word(strcmp(clause, fault->clause->id) == 0 ? &fault->killed : &fault->others, clause);
    }
}

bool proof_run_cases(struct proof_worker *worker, struct proof_fault *fault, bool naming, struct err *err)
{
    const struct proof_options *options = worker->edition->proving->options;
    size_t count;
    struct run_result run;
    const struct spec_case **cases = cases_for(worker->edition, fault->clause, naming, &count);
    bool judged = broken_mock_run(worker->mock, options->suite, options->fixtures, cases, count, &run, err);
    for (size_t i = 0; i < run.case_count; i++) {
        if (run.cases[i].verdict == VERDICT_FAIL)
            take_failure(fault, &run.cases[i]);
    }
    fault->case_count += count;
    result_fini(&run);
    free(cases);
    return judged;
}

enum proof_verdict proof_verdict_of(const struct proof_fault *fault)
{
    if (fault->killed.count > 0)
        return PROOF_KILLED;
    return fault->failed_cases.count > 0 ? PROOF_MISATTRIBUTED : PROOF_SILENT;
}

void proof_fault_fini(struct proof_fault *fault)
{
    proof_words_fini(&fault->failed_cases);
    proof_words_fini(&fault->killed);
    proof_words_fini(&fault->others);
}

bool proof_judge_fault(struct proof_worker *worker, struct proof_fault *fault, struct err *err)
{
    uint64_t started_us = clock_now_us();
    if (!broken_mock_switch(worker->mock, fault->name, true, err))
        return false;
    bool judged = proof_run_cases(worker, fault, true, err);
    if (judged && fault->killed.count == 0)
        judged = proof_run_cases(worker, fault, false, err);
    if (judged)
        fault->verdict = proof_verdict_of(fault);
    fault->time_us = clock_now_us() - started_us;
    return broken_mock_switch(worker->mock, fault->name, false, err) && judged;
}
