#include "conformance/proof/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/ask_program.h"
#include "conformance/proof/proving.h"

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

/* ---- the faults that the mock lists ---- */

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
    if (proof_is_selected(proving->options, clause))
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

/* ---- the proof ---- */

static void prove_editions(struct proving *proving, const char *const *names, size_t count)
{
    struct proof_edition *editions = mem_alloc((count + 1) * sizeof *editions);
    for (size_t i = 0; i < count; i++)
        proof_edition_init(&editions[i], proving, names[i]);
    proving->failed = !proof_judge_editions(editions, count, proving);
    for (size_t i = 0; i < count; i++)
        proof_edition_fini(&editions[i]);
    free(editions);
}

/* The default editions together, and every other one: owned array of borrowed names. */
static const char **edition_names(const struct spec_suite *suite, size_t *ret_count)
{
    const char **names = NULL;
    size_t count = 0;
    *mem_append(&names, &count) = NULL;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 1; i < suite->files[f]->edition_count; i++)
            *mem_append(&names, &count) = suite->files[f]->editions[i]->name;
    }
    *ret_count = count;
    return names;
}

bool proof_run(const struct proof_options *options, struct proof *proof, struct err *err)
{
    uint64_t started_us = clock_now_us();
    *proof = (struct proof){.suite_digest = mem_dup(options->suite->digest)};
    struct proving proving = {.options = options, .proof = proof, .err = err};
    if (!ask_faults(&proving, err))
        return false;
    proof_find_unproven(&proving);
    proof_find_liars(&proving);
    if (proof->fault_count + proof->unproven.count == 0)
        return err_set(err, ERR_VALUE, "no fault and no clause matches");
    size_t count;
    const char **names = edition_names(options->suite, &count);
    pthread_mutex_init(&proving.lock, NULL);
    prove_editions(&proving, names, count);
    pthread_mutex_destroy(&proving.lock);
    free(names);
    proof_drop_idle_liars(proof);
    proof_find_asleep(&proving);
    proof->time_us = clock_now_us() - started_us;
    return !proving.failed;
}

void proof_fini(struct proof *proof)
{
    for (size_t i = 0; i < proof->fault_count; i++)
        proof_fault_fini(&proof->faults[i]);
    for (size_t i = 0; i < proof->liar_count; i++)
        proof_fault_fini(&proof->liars[i]);
    free(proof->liars);
    free(proof->faults);
    free(proof->unproven.items);
    free(proof->asleep.items);
    free(proof->suite_digest);
    json_decref(proof->listed);
}

size_t proof_count(const struct proof_fault *faults, size_t count, enum proof_verdict verdict)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += faults[i].verdict == verdict;
    return found;
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
           proof_count(proof->faults, proof->fault_count, PROOF_KILLED) == proof->fault_count &&
           proof_count(proof->liars, proof->liar_count, PROOF_KILLED) == proof->liar_count;
}
