#include "conformance/proof/proof.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/ask_program.h"
#include "conformance/proof/broken_mock.h"
#include "reports/gate.h"

static const char *const verdict_names[PROOF_VERDICT_COUNT] = {
    [PROOF_NOT_JUDGED] = "not-judged",
    [PROOF_KILLED] = "killed",
    [PROOF_MISATTRIBUTED] = "misattributed",
    [PROOF_SILENT] = "silent",
};

const char *proof_verdict_name(enum proof_verdict verdict)
{
    return verdict_names[verdict];
}

struct proving {
    const struct proof_options *options;
    struct proof *proof;
    const char *edition;            /* that is being judged by; NULL: the default of each API */
    const struct spec_case **cases; /* that it has */
    size_t case_count;
    struct proof_fault **faults; /* of its clauses, borrowed */
    size_t fault_count;
    atomic_size_t next;
    pthread_mutex_t lock; /* guards the error */
    struct err *err;
    bool failed;
};

struct worker {
    struct proving *proving;
    struct broken_mock *mock;
    pthread_t thread;
};

/* ---- lists ---- */

static bool has_word(const struct proof_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], word) == 0)
            return true;
    }
    return false;
}

static void add_word(struct proof_words *words, const char *word)
{
    if (!has_word(words, word))
        *mem_append(&words->items, &words->count) = mem_dup(word);
}

static void words_fini(struct proof_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* ---- which faults and clauses it is about ---- */

static bool is_selected(const struct proof_options *options, const char *name)
{
    for (size_t i = 0; i < options->only_count; i++) {
        if (fnmatch(options->only[i], name, 0) == 0)
            return true;
    }
    return options->only_count == 0;
}

static const struct spec_clause *find_clause(const struct spec_suite *suite, const char *id)
{
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            if (strcmp(suite->files[f]->clauses[i]->id, id) == 0)
                return suite->files[f]->clauses[i];
        }
    }
    return NULL;
}

static bool take_fault(struct proving *proving, const json_t *listed, struct err *err)
{
    const char *clause = json_string_value(json_object_get(listed, "clause"));
    const char *wrong = json_string_value(json_object_get(listed, "wrong"));
    if (!clause || !wrong)
        return err_set(err, ERR_VALUE, "the mock lists a fault without clause and wrong");
    const struct spec_clause *found = find_clause(proving->options->suite, clause);
    if (!found)
        return err_set(err, ERR_VALUE, "the mock's fault %s is of no clause of the suite", clause);
    if (is_selected(proving->options, clause))
        *mem_append(&proving->proof->faults, &proving->proof->fault_count) =
            (struct proof_fault){.name = clause, .wrong = wrong, .clause = found};
    return true;
}

static bool ask_faults(struct proving *proving, struct err *err)
{
    static char name[] = "imageproof-mock";
    static char list_faults[] = "--list-faults";
    static char json[] = "--json";
    char *const arguments[] = {name, list_faults, json, NULL};
    size_t i;
    json_t *listed;
    proving->proof->listed = ask_program(arguments, err);
    json_array_foreach (json_object_get(proving->proof->listed, "faults"), i, listed) {
        if (!take_fault(proving, listed, err))
            return false;
    }
    return proving->proof->listed;
}

static void add_gap(const struct proving *proving, struct proof_gaps *gaps, enum excuse_kind kind,
                    const char *id)
{
    const struct excuse *excuse = excuses_find(proving->options->excuses, kind, id, NULL);
    *mem_append(&gaps->items, &gaps->count) = (struct proof_gap){id, excuse ? excuse->reason : NULL};
}

static bool has_fault(const struct proof *proof, const char *clause)
{
    for (size_t i = 0; i < proof->fault_count; i++) {
        if (strcmp(proof->faults[i].clause->id, clause) == 0)
            return true;
    }
    return false;
}

static void find_unproven(struct proving *proving)
{
    const struct spec_suite *suite = proving->options->suite;
    struct proof *proof = proving->proof;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            const char *id = suite->files[f]->clauses[i]->id;
            if (is_selected(proving->options, id) && !has_fault(proof, id))
                add_gap(proving, &proof->unproven, EXCUSE_CLAUSE, id);
        }
    }
}

/* A new reference to a set of ids. */
static json_t *cases_that_failed(const struct proof *proof)
{
    json_t *ids = json_object();
    for (size_t i = 0; i < proof->fault_count; i++) {
        for (size_t k = 0; k < proof->faults[i].failed_cases.count; k++)
            json_object_set_new(ids, proof->faults[i].failed_cases.items[k], json_true());
    }
    return ids;
}

static bool all_clauses_selected(const struct proof_options *options, const struct spec_case *one)
{
    for (size_t i = 0; i < one->clause_count; i++) {
        if (!is_selected(options, one->clauses[i]))
            return false;
    }
    return true;
}

static void find_asleep(struct proving *proving)
{
    const struct spec_selection all = {0};
    size_t count;
    const struct spec_case **cases = spec_select(proving->options->suite, &all, &count);
    json_t *failed = cases_that_failed(proving->proof);
    for (size_t i = 0; i < count; i++) {
        if (all_clauses_selected(proving->options, cases[i]) && !json_object_get(failed, cases[i]->id))
            add_gap(proving, &proving->proof->asleep, EXCUSE_CASE, cases[i]->id);
    }
    json_decref(failed);
    free(cases);
}

/* ---- one fault ---- */

static bool names_clause(const struct spec_case *one, const char *clause)
{
    for (size_t i = 0; i < one->clause_count; i++) {
        if (strcmp(one->clauses[i], clause) == 0)
            return true;
    }
    return false;
}

/* Cases of the clause's API that name the clause, or those that do not: owned array of borrowed cases. */
static const struct spec_case **cases_for(const struct proving *proving, const struct spec_clause *clause,
                                          bool naming, size_t *ret_count)
{
    const struct spec_case **cases = NULL;
    const char *api = clause->file->api;
    *ret_count = 0;
    for (size_t i = 0; i < proving->case_count; i++) {
        const struct spec_case *one = proving->cases[i];
        if (strcmp(one->clause->file->api, api) == 0 && names_clause(one, clause->id) == naming)
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
    add_word(&fault->failed_cases, result->id);
    for (size_t i = 0; i < result->finding_count; i++) {
        const char *clause = result->findings[i].clause;
        if (!is_own(result->clauses, result->clause_count, clause))
            continue;
        add_word(strcmp(clause, fault->clause->id) == 0 ? &fault->killed : &fault->others, clause);
    }
}

static bool run_cases(struct worker *worker, struct proof_fault *fault, bool naming, struct err *err)
{
    const struct proof_options *options = worker->proving->options;
    size_t count;
    struct run_result run;
    const struct spec_case **cases = cases_for(worker->proving, fault->clause, naming, &count);
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

static bool judge_fault(struct worker *worker, struct proof_fault *fault, struct err *err)
{
    if (!broken_mock_switch(worker->mock, fault->name, true, err))
        return false;
    bool judged = run_cases(worker, fault, true, err);
    if (judged && fault->killed.count == 0)
        judged = run_cases(worker, fault, false, err);
    if (judged && fault->killed.count > 0)
        fault->verdict = PROOF_KILLED;
    else if (judged)
        fault->verdict = fault->failed_cases.count > 0 ? PROOF_MISATTRIBUTED : PROOF_SILENT;
    return broken_mock_switch(worker->mock, fault->name, false, err) && judged;
}

static void fail(struct proving *proving, const struct err *err)
{
    pthread_mutex_lock(&proving->lock);
    err_set(proving->err, err->code, "%s", err->text);
    proving->failed = true;
    pthread_mutex_unlock(&proving->lock);
}

static void *prove_faults(void *context)
{
    struct worker *worker = context;
    struct proving *proving = worker->proving;
    for (size_t i; (i = atomic_fetch_add(&proving->next, 1)) < proving->fault_count;) {
        struct err err = ERR_INIT;
        struct proof_fault *fault = proving->faults[i];
        if (judge_fault(worker, fault, &err))
            continue;
        err_prefix(&err, "with the fault %s", fault->name);
        fail(proving, &err);
        return NULL;
    }
    return NULL;
}

/* ---- the whole suite, before and after ---- */

static const char *first_failure(const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].verdict == VERDICT_FAIL || run->cases[i].verdict == VERDICT_ERROR)
            return run->cases[i].id;
    }
    return "no case was judged";
}

static bool suite_passes(struct worker *worker, const char *when, struct err *err)
{
    const struct proving *proving = worker->proving;
    const struct gate whole = {.fail_on = GATE_ANY};
    struct run_result run;
    bool passes = broken_mock_run(worker->mock, proving->options->suite, proving->options->fixtures,
                                  proving->cases, proving->case_count, &run, err);
    if (passes && gate_exit_status(&whole, &run, NULL, NULL) != 0)
        passes = err_set(err, ERR_VALUE, "%s the suite does not pass: %s", when, first_failure(&run));
    result_fini(&run);
    return passes;
}

static void *pass_at_the_end(void *context)
{
    struct worker *worker = context;
    struct err err = ERR_INIT;
    if (!suite_passes(worker, "with every fault switched off again", &err))
        fail(worker->proving, &err);
    return NULL;
}

/* ---- side by side ---- */

/* This thread is the first worker; the work of a thread that cannot be had is done here. */
static void each_worker(struct worker *workers, unsigned count, void *(*work)(void *context))
{
    bool started[PROOF_MOCKS_MAX] = {false};
    for (unsigned i = 1; i < count; i++)
        started[i] = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    work(&workers[0]);
    for (unsigned i = 1; i < count; i++) {
        if (started[i])
            pthread_join(workers[i].thread, NULL);
        else
            work(&workers[i]);
    }
}

static bool start_mocks(struct worker *workers, struct proving *proving, unsigned count, struct err *err)
{
    for (unsigned i = 0; i < count; i++) {
        workers[i].proving = proving;
        workers[i].mock =
            broken_mock_start(proving->options->target, proving->edition, proving->options->stop, err);
        if (!workers[i].mock)
            return false;
    }
    return true;
}

static bool prove_side_by_side(struct worker *workers, struct proving *proving, unsigned count)
{
    if (!start_mocks(workers, proving, count, proving->err) ||
        !suite_passes(&workers[0], "with nothing broken", proving->err))
        return false;
    each_worker(workers, count, prove_faults);
    if (!proving->failed)
        each_worker(workers, count, pass_at_the_end);
    return !proving->failed;
}

static unsigned sound_mocks(const struct proving *proving)
{
    unsigned mocks = proving->options->mocks < PROOF_MOCKS_MAX ? proving->options->mocks : PROOF_MOCKS_MAX;
    if (proving->fault_count < mocks)
        mocks = (unsigned)proving->fault_count;
    return mocks > 0 ? mocks : 1;
}

/* ---- one edition after the other ---- */

/* The edition that a clause has to be judged by; NULL: the default one will do. */
static const char *edition_of(const struct proving *proving, const struct spec_clause *clause)
{
    const struct spec_edition *usual = spec_edition_of(proving->options->suite, clause->file->api, NULL);
    return clause->edition && clause->edition != usual ? clause->edition->name : NULL;
}

static bool is_same_edition(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static void take_faults(struct proving *proving)
{
    struct proof *proof = proving->proof;
    for (size_t i = 0; i < proof->fault_count; i++) {
        if (is_same_edition(edition_of(proving, proof->faults[i].clause), proving->edition))
            *mem_append(&proving->faults, &proving->fault_count) = &proof->faults[i];
    }
}

static bool prove_edition(const struct proof_options *options, struct proof *proof, const char *edition,
                          struct err *err)
{
    const struct spec_selection selection = {.one_edition = true, .edition = edition};
    struct worker workers[PROOF_MOCKS_MAX] = {0};
    struct proving proving = {.options = options, .proof = proof, .edition = edition, .err = err};
    take_faults(&proving);
    proving.cases = spec_select(options->suite, &selection, &proving.case_count);
    pthread_mutex_init(&proving.lock, NULL);
    unsigned mocks = sound_mocks(&proving);
    bool proven = proving.fault_count == 0 || prove_side_by_side(workers, &proving, mocks);
    for (unsigned i = 0; i < mocks; i++)
        proven = broken_mock_stop(workers[i].mock, err) && proven;
    pthread_mutex_destroy(&proving.lock);
    free(proving.faults);
    free(proving.cases);
    return proven;
}

/* Every edition that some clause alone belongs to, after the default ones. */
static bool prove_editions(const struct proof_options *options, struct proof *proof, struct err *err)
{
    const struct spec_suite *suite = options->suite;
    bool proven = prove_edition(options, proof, NULL, err);
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 1; proven && i < suite->files[f]->edition_count; i++)
            proven = prove_edition(options, proof, suite->files[f]->editions[i]->name, err);
    }
    return proven;
}

bool proof_run(const struct proof_options *options, struct proof *proof, struct err *err)
{
    uint64_t started_us = clock_now_us();
    *proof = (struct proof){.suite_digest = mem_dup(options->suite->digest)};
    struct proving proving = {.options = options, .proof = proof};
    if (!ask_faults(&proving, err))
        return false;
    find_unproven(&proving);
    if (proof->fault_count + proof->unproven.count == 0)
        return err_set(err, ERR_VALUE, "no fault and no clause matches");
    bool proven = prove_editions(options, proof, err);
    find_asleep(&proving);
    proof->time_us = clock_now_us() - started_us;
    return proven;
}

void proof_fini(struct proof *proof)
{
    for (size_t i = 0; i < proof->fault_count; i++) {
        words_fini(&proof->faults[i].failed_cases);
        words_fini(&proof->faults[i].killed);
        words_fini(&proof->faults[i].others);
    }
    free(proof->faults);
    free(proof->unproven.items);
    free(proof->asleep.items);
    free(proof->suite_digest);
    json_decref(proof->listed);
}

size_t proof_count(const struct proof *proof, enum proof_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < proof->fault_count; i++)
        count += proof->faults[i].verdict == verdict;
    return count;
}

static bool all_excused(const struct proof_gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++) {
        if (!gaps->items[i].excuse)
            return false;
    }
    return true;
}

bool proof_is_whole(const struct proof *proof)
{
    return all_excused(&proof->unproven) && all_excused(&proof->asleep) &&
           proof_count(proof, PROOF_KILLED) == proof->fault_count;
}
