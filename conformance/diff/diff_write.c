#include "conformance/diff/diff_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SCHEMA       "imageproof.diff/1"
#define EXAMPLES_MAX 3

bool diff_is_idle(const struct diff_report *report, const struct explained_entry *entry)
{
    return !report->is_partial && entry->used == 0;
}

/* ---- for people ---- */

static int compare_texts(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "");
}

/* Those that are alike beside each other, else in the order of the suite. */
static int by_kind(const void *left, const void *right)
{
    const struct diff_difference *one = *(const struct diff_difference *const *)left;
    const struct diff_difference *other = *(const struct diff_difference *const *)right;
    int order = compare_texts(one->what, other->what);
    order = order ? order : compare_texts(one->left, other->left);
    order = order ? order : compare_texts(one->right, other->right);
    order = order ? order : compare_texts(one->clause, other->clause);
    order = order ? order : (one->obeyed > other->obeyed) - (one->obeyed < other->obeyed);
    return order ? order : (one > other) - (one < other);
}

static bool are_alike(const struct diff_difference *one, const struct diff_difference *other)
{
    return strcmp(one->what, other->what) == 0 && strcmp(one->left, other->left) == 0 &&
           strcmp(one->right, other->right) == 0 && compare_texts(one->clause, other->clause) == 0 &&
           one->obeyed == other->obeyed;
}

static void print_decision(const struct diff_difference *one, FILE *out)
{
    static const char *const who[] = {"neither obeys it", "A obeys it", "B obeys it"};
    if (one->clause)
        fprintf(out, "    decided by %s: %s\n", one->clause, who[one->obeyed]);
    else
        fputs("    no clause decides\n", out);
}

static void print_group(const struct diff_difference *const *group, size_t count, FILE *out)
{
    fprintf(out, "  %s: A %s, B %s\n", group[0]->what, group[0]->left, group[0]->right);
    print_decision(group[0], out);
    for (size_t i = 0; i < count && i < EXAMPLES_MAX; i++)
        fprintf(out, "    %s%s%s%s%s\n", group[i]->id, *group[i]->step ? ", " : "", group[i]->step,
                *group[i]->request ? ": " : "", group[i]->request);
    if (count > EXAMPLES_MAX)
        fprintf(out, "    and %zu more\n", count - EXAMPLES_MAX);
}

static void print_open(const struct diff *diff, FILE *out)
{
    const struct diff_difference **open = mem_alloc((diff->count + 1) * sizeof *open);
    size_t count = 0;
    for (size_t i = 0; i < diff->count; i++) {
        if (!diff->items[i].entry)
            open[count++] = &diff->items[i];
    }
    qsort(open, count, sizeof *open, by_kind);
    if (count > 0)
        fprintf(out, "\nNot explained: %zu\n", count);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && are_alike(open[first], open[end]);)
            end++;
        print_group(open + first, end - first, out);
    }
    free(open);
}

static void print_explained(const struct diff_report *report, FILE *out)
{
    const struct explained *explained = report->explained;
    if (!explained)
        return;
    fprintf(out, "\nExplained by %s:\n", explained->path);
    for (size_t i = 0; i < explained->count; i++) {
        const struct explained_entry *entry = &explained->entries[i];
        if (entry->used > 0)
            fprintf(out, "  %5zu  %s of %s (%s): %s\n", entry->used, entry->whats[0], entry->id, entry->by,
                    entry->reason);
    }
    for (size_t i = 0; i < explained->count; i++) {
        const struct explained_entry *entry = &explained->entries[i];
        if (diff_is_idle(report, entry))
            fprintf(out, "%s:%zu: %s of %s does not differ any more\n", explained->path, entry->line,
                    entry->whats[0], entry->id);
    }
}

void diff_print(const struct diff_report *report, FILE *out)
{
    const struct diff *diff = report->diff;
    fprintf(out,
            "A %s\nB %s\ncases compared: %zu, not claimed by one of them: %zu, not judged: %zu; differences: "
            "%zu\n",
            report->left, report->right, diff->compared, diff->unclaimed, diff->not_judged_count,
            diff->count);
    for (size_t i = 0; i < diff->not_judged_count; i++)
        fprintf(out, "  not judged: %s\n", diff->not_judged[i]);
    print_open(diff, out);
    print_explained(report, out);
}

/* ---- for programs ---- */

/* Answers may hold any bytes. */
static json_t *text_or_null(const char *text)
{
    json_t *value = text ? json_string(text) : NULL;
    return value ? value : json_null();
}

static json_t *explanation_json(const struct explained_entry *entry)
{
    return entry
               ? json_pack("{s:o, s:o}", "by", text_or_null(entry->by), "reason", text_or_null(entry->reason))
               : json_null();
}

static json_t *difference_json(const struct diff_difference *one)
{
    static const char *const who[] = {NULL, "a", "b"};
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "case", text_or_null(one->id), "step",
                     text_or_null(one->step), "request", text_or_null(one->request), "what",
                     text_or_null(one->what), "a", text_or_null(one->left), "b", text_or_null(one->right),
                     "clause", text_or_null(one->clause), "obeyed_by", text_or_null(who[one->obeyed]),
                     "explained", explanation_json(one->entry));
}

static json_t *idle_json(const struct diff_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; report->explained && i < report->explained->count; i++) {
        const struct explained_entry *entry = &report->explained->entries[i];
        if (diff_is_idle(report, entry))
            json_array_append_new(list,
                                  json_pack("{s:I, s:o, s:o}", "line", (json_int_t)entry->line, "case",
                                            text_or_null(entry->id), "what", text_or_null(entry->whats[0])));
    }
    return list;
}

json_t *diff_json(const struct diff_report *report)
{
    const struct diff *diff = report->diff;
    json_t *differences = json_array();
    json_t *not_judged = json_array();
    size_t open = 0;
    for (size_t i = 0; i < diff->count; i++) {
        json_array_append_new(differences, difference_json(&diff->items[i]));
        open += !diff->items[i].entry;
    }
    for (size_t i = 0; i < diff->not_judged_count; i++)
        json_array_append_new(not_judged, text_or_null(diff->not_judged[i]));
    json_t *totals = json_pack("{s:I, s:I, s:I, s:I}", "compared", (json_int_t)diff->compared, "not-claimed",
                               (json_int_t)diff->unclaimed, "differences", (json_int_t)diff->count,
                               "unexplained", (json_int_t)open);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "a", text_or_null(report->left),
                     "b", text_or_null(report->right), "totals", totals, "differences", differences,
                     "not_judged", not_judged, "idle_entries", idle_json(report));
}
