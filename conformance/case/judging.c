#include "conformance/case/judging.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define BODY_DEFAULT_MAX_BYTES ((uint64_t)16 << 20)
#define UNNAMED_FILE           "body" /* of an answer whose step does not say under which name it is kept */

static void on_finding(void *context, const char *expected, const char *actual)
{
    struct judging *judging = context;
    *mem_append(&judging->findings, &judging->finding_count) = (struct held_finding){
        judging->step->expects[judging->current].clause, mem_dup(expected), mem_dup(actual)};
}

static void on_bytes(void *context, const void *bytes, size_t length)
{
    struct judging *judging = context;
    if (judging->file.path)
        case_file_write(&judging->file, bytes, length);
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        if (judging->watches[i])
            judging->watches[i]->bytes(judging->watches[i], bytes, length);
    }
}

void judging_fini(struct judging *judging)
{
    for (size_t i = 0; i < judging->finding_count; i++) {
        free(judging->findings[i].expected);
        free(judging->findings[i].actual);
    }
    free(judging->findings);
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        if (judging->watches[i])
            judging->watches[i]->free(judging->watches[i]);
    }
    free(judging->watches);
    case_file_fini(&judging->file);
}

/* The body goes into a file when the step keeps it, or an expectation wants one. */
static bool open_file(struct judging *judging, struct subject_watcher *watcher)
{
    const struct spec_step *step = judging->step;
    bool wanted = step->keep;
    for (size_t i = 0; i < step->expect_count; i++)
        wanted = wanted || step->expects[i].matcher->reads_file;
    if (!wanted)
        return true;
    CLEANUP(text)
    char *name =
        step->keep ? template_expand(step->keep, judging->run->vars, &judging->err) : mem_dup(UNNAMED_FILE);
    watcher->most_bytes = CASE_FILE_MAX_BYTES;
    return name && case_file_open(&judging->run->state->files, name, &judging->file, &judging->err);
}

bool judging_init(struct judging *judging, struct step_run *run, const struct spec_step *step,
                  const struct request *request, struct subject_watcher *watcher)
{
    *judging = (struct judging){.run = run, .step = step, .request = request, .err = ERR_INIT};
    judging->watches = mem_alloc((step->expect_count + 1) * sizeof *judging->watches);
    *watcher = (struct subject_watcher){on_bytes, judging, BODY_DEFAULT_MAX_BYTES};
    for (size_t i = 0; i < step->expect_count; i++) {
        const struct spec_expect *expect = &step->expects[i];
        if (!expect->matcher->watch)
            continue;
        judging->watches[i] =
            expect->matcher->watch(expect->data, run->vars, run->state->environment->fixtures, &judging->err);
        if (!judging->watches[i])
            return false;
        if (judging->watches[i]->most_bytes > watcher->most_bytes)
            watcher->most_bytes = judging->watches[i]->most_bytes;
    }
    return open_file(judging, watcher);
}

static bool reads_json(const struct spec_step *step)
{
    for (size_t i = 0; i < step->expect_count; i++) {
        if (step->expects[i].matcher->reads_json)
            return true;
    }
    for (size_t i = 0; i < step->capture_count; i++) {
        if (step->captures[i].kind == SPEC_CAPTURE_JSON)
            return true;
    }
    return false;
}

void judging_judge(struct judging *judging, struct answer *answer)
{
    if (reads_json(judging->step))
        answer_read_json(answer);
    if (judging->file.path && !case_file_end(&judging->file, &judging->err))
        return;
    answer->file = judging->file.path;
    const struct match_report report = {on_finding, judging};
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        const struct spec_expect *expect = &judging->step->expects[i];
        judging->current = i;
        if (judging->watches[i]) {
            judging->watches[i]->finish(judging->watches[i], answer, &report);
            judging->watches[i] = NULL;
        }
        if (expect->matcher->check)
            expect->matcher->check(expect->data, answer, judging->run->vars,
                                   judging->run->state->environment->fixtures, &report, &judging->err);
    }
}

bool judging_awaits(const struct judging *judging, int status)
{
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        const struct spec_expect *expect = &judging->step->expects[i];
        if (expect->matcher->names_status && expect->matcher->names_status(expect->data, status))
            return true;
    }
    return false;
}

/* ---- what becomes of the case ---- */

static bool given_failed(struct step_run *run, const char *expected, const char *actual)
{
    return case_state_error(run->state, "%s, step %zu: expected %s, got %s", run->purpose, run->number,
                            expected, actual);
}

bool step_not_answered(struct step_run *run, const struct subject_exchange *exchange, size_t index)
{
    static const char whole[] = "a whole answer";
    struct case_state *state = run->state;
    switch (exchange->outcome) {
    case SUBJECT_STOPPED:
        return case_state_stopped(state);
    case SUBJECT_BROKEN:
    case SUBJECT_TOO_LONG:
        if (run->is_given)
            return given_failed(run, whole, exchange->error);
        state->broken = exchange->outcome == SUBJECT_BROKEN;
        case_state_finding(state, NULL, whole, exchange->error, index);
        return false;
    case SUBJECT_UNREACHABLE:
        state->unreachable = true;
        return case_state_error(state, "the subject cannot be reached: %s", exchange->error);
    case SUBJECT_TIMEOUT:
    case SUBJECT_FAULT:
    case SUBJECT_ANSWERED:
        break;
    }
    return case_state_error(state, "%s", exchange->error);
}

bool judging_settle(struct judging *judging, size_t index)
{
    struct step_run *run = judging->run;
    if (judging->err.code != ERR_NONE)
        return case_state_error(run->state, "step %zu: %s", run->number, judging->err.text);
    for (size_t i = 0; i < judging->finding_count; i++) {
        const struct held_finding *finding = &judging->findings[i];
        if (run->is_given)
            return given_failed(run, finding->expected, finding->actual);
        case_state_finding(run->state, finding->clause, finding->expected, finding->actual, index);
    }
    return judging->finding_count == 0;
}
