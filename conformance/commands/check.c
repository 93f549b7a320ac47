/* imageproof check FILE...: judges disk images. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "conformance/cli/cli.h"
#include "conformance/formats/check_image.h"

#define FOLLOW_DEPTH_MAX 16 /* longer chains are taken for circles */
#define TEXT_LIMIT_BYTES (64 * BUF_MIB)

enum option_key {
    OPTION_JSON = 256,
    OPTION_DEEP,
    OPTION_FOLLOW,
    OPTION_DUMP,
};

struct options {
    const struct format *format; /* NULL: what the image looks like */
    bool json;
    bool follow;
    struct check_options check;
    struct cli_words files;
};

/* What is known of all files so far. */
struct judging {
    const struct options *options;
    json_t *files;
    int status;
};

static void take_format(const char *name, struct argp_state *state)
{
    struct options *options = state->input;
    options->format = strcmp(name, "auto") == 0 ? NULL : format_named(name);
    if (options->format || strcmp(name, "auto") == 0)
        return;
    const char *nearest = nearest_of(name, format_names());
    if (nearest)
        argp_error(state, "there is no format '%s'; did you mean '%s'?", name, nearest);
    else
        argp_error(state, "there is no format '%s'", name);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'f':
        take_format(value, state);
        return 0;
    case OPTION_JSON:
        options->json = true;
        return 0;
    case OPTION_DEEP:
        options->check.deep = true;
        return 0;
    case OPTION_FOLLOW:
        options->follow = true;
        return 0;
    case OPTION_DUMP:
        options->check.dump = true;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->files;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A file that could not be judged weighs more than one that failed. */
static void note_status(struct judging *judging, int status)
{
    if (status > judging->status)
        judging->status = status;
}

static void tell(struct judging *judging, const struct report *report, const char *path)
{
    struct buf text;
    buf_init(&text, TEXT_LIMIT_BYTES);
    if (judging->options->json)
        json_array_append_new(judging->files, report_json(report, path));
    else
        report_text(report, path, &text);
    fputs(text.data, stdout);
    fputs(report->dump.data, judging->options->json ? stderr : stdout);
    buf_fini(&text);
}

static void complain(struct judging *judging, const struct err *err)
{
    cli_complain_err("check", err);
    note_status(judging, EXIT_STATUS_NOT_JUDGED);
}

static void judge(struct judging *judging, struct source *source, const struct format *format,
                  unsigned depth);

/* What an image refers to is opened only beside the image itself. */
static void follow(struct judging *judging, const struct source *source, const struct report *report,
                   unsigned depth)
{
    if (depth >= FOLLOW_DEPTH_MAX) {
        cli_complain("check", "%s: the chain of files is longer than %d", source_path(source),
                     FOLLOW_DEPTH_MAX);
        note_status(judging, EXIT_STATUS_NOT_JUDGED);
        return;
    }
    for (size_t i = 0; i < report->reference_count; i++) {
        struct err err = ERR_INIT;
        CLEANUP(source_free)
        struct source *next = source_open_sibling(source, report->references[i], &err);
        if (next)
            judge(judging, next, NULL, depth + 1);
        else
            complain(judging, &err);
    }
}

static void judge(struct judging *judging, struct source *source, const struct format *format, unsigned depth)
{
    struct report report;
    struct err err = ERR_INIT;
    report_init(&report);
    if (!format)
        format = format_detect(source);
    if (check_image(format, source, &judging->options->check, &report, &err)) {
        tell(judging, &report, source_path(source));
        if (!report_is_sound(&report) || !report_is_safe(&report))
            note_status(judging, EXIT_STATUS_FAILED);
        if (judging->options->follow)
            follow(judging, source, &report, depth);
    } else {
        complain(judging, &err);
    }
    report_fini(&report);
}

static int check(const struct options *options)
{
    struct judging judging = {.options = options, .files = json_array()};
    for (size_t i = 0; i < options->files.count; i++) {
        struct err err = ERR_INIT;
        CLEANUP(source_free) struct source *source = source_open(options->files.items[i], &err);
        if (source)
            judge(&judging, source, options->format, 0);
        else
            complain(&judging, &err);
    }
    if (options->json)
        cli_put_json(json_pack("{s:s, s:O}", "schema", "imageproof.check/1", "files", judging.files), stdout);
    json_decref(judging.files);
    return judging.status;
}

static int run(int argc, char **argv)
{
    static const struct argp_option known[] = {
        {"format", 'f', "FORMAT", 0, "qcow2, qcow, vpc, vdi, vmdk, raw, or auto: what the image looks like",
         0},
        {"json", OPTION_JSON, NULL, 0, "As JSON", 0},
        {"deep", OPTION_DEEP, NULL, 0, "Inflate everything that is compressed", 0},
        {"follow", OPTION_FOLLOW, NULL, 0, "Judge the files that an image names, too, beside the image only",
         0},
        {"dump", OPTION_DUMP, NULL, 0, "Print every field of the headers, to stderr beside --json", 0},
        {0},
    };
    static const struct argp_child children[] = {{&cli_files_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "FILE...",
        .doc =
            "Judges disk images.\vExit status: 0 all are sound and safe, 1 one is corrupt or unsafe, 2 one "
            "could not be judged.",
    };
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    int status = check(&options);
    free(options.files.items);
    return status;
}

const struct command command_check = {"check", "judge disk images", run};
