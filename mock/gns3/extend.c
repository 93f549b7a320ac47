#include "mock/gns3/extend.h"

#include <string.h>

#include "base/checked.h"
#include "fixtures/builders/guest.h"
#include "mock/gns3/spoil.h"
#include "specs/layouts/vpc.h"

struct extension {
    struct gns3_images *images;
    const char *path;
    uint64_t bytes;
    const struct rules *rules;
    struct files *files;
};

static struct sink *open_file(void *images, const char *name, struct err *err)
{
    return gns3_images_open(images, name, err);
}

/* Dynamic ones have a copy of their footer at the start. */
static bool is_fixed_vpc(const struct sink *image)
{
    uint8_t cookie[8];
    return sink_read(image, 0, cookie, sizeof cookie, NULL) &&
           memcmp(cookie, VPC_FOOTER_COOKIE, sizeof cookie) != 0;
}

static enum rule rule_of(const struct builder *builder, const struct sink *image)
{
    static const struct {
        const char *format;
        enum rule rule;
    } rules[] = {
        {"raw", RULE_GNS3_UPDATE_EXTENDS_RAW},   {"qcow2", RULE_GNS3_UPDATE_EXTENDS_QCOW2},
        {"qcow", RULE_GNS3_UPDATE_EXTENDS_QCOW}, {"vdi", RULE_GNS3_UPDATE_EXTENDS_VDI},
        {"vmdk", RULE_GNS3_UPDATE_EXTENDS_VMDK},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(rules[i].format, builder->name) == 0)
            return rules[i].rule;
    }
    return is_fixed_vpc(image) ? RULE_GNS3_UPDATE_EXTENDS_VPC_FIXED : RULE_GNS3_UPDATE_EXTENDS_VPC;
}

static bool copy_file(const struct extension *extension, const struct sink *image, struct sink **ret_copy,
                      struct err *err)
{
    return files_create(extension->files, extension->path, ret_copy, err) &&
           sink_resize(*ret_copy, sink_size(image), err) &&
           sink_copy(*ret_copy, 0, image, 0, sink_size(image), err);
}

static bool lengthened(const struct extension *extension, uint64_t size, uint64_t *ret_size, struct err *err)
{
    if (add_u64(size, extension->bytes, ret_size))
        return true;
    err_set(err, ERR_VALUE, "no image has that size");
    return false;
}

/* What becomes of a fixed VHD image that is taken for raw: its footer is no longer at its end. */
static bool lengthen_file(const struct extension *extension, const struct sink *image, struct err *err)
{
    struct sink *sink;
    uint64_t size;
    return copy_file(extension, image, &sink, err) && lengthened(extension, sink_size(sink), &size, err) &&
           sink_resize(sink, size, err);
}

static bool grow_in_place(const struct extension *extension, const struct builder *builder,
                          const struct sink *image, struct err *err)
{
    struct sink *sink;
    uint64_t size;
    if (!copy_file(extension, image, &sink, err) ||
        !builder_size(builder, extension->path, extension->files, &size, err) ||
        !lengthened(extension, size, &size, err) ||
        !builder_resize(builder, extension->path, size, extension->files, err))
        return false;
    return rule_obeyed(extension->rules, RULE_GNS3_UPDATE_KEEPS_CONTENT) ||
           spoil_content(extension->files, builder->name, err);
}

static bool make_anew(const struct extension *extension, const struct builder *builder, struct err *err)
{
    struct guest guest;
    struct build build = {.name = extension->path, .identity = identity_random()};
    guest_init(&guest, extension->path, open_file, extension->images, GNS3_IMAGE_BYTES_MAX);
    bool ok = guest_read(&guest, builder, err) && lengthened(extension, guest.size, &build.size, err);
    if (ok && !rule_obeyed(extension->rules, RULE_GNS3_UPDATE_KEEPS_CONTENT))
        ok = content_fill(guest.content, 0, 1, 0xff, err);
    build.content = guest.content;
    ok = ok && builder_create(builder, guest.options.data, &build, extension->files, err);
    guest_fini(&guest);
    return ok;
}

static bool grow(const struct extension *extension, const struct builder *builder, const struct sink *image,
                 struct err *err)
{
    bool grown =
        builder->resize ? grow_in_place(extension, builder, image, err) : make_anew(extension, builder, err);
    return grown && (rule_obeyed(extension->rules, RULE_GNS3_UPDATE_SOUND) ||
                     spoil_image(extension->files, builder->name, err));
}

enum gns3_extended gns3_extend(struct gns3_images *images, const char *path, uint64_t bytes,
                               const struct rules *rules, struct files *files, struct err *err)
{
    const struct extension extension = {images, path, bytes, rules, files};
    CLEANUP(sink_free) struct sink *image = gns3_images_open(images, path, err);
    if (!image)
        return GNS3_NOT_EXTENDED;
    const struct builder *builder = builder_recognise(image);
    enum rule rule = rule_of(builder, image);
    bool done;
    if (rule_obeyed(rules, rule))
        done = bytes == 0 || grow(&extension, builder, image, err);
    else if (rule == RULE_GNS3_UPDATE_EXTENDS_VPC_FIXED)
        done = lengthen_file(&extension, image, err);
    else
        return GNS3_UNCHANGED;
    if (done)
        return files_name(files, 0) ? GNS3_EXTENDED : GNS3_UNCHANGED;
    return GNS3_NOT_EXTENDED;
}
