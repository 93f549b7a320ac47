#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/proof/proving.h"

/* ---- its faults ---- */

/* The edition that a clause has to be judged by; NULL: the default one will do. */
static const char *edition_of(const struct spec_suite *suite, const struct spec_clause *clause)
{
    const struct spec_edition *usual = spec_edition_of(suite, clause->file->api, NULL);
    return clause->edition && clause->edition != usual ? clause->edition->name : NULL;
}

static bool is_same_edition(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static void take_faults(struct proof_edition *edition)
{
    struct proof *proof = edition->proving->proof;
    const struct spec_suite *suite = edition->proving->options->suite;
    for (size_t i = 0; i < proof->fault_count; i++) {
        if (is_same_edition(edition_of(suite, proof->faults[i].clause), edition->name))
            *mem_append(&edition->faults, &edition->fault_count) = &proof->faults[i];
    }
}

/* ---- their order ---- */

/* How long a case may wait for what a broken mock never does. */
static uint64_t patience_ms(const struct spec_case *one)
{
    uint64_t ms = 0;
    for (size_t i = 0; i < one->parts->step_count; i++)
        ms += one->parts->steps[i].wait_ms + one->parts->steps[i].until_within_ms;
    return ms;
}

static uint64_t longest_ms(const struct spec_clause *clause)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < clause->case_count; i++) {
        uint64_t ms = patience_ms(&clause->cases[i]);
        longest = ms > longest ? ms : longest;
    }
    return longest;
}

/* The most patient first, so that no mock waits alone at the end; of equals the first of the mock's list. */
static int compare_faults(const void *left, const void *right)
{
    const struct proof_fault *a = *(struct proof_fault *const *)left;
    const struct proof_fault *b = *(struct proof_fault *const *)right;
    uint64_t a_ms = longest_ms(a->clause);
    uint64_t b_ms = longest_ms(b->clause);
    if (a_ms != b_ms)
        return a_ms < b_ms ? 1 : -1;
    return (a > b) - (a < b);
}

/* ---- its cases ---- */

static void take_cases(struct proof_edition *edition)
{
    char **apis = NULL;
    size_t api_count = 0;
    for (size_t i = 0; i < edition->fault_count; i++) {
        char *api = edition->faults[i]->clause->file->api;
        bool is_new = true;
        for (size_t k = 0; k < api_count; k++)
            is_new = is_new && strcmp(apis[k], api) != 0;
        if (is_new)
            *mem_append(&apis, &api_count) = api;
    }
    const struct spec_selection selection = {
        .apis = apis, .api_count = api_count, .one_edition = true, .edition = edition->name};
    edition->cases = spec_select(edition->proving->options->suite, &selection, &edition->case_count);
    free(apis);
}

void proof_edition_init(struct proof_edition *edition, struct proving *proving, const char *name)
{
    *edition = (struct proof_edition){.proving = proving, .name = name};
    take_faults(edition);
    if (edition->fault_count > 0)
        qsort(edition->faults, edition->fault_count, sizeof(struct proof_fault *), compare_faults);
    take_cases(edition);
}

void proof_edition_fini(struct proof_edition *edition)
{
    free(edition->faults);
    free(edition->cases);
}
