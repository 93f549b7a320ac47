#include "mock/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct project {
    char *name;
    struct switches switches;
    uint64_t used_bytes;
    UT_hash_handle hh;
};

struct tombstone {
    char id[UUID_SIZE];
    UT_hash_handle hh;
};

struct store {
    pthread_rwlock_t lock;
    struct image *images; /* by id */
    struct image *newest;
    struct project *projects; /* those of which there is something to know */
    struct tombstone *deleted;
    struct switches switches; /* of all projects */
};

struct store *store_new(const struct switches *switches)
{
    struct store *store = mem_alloc(sizeof *store);
    pthread_rwlock_init(&store->lock, NULL);
    store->switches = *switches;
    return store;
}

static void project_free(struct store *store, struct project *project)
{
    HASH_DEL(store->projects, project);
    free(project->name);
    free(project);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    while (store->newest)
        store_remove(store, store->newest);
    while (store->projects)
        project_free(store, store->projects);
    while (store->deleted) {
        struct tombstone *tombstone = store->deleted;
        HASH_DEL(store->deleted, tombstone);
        free(tombstone);
    }
    pthread_rwlock_destroy(&store->lock);
    free(store);
}

void store_read(struct store *store)
{
    pthread_rwlock_rdlock(&store->lock);
}

void store_write(struct store *store)
{
    pthread_rwlock_wrlock(&store->lock);
}

void store_unlock(struct store *store)
{
    pthread_rwlock_unlock(&store->lock);
}

struct image *store_find(struct store *store, const char *id)
{
    struct image *image;
    HASH_FIND_STR(store->images, id, image);
    return image;
}

const struct image *store_newest(struct store *store)
{
    return store->newest;
}

size_t store_count(struct store *store)
{
    return HASH_COUNT(store->images);
}

bool store_id_taken(struct store *store, const char *id)
{
    struct tombstone *tombstone;
    HASH_FIND_STR(store->deleted, id, tombstone);
    return tombstone || store_find(store, id);
}

void store_add(struct store *store, struct image *image)
{
    HASH_ADD_STR(store->images, id, image);
    image->older = store->newest;
    image->newer = NULL;
    if (store->newest)
        store->newest->newer = image;
    store->newest = image;
}

static void unlink_image(struct store *store, struct image *image)
{
    if (image->newer)
        image->newer->older = image->older;
    else
        store->newest = image->older;
    if (image->older)
        image->older->newer = image->newer;
    HASH_DEL(store->images, image);
}

void store_remove(struct store *store, struct image *image)
{
    struct tombstone *tombstone = mem_alloc(sizeof *tombstone);
    memcpy(tombstone->id, image->id, sizeof tombstone->id);
    HASH_ADD_STR(store->deleted, id, tombstone);
    store_charge(store, image, 0);
    unlink_image(store, image);
    image_free(image);
}

static struct project *project_find(struct store *store, const char *name)
{
    struct project *project;
    HASH_FIND_STR(store->projects, name, project);
    return project;
}

static struct project *project_get(struct store *store, const char *name)
{
    struct project *project = project_find(store, name);
    if (!project) {
        project = mem_alloc(sizeof *project);
        project->name = mem_dup(name);
        switches_init(&project->switches);
        HASH_ADD_KEYPTR(hh, store->projects, project->name, strlen(project->name), project);
    }
    return project;
}

/* A project that holds nothing and of which nothing is said need not be remembered. */
static void project_settle(struct store *store, struct project *project)
{
    if (project->used_bytes == 0 && switches_off(&project->switches))
        project_free(store, project);
}

struct switches store_switches(struct store *store, const char *project)
{
    const struct project *known = project_find(store, project);
    return known ? switches_join(&store->switches, &known->switches) : store->switches;
}

void store_set_condition(struct store *store, const char *name, enum condition condition, bool on)
{
    if (!name) {
        store->switches.conditions[condition] = on;
        return;
    }
    struct project *project = project_get(store, name);
    project->switches.conditions[condition] = on;
    project_settle(store, project);
}

void store_set_limit(struct store *store, const char *name, enum limit limit, uint64_t value)
{
    if (!name) {
        store->switches.limits[limit] = value;
        return;
    }
    struct project *project = project_get(store, name);
    project->switches.limits[limit] = value;
    project_settle(store, project);
}

uint64_t store_used_bytes(struct store *store, const char *name)
{
    const struct project *project = project_find(store, name);
    return project ? project->used_bytes : 0;
}

void store_charge(struct store *store, struct image *image, uint64_t bytes)
{
    if (bytes == image->charged_bytes)
        return;
    struct project *project = project_get(store, image_text(image, "owner"));
    project->used_bytes = project->used_bytes - image->charged_bytes + bytes;
    image->charged_bytes = bytes;
    project_settle(store, project);
}
