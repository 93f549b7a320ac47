#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/exit_status.h"
#include "mock/dispatch.h"
#include "mock/options.h"
#include "mock/server.h"

static void print_json(const char *schema, const char *name, json_t *items)
{
    json_t *whole = json_pack("{s:s, s:o}", "schema", schema, name, items);
    json_dumpf(whole, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(whole);
}

static void list_faults(bool as_json)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const char *clause = rule_clause((enum rule)i);
        const char *wrong = rule_wrong((enum rule)i);
        if (as_json)
            json_array_append_new(faults, json_pack("{s:s, s:s}", "clause", clause, "wrong", wrong));
        else
            printf("%-48s %s\n", clause, wrong);
    }
    if (as_json)
        print_json("imageproof.faults/1", "faults", json_incref(faults));
    json_decref(faults);
}

/* Those of the APIs; what is there for tests only is no call of a service. */
static void list_calls(bool as_json)
{
    json_t *calls = json_array();
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const char *method = route_method((enum route)i);
        const char *path = route_path((enum route)i);
        if (call_of((enum route)i)->admin_call)
            continue;
        if (as_json)
            json_array_append_new(calls, json_pack("{s:s, s:s}", "method", method, "path", path));
        else
            printf("%-7s %s\n", method, path);
    }
    if (as_json)
        print_json("imageproof.calls/1", "calls", json_incref(calls));
    json_decref(calls);
}

static int complain(const struct err *err)
{
    fprintf(stderr, "imageproof-mock: %s\n", err->text);
    return EXIT_STATUS_NOT_JUDGED;
}

/* A parent that ended before the request to be told of its end is known by the new parent. */
static bool parent_lives(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent;
}

/* Blocked before any thread starts, so that only the wait below takes them. */
static void block_signals(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Each file of an image in memory is an open file of the kernel's, and each client another. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int serve(const struct options *options, struct mock *mock)
{
    struct err err = ERR_INIT;
    sigset_t signals;
    int listen_socket;
    int signal_number;
    uint16_t port;
    char host[LISTEN_HOST_SIZE];
    block_signals(&signals);
    allow_many_files();
    if (!listen_open(&options->listen, &listen_socket, &port, &err))
        return complain(&err);
    struct server *server = server_start(mock, listen_socket, options->thread_count, &err);
    if (!server)
        return complain(&err);
    listen_host(&options->listen, host);
    printf("listening on http://%s:%u\n", host, port);
    if (fflush(stdout) == 0) /* nobody would know where it listens */
        sigwait(&signals, &signal_number);
    server_stop(server);
    return EXIT_STATUS_OK;
}

int main(int argc, char **argv)
{
    struct options options;
    struct mock mock;
    pid_t parent = getppid();
    cli_begin("imageproof-mock");
    mock_init(&mock);
    options_take(argc, argv, &options, &mock);
    if (options.exit_with_parent && !parent_lives(parent))
        return EXIT_STATUS_OK;
    int status = EXIT_STATUS_OK;
    mock_start(&mock);
    if (options.list_faults)
        list_faults(options.json);
    else if (options.list_calls)
        list_calls(options.json);
    else
        status = serve(&options, &mock);
    mock_fini(&mock);
    return status;
}
