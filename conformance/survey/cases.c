/* What of the suite can be judged, and what to add to the target file so that more of it can. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/lacks.h"
#include "conformance/survey/surveying.h"

/* Something that cases are counted for. */
struct tally {
    char *text;
    const char *what; /* NULL: a reason */
    const char *name;
    size_t cases;
};

struct tallies {
    struct tally *items;
    size_t count;
};

static void count(struct tallies *tallies, char *text, const char *what, const char *name)
{
    for (size_t i = 0; i < tallies->count; i++) {
        if (strcmp(tallies->items[i].text, text) == 0) {
            tallies->items[i].cases++;
            free(text);
            return;
        }
    }
    *mem_append(&tallies->items, &tallies->count) = (struct tally){text, what, name, 1};
}

static void count_lack(void *context, const char *what, const char *name)
{
    count(context, mem_printf("%s %s", what, name), what, name);
}

/* The most cases first. */
static int compare(const void *left, const void *right)
{
    const struct tally *one = left;
    const struct tally *two = right;
    if (one->cases != two->cases)
        return one->cases < two->cases ? 1 : -1;
    return strcmp(one->text, two->text);
}

static void tallies_fini(struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        free(tallies->items[i].text);
    free(tallies->items);
}

/* What to write, by what is lacking. */
static char *advice(const struct tally *tally)
{
    static const struct {
        const char *what;
        const char *before;
        const char *behind;
    } advices[] = {
        {"API", "features: [", "]"},
        {"feature", "features: [", "]"},
        {"permission", "allow: [", "]"},
        {"identity", "identities: {", ": {token: TOKEN, project: ID}}"},
        {"project of", "identities: {", ": {project: ID}}"},
        {"limit", "limits: {", ": {value: SIZE}}, with `enter` and `leave` unless it always holds"},
        {"condition", "conditions: {", ": {enter: HOOK, leave: HOOK}}"},
    };
    size_t i = 0;
    while (strcmp(advices[i].what, tally->what) != 0)
        i++;
    return mem_printf("%s%s%s", advices[i].before, tally->name, advices[i].behind);
}

static json_t *reasons_json(const struct tallies *reasons)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reasons->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "reason", reasons->items[i].text, "cases",
                                              (json_int_t)reasons->items[i].cases));
    return list;
}

/* An API that is not there cannot be had by claiming it. Where nobody was reached, nothing is known. */
static bool is_to_be_had(const struct surveying *surveying, const struct tally *lack)
{
    size_t i;
    const json_t *api;
    json_array_foreach (json_object_get(surveying->document, "apis"), i, api) {
        if (strcmp(lack->what, "API") == 0 &&
            strcmp(lack->name, json_string_value(json_object_get(api, "name"))) == 0)
            return json_is_true(json_object_get(api, "offered"));
    }
    return true;
}

static json_t *additions_json(const struct surveying *surveying, const struct tallies *lacks)
{
    json_t *list = json_array();
    for (size_t i = 0; i < lacks->count; i++) {
        const struct tally *lack = &lacks->items[i];
        if (!is_to_be_had(surveying, lack))
            continue;
        CLEANUP(text) char *text = advice(lack);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}", "what", lack->what, "name", lack->name,
                                              "cases", (json_int_t)lack->cases, "write", text));
    }
    return list;
}

/* Whether it can be judged. Of an API that is not claimed, that is all there is to say. */
static bool look_at(const struct surveying *surveying, const struct spec_case *one, struct tallies *reasons,
                    struct tallies *lacks)
{
    const struct target *target = surveying->target;
    const char *api = one->clause->file->api;
    static const struct spec_needs nothing = {0};
    const struct spec_needs *needs = target_offers(target, api) ? &one->parts->needs : &nothing;
    char *reason = needs == &nothing ? target_lacks(target, api, needs)
                                     : case_lacks(target, surveying->options->fixtures, one);
    if (!reason)
        return true;
    count(reasons, reason, NULL, NULL);
    target_each_lack(target, api, needs, count_lack, lacks);
    return false;
}

void survey_cases(struct surveying *surveying)
{
    const struct survey_options *options = surveying->options;
    struct tallies reasons = {0};
    struct tallies lacks = {0};
    size_t judged = 0;
    for (size_t i = 0; i < options->case_count; i++)
        judged += look_at(surveying, options->cases[i], &reasons, &lacks);
    if (reasons.count > 0)
        qsort(reasons.items, reasons.count, sizeof *reasons.items, compare);
    if (lacks.count > 0)
        qsort(lacks.items, lacks.count, sizeof *lacks.items, compare);
    json_object_set_new(surveying->document, "cases",
                        json_pack("{s:I, s:I, s:o, s:o}", "all", (json_int_t)options->case_count, "judged",
                                  (json_int_t)judged, "not_claimed", reasons_json(&reasons), "add",
                                  additions_json(surveying, &lacks)));
    tallies_fini(&reasons);
    tallies_fini(&lacks);
}
