#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/proof/proving.h"

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

void proof_find_unproven(struct proving *proving)
{
    const struct spec_suite *suite = proving->options->suite;
    struct proof *proof = proving->proof;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            const char *id = suite->files[f]->clauses[i]->id;
            if (proof_is_selected(proving->options, id) && !has_fault(proof, id))
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
    for (size_t i = 0; i < one->parts->clause_count; i++) {
        if (!proof_is_selected(options, one->parts->clauses[i]))
            return false;
    }
    return true;
}

void proof_find_asleep(struct proving *proving)
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
