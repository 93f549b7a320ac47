/* What a case says of an image: expect: {image: {format: qcow2, sound: true, virtual_size: 16M,
 *                                                options: {cluster_size: 4096}}}
 *                                {image: present}, whatever it is
 *                                {image: none} */
#ifndef CONFORMANCE_MATCH_IMAGE_FACTS_H
#define CONFORMANCE_MATCH_IMAGE_FACTS_H

#include "conformance/match/match.h"

/* A size, or bounds of it; templates, NULL where nothing is said. */
struct image_bounds {
    char *exact;
    char *at_least;
    char *at_most;
};

struct image_option {
    char *name;
    char *value; /* template, as `qemu-img create -o` takes it */
};

enum image_about {
    IMAGE_FACTS,    /* what the facts say */
    IMAGE_PRESENCE, /* there is one, whatever it is */
    IMAGE_ABSENCE,
};

struct image_facts {
    enum image_about about;
    char *format; /* template; NULL: any */
    bool sound;
    bool safe;
    struct image_bounds virtual_size;
    struct image_bounds file_size;
    struct image_bounds allocated; /* of the guest's disk, in the file */
    struct image_option *options;
    size_t option_count;
    struct spec_body *content; /* NULL: nothing is said */
};

/* Owned; NULL after complaining. */
struct image_facts *image_facts_parse(const struct match_source *source);
void image_facts_free(struct image_facts *facts);

#endif
