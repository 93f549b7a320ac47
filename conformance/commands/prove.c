/* imageproof prove [--only GLOB] [--json]: DESIGN.md, "The joint: a clause" and "Machine-readable output". */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/stop.h"
#include "conformance/proof/proof.h"

#define MOCKS_MIN         4
#define MOCKS_A_PROCESSOR 2 /* most of the time they are waited for */

struct options {
    char **only; /* borrowed from the command line */
    size_t only_count;
    uint64_t mocks; /* 0: not said */
    struct cli_listing listing;
};

enum option_key {
    OPTION_ONLY = 256,
    OPTION_JOBS,
};

static const struct argp_option known[] = {
    {"only", OPTION_ONLY, "GLOB", 0, "Only faults of clauses whose id matches; may be repeated", 0},
    {"jobs", OPTION_JOBS, "N", 0, "Mocks that run side by side (two for each processor, at least 4)", 0},
    {0},
};

static void take_jobs(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_u64(text, &options->mocks) || options->mocks < 1 || options->mocks > PROOF_MOCKS_MAX)
        argp_error(state, "--jobs: '%s' is no number from 1 to %d", text, PROOF_MOCKS_MAX);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->listing;
        return 0;
    case OPTION_ONLY:
        *mem_append(&options->only, &options->only_count) = value;
        return 0;
    case OPTION_JOBS:
        take_jobs(state, options, value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static unsigned mocks_of(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    long usual = processors * MOCKS_A_PROCESSOR;
    if (options->mocks)
        return (unsigned)options->mocks;
    if (usual < MOCKS_MIN)
        return MOCKS_MIN;
    return usual < PROOF_MOCKS_MAX ? (unsigned)usual : PROOF_MOCKS_MAX;
}

static void tell(const struct options *options, const struct proof *proof)
{
    if (options->listing.json)
        cli_put_json(proof_json(proof), stdout);
    else
        proof_print(proof, stdout);
}

static int prove(const struct options *options, const struct spec_suite *suite, struct excuses *excuses)
{
    CLEANUP(text) char *targets = cli_targets();
    CLEANUP(text) char *target = mem_printf("%s/mock.yaml", targets);
    CLEANUP(text) char *fixtures = cli_fixtures(&options->listing.paths);
    const struct proof_options wanted = {.suite = suite,
                                         .target = target,
                                         .fixtures = fixtures,
                                         .only = options->only,
                                         .only_count = options->only_count,
                                         .mocks = mocks_of(options),
                                         .stop = stop_on_signals(),
                                         .excuses = excuses};
    struct proof proof;
    struct err err = ERR_INIT;
    bool proven = proof_run(&wanted, &proof, &err);
    int status = proof_is_whole(&proof) ? EXIT_STATUS_OK : EXIT_STATUS_FAILED;
    if (proven) {
        tell(options, &proof);
    } else {
        cli_complain("prove", "%s", err.text);
        status = EXIT_STATUS_NOT_JUDGED;
    }
    proof_fini(&proof);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_listing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {.options = known,
                                     .parser = take,
                                     .children = children,
                                     .doc = "Breaks each clause in the mock, and tells who notices.\vExit "
                                            "status: 0 every fault was killed and every "
                                            "clause has one, or an exception with a reason; 1 not so; 2 "
                                            "nothing could be proven, since the suite does "
                                            "not pass against an unbroken mock, or a fault did not go away."};
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    int status = EXIT_STATUS_NOT_JUDGED;
    struct excuses excuses;
    struct spec_suite *suite = cli_load_suite(&options.listing.paths);
    if (suite && cli_load_excuses(&options.listing.paths, &excuses)) {
        status = prove(&options, suite, &excuses);
        excuses_fini(&excuses);
    }
    spec_suite_free(suite);
    free(options.only);
    return status;
}

const struct command command_prove = {"prove", "break each clause in the mock, tell who notices", run};
