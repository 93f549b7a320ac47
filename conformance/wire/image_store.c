#include "conformance/image_store.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/program.h"
#include "conformance/wire/record.h"

#define PIECE_BYTES ((size_t)64 * 1024)
#define SLICE_MS    50 /* how soon a stop is noticed */
#define END_MS      2  /* between two looks whether a program that said all has ended */

#define STATUS_THERE     200
#define STATUS_NOT_THERE 404

enum {
    EXIT_THERE = 0,
    EXIT_NOT_THERE = 1,
};

void image_store_fini(struct image_store *store)
{
    for (size_t i = 0; i < store->command_count; i++)
        free(store->command[i]);
    free(store->command);
    free(store->directory);
    *store = (struct image_store){0};
}

bool image_store_takes(const char *name, struct err *err)
{
    bool good = isalnum((unsigned char)*name);
    for (const char *at = name; good && *at; at++)
        good = isalnum((unsigned char)*at) || strchr("._-", *at);
    return good || err_set(err, ERR_VALUE, "'%s' is no name of an image file", name);
}

/* ---- One file on its way ------------------------------------------------------------------------------- */

struct fetching {
    const char *name;
    const struct image_store_limits *limits;
    const struct subject_watcher *watcher;
    struct subject_exchange *exchange;
    struct body_record body;
    uint64_t started_us;
};

/* `error` is taken. Returns false. */
static bool give_up(struct fetching *fetching, enum subject_outcome outcome, char *error)
{
    fetching->exchange->outcome = outcome;
    fetching->exchange->error = error;
    return false;
}

static bool fault(struct fetching *fetching, const char *what, const char *reason)
{
    return give_up(fetching, SUBJECT_FAULT, mem_printf("image %s: %s: %s", fetching->name, what, reason));
}

static bool goes_on(struct fetching *fetching)
{
    const struct image_store_limits *limits = fetching->limits;
    if (atomic_load_explicit(limits->stop, memory_order_relaxed))
        return give_up(fetching, SUBJECT_STOPPED, mem_dup("stopped"));
    if (clock_now_us() - fetching->started_us < limits->timeout_ms * 1000)
        return true;
    return give_up(
        fetching, SUBJECT_TIMEOUT,
        mem_printf("image %s: not there within %" PRIu64 " ms", fetching->name, limits->timeout_ms));
}

static bool take_bytes(struct fetching *fetching, const char *bytes, size_t length)
{
    const struct subject_watcher *watcher = fetching->watcher;
    if (length > watcher->most_bytes - fetching->body.bytes)
        return give_up(
            fetching, SUBJECT_TOO_LONG,
            mem_printf("image %s: more than %" PRIu64 " bytes", fetching->name, watcher->most_bytes));
    body_record_add(&fetching->body, bytes, length);
    watcher->bytes(watcher->context, bytes, length);
    return true;
}

/* Whether the next piece was taken; *ret_end when there is none any more. */
static bool take_piece(struct fetching *fetching, int input, char *piece, bool *ret_end)
{
    ssize_t count = read(input, piece, PIECE_BYTES);
    if (count < 0 && errno != EINTR)
        return fault(fetching, "cannot be read", strerror(errno));
    *ret_end = count == 0;
    return count <= 0 || take_bytes(fetching, piece, (size_t)count);
}

/* ---- A directory --------------------------------------------------------------------------------------- */

static bool take_file(struct fetching *fetching, int file)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return fault(fetching, "cannot be read", strerror(errno));
    if (!S_ISREG(about.st_mode))
        return fault(fetching, "cannot be read", "it is no regular file");
    char *piece = mem_alloc(PIECE_BYTES);
    bool end = false;
    bool taken = true;
    while (taken && !end)
        taken = goes_on(fetching) && take_piece(fetching, file, piece, &end);
    free(piece);
    return taken;
}

/* The name has no slash in it, and what it names is not followed: that is all a subject could lead away by.
 */
static bool from_directory(struct fetching *fetching, const struct image_store *store, bool *ret_there)
{
    int folder = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fault(fetching, store->directory, strerror(errno));
    int file = openat(folder, fetching->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int reason = errno;
    close(folder);
    *ret_there = file >= 0;
    if (file < 0 && reason == ENOENT)
        return true;
    if (file < 0)
        return fault(fetching, "cannot be read", reason == ELOOP ? "it is a link" : strerror(reason));
    bool taken = take_file(fetching, file);
    close(file);
    return taken;
}

/* ---- A program ----------------------------------------------------------------------------------------- */

static char *put_name(const char *word, const char *name)
{
    struct buf text;
    buf_init(&text, strlen(word) * (strlen(name) + 1) + 1);
    for (const char *at; (at = strstr(word, IMAGE_STORE_PATH)); word = at + strlen(IMAGE_STORE_PATH)) {
        buf_append(&text, word, (size_t)(at - word));
        buf_puts(&text, name);
    }
    buf_puts(&text, word);
    return buf_take(&text);
}

static bool take_output(struct fetching *fetching, int output)
{
    char *piece = mem_alloc(PIECE_BYTES);
    bool end = false;
    bool taken = true;
    while (taken && !end) {
        struct pollfd waits = {.fd = output, .events = POLLIN};
        taken = goes_on(fetching) &&
                (poll(&waits, 1, SLICE_MS) <= 0 || take_piece(fetching, output, piece, &end));
    }
    free(piece);
    return taken;
}

/* What a program that has said all ends with. */
static bool wait_for(struct fetching *fetching, pid_t pid, int *ret_status)
{
    while (waitpid(pid, ret_status, WNOHANG) != pid) {
        if (!goes_on(fetching))
            return false;
        clock_sleep_ms(END_MS);
    }
    return true;
}

static bool understand(struct fetching *fetching, const char *program, int status, bool *ret_there)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    *ret_there = code == EXIT_THERE;
    if (code == EXIT_THERE || (code == EXIT_NOT_THERE && fetching->body.bytes == 0))
        return true;
    CLEANUP(text)
    char *reason = code < 0 ? mem_printf("ended by signal %d", WTERMSIG(status))
                            : mem_printf("ended with status %d", code);
    return fault(fetching, program, reason);
}

static bool run_program(struct fetching *fetching, char *const *arguments, bool *ret_there)
{
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fault(fetching, arguments[0], strerror(errno));
    int failed = program_start(arguments, ends[1], -1, &pid);
    close(ends[1]);
    int status = 0;
    bool ended = !failed && take_output(fetching, ends[0]) && wait_for(fetching, pid, &status);
    close(ends[0]);
    if (failed)
        return fault(fetching, arguments[0], strerror(failed));
    if (ended)
        return understand(fetching, arguments[0], status, ret_there);
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    return false;
}

static bool from_command(struct fetching *fetching, const struct image_store *store, bool *ret_there)
{
    char **arguments = mem_alloc((store->command_count + 1) * sizeof *arguments);
    for (size_t i = 0; i < store->command_count; i++)
        arguments[i] = put_name(store->command[i], fetching->name);
    bool taken = run_program(fetching, arguments, ret_there);
    for (size_t i = 0; i < store->command_count; i++)
        free(arguments[i]);
    free(arguments);
    return taken;
}

/* ---- The whole ----------------------------------------------------------------------------------------- */

/* As the wire fills an exchange. */
static void fill(struct fetching *fetching, bool taken, bool there)
{
    struct subject_exchange *exchange = fetching->exchange;
    struct answer *answer = &exchange->answer;
    if (taken) {
        exchange->outcome = SUBJECT_ANSWERED;
        answer->status = there ? STATUS_THERE : STATUS_NOT_THERE;
    }
    answer->body_bytes = fetching->body.bytes;
    body_record_md5(&fetching->body, answer->body_bytes > 0, exchange->answer_md5);
    answer->body_kept = fetching->body.kept.length;
    answer->body = buf_take(&fetching->body.kept);
    exchange->time_us = clock_now_us() - fetching->started_us;
}

void image_store_fetch(const struct image_store *store, const char *name,
                       const struct image_store_limits *limits, const struct subject_watcher *watcher,
                       struct subject_exchange *ret_exchange)
{
    bool (*const ways[])(struct fetching * fetching, const struct image_store *store, bool *ret_there) = {
        [IMAGE_STORE_DIRECTORY] = from_directory,
        [IMAGE_STORE_COMMAND] = from_command,
    };
    *ret_exchange = (struct subject_exchange){0};
    struct fetching fetching = {.name = name,
                                .limits = limits,
                                .watcher = watcher,
                                .exchange = ret_exchange,
                                .started_us = clock_now_us()};
    body_record_init(&fetching.body, ANSWER_KEPT_MAX_BYTES);
    bool there = false;
    bool taken = ways[store->kind](&fetching, store, &there);
    fill(&fetching, taken, there);
    body_record_fini(&fetching.body);
}
