/* POST /v2/compute/qemu/img (seeds/000; truth, gns3-compute-v2: "Order of checks"). */
#include <string.h>

#include "base/mem.h"
#include "mock/calls.h"
#include "mock/gns3/make.h"
#include "mock/gns3/request.h"
#include "mock/wrong_status.h"

#define R(name) RULE_GNS3_CREATE_##name
#define END_OF_ENUM                                                                                          \
    {                                                                                                        \
        NULL, RULE_COUNT                                                                                     \
    }

static const struct gns3_value adapter_types[] = {
    {"ide", R(ADAPTER_TYPE_IDE)},
    {"lsilogic", R(ADAPTER_TYPE_LSILOGIC)},
    {"buslogic", R(ADAPTER_TYPE_BUSLOGIC)},
    {"legacyESX", R(ADAPTER_TYPE_LEGACYESX)},
    END_OF_ENUM,
};
static const struct gns3_value formats[] = {
    {"qcow2", R(FORMAT_QCOW2)},
    {"qcow", R(FORMAT_QCOW)},
    {"vpc", R(FORMAT_VPC)},
    {"vdi", R(FORMAT_VDI)},
    {"vmdk", R(FORMAT_VMDK)},
    {"raw", R(FORMAT_RAW)},
    END_OF_ENUM,
};
static const struct gns3_value lazy_refcounts[] = {
    {"on", R(LAZY_REFCOUNTS_ON)}, {"off", R(LAZY_REFCOUNTS_OFF)}, END_OF_ENUM};
static const struct gns3_value preallocations[] = {
    {"off", R(PREALLOCATION_OFF)},
    {"metadata", R(PREALLOCATION_METADATA)},
    {"falloc", R(PREALLOCATION_FALLOC)},
    {"full", R(PREALLOCATION_FULL)},
    END_OF_ENUM,
};
static const struct gns3_value statics[] = {{"on", R(STATIC_ON)}, {"off", R(STATIC_OFF)}, END_OF_ENUM};
static const struct gns3_value subformats[] = {
    {"dynamic", R(SUBFORMAT_DYNAMIC)},
    {"fixed", R(SUBFORMAT_FIXED)},
    {"streamOptimized", R(SUBFORMAT_STREAM_OPTIMIZED)},
    {"twoGbMaxExtentSparse", R(SUBFORMAT_TWO_GB_SPARSE)},
    {"twoGbMaxExtentFlat", R(SUBFORMAT_TWO_GB_FLAT)},
    {"monolithicSparse", R(SUBFORMAT_MONOLITHIC_SPARSE)},
    {"monolithicFlat", R(SUBFORMAT_MONOLITHIC_FLAT)},
    END_OF_ENUM,
};
static const struct gns3_value zeroed_grains[] = {
    {"on", R(ZEROED_GRAIN_ON)}, {"off", R(ZEROED_GRAIN_OFF)}, END_OF_ENUM};

static const struct gns3_parameter parameters[] = {
    {"adapter_type", GNS3_ENUM, R(ADAPTER_TYPE_ENUM), adapter_types, NULL, false, RULE_COUNT},
    {"cluster_size", GNS3_INTEGER, R(CLUSTER_SIZE_INTEGER), NULL, NULL, false, RULE_COUNT},
    {"format", GNS3_ENUM, R(FORMAT_ENUM), formats, "\"raw\"", true, R(FORMAT_MANDATORY)},
    {"lazy_refcounts", GNS3_ENUM, R(LAZY_REFCOUNTS_ENUM), lazy_refcounts, NULL, false, RULE_COUNT},
    {"path", GNS3_STRING, R(PATH_STRING), NULL, NULL, true, R(PATH_MANDATORY)},
    {"preallocation", GNS3_ENUM, R(PREALLOCATION_ENUM), preallocations, NULL, false, RULE_COUNT},
    {"qemu_img", GNS3_STRING, R(QEMU_IMG_STRING), NULL, "\"qemu-img\"", true, R(QEMU_IMG_MANDATORY)},
    {"refcount_bits", GNS3_INTEGER, R(REFCOUNT_BITS_INTEGER), NULL, NULL, false, RULE_COUNT},
    {"size", GNS3_INTEGER, R(SIZE_INTEGER), NULL, "1", true, R(SIZE_MANDATORY)},
    {"static", GNS3_ENUM, R(STATIC_ENUM), statics, NULL, false, RULE_COUNT},
    {"subformat", GNS3_ENUM, R(SUBFORMAT_ENUM), subformats, NULL, false, RULE_COUNT},
    {"zeroed_grain", GNS3_ENUM, R(ZEROED_GRAIN_ENUM), zeroed_grains, NULL, false, RULE_COUNT},
    {0},
};

static const struct gns3_schema schema = {
    "/v2/compute/qemu/img", parameters, R(NEEDS_BODY), R(BODY_IS_JSON), R(UNKNOWN_PARAMETER),
};

/* One request on its way. */
struct creation {
    struct exchange *exchange;
    const json_t *request;
    const char *text; /* the path as the request has it */
    struct gns3_path path;
};

static bool refuse_creation(const struct creation *creation, const struct err *err)
{
    gns3_answer_conflict(creation->exchange, schema.route, "QemuError", "Could not create disk image %s:%s",
                         creation->path.shown, err->text);
    return false;
}

/* A success that is none, where the rule is broken; or the refusal. Always false. */
static bool answer_misfit(const struct creation *creation, enum rule rule, const struct err *err)
{
    if (exchange_obeys(creation->exchange, rule))
        return refuse_creation(creation, err);
    gns3_answer_empty(creation->exchange, 201, schema.route);
    return false;
}

static void leave_empty_file(const struct creation *creation, bool in_place)
{
    struct sink *sink;
    CLEANUP(files_free) struct files *files = files_new_memory(0);
    if (files_create(files, creation->path.real, &sink, NULL))
        gns3_images_put(creation->exchange->mock->gns3_images, files, in_place, NULL);
}

static bool path_is_free(const struct creation *creation)
{
    struct exchange *exchange = creation->exchange;
    if (!gns3_images_has(exchange->mock->gns3_images, creation->path.real) ||
        !exchange_obeys(exchange, R(PATH_TAKEN)))
        return true;
    if (!exchange_obeys(exchange, R(REFUSED_KEEPS_IMAGE)))
        leave_empty_file(creation, true);
    gns3_answer_conflict(exchange, schema.route, "QemuError",
                         "Could not create disk image '%s', file already exists", creation->path.shown);
    return false;
}

static bool qemu_img_is_usable(const struct creation *creation)
{
    struct err err = ERR_INIT;
    const char *qemu_img = gns3_take_path(creation->exchange, &schema, creation->request, "qemu_img");
    if (!qemu_img)
        return false;
    return gns3_qemu_img_usable(qemu_img, &err) || !exchange_obeys(creation->exchange, R(QEMU_IMG_USABLE)) ||
           refuse_creation(creation, &err);
}

static bool path_fits(const struct creation *creation)
{
    struct err err = ERR_INIT;
    if (gns3_path_fits(&creation->path))
        return true;
    err_set(&err, ERR_VALUE, "File name too long");
    return answer_misfit(creation, R(PATH_MISFIT), &err);
}

/* Where the image goes: elsewhere, when that rule is broken. Owned. */
static char *place_of(const struct creation *creation)
{
    const struct exchange *exchange = creation->exchange;
    bool obeyed = exchange_obeys(exchange, R(PATH)) &&
                  (*creation->text != '/' || exchange_obeys(exchange, R(ABSOLUTE_PATH)));
    return obeyed ? mem_dup(creation->path.real) : mem_printf("%s-elsewhere", creation->path.real);
}

static void answer_put(const struct creation *creation, enum gns3_put result, const struct err *err)
{
    switch (result) {
    case GNS3_PUT:
        gns3_answer_empty(creation->exchange, 201, schema.route);
        break;
    case GNS3_PUT_TAKEN:
        if (!exchange_obeys(creation->exchange, R(PATH_TAKEN)))
            gns3_answer_empty(creation->exchange, 201, schema.route);
        else
            gns3_answer_conflict(creation->exchange, schema.route, "QemuError",
                                 "Could not create disk image '%s', file already exists",
                                 creation->path.shown);
        break;
    case GNS3_PUT_FAILED:
        answer_misfit(creation, R(PATH_MISFIT), err);
        break;
    }
}

static void answer_failure(const struct creation *creation, const struct gns3_wish *wish,
                           const struct err *err)
{
    enum rule rule = gns3_misfit(wish);
    if (!exchange_obeys(creation->exchange, rule) && gns3_leaves_empty_file(wish))
        leave_empty_file(creation, false);
    answer_misfit(creation, rule, err);
}

static void make(const struct creation *creation)
{
    struct err err = ERR_INIT;
    struct mock *mock = creation->exchange->mock;
    CLEANUP(text) char *place = place_of(creation);
    const struct gns3_wish wish = {creation->request, place, &mock->rules};
    CLEANUP(files_free) struct files *files = files_new_memory(GNS3_IMAGE_BYTES_MAX);
    if (!gns3_make(&wish, files, &err))
        answer_failure(creation, &wish, &err);
    else if (!exchange_obeys(creation->exchange, R(MAKES_IMAGE)))
        gns3_answer_empty(creation->exchange, 201, schema.route);
    else
        answer_put(creation,
                   gns3_images_put(mock->gns3_images, files,
                                   !exchange_obeys(creation->exchange, R(PATH_TAKEN)), &err),
                   &err);
}

static void create(struct exchange *exchange, json_t *request)
{
    const char *text = gns3_take_path(exchange, &schema, request, "path");
    if (!text)
        return;
    struct creation creation = {.exchange = exchange, .request = request, .text = text};
    gns3_path_init(&creation.path, gns3_images_folder(exchange->mock->gns3_images), text);
    if (gns3_may_touch(exchange, schema.route, text, &creation.path, R(REMOTE_PATH)) &&
        path_is_free(&creation) && qemu_img_is_usable(&creation) && path_fits(&creation))
        make(&creation);
    gns3_path_fini(&creation.path);
}

static void authorise(struct exchange *exchange)
{
    gns3_need_credentials(exchange, R(NEEDS_CREDENTIALS));
}

static void end(struct exchange *exchange)
{
    gns3_with_request(exchange, &schema, create);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {{201, 200, R(ANSWERS_201)}};
    return wrong_status(&exchange->mock->rules, table, 1, answered);
}

const struct call call_gns3_create_img = {
    .open = true, .takes_json = true, .before_token = authorise, .end = end, .status = status};
