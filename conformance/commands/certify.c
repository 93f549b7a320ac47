/* imageproof certify LOG --key KEY: DESIGN.md, "The command line". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/cli/certificate.h"
#include "conformance/cli/cli.h"
#include "reports/dsse.h"
#include "reports/package.h"
#include "reports/run_log.h"
#include "reports/statement.h"

struct options {
    char *log; /* borrowed from the command line */
    struct cli_paths paths;
    struct cli_keys keys;
    bool keys_unread; /* complained of already */
    const char *accepted;
    const char *output;
    const char *package;
    const char *make_key;
    const char *algorithm;
};

enum option_key {
    OPTION_KEY = 256,
    OPTION_ACCEPT,
    OPTION_OUTPUT,
    OPTION_PACKAGE,
    OPTION_MAKE_KEY,
    OPTION_ALGORITHM,
};

static const struct argp_option known[] = {
    {"key", OPTION_KEY, "FILE", 0,
     "Sign with this private key (PEM; /dev/fd/N for a descriptor); may be repeated", 0},
    {"accept", OPTION_ACCEPT, "FILE", 0, "Failures below the level must that are accepted: lines CASE REASON",
     0},
    {"output", OPTION_OUTPUT, "FILE", 0, "Where the certificate goes (standard output)", 0},
    {"package", OPTION_PACKAGE, "FILE", 0, "Write an archive (tar) of all that an evaluation needs as well",
     0},
    {"make-key", OPTION_MAKE_KEY, "FILE", 0,
     "Make a key: FILE, and FILE.pub for those who verify; nothing else is done", 0},
    {"algorithm", OPTION_ALGORITHM, "NAME", 0, "Of the key that is made: ed25519 (which is usual) or p256",
     0},
    {0},
};

static void take_log(struct argp_state *state, struct options *options, char *path)
{
    if (options->log)
        argp_error(state, "one log at a time: '%s' and '%s'", options->log, path);
    options->log = path;
}

static void check_options(struct argp_state *state, const struct options *options)
{
    if (options->make_key)
        return;
    if (!options->log)
        argp_error(state, "a log is missing");
    if (options->keys.count == 0 && !options->keys_unread)
        argp_error(state, "--key is missing");
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->paths;
        break;
    case OPTION_KEY:
        options->keys_unread |= !cli_keys_add(&options->keys, "certify", value, sign_key_read_private);
        break;
    case OPTION_ACCEPT:
        options->accepted = value;
        break;
    case OPTION_OUTPUT:
        options->output = value;
        break;
    case OPTION_PACKAGE:
        options->package = value;
        break;
    case OPTION_MAKE_KEY:
        options->make_key = value;
        break;
    case OPTION_ALGORITHM:
        options->algorithm = value;
        break;
    case ARGP_KEY_ARG:
        take_log(state, options, value);
        break;
    case ARGP_KEY_END:
        check_options(state, options);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_paths_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "LOG",
        .doc = "Makes a signed statement of a whole run out of its log: an in-toto Statement in a DSSE "
               "envelope. The run is judged again first.\vExit status: 0 the certificate was made, 1 the "
               "run is not fit for one, 2 it could not be made, 64 wrong usage.",
    };
    *options = (struct options){.algorithm = "ed25519"};
    cli_parse(&argp, argc, argv, options);
}

/* ---- a new key ---- */

static int make_key(const struct options *options)
{
    struct err err = ERR_INIT;
    char id[SIGN_KEY_ID_SIZE];
    CLEANUP(text) char *public = mem_printf("%s.pub", options->make_key);
    CLEANUP(sign_key_free) struct sign_key *key = sign_key_make(options->algorithm, &err);
    if (!key || !sign_key_write_private(key, options->make_key, &err) ||
        !sign_key_write_public(key, public, &err)) {
        cli_complain("certify", "%s", err.text);
        return err.code == ERR_VALUE ? EXIT_STATUS_USAGE : EXIT_STATUS_NOT_JUDGED;
    }
    sign_key_id(key, id);
    puts(id);
    return EXIT_STATUS_OK;
}

/* ---- a certificate ---- */

static bool read_accepted(const struct options *options, struct statement_list *ret_list)
{
    struct err err = ERR_INIT;
    *ret_list = (struct statement_list){0};
    if (!options->accepted)
        return true;
    CLEANUP(text) char *text = cli_read_text("certify", options->accepted);
    bool read = text && statement_list_parse(text, ret_list, &err);
    if (err.code != ERR_NONE)
        cli_complain("certify", "%s: %s", options->accepted, err.text);
    return read;
}

static bool write_text(const char *path, const char *text)
{
    if (!path) {
        fputs(text, stdout);
        return true; /* cli_begin() */
    }
    FILE *out = fopen(path, "we");
    bool written = out && fputs(text, out) >= 0 && fflush(out) == 0;
    if (!written)
        cli_complain("certify", "%s cannot be written: %s", path, strerror(errno));
    if (out)
        fclose(out);
    return written;
}

static bool write_package(const char *path, const struct package *package)
{
    struct err err = ERR_INIT;
    FILE *out = fopen(path, "we");
    bool written = (out || err_set_errno(&err, "%s", path)) && package_write(package, out, &err);
    if (out && fclose(out) != 0)
        written = err_set_errno(&err, "%s", path);
    if (!written)
        cli_complain("certify", "%s", err.text);
    return written;
}

static int sign_and_write(const struct options *options, const char *statement, const struct run_result *run,
                          const struct statement_list *accepted)
{
    struct err err = ERR_INIT;
    CLEANUP(text)
    char *certificate = dsse_wrap(STATEMENT_TYPE, statement, options->keys.items, options->keys.count, &err);
    const struct package package = {certificate, run, accepted};
    if (!certificate)
        cli_complain("certify", "%s", err.text);
    bool printed = !options->output && options->package;
    bool written = certificate && (printed || write_text(options->output, certificate)) &&
                   (!options->package || write_package(options->package, &package));
    return written ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}

static int certify_run(const struct options *options, const struct run_result *run,
                       const struct statement_list *accepted)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *statement = NULL;
    if (!statement_make(run, accepted, &statement, &err)) {
        cli_complain("certify", "%s: no certificate: %s", options->log, err.text);
        return err.code == ERR_VALUE ? EXIT_STATUS_FAILED : EXIT_STATUS_NOT_JUDGED;
    }
    int status = cli_rejudge("certify", &options->paths, run);
    return status == EXIT_STATUS_OK ? sign_and_write(options, statement, run, accepted) : status;
}

static int certify(const struct options *options)
{
    struct err err = ERR_INIT;
    struct run_result run;
    struct statement_list accepted;
    if (options->keys_unread || !read_accepted(options, &accepted))
        return EXIT_STATUS_NOT_JUDGED;
    int status = EXIT_STATUS_NOT_JUDGED;
    char *const logs[] = {options->log};
    if (run_log_read(logs, 1, &run, &err)) {
        status = certify_run(options, &run, &accepted);
        result_fini(&run);
    } else {
        cli_complain("certify", "%s", err.text);
    }
    statement_list_fini(&accepted);
    return status;
}

static int run(int argc, char **argv)
{
    struct options options;
    parse(&options, argc, argv);
    int status = options.make_key ? make_key(&options) : certify(&options);
    cli_keys_fini(&options.keys);
    return status;
}

const struct command command_certify = {"certify", "make a signed statement of a run", run};
