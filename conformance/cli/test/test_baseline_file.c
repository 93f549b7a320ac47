#include "conformance/cli/baseline_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/testing_place.h"

#define ONE(entry) "baseline: b\ncases:\n  - " entry "\n"
#define DAY(day)   ONE("{case: c, reason: r, expires: " day "}")

static const struct {
    const char *name;
    const char *text;
    const char *fragment; /* of the first complaint; NULL: it is good */
} files[] = {
    {"nothing is accepted", "baseline: b\ncases: []\n", NULL},
    {"a failure", ONE("{case: c, reason: r}"), NULL},
    {"two failures", "baseline: b\ncases: [{case: c, reason: r}, {case: d, reason: r}]", NULL},
    {"a day", DAY("2027-01-31"), NULL},
    {"a day in quotes", DAY("'2027-12-31'"), NULL},
    {"a leap day", DAY("2028-02-29"), NULL},
    {"a leap day of a century", DAY("2000-02-29"), NULL},
    {"no leap day", DAY("2027-02-29"), "expected a day as 2027-01-31"},
    {"no leap day of a century", DAY("2100-02-29"), "expected a day"},
    {"a day too many", DAY("2027-04-31"), "expected a day"},
    {"a day too few", DAY("2027-04-00"), "expected a day"},
    {"a month too many", DAY("2027-13-01"), "expected a day"},
    {"a month too few", DAY("2027-00-01"), "expected a day"},
    {"a short month", DAY("2027-1-31"), "expected a day"},
    {"a short year", DAY("27-01-31"), "expected a day"},
    {"a long year", DAY("12027-01-31"), "expected a day"},
    {"with slashes", DAY("2027/01/31"), "expected a day"},
    {"the other way round", DAY("31-01-2027"), "expected a day"},
    {"with a time", DAY("2027-01-31T00:00:00Z"), "expected a day"},
    {"with a blank", DAY("'2027-01-31 '"), "expected a day"},
    {"below zero", DAY("-027-01-31"), "expected a day"},
    {"letters", DAY("2O27-01-31"), "expected a day"},
    {"never", DAY("never"), "expected a day"},
    {"no day", DAY(""), "expected a day"},
    {"a day that is a list", DAY("[2027, 1, 31]"), "expected a day"},
    {"no reason", ONE("{case: c}"), "expected \"reason\" with a text"},
    {"an empty reason", ONE("{case: c, reason: ''}"), "expected \"reason\" with a text"},
    {"a reason that is a list", ONE("{case: c, reason: [r]}"), "expected \"reason\" with a text"},
    {"no case", ONE("{reason: r}"), "expected \"case\" with a text"},
    {"a case that is a mapping", ONE("{case: {id: c}, reason: r}"), "expected \"case\" with a text"},
    {"a key of nobody's", ONE("{case: c, reason: r, until: x}"), "unknown key \"until\""},
    {"a misspelt key", ONE("{case: c, reason: r, expire: 2027-01-31}"), "unknown key \"expire\""},
    {"a key twice", ONE("{case: c, reason: r, reason: s}"), "reason"},
    {"a case twice", "baseline: b\ncases: [{case: c, reason: r}, {case: c, reason: s}]", "c is listed twice"},
    {"an entry that is a text", ONE("c"), "an entry is a string, expected a mapping"},
    {"an entry that is a list", ONE("[c, r]"), "an entry is a sequence, expected a mapping"},
    {"no name", "cases: []", "expected \"baseline\" with a text"},
    {"an empty name", "baseline: ''\ncases: []", "expected \"baseline\" with a text"},
    {"no cases", "baseline: b", "expected \"cases\" with a list"},
    {"cases that are a mapping", "baseline: b\ncases: {c: r}", "expected \"cases\" with a list"},
    {"cases that are null", "baseline: b\ncases:", "expected \"cases\" with a list"},
    {"more at the top", "baseline: b\ncases: []\nversion: 1", "unknown key \"version\""},
    {"a list", "[baseline, cases]", "the file is a sequence, expected a mapping"},
    {"a text", "baseline", "the file is a string, expected a mapping"},
    {"nothing", "", ""},
    {"no YAML", "baseline: [", ""},
    {"no UTF-8", "baseline: \xff", ""},
};

static bool load(const char *text, struct baseline *baseline, struct problems *problems)
{
    struct testing_place place = testing_place_make("baseline.yaml");
    testing_place_write(&place, text, strlen(text));
    bool loaded = baseline_file_load(place.path, baseline, problems);
    testing_place_remove(&place);
    return loaded;
}

START_TEST(reads_what_is_accepted)
{
    struct baseline baseline = {0};
    struct problems problems = {0};
    bool loaded = load(files[_i].text, &baseline, &problems);
    const char *said = problems.count ? problems.items[0].text : "";
    ck_assert_msg(loaded == !files[_i].fragment, "%s: %s", files[_i].name, said);
    ck_assert_msg(loaded == (problems.count == 0), "%s", files[_i].name);
    ck_assert_msg(loaded || strstr(said, files[_i].fragment), "%s: %s", files[_i].name, said);
    baseline_fini(&baseline);
    problems_fini(&problems);
}
END_TEST

/* What is written is read back, whatever is in a reason. */
START_TEST(writes_what_it_reads)
{
    char *text = NULL;
    size_t length;
    struct problems problems = {0};
    struct baseline again = {0};
    struct baseline_entry entries[] = {
        {mem_dup("c/1"),
         mem_dup("a: \"b\" # 'c'\n\t\\ \xe2\x82\xac "
                 "{[&*!|>\x7f\xc2\x87\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xef\xbf\xbe\xf0\x9f\x98\x80"),
         mem_dup("2027-01-31")},
        {mem_dup("c/2"), mem_dup("- no"), NULL}};
    FILE *out = open_memstream(&text, &length);
    baseline_file_write(&(struct baseline){.entries = entries, .count = 2}, "Glance: 25.1", out);
    fclose(out);
    ck_assert_msg(load(text, &again, &problems), "%s: %s", text,
                  problems.count ? problems.items[0].text : "");
    ck_assert_uint_eq(again.count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(again.entries[i].id, entries[i].id);
        ck_assert_str_eq(again.entries[i].reason, entries[i].reason);
        ck_assert_pstr_eq(again.entries[i].expires, entries[i].expires);
        free(entries[i].id);
        free(entries[i].reason);
        free(entries[i].expires);
    }
    baseline_fini(&again);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("baseline file");
    tcase_add_loop_test(tests, reads_what_is_accepted, 0, TESTING_COUNT(files));
    tcase_add_test(tests, writes_what_it_reads);
    TCase *const cases[] = {tests, NULL};
    return testing_run("cli", cases);
}
