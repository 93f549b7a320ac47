#include "conformance/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define REWRITE_EVERY_US ((uint64_t)50000)
#define LINE_EVERY_US    ((uint64_t)5000000)

void progress_init(struct progress *progress, bool quiet)
{
    *progress =
        (struct progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO), .shown_us = clock_now_us()};
}

static void clear_line(const struct progress *progress)
{
    if (progress->terminal)
        fputs("\r\033[K", stderr);
}

/* What went wrong is said when it does, not only at the end; of what was not run the end tells. */
static void announce(const struct progress *progress, const struct result_case *result)
{
    bool was_run = result->exchange_count > 0;
    if (!was_run || (result->verdict != VERDICT_FAIL && result->verdict != VERDICT_ERROR))
        return;
    clear_line(progress);
    if (result->finding_count > 0)
        fprintf(stderr, "%s %s: expected %s, got %s\n", verdict_name(result->verdict), result->id,
                result->findings[0].expected, result->findings[0].actual);
    else
        fprintf(stderr, "%s %s: %s\n", verdict_name(result->verdict), result->id,
                result->reason ? result->reason : "");
}

static void show_counts(struct progress *progress, size_t done, size_t total)
{
    clear_line(progress);
    fprintf(stderr, "%zu/%zu", done, total);
    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (progress->counts[i])
            fprintf(stderr, "  %s %zu", verdict_name((enum verdict)i), progress->counts[i]);
    }
    if (!progress->terminal)
        fputc('\n', stderr);
    fflush(stderr);
}

void progress_case_done(void *context, const struct result_case *result, size_t done, size_t total)
{
    struct progress *progress = context;
    uint64_t now_us = clock_now_us();
    progress->counts[result->verdict]++;
    if (progress->quiet)
        return;
    announce(progress, result);
    uint64_t every_us = progress->terminal ? REWRITE_EVERY_US : LINE_EVERY_US;
    bool due = now_us - progress->shown_us >= every_us || (progress->terminal && done == total);
    if (!due)
        return;
    progress->shown_us = now_us;
    show_counts(progress, done, total);
}

void progress_end(struct progress *progress)
{
    if (!progress->quiet)
        clear_line(progress);
}
