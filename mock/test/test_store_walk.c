/* Walks through lists, page by page, while other threads create, change and delete images: what is there
 * all the time is seen once in every walk, and nothing is seen twice. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/listing.h"
#include "mock/test/test_mock.h"

#define STABLE   60 /* images that are there all the time, mixed with others that come and go */
#define CHANGERS 2
#define WALKERS  3
#define WALKS    200
#define SEEN_MAX 4096

static const struct identity walker_identity = {.project = "p", .member = true};

struct scene {
    struct store *store;
    char stable[STABLE][UUID_SIZE];
    _Atomic bool over;
    _Atomic size_t wrong_count; /* checks that failed: libcheck's own are for one thread */
    _Atomic size_t next_seed;
};

static void expect(struct scene *scene, bool right)
{
    scene->wrong_count += !right;
}

static void add(struct scene *scene, char id[static UUID_SIZE])
{
    json_t *attributes = attributes_default("p");
    json_object_set_new(attributes, "name", json_string("walked"));
    uuid_make(id);
    expect(scene, store_add(scene->store, image_seal(image_new(id, attributes))));
}

/* Whatever else it is, an image of the walkers' project with the name that they look for. */
static void change(struct scene *scene, const char *id, unsigned *seed)
{
    static const char *const visibilities[] = {"private", "shared", "community", "public"};
    static const struct image_member member = {.project = "p", .status = MEMBER_ACCEPTED};
    CLEANUP(image_unref) struct image *image = store_get(scene->store, id);
    struct image_draft *draft = image_revise(image);
    const char *visibility = visibilities[rand_r(seed) % TESTING_COUNT(visibilities)];
    json_object_set_new(draft->attributes, "visibility", json_string(visibility));
    draft->status = rand_r(seed) % 2 ? IMAGE_QUEUED : IMAGE_ACTIVE;
    if (rand_r(seed) % 2)
        image_share(draft, &member);
    else
        image_unshare(draft, member.project);
    store_replace(scene->store, image, image_seal(draft)); /* unless another thread has done so before */
}

static void come_and_go(struct scene *scene)
{
    char id[UUID_SIZE];
    add(scene, id);
    CLEANUP(image_unref) struct image *image = store_get(scene->store, id);
    expect(scene, image && store_remove(scene->store, image));
}

static void *changer(void *context)
{
    struct scene *scene = context;
    unsigned seed = (unsigned)++scene->next_seed;
    while (!scene->over) {
        change(scene, scene->stable[rand_r(&seed) % STABLE], &seed);
        come_and_go(scene);
    }
    return NULL;
}

static bool is_stable(const struct scene *scene, const char *id)
{
    for (size_t i = 0; i < STABLE; i++) {
        if (strcmp(scene->stable[i], id) == 0)
            return true;
    }
    return false;
}

/* What a walk has seen, in its sequence. */
struct walk {
    size_t count;
    size_t stable_count;
    size_t last_stable; /* place after it */
    char ids[SEEN_MAX][UUID_SIZE];
};

static void see(struct scene *scene, struct walk *walk, const struct image *image)
{
    expect(scene, walk->count < SEEN_MAX);
    if (walk->count == SEEN_MAX)
        return;
    for (size_t i = 0; i < walk->count; i++)
        expect(scene, strcmp(walk->ids[i], image_id(image)) != 0);
    memcpy(walk->ids[walk->count++], image_id(image), UUID_SIZE);
    if (is_stable(scene, image_id(image))) {
        walk->stable_count++;
        walk->last_stable = walk->count;
    }
}

/* A marker that has been deleted is refused; the last image that stays is where the walk goes on. */
static size_t read_page(struct scene *scene, struct listing *listing, struct walk *walk)
{
    struct image **images;
    size_t count;
    listing->marker = walk->count ? walk->ids[walk->count - 1] : NULL;
    if (!listing_page(listing, scene->store, &images, &count)) {
        walk->count = walk->last_stable;
        return (size_t)listing->limit;
    }
    for (size_t i = 0; i < count; i++) {
        see(scene, walk, images[i]);
        image_unref(images[i]);
    }
    free(images);
    return count;
}

static void *walker(void *context)
{
    struct scene *scene = context;
    unsigned seed = (unsigned)++scene->next_seed;
    struct walk *walk = malloc(sizeof *walk);
    for (size_t i = 0; i < WALKS && walk; i++) {
        struct listing listing;
        listing_init(&listing, &walker_identity, 1 + (unsigned)rand_r(&seed) % 20);
        listing_sort_by(&listing, "created_at", strlen("created_at"), i % 2);
        if (i % 3 == 0)
            listing_require(&listing, filter_text, "name", "walked");
        *walk = (struct walk){.count = 0};
        while (read_page(scene, &listing, walk) == listing.limit)
            ;
        expect(scene, walk->stable_count == STABLE);
    }
    expect(scene, walk);
    free(walk);
    return NULL;
}

START_TEST(walks_lose_nothing)
{
    static struct scene scene;
    pthread_t changers[CHANGERS];
    pthread_t walkers[WALKERS];
    scene.store = store_new();
    for (size_t i = 0; i < STABLE; i++)
        add(&scene, scene.stable[i]);
    for (size_t i = 0; i < CHANGERS; i++)
        ck_assert_int_eq(pthread_create(&changers[i], NULL, changer, &scene), 0);
    for (size_t i = 0; i < WALKERS; i++)
        ck_assert_int_eq(pthread_create(&walkers[i], NULL, walker, &scene), 0);
    for (size_t i = 0; i < WALKERS; i++)
        pthread_join(walkers[i], NULL);
    scene.over = true;
    for (size_t i = 0; i < CHANGERS; i++)
        pthread_join(changers[i], NULL);
    ck_assert_uint_eq(scene.wrong_count, 0);
    ck_assert_uint_eq(store_count(scene.store), STABLE);
    store_free(scene.store);
}
END_TEST

TCase *store_walk_tests(void)
{
    TCase *tests = tcase_create("store-walk");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, walks_lose_nothing);
    return tests;
}
