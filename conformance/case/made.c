#include "conformance/case/made.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/remains.h"

/* ---- before the request ---- */

/* An entry is numbered from 1: none means that it could not be written. */
static bool take_entry(struct step_run *run, size_t entry, const struct err *err)
{
    *mem_append(&run->entries, &run->entry_count) = entry;
    return entry != REMAINS_NONE || case_state_error(run->state, "%s", err->text);
}

/* What the step changes is undone in a way that is known before. */
static bool note_changed(struct step_run *run, const struct spec_step *step)
{
    const struct case_environment *environment = run->state->environment;
    bool noted = true;
    for (size_t i = 0; noted && i < step->cleanup_count; i++) {
        struct err err = ERR_INIT;
        struct request *undo =
            request_make(&step->cleanups[i], environment->target, environment->fixtures, run->vars, &err);
        size_t entry = undo ? remains_undo(environment->remains, run->state->result.number,
                                           environment->target->url, undo, &err)
                            : REMAINS_NONE;
        noted = take_entry(run, entry, &err);
        request_free(undo);
    }
    return noted;
}

/* What tells nothing about itself in its answer is known already. */
bool made_expect(struct step_run *run, const struct spec_step *step, const struct request *request)
{
    struct case_state *state = run->state;
    struct remains *remains = state->environment->remains;
    struct err err = ERR_INIT;
    if (!remains || step->cleanup_count == 0)
        return true;
    if (step->capture_count == 0)
        return note_changed(run, step);
    size_t entry = remains_made(remains, state->result.number, state->one->clause->file->api, request, &err);
    return take_entry(run, entry, &err);
}

/* ---- after it ---- */

static bool note_cleanup(struct step_run *run, const struct spec_send *cleanup)
{
    struct case_state *state = run->state;
    const struct case_environment *environment = state->environment;
    struct err err = ERR_INIT;
    size_t entry;
    struct request *request =
        request_make(cleanup, environment->target, environment->fixtures, run->vars, &err);
    if (!request) { /* a capture is missing, which is a finding already */
        case_state_note(state, "left behind: what step %zu made: %s", run->number, err.text);
        return false;
    }
    bool noted = case_state_undo(state, request, &entry); /* without it, it is undone below all the same */
    request->wire.unstoppable = true;
    *mem_append(&state->later, &state->later_count) =
        (struct case_later){.request = request, .purpose = mem_dup("clean-up"), .entry = entry};
    return noted;
}

/* Nothing is left of what the request was to make, or the ledger knows how to undo it. */
static void settled(struct step_run *run)
{
    for (size_t i = 0; i < run->entry_count; i++)
        remains_done(run->state->environment->remains, run->entries[i]);
}

void made_know(struct judging *judging, const struct answer *answer)
{
    struct step_run *run = judging->run;
    bool made = answer->status >= 200 && answer->status < 300;
    size_t noted = 0;
    if (!(made || judging->finding_count == 0) || judging->err.code != ERR_NONE) {
        if (answer->status / 100 == 4)
            settled(run); /* refused */
        return;
    }
    for (size_t i = 0; i < judging->step->cleanup_count; i++)
        noted += note_cleanup(run, &judging->step->cleanups[i]);
    if (noted == judging->step->cleanup_count)
        settled(run);
}

bool made_put_off(struct step_run *run, const struct spec_step *step)
{
    for (size_t i = 0; i < step->cleanup_count; i++) {
        if (!case_state_later(run->state, &step->cleanups[i], run->vars, "clean-up"))
            return false;
    }
    return true;
}

void made_forget(struct step_run *run)
{
    free(run->entries);
    run->entries = NULL;
    run->entry_count = 0;
}
