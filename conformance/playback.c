#include "conformance/playback.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/mem.h"

#define PIECE_BYTES ((size_t)64 * 1024)

/* A body that went out: an answer may bring it back. */
struct sent_body {
    struct body *body;
    char md5[33];
};

struct playback {
    const struct result_case *recorded;
    size_t next;
    struct sent_body *sent;
    size_t sent_count;
    char *fault;
};

struct playback *playback_new(const struct result_case *recorded)
{
    struct playback *playback = mem_alloc(sizeof *playback);
    playback->recorded = recorded;
    return playback;
}

void playback_free(struct playback *playback)
{
    if (!playback)
        return;
    for (size_t i = 0; i < playback->sent_count; i++)
        body_free(playback->sent[i].body);
    free(playback->sent);
    free(playback->fault);
    free(playback);
}

const char *playback_fault(const struct playback *playback)
{
    return playback->fault;
}

size_t playback_left(const struct playback *playback)
{
    return playback->recorded->exchange_count - playback->next;
}

static bool is_same_request(const struct result_exchange *left, const struct result_exchange *right)
{
    return strcmp(left->method, right->method) == 0 && strcmp(left->url, right->url) == 0 &&
           strcmp(left->request.body.md5, right->request.body.md5) == 0;
}

static bool repeats(const void *context)
{
    const struct playback *playback = context;
    const struct result_exchange *exchanges = playback->recorded->exchanges;
    return playback_left(playback) >= 2 &&
           is_same_request(&exchanges[playback->next], &exchanges[playback->next + 1]);
}

/* ---- what is asked, and what was asked then ---- */

/* The first fault stays. `text` is taken. Returns false. */
static bool set_fault(struct playback *playback, char *text)
{
    if (playback->fault)
        free(text);
    else
        playback->fault = text;
    return false;
}

/* Credentials are not in a transcript. */
static bool is_redacted(const char *text)
{
    return strstr(text, "<redacted>");
}

static bool has_header(const struct result_message *message, const struct subject_header *header)
{
    for (size_t i = 0; i < message->header_count; i++) {
        const struct result_header *recorded = &message->headers[i];
        if (strcasecmp(recorded->name, header->name) == 0 &&
            (is_redacted(recorded->value) || strcmp(recorded->value, header->value) == 0))
            return true;
    }
    return false;
}

/* The body's digest, as hexadecimal; false when a fixture cannot be read. */
static bool digest_body(const struct body *body, char md5[static 33], struct err *err)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(DIGEST_MD5);
    unsigned char *piece = mem_alloc(PIECE_BYTES);
    uint64_t size = body_size(body);
    bool read = true;
    for (uint64_t offset = 0; read && offset < size; offset += PIECE_BYTES) {
        size_t length = size - offset < PIECE_BYTES ? (size_t)(size - offset) : PIECE_BYTES;
        read = body_read(body, offset, piece, length, err);
        digest_update(digest, piece, length);
    }
    digest_finish(digest, hex);
    digest_free(digest);
    free(piece);
    memcpy(md5, hex, 32);
    md5[32] = '\0';
    return read;
}

/* A body that was cut off, or had a credential in it, cannot be compared. */
static bool check_body(struct playback *playback, const struct subject_request *request,
                       const struct result_exchange *recorded)
{
    char md5[33];
    struct err err = ERR_INIT;
    const struct result_body *body = &recorded->request.body;
    bool whole = body->length_bytes == (request->body ? body_size(request->body) : 0);
    if (!request->body || !whole || (body->kept && is_redacted(body->kept)))
        return true;
    if (!digest_body(request->body, md5, &err))
        return set_fault(playback, mem_dup(err.text));
    if (strcmp(md5, body->md5) != 0)
        return set_fault(playback, mem_printf("the body of %s %s has the md5 %s, the suite sends %s",
                                              request->method, request->url, body->md5, md5));
    struct sent_body *sent = mem_append(&playback->sent, &playback->sent_count);
    sent->body = body_dup(request->body);
    memcpy(sent->md5, md5, sizeof md5);
    return true;
}

static bool check_request(struct playback *playback, const struct subject_request *request,
                          const struct result_exchange *recorded)
{
    if (strcmp(request->method, recorded->method) != 0 ||
        (!is_redacted(recorded->url) && strcmp(request->url, recorded->url) != 0))
        return set_fault(playback,
                         mem_printf("the transcript has %s %s, the suite sends %s %s", recorded->method,
                                    recorded->url, request->method, request->url));
    for (size_t i = 0; i < request->header_count; i++) {
        const struct subject_header *header = &request->headers[i];
        if (header->value && recorded->request.header_count > 0 && !has_header(&recorded->request, header))
            return set_fault(playback,
                             mem_printf("%s %s was sent without the header %s: %s", recorded->method,
                                        recorded->url, header->name, header->value));
    }
    return check_body(playback, request, recorded);
}

/* ---- what was answered ---- */

static struct answer_header *copy_headers(const struct result_message *message)
{
    struct answer_header *headers = mem_alloc((message->header_count + 1) * sizeof *headers);
    for (size_t i = 0; i < message->header_count; i++)
        headers[i] =
            (struct answer_header){mem_dup(message->headers[i].name), mem_dup(message->headers[i].value)};
    return headers;
}

static void fill(const struct result_exchange *recorded, struct subject_exchange *exchange)
{
    const struct result_message *request = &recorded->request;
    const struct result_message *response = &recorded->response;
    *exchange = (struct subject_exchange){
        .outcome = subject_outcome_parse(recorded->outcome),
        .error = mem_dup(recorded->error),
        .time_us = recorded->time_us,
        .sent_headers = copy_headers(request),
        .sent_header_count = request->header_count,
        .sent_bytes = request->body.length_bytes,
        .sent_kept = request->body.kept ? mem_dup_n(request->body.kept, request->body.kept_bytes) : NULL,
        .sent_kept_bytes = request->body.kept_bytes,
        .answer = {.status = recorded->status,
                   .headers = copy_headers(response),
                   .header_count = response->header_count,
                   .body_bytes = response->body.length_bytes},
    };
    memcpy(exchange->sent_md5, request->body.md5, sizeof exchange->sent_md5);
    memcpy(exchange->answer_md5, response->body.md5, sizeof exchange->answer_md5);
}

static void show(const struct subject_watcher *watcher, const void *bytes, size_t length)
{
    if (watcher && watcher->bytes)
        watcher->bytes(watcher->context, bytes, length);
}

static void keep(struct answer *answer, const char *bytes, size_t length)
{
    size_t room = ANSWER_KEPT_MAX_BYTES - answer->body_kept;
    size_t kept = length < room ? length : room;
    memcpy(answer->body + answer->body_kept, bytes, kept);
    answer->body_kept += kept;
}

static void give_kept(const struct result_body *recorded, const struct subject_watcher *watcher,
                      struct answer *answer)
{
    answer->body = mem_alloc(recorded->kept_bytes + 1);
    if (recorded->kept_bytes == 0)
        return;
    keep(answer, recorded->kept, recorded->kept_bytes);
    show(watcher, recorded->kept, recorded->kept_bytes);
}

static bool give_sent(const struct body *body, const struct subject_watcher *watcher, struct answer *answer,
                      struct err *err)
{
    uint64_t size = body_size(body);
    char *piece = mem_alloc(PIECE_BYTES);
    bool read = true;
    answer->body = mem_alloc((size < ANSWER_KEPT_MAX_BYTES ? (size_t)size : ANSWER_KEPT_MAX_BYTES) + 1);
    for (uint64_t offset = 0; read && offset < size; offset += PIECE_BYTES) {
        size_t length = size - offset < PIECE_BYTES ? (size_t)(size - offset) : PIECE_BYTES;
        read = body_read(body, offset, piece, length, err);
        keep(answer, piece, length);
        show(watcher, piece, length);
    }
    free(piece);
    return read;
}

static const struct body *find_sent(const struct playback *playback, const struct result_body *recorded)
{
    for (size_t i = 0; i < playback->sent_count; i++) {
        const struct sent_body *sent = &playback->sent[i];
        if (strcmp(sent->md5, recorded->md5) == 0 && body_size(sent->body) == recorded->length_bytes)
            return sent->body;
    }
    return NULL;
}

static bool give_body(struct playback *playback, const struct result_exchange *recorded,
                      const struct subject_watcher *watcher, struct answer *answer)
{
    const struct result_body *body = &recorded->response.body;
    struct err err = ERR_INIT;
    bool whole = body->kept_bytes == body->length_bytes;
    const struct body *sent = whole ? NULL : find_sent(playback, body);
    if (sent)
        return give_sent(sent, watcher, answer, &err) || set_fault(playback, mem_dup(err.text));
    give_kept(body, watcher, answer);
    bool enough =
        whole || recorded->error || body->kept_bytes >= ANSWER_KEPT_MAX_BYTES || !watcher || !watcher->bytes;
    return enough ||
           set_fault(playback,
                     mem_printf("of the answer to %s %s only %zu of %" PRIu64 " bytes were kept",
                                recorded->method, recorded->url, body->kept_bytes, body->length_bytes));
}

static void send_again(void *context, const struct subject_request *request,
                       const struct subject_watcher *watcher, struct subject_exchange *ret_exchange)
{
    struct playback *playback = context;
    const struct result_case *recorded = playback->recorded;
    bool fits =
        playback->next < recorded->exchange_count ||
        set_fault(playback, mem_printf("the transcript ends before %s %s", request->method, request->url));
    *ret_exchange = (struct subject_exchange){0};
    if (fits) {
        const struct result_exchange *exchange = &recorded->exchanges[playback->next++];
        fill(exchange, ret_exchange);
        fits = check_request(playback, request, exchange) &&
               give_body(playback, exchange, watcher, &ret_exchange->answer);
    }
    if (fits)
        return;
    free(ret_exchange->error);
    ret_exchange->outcome = SUBJECT_FAULT;
    ret_exchange->error = mem_dup(playback->fault);
}

struct subject_stand_in playback_stand_in(struct playback *playback)
{
    return (struct subject_stand_in){send_again, repeats, playback};
}
