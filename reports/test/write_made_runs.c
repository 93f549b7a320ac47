/* write-made-runs FOLDER: every made run in every form, as FOLDER/RUN.FORM, for reread.py. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "reports/test/made_run.h"
#include "reports/writer.h"

static struct run_result make_hostile(void)
{
    return made_run(made_hostile);
}

/* Every way that a command line could be taken for something else. */
static struct run_result make_at_sign(void)
{
    return made_run("@file {1,2}[3-4] it's \xc3\xa9");
}

static const struct {
    const char *name;
    struct run_result (*make)(void);
} runs[] = {
    {"hostile", make_hostile}, {"at-sign", make_at_sign}, {"empty", made_empty_run},
    {"huge", made_huge_run},   {"bare", made_bare_run},   {"interrupted", made_interrupted_run},
};

static bool write_form(const char *folder, const char *name, const char *form, const struct run_result *run)
{
    char *spec = mem_printf("%s=%s/%s.%s", form, folder, name, form);
    struct err err = ERR_INIT;
    struct report_file *file = report_file_open(spec, &err);
    bool written = file && report_file_finish(file, run, &err);
    if (!written)
        fprintf(stderr, "%s: %s\n", spec, err.text);
    report_file_free(file);
    free(spec);
    return written;
}

int main(int argc, char **argv)
{
    bool written = argc == 2;
    for (size_t i = 0; written && i < sizeof runs / sizeof *runs; i++) {
        struct run_result run = runs[i].make();
        for (const struct writer *const *writer = writer_all(); written && *writer; writer++)
            written = write_form(argv[1], runs[i].name, (*writer)->name, &run);
        result_fini(&run);
    }
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
