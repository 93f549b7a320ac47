#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "mock/image.h"

struct image_draft *image_new(const char *id, json_t *attributes)
{
    struct image_draft *draft = mem_alloc(sizeof *draft);
    snprintf(draft->id, sizeof draft->id, "%s", id);
    draft->attributes = attributes;
    draft->created_at_s = clock_calendar_s();
    draft->updated_at_s = draft->created_at_s;
    return draft;
}

static void free_project(struct image_member *member)
{
    free((char *)(uintptr_t)member->project);
}

void image_draft_free(struct image_draft *draft)
{
    if (!draft)
        return;
    for (size_t i = 0; i < draft->member_count; i++)
        free_project(&draft->members[i]);
    free(draft->members);
    data_unref(draft->data);
    json_decref(draft->attributes);
    free(draft);
}

void image_set_data(struct image_draft *draft, struct data *data, const struct hashing_sums *sums,
                    const char *store)
{
    data_unref(draft->data);
    draft->data = data_ref(data);
    draft->size_known = true;
    draft->size = data_length(data);
    draft->sums = *sums;
    draft->store = store;
}

static struct image_member *find_member(const struct image_draft *draft, const char *project)
{
    for (size_t i = 0; i < draft->member_count; i++) {
        if (strcmp(draft->members[i].project, project) == 0)
            return &draft->members[i];
    }
    return NULL;
}

void image_share(struct image_draft *draft, const struct image_member *member)
{
    const char *project = mem_dup(member->project);
    struct image_member *place = find_member(draft, project);
    if (place)
        free_project(place);
    else
        place = mem_append(&draft->members, &draft->member_count);
    *place = *member;
    place->project = project;
}

bool image_unshare(struct image_draft *draft, const char *project)
{
    struct image_member *place = find_member(draft, project);
    if (!place)
        return false;
    free_project(place);
    draft->member_count--;
    memmove(place, place + 1, (size_t)(draft->members + draft->member_count - place) * sizeof *place);
    return true;
}
