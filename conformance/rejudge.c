#include "conformance/rejudge.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/case/run.h"
#include "conformance/case_index.h"
#include "conformance/playback.h"
#include "conformance/target/target.h"
#include "reports/run_log.h"

/* ---- one case ---- */

struct judging {
    const struct target *target;
    const char *fixtures;
    const struct run_result *run;
    struct case_index *index;
    atomic_bool stop; /* never set: nothing interrupts a judgement */
};

/* How the two differ: owned; NULL when they do not. */
static char *difference(const struct result_case *recorded, const struct result_case *again)
{
    if (recorded->verdict != again->verdict)
        return mem_printf("%s in the transcript, %s when judged again%s%s", verdict_name(recorded->verdict),
                          verdict_name(again->verdict), again->reason ? ": " : "",
                          again->reason ? again->reason : "");
    if (recorded->finding_count != again->finding_count)
        return mem_printf("%zu findings in the transcript, %zu when judged again", recorded->finding_count,
                          again->finding_count);
    for (size_t i = 0; i < recorded->finding_count; i++) {
        const struct result_finding *left = &recorded->findings[i];
        const struct result_finding *right = &again->findings[i];
        if (strcmp(left->clause, right->clause) != 0 || strcmp(left->expected, right->expected) != 0 ||
            strcmp(left->actual, right->actual) != 0)
            return mem_printf(
                "in the transcript %s, expected %s, got %s; when judged again %s, expected %s, got %s",
                left->clause, left->expected, left->actual, right->clause, right->expected, right->actual);
    }
    return NULL;
}

static char *judge_again(struct judging *judging, const struct spec_case *one,
                         const struct result_case *recorded)
{
    struct playback *playback = playback_new(recorded);
    const struct subject_stand_in stand_in = playback_stand_in(playback);
    struct subject_session *session = subject_session_of(&stand_in);
    const struct case_environment environment = {.target = judging->target,
                                                 .fixtures = judging->fixtures,
                                                 .run_id = recorded->run_id,
                                                 .uuid = recorded->uuid,
                                                 .source = recorded->source,
                                                 .stop = &judging->stop};
    struct result_case again;
    case_run(&environment, session, one, recorded->number, &again);
    char *text = playback_fault(playback) ? mem_dup(playback_fault(playback)) : difference(recorded, &again);
    if (!text && playback_left(playback) > 0)
        text = mem_printf("%zu exchanges of the transcript are not the case's", playback_left(playback));
    result_case_fini(&again);
    subject_session_free(session);
    playback_free(playback);
    return text;
}

/* What the suite says of the case must be what the transcript says of it: reports are made of that. */
static bool is_as_planned(const struct spec_case *one, const struct result_case *recorded)
{
    struct result_case facts;
    case_describe(one, &facts);
    bool same = strcmp(facts.level, recorded->level) == 0 && strcmp(facts.says, recorded->says) == 0 &&
                strcmp(facts.from, recorded->from) == 0 && strcmp(facts.name, recorded->name) == 0 &&
                facts.clause_count == recorded->clause_count;
    for (size_t i = 0; same && i < facts.clause_count; i++)
        same = strcmp(facts.clauses[i], recorded->clauses[i]) == 0;
    result_case_fini(&facts);
    return same;
}

static bool has_nothing_to_judge(const struct result_case *recorded)
{
    bool given_up = recorded->verdict == VERDICT_ERROR && recorded->exchange_count == 0;
    return recorded->verdict == VERDICT_SKIPPED || given_up;
}

static void judge_case(struct judging *judging, const struct result_case *recorded, struct rejudge *rejudge,
                       char **ret_difference)
{
    const struct spec_case *one = case_index_find(judging->index, recorded->id);
    *ret_difference = NULL;
    if (!one)
        *ret_difference = mem_printf("the suite has no such case");
    else if (!is_as_planned(one, recorded))
        *ret_difference = mem_printf("the suite says something else of this case");
    else if (has_nothing_to_judge(recorded))
        rejudge->unjudged++;
    else
        *ret_difference = judge_again(judging, one, recorded);
    if (*ret_difference)
        rejudge->different++;
    else
        rejudge->same += !has_nothing_to_judge(recorded);
}

/* ---- the run ---- */

static bool judge_all(struct judging *judging,
                      void (*different)(void *context, const char *id, const char *reason), void *context,
                      struct rejudge *rejudge, struct err *err)
{
    struct run_log *log = judging->run->log;
    for (size_t i = 0; i < judging->run->case_count; i++) {
        struct result_case recorded;
        char *text;
        if (!run_log_load(log, i, &recorded))
            return run_log_was_read(log, err);
        judge_case(judging, &recorded, rejudge, &text);
        if (text)
            different(context, recorded.id, text);
        free(text);
        result_case_fini(&recorded);
    }
    return true;
}

bool rejudge_run(const struct spec_suite *suite, const struct run_result *run, const char *fixtures,
                 void (*different)(void *context, const char *id, const char *reason), void *context,
                 struct rejudge *ret_rejudge, struct err *err)
{
    if (strcmp(suite->digest, run->suite_digest) != 0)
        return err_set(
            err, ERR_VALUE,
            "the transcript is of the suite %.12s, the one here is %.12s: name the former with --specs, "
            "or take the imageproof that has it",
            run->suite_digest, suite->digest);
    struct target *target = target_from_description(run->description, err);
    if (!target)
        return false;
    struct rejudge rejudge = {0};
    struct judging judging = {
        .target = target, .fixtures = fixtures, .run = run, .index = case_index_new(suite)};
    bool judged = judge_all(&judging, different, context, &rejudge, err);
    case_index_free(judging.index);
    target_free(target);
    if (judged)
        *ret_rejudge = rejudge;
    return judged;
}
