#include "conformance/proof/proof.h"
#include "reports/escape.h"

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
    return json_pack("{s:s, s:[s], s:s, s:s, s:s, s:o, s:o, s:o, s:I}", "fault", fault->name, "clauses",
                     fault->clause->id, "edition", spec_clause_edition(fault->clause), "wrong", fault->wrong,
                     "verdict", proof_verdict_name(fault->verdict), "failed_cases",
                     words_json(&fault->failed_cases), "killed", words_json(&fault->killed), "others",
                     words_json(&fault->others), "cases", (json_int_t)fault->case_count);
}

static json_t *totals_json(const struct proof *proof)
{
    json_t *totals = json_pack("{s:I, s:I, s:I}", "faults", (json_int_t)proof->fault_count, "unproven",
                               (json_int_t)proof->unproven.count, "asleep", (json_int_t)proof->asleep.count);
    for (size_t i = 0; i < PROOF_VERDICT_COUNT; i++)
        json_object_set_new(totals, proof_verdict_name((enum proof_verdict)i),
                            json_integer((json_int_t)proof_count(proof, (enum proof_verdict)i)));
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
    json_t *faults = json_array();
    for (size_t i = 0; i < proof->fault_count; i++)
        json_array_append_new(faults, fault_json(&proof->faults[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:f}", "schema", "imageproof.proof/1", "suite_digest",
                     proof->suite_digest, "faults", faults, "unproven", gaps_json(&proof->unproven, "clause"),
                     "asleep", gaps_json(&proof->asleep, "case"), "totals", totals_json(proof), "duration_ms",
                     (double)proof->time_us / 1000.0);
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
    fprintf(out, "%-13s %-48s %zu of %zu cases failed\n", proof_verdict_name(fault->verdict), fault->name,
            fault->failed_cases.count, fault->case_count);
    if (fault->verdict == PROOF_KILLED)
        return;
    fputs("    the mock ", out);
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
    print_gaps(&proof->unproven, "unproven", "no fault of the mock breaks it, and no exception says why",
               out);
    print_gaps(&proof->asleep, "asleep", "it fails with no fault, and no exception says why", out);
    fprintf(out,
            "%zu faults: %zu killed, %zu misattributed, %zu silent; %zu clauses unproven; %zu cases asleep; "
            "%.1f s\n",
            proof->fault_count, proof_count(proof, PROOF_KILLED), proof_count(proof, PROOF_MISATTRIBUTED),
            proof_count(proof, PROOF_SILENT), proof->unproven.count, proof->asleep.count,
            (double)proof->time_us / 1e6);
}
