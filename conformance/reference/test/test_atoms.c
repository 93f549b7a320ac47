#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/reference/atoms.h"
#include "conformance/reference/test/test_reference.h"

#define OWN "GET /walls/{wall}"

static const struct {
    const char *citation;
    const char *key; /* NULL: refused */
} citations[] = {
    {"GET /walls", "GET /walls"},
    {"GET /walls/{wall}/doors/{door}", "GET /walls/{}/doors/{}"},
    {"GET /walls status 200", "GET /walls status 200"},
    {"status 200", "GET /walls/{} status 200"},
    {"request colour=red", "GET /walls/{} request colour=red"},
    {"response a name", "GET /walls/{} response a name"},
    {"precondition it-stands~1a2b3c", "GET /walls/{} precondition it-stands~1a2b3c"},
    {"value Mood=calm", "value Mood=calm"},
    {"GET /walls value Mood=calm", "GET /walls value Mood=calm"},
    {"", NULL},
    {" ", NULL},
    {"GET", NULL},
    {"GET walls", NULL},
    {"GET/walls", NULL},
    {"get /walls", NULL},
    {"/walls", NULL},
    {"GET /walls colour", NULL},
    {"GET /walls status", NULL},
    {"GET /walls ", NULL},
    {"status", NULL},
    {"status ", NULL},
    {"statuses 200", NULL},
    {"call GET", NULL},
    {"needs it-stands~1a2b3c", NULL},
};

START_TEST(citations_become_keys)
{
    CLEANUP(text) char *key = atom_key_of_citation(citations[_i].citation, OWN);
    ck_assert_pstr_eq(key, citations[_i].key);
    CLEANUP(text) char *again = key ? atom_key_of_citation(key, NULL) : NULL;
    ck_assert_pstr_eq(again, key);
}
END_TEST

/* Sentences that sound the same, and others that do not. */
static const struct {
    const char *left;
    const char *right;
    bool same;
} sentences[] = {
    {"The wall stands.", "The wall stands.", true},
    {"The wall stands.", "The  wall\n stands.", true},
    {"The wall is ``green``.", "The wall is green.", true},
    {"The *wall* stands.", "The wall stands.", true},
    {" The wall stands. ", "The wall stands.", true},
    {"The wall stands.", "The wall stands", false},
    {"The wall stands.", "the wall stands.", false},
    {"The wall stands in the green garden.", "The wall stands in the red garden.", false},
    {"", "a", false},
};

START_TEST(sentences_have_names)
{
    CLEANUP(text) char *left = atom_sentence_name(sentences[_i].left);
    CLEANUP(text) char *right = atom_sentence_name(sentences[_i].right);
    ck_assert_msg((strcmp(left, right) == 0) == sentences[_i].same, "%s and %s", left, right);
}
END_TEST

static const struct {
    const char *sentence;
    const char *words;
} beginnings[] = {
    {"The wall must stand on the ground.", "the-wall-must-stand-on~"},
    {"``name``", "name~"},
    {"**400 (Bad)**: no", "400-bad-no~"},
    {"...", "~"},
};

START_TEST(names_begin_with_words)
{
    CLEANUP(text) char *name = atom_sentence_name(beginnings[_i].sentence);
    ck_assert_msg(strncmp(name, beginnings[_i].words, strlen(beginnings[_i].words)) == 0, "%s", name);
    ck_assert_uint_eq(strlen(strchr(name, '~')), 7);
}
END_TEST

static struct atom made(const char *key)
{
    return (struct atom){.kind = ATOM_STATUS, .key = mem_dup(key), .text = mem_dup("text")};
}

START_TEST(atoms_are_there_once)
{
    struct atoms atoms = {0};
    const char *const keys[] = {"a", "b", "a"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct atom atom = made(keys[i]);
        ck_assert(atoms_take(&atoms, &atom));
    }
    ck_assert_uint_eq(atoms.count, 2);
    atoms_fini(&atoms);
}
END_TEST

START_TEST(atoms_are_bounded)
{
    struct atoms atoms = {0};
    for (size_t i = 0; i <= ATOMS_MAX; i++) {
        CLEANUP(text) char *key = mem_printf("%zu", i);
        struct atom atom = made(key);
        ck_assert(atoms_take(&atoms, &atom) == (i < ATOMS_MAX));
    }
    ck_assert_uint_eq(atoms.count, ATOMS_MAX);
    atoms_fini(&atoms);
}
END_TEST

TCase *atoms_tests(void)
{
    TCase *tests = tcase_create("atoms");
    tcase_add_loop_test(tests, citations_become_keys, 0, TESTING_COUNT(citations));
    tcase_add_loop_test(tests, sentences_have_names, 0, TESTING_COUNT(sentences));
    tcase_add_loop_test(tests, names_begin_with_words, 0, TESTING_COUNT(beginnings));
    tcase_add_test(tests, atoms_are_there_once);
    tcase_add_test(tests, atoms_are_bounded);
    return tests;
}
