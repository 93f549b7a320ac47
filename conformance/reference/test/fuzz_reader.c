/* Any bytes through one reader (FUZZED_READER): every atom has a line of the document and a key of its own
 * that is one, and what is wrong has been told. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "conformance/reference/reading.h"

extern const struct reader FUZZED_READER;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_atom(const struct page *page, const struct atom *atom)
{
    CLEANUP(text) char *key = atom_key_of_citation(atom->key, NULL);
    require(key && strcmp(key, atom->key) == 0);
    require(atom->line >= 1 && atom->line <= page->lines[page->count - 1].number);
}

static void read_page(const struct page *page)
{
    struct table_map tables[] = {{(char[]){"GET /walls"}, ATOM_REQUEST, {.file = "map"}},
                                 {(char[]){"GET /walls"}, ATOM_RESPONSE, {.file = "map"}}};
    struct problems problems = {0};
    struct atoms atoms = {0};
    struct parameter_folder folder;
    parameter_folder_init(&folder, NULL, "");
    parameter_folder_learn(&folder, page);
    struct reading reading = {.page = page,
                              .folder = &folder,
                              .tables = tables,
                              .table_count = 2,
                              .problems = &problems,
                              .atoms = &atoms};
    FUZZED_READER.recognises(page);
    FUZZED_READER.read(&reading);
    reading_end_call(&reading);
    for (size_t i = 0; i < atoms.count; i++)
        check_atom(page, &atoms.items[i]);
    require(problems.count <= PROBLEMS_MAX + 1);
    atoms_fini(&atoms);
    problems_fini(&problems);
    parameter_folder_fini(&folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct page page;
    struct err err = ERR_INIT;
    if (page_parse("memory", (const char *)data, size, &page, &err)) {
        read_page(&page);
        page_fini(&page);
    } else {
        require(err.code != ERR_NONE);
    }
    return 0;
}
