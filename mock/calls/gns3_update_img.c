/* PUT /v2/compute/qemu/img (seeds/000; truth, gns3-compute-v2: "Order of checks", "PUT extend"). */
#include <string.h>

#include "base/mem.h"
#include "mock/calls.h"
#include "mock/gns3/extend.h"
#include "mock/gns3/make.h"
#include "mock/gns3/request.h"
#include "mock/wrong_status.h"

#define R(name) RULE_GNS3_UPDATE_##name

static const struct gns3_parameter parameters[] = {
    {"extend", GNS3_INTEGER, R(EXTEND_INTEGER), NULL, NULL, false, RULE_COUNT},
    {"path", GNS3_STRING, R(PATH_STRING), NULL, NULL, true, R(PATH_MANDATORY)},
    {"qemu_img", GNS3_STRING, R(QEMU_IMG_STRING), NULL, "\"qemu-img\"", true, R(QEMU_IMG_MANDATORY)},
    {0},
};

static const struct gns3_schema schema = {
    "/v2/compute/qemu/img", parameters, R(NEEDS_BODY), R(BODY_IS_JSON), R(UNKNOWN_PARAMETER),
};

/* One request on its way. */
struct update {
    struct exchange *exchange;
    const json_t *request;
    struct gns3_path path;
    bool hidden; /* the rule of absolute paths is broken */
};

static bool refuse_update(const struct update *update, const struct err *err)
{
    gns3_answer_conflict(update->exchange, schema.route, "QemuError", "Could not update disk image %s:%s",
                         update->path.shown, err->text);
    return false;
}

static void answer_success(const struct update *update)
{
    gns3_answer_empty(update->exchange, 201, schema.route);
}

static bool image_is_there(const struct update *update)
{
    struct exchange *exchange = update->exchange;
    if (!update->hidden && gns3_images_has(exchange->mock->gns3_images, update->path.real))
        return true;
    if (exchange_obeys(exchange, R(NEEDS_IMAGE)))
        gns3_answer_conflict(exchange, schema.route, "QemuError", "Qemu disk '%s' does not exist",
                             update->path.shown);
    else
        answer_success(update);
    return false;
}

static bool qemu_img_is_usable(const struct update *update)
{
    struct err err = ERR_INIT;
    const char *qemu_img = gns3_take_path(update->exchange, &schema, update->request, "qemu_img");
    if (!qemu_img)
        return false;
    return gns3_qemu_img_usable(qemu_img, &err) || !exchange_obeys(update->exchange, R(QEMU_IMG_USABLE)) ||
           refuse_update(update, &err);
}

static void answer_misfit(const struct update *update, const struct err *err)
{
    if (exchange_obeys(update->exchange, R(EXTEND_MISFIT)))
        refuse_update(update, err);
    else
        answer_success(update);
}

static void replace(const struct update *update, const struct files *files)
{
    struct err err = ERR_INIT;
    if (gns3_images_put(update->exchange->mock->gns3_images, files, true, &err) == GNS3_PUT)
        answer_success(update);
    else
        refuse_update(update, &err);
}

static void extend(const struct update *update, uint64_t bytes)
{
    struct err err = ERR_INIT;
    struct mock *mock = update->exchange->mock;
    CLEANUP(files_free) struct files *files = files_new_memory(GNS3_IMAGE_BYTES_MAX);
    gns3_images_lock(mock->gns3_images);
    switch (gns3_extend(mock->gns3_images, update->path.real, bytes, &mock->rules, files, &err)) {
    case GNS3_EXTENDED:
        replace(update, files);
        break;
    case GNS3_UNCHANGED:
        answer_success(update);
        break;
    case GNS3_NOT_EXTENDED:
        answer_misfit(update, &err);
        break;
    }
    gns3_images_unlock(mock->gns3_images);
}

/* Without `extend` nothing is looked at (truth, "PUT without `extend`"). */
static void update_image(const struct update *update)
{
    struct err err = ERR_INIT;
    const json_t *number = json_object_get(update->request, "extend");
    uint64_t bytes;
    if (!number) {
        answer_success(update);
    } else if (image_is_there(update) && qemu_img_is_usable(update)) {
        if (gns3_megabytes(number, &bytes)) {
            extend(update, bytes);
        } else {
            err_set(&err, ERR_VALUE, "no image can be extended by that");
            answer_misfit(update, &err);
        }
    }
}

static void take(struct exchange *exchange, json_t *request)
{
    const char *text = gns3_take_path(exchange, &schema, request, "path");
    if (!text)
        return;
    if (!json_object_get(request, "extend") && !exchange_obeys(exchange, R(EXTEND_OPTIONAL))) {
        gns3_answer_bad_request(exchange, schema.route, request, mem_dup("'extend' is a required property"));
        return;
    }
    struct update update = {.exchange = exchange, .request = request};
    update.hidden = *text == '/' && !exchange_obeys(exchange, R(ABSOLUTE_PATH));
    gns3_path_init(&update.path, gns3_images_folder(exchange->mock->gns3_images), text);
    if (gns3_may_touch(exchange, schema.route, text, &update.path, R(REMOTE_PATH)))
        update_image(&update);
    gns3_path_fini(&update.path);
}

static void authorise(struct exchange *exchange)
{
    gns3_need_credentials(exchange, R(NEEDS_CREDENTIALS));
}

static void end(struct exchange *exchange)
{
    gns3_with_request(exchange, &schema, take);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {{201, 200, R(ANSWERS_201)}};
    return wrong_status(&exchange->mock->rules, table, 1, answered);
}

const struct call call_gns3_update_img = {
    .open = true, .takes_json = true, .before_token = authorise, .end = end, .status = status};
