/* Random changes to a store, and to a plain list of what should be in it; lists with random filters, in
 * random orders, page by page, have what a look at each image of the list finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/listing.h"
#include "mock/test/test_mock.h"

#define IMAGES   150
#define STEPS    3000
#define PROJECTS 3

#define NO_NAME 0
static const char *const names[] = {[NO_NAME] = NULL, "", "a", "b", "c"};
static const char *const projects[PROJECTS + 1] = {"p", "q", "r", ""}; /* the last: no owner */
static const char *const visibilities[] = {"private", "shared", "community", "public"};
static const enum image_status statuses[] = {IMAGE_QUEUED, IMAGE_ACTIVE, IMAGE_KILLED};

/* An image as it should be: numbers are places in the tables. */
struct wanted {
    char id[UUID_SIZE];
    unsigned name, owner, visibility, status;
    bool hidden, flavoured, deleted;
    bool member[PROJECTS];
};

struct model {
    struct store *store;
    unsigned seed;
    size_t count;
    struct wanted images[IMAGES]; /* in the order of their creation */
};

static unsigned chance(struct model *model, unsigned limit)
{
    return (unsigned)rand_r(&model->seed) % limit;
}

static void set_text(json_t *attributes, const char *name, const char *text)
{
    json_object_set_new(attributes, name, text ? json_string(text) : json_null());
}

static void fill_draft(struct image_draft *draft, const struct wanted *wanted)
{
    const char *owner = projects[wanted->owner];
    set_text(draft->attributes, "name", names[wanted->name]);
    set_text(draft->attributes, "owner", *owner ? owner : NULL);
    set_text(draft->attributes, "visibility", visibilities[wanted->visibility]);
    json_object_set_new(draft->attributes, "os_hidden", json_boolean(wanted->hidden));
    json_object_del(draft->attributes, "flavour");
    if (wanted->flavoured)
        set_text(draft->attributes, "flavour", "plain");
    draft->status = statuses[wanted->status];
    for (size_t i = 0; i < PROJECTS; i++) {
        const struct image_member member = {.project = projects[i], .status = MEMBER_ACCEPTED};
        if (wanted->member[i])
            image_share(draft, &member);
        else
            image_unshare(draft, projects[i]);
    }
}

static void make_up(struct model *model, struct wanted *wanted)
{
    wanted->name = chance(model, TESTING_COUNT(names));
    wanted->owner = chance(model, PROJECTS + 1);
    wanted->visibility = chance(model, TESTING_COUNT(visibilities));
    wanted->status = chance(model, TESTING_COUNT(statuses));
    wanted->hidden = chance(model, 5) == 0;
    wanted->flavoured = chance(model, 2);
    for (size_t i = 0; i < PROJECTS; i++)
        wanted->member[i] = chance(model, 4) == 0;
}

static void create(struct model *model)
{
    struct wanted *wanted = &model->images[model->count++];
    uuid_make(wanted->id);
    make_up(model, wanted);
    struct image_draft *draft = image_new(wanted->id, attributes_default(NULL));
    fill_draft(draft, wanted);
    ck_assert(store_add(model->store, image_seal(draft)));
}

/* All at once, or one thing only, as most calls do. */
static void change(struct model *model, struct wanted *wanted)
{
    struct wanted made_up = *wanted;
    make_up(model, &made_up);
    switch (chance(model, 4)) {
    case 0:
        *wanted = made_up;
        break;
    case 1:
        wanted->name = made_up.name;
        break;
    case 2:
        wanted->status = made_up.status;
        break;
    default:
        memcpy(wanted->member, made_up.member, sizeof wanted->member);
    }
    CLEANUP(image_unref) struct image *image = store_get(model->store, wanted->id);
    struct image_draft *draft = image_revise(image);
    fill_draft(draft, wanted);
    ck_assert(store_replace(model->store, image, image_seal(draft)));
}

static void step(struct model *model)
{
    struct wanted *wanted = model->count ? &model->images[chance(model, (unsigned)model->count)] : NULL;
    if (!wanted || (model->count < IMAGES && chance(model, 8) == 0)) {
        create(model);
    } else if (!wanted->deleted && chance(model, 20) == 0) {
        CLEANUP(image_unref) struct image *image = store_get(model->store, wanted->id);
        ck_assert(store_remove(model->store, image));
        wanted->deleted = true;
    } else if (!wanted->deleted) {
        change(model, wanted);
    }
}

#define ANY (-1)

/* What a list is asked for: numbers are places in the tables, or ANY. */
struct question {
    unsigned asker;
    bool admin, deleted, hidden, flavoured, ascending;
    int name, owner, status, visibility;
    unsigned key;
};

enum {
    KEY_NONE,
    KEY_CREATED,
    KEY_NAME,
    KEY_STATUS,
    KEY_ID,
    KEY_COUNT
};
static const char *const key_words[KEY_COUNT] = {NULL, "created_at", "name", "status", "id"};

static int any_or(struct model *model, int limit)
{
    return chance(model, 2) ? ANY : (int)chance(model, (unsigned)limit);
}

static struct question ask(struct model *model)
{
    struct question question = {
        .asker = chance(model, PROJECTS + 1),
        .admin = chance(model, 4) == 0,
        .deleted = chance(model, 4) == 0,
        .hidden = chance(model, 4) == 0,
        .flavoured = chance(model, 4) == 0,
        .ascending = chance(model, 2),
        .name = any_or(model, TESTING_COUNT(names)),
        .owner = any_or(model, PROJECTS),
        .status = any_or(model, TESTING_COUNT(statuses)),
        .visibility = any_or(model, TESTING_COUNT(visibilities)),
        .key = chance(model, KEY_COUNT),
    };
    if (question.name == NO_NAME) /* which no list can be asked for */
        question.name = ANY;
    return question;
}

static bool readable(const struct question *question, const struct wanted *image)
{
    const char *visibility = visibilities[image->visibility];
    bool in_project = question->asker < PROJECTS;
    if (question->admin || (in_project && image->owner == question->asker))
        return true;
    if (strcmp(visibility, "shared") == 0)
        return in_project && image->member[question->asker];
    return strcmp(visibility, "private") != 0;
}

static bool listed(const struct question *question, const struct wanted *image)
{
    bool mine = question->asker < PROJECTS && image->owner == question->asker;
    bool community = strcmp(visibilities[image->visibility], "community") == 0;
    if (community && !mine && question->visibility == ANY)
        return false;
    return readable(question, image) && (question->deleted || !image->deleted) &&
           image->hidden == question->hidden && (!question->flavoured || image->flavoured) &&
           (question->name == ANY || (int)image->name == question->name) &&
           (question->owner == ANY || (int)image->owner == question->owner) &&
           (question->visibility == ANY || (int)image->visibility == question->visibility) &&
           (question->status == ANY || (!image->deleted && (int)image->status == question->status));
}

static const char *word_of_key(const struct question *question, const struct wanted *image)
{
    if (question->key == KEY_NAME)
        return names[image->name] ? names[image->name] : "";
    if (question->key == KEY_STATUS)
        return image->deleted ? "deleted" : image_status_word(statuses[image->status]);
    return question->key == KEY_ID ? image->id : "";
}

/* Images of a model are in one array, so that their addresses tell which was created first. */
static int compare(const void *left, const void *right, void *context)
{
    const struct question *question = context;
    const struct wanted *left_image = *(const struct wanted *const *)left;
    const struct wanted *right_image = *(const struct wanted *const *)right;
    bool ascending = question->key != KEY_NONE && question->ascending;
    int order = strcmp(word_of_key(question, left_image), word_of_key(question, right_image));
    if (order)
        return ascending ? order : -order;
    order = left_image < right_image ? -1 : 1;
    return ascending && question->key == KEY_CREATED ? order : -order;
}

static size_t answer(const struct model *model, struct question *question,
                     const struct wanted *out[static IMAGES])
{
    size_t count = 0;
    for (size_t i = 0; i < model->count; i++) {
        if (listed(question, &model->images[i]))
            out[count++] = &model->images[i];
    }
    if (count)
        qsort_r(out, count, sizeof(struct wanted *), compare, question);
    return count;
}

static void make_listing(const struct question *question, const struct identity *identity,
                         struct listing *listing)
{
    const char *key = key_words[question->key];
    listing_init(listing, identity, 0);
    listing->deleted = question->deleted;
    listing->hidden = question->hidden;
    if (question->name != ANY)
        listing_require(listing, filter_text, "name", names[question->name]);
    if (question->owner != ANY)
        listing_require(listing, filter_text, "owner", projects[question->owner]);
    if (question->status != ANY)
        listing_require(listing, filter_status, "status", image_status_word(statuses[question->status]));
    if (question->visibility != ANY) {
        listing->foreign = listing->own;
        listing_require(listing, filter_visibility, "visibility", visibilities[question->visibility]);
    }
    if (question->flavoured)
        listing_require(listing, filter_property, "flavour", "plain");
    ck_assert(!key || listing_sort_by(listing, key, strlen(key), question->ascending));
}

/* Reads the whole list, page by page, and compares it with the answer. */
static void walk(struct model *model, const struct listing *first, const struct wanted *const *answer,
                 size_t count)
{
    struct listing listing = *first;
    size_t seen = 0;
    size_t length;
    listing.limit = 1 + chance(model, 40);
    do {
        struct image **page;
        ck_assert(listing_page(&listing, model->store, &page, &length));
        ck_assert_uint_le(length, listing.limit);
        for (size_t i = 0; i < length; i++) {
            ck_assert_uint_lt(seen, count);
            ck_assert_str_eq(image_id(page[i]), answer[seen++]->id);
            image_unref(page[i]);
        }
        free(page);
        listing.marker = seen ? answer[seen - 1]->id : NULL;
    } while (length == listing.limit);
    ck_assert_uint_eq(seen, count);
}

static void check_list(struct model *model)
{
    const struct wanted *images[IMAGES];
    struct listing listing;
    struct question question = ask(model);
    struct identity identity = {.admin = question.admin, .member = true};
    snprintf(identity.project, sizeof identity.project, "%s", projects[question.asker]);
    size_t count = answer(model, &question, images);
    make_listing(&question, &identity, &listing);
    walk(model, &listing, images, count);
}

START_TEST(lists_are_those_of_the_model)
{
    struct model model = {.store = store_new(), .seed = (unsigned)_i + 1};
    size_t left = 0;
    for (size_t i = 0; i < STEPS; i++) {
        step(&model);
        check_list(&model);
    }
    for (size_t i = 0; i < model.count; i++)
        left += !model.images[i].deleted;
    ck_assert_uint_eq(store_count(model.store), left);
    store_free(model.store);
}
END_TEST

TCase *store_model_tests(void)
{
    TCase *tests = tcase_create("store-model");
    tcase_add_loop_test(tests, lists_are_those_of_the_model, 0, 4);
    return tests;
}
