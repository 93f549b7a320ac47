#include "conformance/case/remove.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/percent.h"
#include "conformance/program.h"

#define TRIES_MAX      3
#define NAME_MIN_BYTES 12 /* a shorter one may be anybody's: a run's id alone has eight */

struct removing {
    const struct target *target;
    const char *run_id;
    struct subject_session *session;
    struct err err; /* of the entry at hand */
};

/* ---- one request ---- */

static const char *text_of(const json_t *entry, const char *name)
{
    const char *text = json_string_value(json_object_get(entry, name));
    return text ? text : "";
}

/* What tokens and projects of a target are templates of. */
static struct vars *vars_of(const struct removing *removing, const json_t *entry)
{
    struct vars *vars = vars_new(NULL);
    CLEANUP(text)
    char *id = mem_printf("%s-%" JSON_INTEGER_FORMAT, removing->run_id,
                          json_integer_value(json_object_get(entry, "number")));
    vars_set_text(vars, "run.id", removing->run_id);
    vars_set_text(vars, "case.id", id);
    return vars;
}

static void add_headers(const json_t *entry, struct spec_send *send)
{
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get(entry, "headers"), name, value)
        *mem_append(&send->headers, &send->header_count) =
            (struct spec_pair){mem_dup(name), mem_printf("${header.%s}", name)};
}

static void set_headers(const json_t *entry, struct vars *vars)
{
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get(entry, "headers"), name, value) {
        CLEANUP(text) char *variable = mem_printf("header.%s", name);
        vars_set(vars, variable, value);
    }
}

/* The token has run out: the next one is issued anew. */
static bool is_token_refused(const struct request *request, const struct subject_exchange *exchange)
{
    if (!request->auth || exchange->answer.status != 401)
        return false;
    auth_token_refused(request->auth, request->headers[request->token_header].value);
    return true;
}

/* What is removed twice is removed: over a connection that is lost, and with a token that has run out, it is
 * sent again. */
static void send_in_earnest(struct subject_session *session, struct request *request,
                            struct subject_exchange *ret_exchange)
{
    request->wire.unstoppable = true;
    subject_send(session, &request->wire, NULL, ret_exchange);
    for (int tries = 1; tries < TRIES_MAX; tries++) {
        bool again = ret_exchange->lost || is_token_refused(request, ret_exchange);
        if (!again || !request_authorize(request, NULL))
            return;
        subject_exchange_fini(ret_exchange);
        subject_send(session, &request->wire, NULL, ret_exchange);
    }
}

/* Sent as whoever made it. False with removing->err set when there is no answer. */
static bool send_as(struct removing *removing, const json_t *entry, const char *method, const char *path,
                    struct subject_exchange *ret_exchange)
{
    struct spec_send send = {.method = mem_dup(method),
                             .path = mem_dup("${path}"),
                             .identity = mem_dup(text_of(entry, "identity"))};
    struct vars *vars = vars_of(removing, entry);
    vars_set_text(vars, "path", path);
    if (json_is_string(json_object_get(entry, "body"))) {
        send.body = (struct spec_body){.kind = SPEC_BODY_TEXT, .text = mem_dup("${body}")};
        vars_set(vars, "body", json_object_get(entry, "body"));
    }
    add_headers(entry, &send);
    set_headers(entry, vars);
    struct request *request = request_make(&send, removing->target, "", vars, &removing->err);
    if (request) {
        send_in_earnest(removing->session, request, ret_exchange);
        if (ret_exchange->outcome != SUBJECT_ANSWERED) {
            err_set(&removing->err, ERR_NETWORK, "%s %s: %s", method, path, ret_exchange->error);
            subject_exchange_fini(ret_exchange);
        }
    }
    request_free(request);
    vars_free(vars);
    spec_send_fini(&send);
    return removing->err.code == ERR_NONE;
}

/* What is gone is as good as removed. */
static bool undo(struct removing *removing, const json_t *entry, const char *method, const char *path)
{
    struct subject_exchange exchange = {0};
    if (!send_as(removing, entry, method, path, &exchange))
        return false;
    int status = exchange.answer.status;
    subject_exchange_fini(&exchange);
    if (status / 100 == 2 || status == 404 || status == 410)
        return true;
    return err_set(&removing->err, ERR_VALUE, "%s %s answered %d", method, path, status);
}

/* ---- what may have been made ---- */

/* Where images of a name are listed, each of them perhaps in one list only, those that an administrator made
 * for others too; and where one is. */
static const struct api {
    const char *name;
    const char *lists[3]; /* NULL-terminated; the name comes behind */
    const char *image;
    const char *method; /* how its protection is lifted */
    const char *header;
    const char *value;
    const char *body; /* NULL: none */
} apis[] = {
    {"images-v2",
     {"/v2/images?name=", "/v2/images?os_hidden=true&name=", NULL},
     "/v2/images/",
     "PATCH",
     "Content-Type",
     "application/openstack-images-v2.1-json-patch",
     "[{\"op\": \"replace\", \"path\": \"/protected\", \"value\": false}]"},
    {"images-v1",
     {"/v1/images/detail?is_public=none&name=", NULL},
     "/v1/images/",
     "PUT",
     "x-image-meta-protected",
     "False",
     NULL},
};

static const struct api *find_api(const char *name)
{
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++) {
        if (strcmp(apis[i].name, name) == 0)
            return &apis[i];
    }
    return NULL;
}

static char *with(const char *path, const char *text)
{
    struct buf buf;
    buf_init(&buf, strlen(path) + 3 * strlen(text) + 1);
    buf_puts(&buf, path);
    percent_encode(&buf, text);
    return buf_take(&buf);
}

/* It may have been made as one that cannot be removed. */
static bool unprotect(struct removing *removing, const json_t *entry, const struct api *api, const char *path)
{
    json_t *lifting =
        json_pack("{s:O, s:O, s:{s:s}, s:s?}", "number", json_object_get(entry, "number"), "identity",
                  json_object_get(entry, "identity"), "headers", api->header, api->value, "body", api->body);
    bool lifted = undo(removing, lifting, api->method, path);
    json_decref(lifting);
    return lifted;
}

static bool remove_image(struct removing *removing, const json_t *entry, const struct api *api,
                         const char *id)
{
    CLEANUP(text) char *path = with(api->image, id);
    if (undo(removing, entry, "DELETE", path))
        return true;
    err_reset(&removing->err);
    return unprotect(removing, entry, api, path) && undo(removing, entry, "DELETE", path);
}

/* Of what is listed, only what has exactly that name: a server may not know the filter. */
static bool remove_listed(struct removing *removing, const json_t *entry, const struct api *api,
                          const char *list)
{
    struct subject_exchange exchange = {0};
    CLEANUP(text) char *path = with(list, text_of(entry, "name"));
    if (!send_as(removing, entry, "GET", path, &exchange))
        return false;
    answer_read_json(&exchange.answer);
    json_t *images = json_incref(json_object_get(exchange.answer.json, "images"));
    int status = exchange.answer.status;
    subject_exchange_fini(&exchange);
    if (!json_is_array(images))
        return err_set(&removing->err, ERR_VALUE, "GET %s answered %d, and no list of images", path, status);
    size_t i;
    const json_t *image;
    bool removed = true;
    json_array_foreach (images, i, image) {
        if (strcmp(text_of(image, "name"), text_of(entry, "name")) == 0)
            removed = remove_image(removing, entry, api, text_of(image, "id")) && removed;
    }
    json_decref(images);
    return removed;
}

static bool remove_made(struct removing *removing, const json_t *entry)
{
    const struct api *api = find_api(text_of(entry, "api"));
    const char *id = text_of(entry, "id");
    const char *name = text_of(entry, "name");
    if (!api)
        return err_set(&removing->err, ERR_VALUE, "the API %s has no call that removes",
                       text_of(entry, "api"));
    if (*id)
        return remove_image(removing, entry, api, id);
    if (strlen(name) < NAME_MIN_BYTES || !strstr(name, removing->run_id))
        return err_set(&removing->err, ERR_VALUE,
                       "an image was about to be made whose name \"%s\" is not the run's own", name);
    bool removed = true;
    for (size_t i = 0; api->lists[i]; i++)
        removed = remove_listed(removing, entry, api, api->lists[i]) && removed;
    return removed;
}

/* ---- the whole ---- */

/* Only what the target file has a state left by: a ledger makes nobody run anything else. */
static bool run_entry(struct removing *removing, const json_t *entry)
{
    const json_t *words = json_object_get(entry, "run");
    const char *program = json_string_value(json_array_get(words, 0));
    if (!program || !target_leaves_by(removing->target, program))
        return err_set(&removing->err, ERR_VALUE, "the target file leaves no state by the program \"%s\"",
                       program ? program : "");
    char **run = mem_alloc((json_array_size(words) + 1) * sizeof *run);
    size_t i;
    const json_t *word;
    json_array_foreach (words, i, word)
        run[i] = mem_dup(json_is_string(word) ? json_string_value(word) : "");
    json_int_t timeout_ms = json_integer_value(json_object_get(entry, "timeout_ms"));
    struct request *request = request_for_program(run, i, timeout_ms > 0 ? (uint64_t)timeout_ms : 0);
    bool left = program_run(request->run, request->run_timeout_ms, NULL, &removing->err);
    request_free(request);
    return left;
}

static bool remove_entry(struct removing *removing, const json_t *entry)
{
    if (strcmp(text_of(entry, "record"), "made") == 0)
        return remove_made(removing, entry);
    if (json_object_get(entry, "run"))
        return run_entry(removing, entry);
    return undo(removing, entry, text_of(entry, "method"), text_of(entry, "path"));
}

/* What is left is told, unless `removal` is NULL. */
static void remove_all(struct removing *removing, struct remains *remains, struct removal *removal)
{
    json_t *open = remains_open(remains);
    size_t i;
    const json_t *entry;
    json_array_foreach (open, i, entry) {
        err_reset(&removing->err);
        if (remove_entry(removing, entry)) {
            remains_done(remains, (size_t)json_integer_value(json_object_get(entry, "entry")));
        } else if (removal) {
            removal->say(removal->context, removing->err.text);
            removal->left++;
        }
    }
    json_decref(open);
}

bool remove_remains(struct remains *remains, const struct target *target, struct removal *removal,
                    struct err *err)
{
    struct subject_options options = target_subject_options(target, NULL);
    struct removing removing = {.target = target, .run_id = text_of(remains_begin(remains), "run")};
    removing.session = subject_session_new(&options, err);
    if (!removing.session)
        return false;
    *removal = (struct removal){.say = removal->say, .context = removal->context};
    remove_all(&removing, remains, NULL);
    remove_all(&removing, remains, removal); /* what stood in the way of something may be gone now */
    subject_session_free(removing.session);
    return true;
}
