#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/proof/proof.h"
#include "reports/escape.h"

static size_t count_of(const struct proof *proof, enum proof_verdict verdict)
{
    return proof_count(proof->faults, proof->fault_count, verdict);
}

static size_t killed_liars(const struct proof *proof)
{
    return proof_count(proof->liars, proof->liar_count, PROOF_KILLED);
}

/* ---- JSON ---- */

static json_t *words_json(const struct proof_words *words)
{
    json_t *list = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(list, json_string(words->items[i]));
    return list;
}

static json_t *fault_json(const struct proof_fault *fault)
{
    return json_pack("{s:s, s:[s], s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:f}", "fault", fault->name, "clauses",
                     fault->clause->id, "edition", spec_clause_edition(fault->clause), "wrong", fault->wrong,
                     "verdict", proof_verdict_name(fault->verdict), "failed_cases",
                     words_json(&fault->failed_cases), "killed", words_json(&fault->killed), "others",
                     words_json(&fault->others), "cases", (json_int_t)fault->case_count, "duration_ms",
                     (double)fault->time_us / 1000.0);
}

static json_t *faults_json(const struct proof_fault *faults, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, fault_json(&faults[i]));
    return list;
}

static json_t *totals_json(const struct proof *proof)
{
    json_t *totals =
        json_pack("{s:I, s:I, s:I, s:I, s:I}", "faults", (json_int_t)proof->fault_count, "unproven",
                  (json_int_t)proof->unproven.count, "asleep", (json_int_t)proof->asleep.count, "liars",
                  (json_int_t)proof->liar_count, "killed_liars", (json_int_t)killed_liars(proof));
    for (size_t i = 0; i < PROOF_VERDICT_COUNT; i++)
        json_object_set_new(totals, proof_verdict_name((enum proof_verdict)i),
                            json_integer((json_int_t)count_of(proof, (enum proof_verdict)i)));
    return totals;
}

static json_t *gaps_json(const struct proof_gaps *gaps, const char *what)
{
    json_t *list = json_array();
    for (size_t i = 0; i < gaps->count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s?}", what, gaps->items[i].id, "reason", gaps->items[i].excuse));
    return list;
}

json_t *proof_json(const struct proof *proof)
{
    json_t *faults = faults_json(proof->faults, proof->fault_count);
    json_t *liars = faults_json(proof->liars, proof->liar_count);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:f}", "schema", "imageproof.proof/1",
                     "suite_digest", proof->suite_digest, "faults", faults, "liars", liars, "unproven",
                     gaps_json(&proof->unproven, "clause"), "asleep", gaps_json(&proof->asleep, "case"),
                     "totals", totals_json(proof), "duration_ms", (double)proof->time_us / 1000.0);
}

/* ---- text ---- */

static void print_words(const char *what, const struct proof_words *words, FILE *out)
{
    for (size_t i = 0; i < words->count; i++)
        fprintf(out, "%s%s", i == 0 ? what : ", ", words->items[i]);
    if (words->count > 0)
        fputc('\n', out);
}

static void print_fault(const struct proof_fault *fault, FILE *out)
{
    CLEANUP(text)
    char *name = fault->lie ? mem_printf("%s by %s", fault->clause->id, fault->name) : mem_dup(fault->name);
    fprintf(out, "%-13s %-48s %zu of %zu cases failed\n", proof_verdict_name(fault->verdict), name,
            fault->failed_cases.count, fault->case_count);
    if (fault->verdict == PROOF_KILLED)
        return;
    fputs(fault->lie ? "    the liar " : "    the mock ", out);
    escape_line(out, fault->wrong);
    fputc('\n', out);
    print_words("    failed: ", &fault->failed_cases, out);
    print_words("    named were only: ", &fault->others, out);
}

static void print_gaps(const struct proof_gaps *gaps, const char *what, const char *why, FILE *out)
{
    for (size_t i = 0; i < gaps->count; i++) {
        fprintf(out, "%-13s %-48s ", what, gaps->items[i].id);
        escape_line(out, gaps->items[i].excuse ? gaps->items[i].excuse : why);
        fputc('\n', out);
    }
}

void proof_print(const struct proof *proof, FILE *out)
{
    for (size_t i = 0; i < proof->fault_count; i++)
        print_fault(&proof->faults[i], out);
    for (size_t i = 0; i < proof->liar_count; i++)
        print_fault(&proof->liars[i], out);
    print_gaps(&proof->unproven, "unproven", "no fault of the mock breaks it, and no exception says why",
               out);
    print_gaps(&proof->asleep, "asleep", "it fails with no fault, and no exception says why", out);
    fprintf(
        out,
        "%zu faults: %zu killed, %zu misattributed, %zu silent; %zu liars: %zu killed; %zu clauses unproven; "
        "%zu cases asleep; %.1f s\n",
        proof->fault_count, count_of(proof, PROOF_KILLED), count_of(proof, PROOF_MISATTRIBUTED),
        count_of(proof, PROOF_SILENT), proof->liar_count, killed_liars(proof), proof->unproven.count,
        proof->asleep.count, (double)proof->time_us / 1e6);
}
