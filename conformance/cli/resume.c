#include "conformance/cli/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/case/remove.h"
#include "conformance/case_index.h"
#include "conformance/cli/ledger_file.h"
#include "reports/run_log.h"

/* ---- the log and the ledger ---- */

static bool read_log(struct resume *resume)
{
    struct err err = ERR_INIT;
    FILE *file = fopen(resume->path, "r+e");
    bool read = file ? run_log_read_file(file, resume->path, &resume->run, &err)
                     : err_set_errno(&err, "the log %s", resume->path);
    if (read)
        run_log_part(resume->run.log, &resume->shard, &resume->shard_count);
    else
        cli_complain("run", "--resume: %s", err.text);
    return read;
}

static bool has_due(const struct run_result *run)
{
    bool due = false;
    for (size_t i = 0; i < run->case_count && !due; i++)
        due = run_log_is_due_again(run->log, i);
    return due;
}

/* Whether there is something to go on with: a run whose cases are not all known had not begun. */
static bool is_resumable(const struct resume *resume)
{
    const struct run_log *log = resume->run.log;
    if (run_log_is_whole(log) && !has_due(&resume->run))
        cli_complain("run", "--resume: the run of %s has come to its end: imageproof report %s tells of it",
                     resume->path, resume->path);
    else if (!run_log_has_plan(log))
        cli_complain("run", "--resume: the run of %s was cut off before its first case: begin it anew",
                     resume->path);
    else
        return true;
    return false;
}

static bool is_of_run(const struct resume *resume, const struct remains *remains)
{
    const char *run_id = json_string_value(json_object_get(remains_begin(remains), "run"));
    if (run_id && strcmp(run_id, resume->run.run_id) == 0)
        return true;
    cli_complain("run", "--resume: the ledger %s is of the run %s, the log %s of %s", remains_path(remains),
                 run_id ? run_id : "", resume->path, resume->run.run_id);
    return false;
}

/* A run that was stopped in order may have left nothing, not even a ledger; one that was not has one. */
static bool open_ledger(struct resume *resume, const struct run_options *options)
{
    struct err err = ERR_INIT;
    CLEANUP(text)
    char *path =
        options->ledger ? mem_dup(options->ledger) : ledger_file_of_log(resume->path, resume->run.run_id);
    if (!path && (run_log_is_whole(resume->run.log) || cli_subject_is_bundled(&options->subject)))
        return true;
    if (!path) {
        cli_complain("run",
                     "--resume: the ledger of %s is not beside it nor where ledgers are kept: name it by "
                     "--ledger, or what the run left stays where it is",
                     resume->path);
        return false;
    }
    ledger_file_settle(path, options->settle_ms);
    resume->remains = remains_load(path, &err);
    if (!resume->remains)
        cli_complain_err("run", &err);
    return resume->remains && is_of_run(resume, resume->remains);
}

bool resume_open(struct resume *resume, struct run_options *options)
{
    *resume = (struct resume){.path = options->resume};
    if (!read_log(resume) || !is_resumable(resume) || !open_ledger(resume, options))
        return false;
    if (resume->remains)
        ledger_file_subject(resume->remains, &options->subject);
    return true;
}

void resume_fini(struct resume *resume)
{
    result_fini(&resume->run);
    remains_close(resume->remains);
}

/* ---- whether it is the same run ---- */

static bool is_same(const struct resume *resume, const char *what, const char *there, const char *here)
{
    if (strcmp(there, here) == 0)
        return true;
    cli_complain("run", "--resume: %s is of another %s: '%s' there, '%s' here", resume->path, what, there,
                 here);
    return false;
}

void resume_claim(const struct resume *resume, struct target *target)
{
    struct err err = ERR_INIT;
    struct target *was = target_from_description(resume->run.description, &err);
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (target_offers(target, spec_api_names[i])) {
            target_free(was);
            return;
        }
    }
    for (size_t i = 0; was && i < SPEC_API_COUNT; i++) {
        if (target_offers(was, spec_api_names[i]))
            target_offer(target, spec_api_names[i]);
    }
    target_free(was);
}

/* In the order of the log, which is that of the suite. NULL after complaining. */
static const struct spec_case **find_cases(const struct resume *resume, const struct spec_suite *suite)
{
    struct case_index *index = case_index_new(suite);
    const struct spec_case **cases = mem_alloc((resume->run.case_count + 1) * sizeof *cases);
    bool found = true;
    for (size_t i = 0; i < resume->run.case_count && found; i++) {
        const char *id = result_at(&resume->run, i)->id;
        cases[i] = case_index_find(index, id);
        found = cases[i];
        if (!found)
            cli_complain("run", "--resume: %s has the case %s, which the suite has not", resume->path, id);
    }
    case_index_free(index);
    if (found)
        return cases;
    free(cases);
    return NULL;
}

static bool is_selection(const struct resume *resume, const struct run_options *options,
                         const struct spec_suite *suite, const struct spec_case *const *cases)
{
    const struct cli_selection *selection = &options->selection;
    size_t count;
    if (!cli_selection_is_said(selection))
        return true;
    const struct spec_case **wanted = cli_selection_cases(selection, suite, &count);
    bool same = count == resume->run.case_count && selection->shard == resume->shard &&
                selection->shards == resume->shard_count &&
                (count == 0 || memcmp(wanted, cases, count * sizeof *wanted) == 0);
    free(wanted);
    if (!same)
        cli_complain("run",
                     "--resume: %s is of another selection of cases: it knows its own, leave --api, --only, "
                     "--tag and --shard out",
                     resume->path);
    return same;
}

const struct spec_case **resume_cases(const struct resume *resume, struct run_options *options,
                                      const struct spec_suite *suite, size_t *ret_count)
{
    const struct run_result *run = &resume->run;
    if (!is_same(resume, "suite", run->suite_digest, suite->digest) ||
        !is_same(resume, "version of imageproof", run->tool_version, IMAGEPROOF_VERSION))
        return NULL;
    const struct spec_case **cases = find_cases(resume, suite);
    if (!cases)
        return NULL;
    if (!options->selection.edition && spec_has_edition(suite, run->edition))
        options->selection.edition = run->edition;
    CLEANUP(text)
    char *edition = spec_editions_of_cases(suite, cases, run->case_count, options->selection.edition);
    if (is_same(resume, "edition", run->edition, edition) && is_selection(resume, options, suite, cases)) {
        *ret_count = run->case_count;
        return cases;
    }
    free(cases);
    return NULL;
}

static json_t *without_address(const char *description)
{
    json_t *value = json_loads(description, 0, NULL);
    json_object_del(value, "url");
    return value;
}

/* The first key of one whose value is another one there; NULL: there is none. Borrowed. */
static const char *differing_key(json_t *here, const json_t *there)
{
    const char *key;
    json_t *value;
    json_object_foreach (here, key, value) {
        const json_t *other = json_object_get(there, key);
        if (!other || !json_equal(value, other))
            return key;
    }
    return NULL;
}

/* Whether the target says the same, wherever it is. */
static bool claims_the_same(const struct resume *resume, const struct target *target)
{
    CLEANUP(text) char *description = target_describe(target);
    json_t *here = without_address(description);
    json_t *there = without_address(resume->run.description);
    const char *key = differing_key(here, there);
    if (!key)
        key = differing_key(there, here);
    if (key)
        cli_complain(
            "run",
            "--resume: %s is of another subject: \"%s\" is not what %s says now; what was said of the "
            "subject then, as a token, has to be said again",
            resume->path, key, target->name);
    json_decref(here);
    json_decref(there);
    return !key;
}

bool resume_fits(const struct resume *resume, const struct target *target, bool moves)
{
    if (!moves && !is_same(resume, "subject", resume->run.subject_url, target->url))
        return false;
    return claims_the_same(resume, target);
}

/* ---- going on ---- */

static void say(void *context, const char *text)
{
    const struct resume *resume = context;
    cli_complain("run", "%s: left behind: %s", remains_path(resume->remains), text);
}

bool resume_clean(struct resume *resume, const struct target *target)
{
    struct err err = ERR_INIT;
    struct removal removal = {.say = say, .context = resume};
    if (!resume->remains)
        return true;
    if (!remove_remains(resume->remains, target, &removal, &err))
        cli_complain("run", "%s", err.text);
    else if (removal.left == 0)
        return true;
    cli_complain("run", "--resume: what the run left would be in the way of its cases: nothing more was run");
    return false;
}

struct run_log *resume_log(struct resume *resume, struct run_result *run)
{
    struct err err = ERR_INIT;
    char now[CLOCK_ISO_SIZE];
    clock_iso_now(now);
    struct run_log *log = run_log_resume(&resume->run, now, &err);
    if (!log) {
        cli_complain("run", "--resume: %s", err.text);
        return NULL;
    }
    free(run->started);
    run->started = TAKE(resume->run.started);
    run->resumed = TAKE(resume->run.resumed);
    run->resumed_count = resume->run.resumed_count;
    resume->run.resumed_count = 0;
    return log;
}
