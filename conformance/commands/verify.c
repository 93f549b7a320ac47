/* imageproof verify CERTIFICATE --transcript LOG --key PUB: DESIGN.md, "The command line". */
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
#include "reports/tar.h"

struct options {
    const char *certificate; /* or a package */
    const char *transcript;
    struct cli_paths paths;
    struct cli_keys keys;
    bool keys_unread; /* complained of already */
    bool foreign;
};

enum option_key {
    OPTION_TRANSCRIPT = 256,
    OPTION_KEY,
    OPTION_FOREIGN,
};

static const struct argp_option known[] = {
    {"transcript", OPTION_TRANSCRIPT, "LOG", 0, "The log of the run; a package has its own", 0},
    {"key", OPTION_KEY, "FILE", 0, "A public key (PEM) that has to have signed; may be repeated", 0},
    {"foreign", OPTION_FOREIGN, NULL, 0,
     "The envelope was made by another program: its key ids and its layout mean nothing", 0},
    {0},
};

static void take_certificate(struct argp_state *state, struct options *options, const char *path)
{
    if (options->certificate)
        argp_error(state, "one certificate at a time: '%s' and '%s'", options->certificate, path);
    options->certificate = path;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->paths;
        break;
    case OPTION_TRANSCRIPT:
        options->transcript = value;
        break;
    case OPTION_KEY:
        options->keys_unread |= !cli_keys_add(&options->keys, "verify", value, sign_key_read_public);
        break;
    case OPTION_FOREIGN:
        options->foreign = true;
        break;
    case ARGP_KEY_ARG:
        take_certificate(state, options, value);
        break;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a certificate or a package is missing");
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
        .args_doc = "CERTIFICATE|PACKAGE",
        .doc = "Checks the signatures of a certificate and the transcript of its run, and judges the "
               "transcript again with the clauses of the suite.\vExit status: 0 all of it holds; 1 "
               "something does not; 2 something could not be checked, as the signatures without any "
               "--key; 64 wrong usage.",
    };
    *options = (struct options){0};
    cli_parse(&argp, argc, argv, options);
}

/* ---- what is verified ---- */

struct evidence {
    FILE *package; /* NULL: the parts are files of their own */
    char *certificate;
    struct run_result run;
    char *statement;
    struct statement_list accepted;
};

static void evidence_fini(struct evidence *evidence)
{
    if (evidence->package)
        fclose(evidence->package);
    free(evidence->certificate);
    free(evidence->statement);
    result_fini(&evidence->run);
    statement_list_fini(&evidence->accepted);
}

/* The exit status for an error: what holds evidence and is wrong has failed. */
static int failed(const char *what, const struct err *err)
{
    cli_complain("verify", "%s%s%s", what, *what ? ": " : "", err->text);
    return err->code == ERR_IO ? EXIT_STATUS_NOT_JUDGED : EXIT_STATUS_FAILED;
}

static int read_package(struct evidence *evidence, const char *name)
{
    struct err err = ERR_INIT;
    FILE *transcript;
    if (!package_open(evidence->package, &evidence->certificate, &transcript, &err) ||
        !run_log_read_file(transcript, "the transcript", &evidence->run, &err))
        return failed(name, &err);
    return EXIT_STATUS_OK;
}

static int read_files(const struct options *options, struct evidence *evidence)
{
    struct err err = ERR_INIT;
    evidence->certificate = cli_read_text("verify", options->certificate);
    if (!evidence->certificate)
        return EXIT_STATUS_NOT_JUDGED;
    if (!options->transcript) {
        cli_complain("verify",
                     "%s is no package, and --transcript is missing: a certificate says nothing by itself",
                     options->certificate);
        return EXIT_STATUS_USAGE;
    }
    FILE *transcript = fopen(options->transcript, "re");
    return run_log_read_file(transcript, options->transcript, &evidence->run, &err) ? EXIT_STATUS_OK
                                                                                    : failed("", &err);
}

static int read_evidence(const struct options *options, struct evidence *evidence)
{
    FILE *file = fopen(options->certificate, "re");
    if (file && tar_is(file)) {
        evidence->package = file;
        return read_package(evidence, options->certificate);
    }
    if (file)
        fclose(file);
    return read_files(options, evidence);
}

static int check_signatures(const struct options *options, struct evidence *evidence)
{
    struct err err = ERR_INIT;
    if (!dsse_open(evidence->certificate, STATEMENT_TYPE, options->keys.items, options->keys.count,
                   options->foreign, &evidence->statement, &err))
        return failed("the certificate", &err);
    return EXIT_STATUS_OK;
}

/* The statement has to be what the transcript makes of it. */
static int check_statement(struct evidence *evidence)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *again = NULL;
    if (!statement_accepted(evidence->statement, &evidence->accepted, &err) ||
        !statement_make(&evidence->run, &evidence->accepted, &again, &err))
        return failed("the statement", &err);
    if (strcmp(again, evidence->statement) == 0)
        return EXIT_STATUS_OK;
    err_set(&err, ERR_VALUE, "is not what the transcript says");
    return failed("the statement", &err);
}

static int check_package(const struct evidence *evidence)
{
    struct err err = ERR_INIT;
    const struct package package = {evidence->certificate, &evidence->run, &evidence->accepted};
    if (!evidence->package || package_check(&package, evidence->package, &err))
        return EXIT_STATUS_OK;
    return failed("the package", &err);
}

static void tell(const struct options *options, const struct evidence *evidence)
{
    struct result_summary summary = result_summarise(&evidence->run);
    printf("%s, edition %s: %zu cases judged again, every verdict the same\n", evidence->run.subject,
           evidence->run.edition, summary.counts[VERDICT_PASS] + summary.counts[VERDICT_FAIL]);
    for (size_t i = 0; i < options->keys.count; i++) {
        char id[SIGN_KEY_ID_SIZE];
        sign_key_id(options->keys.items[i], id);
        printf("signed by %s\n", id);
    }
}

static int verify(const struct options *options, struct evidence *evidence)
{
    int status = read_evidence(options, evidence);
    if (status == EXIT_STATUS_OK)
        status = check_signatures(options, evidence);
    if (status == EXIT_STATUS_OK)
        status = check_statement(evidence);
    if (status == EXIT_STATUS_OK)
        status = check_package(evidence);
    if (status == EXIT_STATUS_OK)
        status = cli_rejudge("verify", &options->paths, &evidence->run);
    if (status != EXIT_STATUS_OK)
        return status;
    tell(options, evidence);
    if (options->keys.count > 0)
        return EXIT_STATUS_OK;
    cli_complain("verify", "the signatures were not checked: no --key was named");
    return EXIT_STATUS_NOT_JUDGED;
}

static int run(int argc, char **argv)
{
    struct options options;
    struct evidence evidence = {0};
    parse(&options, argc, argv);
    int status = options.keys_unread ? EXIT_STATUS_NOT_JUDGED : verify(&options, &evidence);
    evidence_fini(&evidence);
    cli_keys_fini(&options.keys);
    return status;
}

const struct command command_verify = {"verify", "check a certificate, and judge its run again", run};
