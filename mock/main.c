/* imageproof-mock: an image service in memory. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "mock/options.h"
#include "mock/server.h"

static void list_faults(bool as_json)
{
    json_t *list = json_array();
    for (int i = 0; i < RULE_COUNT; i++) {
        enum rule rule = (enum rule)i;
        if (as_json)
            json_array_append_new(list, json_pack("{s:s, s:s}", "fault", rule_id(rule), "effect", //
                                                  rule_effect(rule)));
        else
            printf("%-45s %s\n", rule_id(rule), rule_effect(rule));
    }
    if (as_json) {
        json_t *document = json_pack("{s:O}", "faults", list);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    }
    json_decref(list);
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* False when the parent has ended already: then nobody would end this process. */
static bool bind_to_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent;
}

static int serve(const struct options *options)
{
    sigset_t signals;
    block_signals(&signals); /* before any thread is there, so that sigwait() gets them */
    struct mock mock;
    struct err err = ERR_INIT;
    mock_init(&mock, &options->mock);
    struct server *server = server_start(&mock, options->listen, &err);
    if (server) {
        printf("listening on %s\n", server_url(server));
        fflush(stdout);
        int signal_number;
        sigwait(&signals, &signal_number);
        server_stop(server);
    } else {
        char text[1024];
        fprintf(stderr, "imageproof-mock: %s\n", err_format(&err, text, sizeof text));
    }
    mock_fini(&mock);
    if (server)
        return EXIT_STATUS_OK;
    return err.code == ERR_VALUE ? EXIT_STATUS_USAGE : EXIT_STATUS_NOT_JUDGED;
}

int main(int argc, char **argv)
{
    pid_t parent = getppid();
    struct options options;
    options_parse(&options, argc, argv);
    int status = EXIT_STATUS_OK;
    if (options.list_faults)
        list_faults(options.json);
    else if (!options.exit_with_parent || bind_to_parent(parent))
        status = serve(&options);
    options_fini(&options);
    return status;
}
