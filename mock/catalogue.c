#include "mock/catalogue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "base/mem.h"

/* Classes: lists take all images of a class, or none, for their visibility and whether they show. */
#define CLASS_HIDDEN  ((unsigned)VISIBILITY_COUNT)
#define CLASS_DELETED (2 * CLASS_HIDDEN)

struct shelf {
    struct order orders[ORDER_KIND_COUNT];
};

struct project {
    char *name; /* owned */
    struct shelf own;
    struct shelf shared; /* with it, by others */
    size_t user_count;   /* entries that name it as their owner, and memberships */
    UT_hash_handle hh;
};

struct membership {
    struct seat seat;
    struct project *project;
    struct membership *next;
};

struct catalogue {
    pthread_rwlock_t lock; /* of everything here, and of every entry */
    uint64_t last_number;
    struct shelf everybodys;
    struct project *projects; /* that have images */
};

/* Lists, of which there may be many, must not keep changes from being made. */
static void init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

struct catalogue *catalogue_new(void)
{
    struct catalogue *catalogue = mem_alloc(sizeof *catalogue);
    init_lock(&catalogue->lock);
    return catalogue;
}

static void free_project(struct catalogue *catalogue, struct project *project)
{
    HASH_DEL(catalogue->projects, project); /* NOLINT: it is there, and the caller has the next one already */
    free(project->name);
    free(project);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    struct project *project;
    struct project *next;
    HASH_ITER (hh, catalogue->projects, project, next)
        free_project(catalogue, project);
    pthread_rwlock_destroy(&catalogue->lock);
    free(catalogue);
}

static void free_memberships(struct membership *memberships)
{
    struct membership *membership;
    struct membership *next;
    LL_FOREACH_SAFE(memberships, membership, next)
    free(membership);
}

void catalogue_entry_fini(struct catalogue_entry *entry)
{
    free_memberships(entry->memberships);
    image_unref(entry->place.image);
}

static struct project *find_project(const struct catalogue *catalogue, const char *name)
{
    struct project *project;
    HASH_FIND_STR(catalogue->projects, name, project);
    return project;
}

/* To be given back by leave_project. */
static struct project *use_project(struct catalogue *catalogue, const char *name)
{
    struct project *project = find_project(catalogue, name);
    if (!project) {
        project = mem_alloc(sizeof *project);
        project->name = mem_dup(name);
        HASH_ADD_KEYPTR(hh, catalogue->projects, project->name, strlen(project->name), project);
    }
    project->user_count++;
    return project;
}

static void leave_project(struct catalogue *catalogue, struct project *project)
{
    if (--project->user_count == 0)
        free_project(catalogue, project);
}

static uint8_t class_of(unsigned visibility, bool hidden, bool deleted)
{
    return (uint8_t)(visibility + (hidden ? CLASS_HIDDEN : 0) + (deleted ? CLASS_DELETED : 0));
}

static struct place place_of(struct image *image)
{
    return (struct place){
        .image = image,
        .number = image_number(image),
        .name = image_name(image),
        .status = (uint8_t)image_status(image),
        .class = class_of(image_visibility(image), image_hidden(image), image_deleted(image)),
    };
}

/* Orders of the kinds that a change is about: bits `1u << enum order_kind`. */
#define ALL_KINDS ((1u << ORDER_KIND_COUNT) - 1)

static unsigned changed_kinds(const struct place *before, const struct place *after)
{
    unsigned kinds = 0;
    for (unsigned kind = 0; kind < ORDER_KIND_COUNT; kind++)
        kinds |= (unsigned)!place_same_group((enum order_kind)kind, before, after) << kind;
    return kinds;
}

typedef void seat_fn(enum order_kind kind, struct order *order, struct order_node *node,
                     const struct place *place);

static void take_out(enum order_kind kind, struct order *order, struct order_node *node,
                     const struct place *place)
{
    (void)place;
    order_remove(kind, order, node);
}

static void change_seat(struct shelf *shelf, struct seat *seat, const struct place *place, unsigned kinds,
                        seat_fn *change)
{
    for (unsigned kind = 0; kind < ORDER_KIND_COUNT; kind++) {
        if (kinds & 1u << kind)
            change((enum order_kind)kind, &shelf->orders[kind], &seat->nodes[kind], place);
    }
}

static void change_seats(struct catalogue *catalogue, struct catalogue_entry *entry, unsigned kinds,
                         seat_fn *change)
{
    struct membership *membership;
    change_seat(&catalogue->everybodys, &entry->everybodys, &entry->place, kinds, change);
    if (entry->owner)
        change_seat(&entry->owner->own, &entry->own, &entry->place, kinds, change);
    LL_FOREACH (entry->memberships, membership)
        change_seat(&membership->project->shared, &membership->seat, &entry->place, kinds, change);
}

/* Whether the image is on the same shelves. */
static bool same_projects(const struct image *before, const struct image *after)
{
    if (strcmp(image_owner(before), image_owner(after)) != 0 ||
        image_member_count(before) != image_member_count(after))
        return false;
    for (size_t i = 0; i < image_member_count(before); i++) {
        if (strcmp(image_member(before, i)->project, image_member(after, i)->project) != 0)
            return false;
    }
    return true;
}

static struct membership *new_memberships(struct catalogue *catalogue, const struct image *image)
{
    struct membership *memberships = NULL;
    for (size_t i = 0; i < image_member_count(image); i++) {
        struct membership *membership = mem_alloc(sizeof *membership);
        membership->project = use_project(catalogue, image_member(image, i)->project);
        LL_PREPEND(memberships, membership);
    }
    return memberships;
}

/* Orders that the image keeps its place in are left alone. */
static void change_place(struct catalogue *catalogue, struct catalogue_entry *entry,
                         const struct place *place)
{
    unsigned kinds = changed_kinds(&entry->place, place);
    change_seats(catalogue, entry, kinds, take_out);
    entry->place = *place;
    change_seats(catalogue, entry, kinds, order_insert);
}

/* Takes the image off all its shelves and puts it onto those of its projects, which may be the same. */
static void change_shelves(struct catalogue *catalogue, struct catalogue_entry *entry,
                           const struct place *place)
{
    struct project *old_owner = entry->owner;
    struct membership *old_memberships = entry->memberships;
    struct membership *membership;
    const char *owner = image_owner(place->image);
    if (entry->place.image)
        change_seats(catalogue, entry, ALL_KINDS, take_out);
    entry->place = *place;
    entry->owner = *owner ? use_project(catalogue, owner) : NULL;
    entry->memberships = new_memberships(catalogue, place->image);
    change_seats(catalogue, entry, ALL_KINDS, order_insert);
    if (old_owner)
        leave_project(catalogue, old_owner);
    LL_FOREACH (old_memberships, membership)
        leave_project(catalogue, membership->project);
    free_memberships(old_memberships);
}

struct image *catalogue_put(struct catalogue *catalogue, struct catalogue_entry *entry, struct image *image)
{
    pthread_rwlock_wrlock(&catalogue->lock);
    struct image *old = entry->place.image;
    if (!old)
        image_set_number(image, ++catalogue->last_number);
    struct place place = place_of(image);
    if (old && same_projects(old, image))
        change_place(catalogue, entry, &place);
    else
        change_shelves(catalogue, entry, &place);
    pthread_rwlock_unlock(&catalogue->lock);
    return old;
}

/* A sequence of places by number, each once, that is being put together. */
struct found {
    bool ascending;
    size_t size;
    size_t count;
    const struct place *places[CATALOGUE_SELECT_MAX];
};

static void merge(struct found *found, const struct place *const *more, size_t more_count)
{
    const struct place *merged[CATALOGUE_SELECT_MAX];
    size_t count = 0;
    size_t i = 0;
    size_t k = 0;
    while (count < found->size && (i < found->count || k < more_count)) {
        uint64_t left = i < found->count ? found->places[i]->number : 0;
        uint64_t right = k < more_count ? more[k]->number : 0;
        bool take_left = !right || (left && (found->ascending ? left <= right : left >= right));
        merged[count++] = take_left ? found->places[i] : more[k];
        k += left == right || !take_left;
        i += take_left;
    }
    memcpy(found->places, merged, count * sizeof *merged);
    found->count = count;
}

static const struct shelf *shelf_of(const struct catalogue *catalogue, const struct selection *selection)
{
    static const struct shelf empty;
    const struct project *project;
    if (selection->member) {
        project = find_project(catalogue, selection->member);
        return project ? &project->shared : &empty;
    }
    if (!selection->owner)
        return &catalogue->everybodys;
    project = find_project(catalogue, selection->owner);
    return project ? &project->own : &empty;
}

static enum order_kind kind_for(const struct selection *selection)
{
    if (selection->name)
        return ORDER_BY_NAME;
    return selection->status == IMAGE_STATUS_COUNT ? ORDER_BY_NUMBER : ORDER_BY_STATUS;
}

static void select_class(const struct selection *selection, const struct order *order, uint8_t class,
                         uint64_t after, struct found *found)
{
    const struct place *places[CATALOGUE_SELECT_MAX];
    const struct place start = {
        .number = after, .name = selection->name, .status = (uint8_t)selection->status, .class = class};
    size_t count = order_read(kind_for(selection), order, &start, found->ascending, places, found->size);
    merge(found, places, count);
}

static void select_from(const struct catalogue *catalogue, const struct selection *selection, uint64_t after,
                        struct found *found)
{
    const struct order *order = &shelf_of(catalogue, selection)->orders[kind_for(selection)];
    for (unsigned visibility = 0; order->root && visibility < VISIBILITY_COUNT; visibility++) {
        if (!(selection->visibilities & 1u << visibility))
            continue;
        select_class(selection, order, class_of(visibility, selection->hidden, false), after, found);
        if (selection->deleted)
            select_class(selection, order, class_of(visibility, selection->hidden, true), after, found);
    }
}

size_t catalogue_select(struct catalogue *catalogue, const struct selection *selections,
                        size_t selection_count, uint64_t after, bool ascending, struct image **out,
                        size_t size)
{
    struct found found = {.ascending = ascending, .size = size};
    pthread_rwlock_rdlock(&catalogue->lock);
    for (size_t i = 0; i < selection_count; i++)
        select_from(catalogue, &selections[i], after, &found);
    for (size_t i = 0; i < found.count; i++)
        out[i] = image_ref(found.places[i]->image);
    pthread_rwlock_unlock(&catalogue->lock);
    return found.count;
}
