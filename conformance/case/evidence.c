#include "conformance/case/evidence.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#define SECRET_MIN_BYTES 6

static const char redacted[] = "<redacted>";

/* Headers whose value is a credential, whoever made it up. */
static const char *const secret_headers[] = {"X-Auth-Token",  "X-Subject-Token",     "X-Service-Token",
                                             "Authorization", "Proxy-Authorization", "Cookie",
                                             "Set-Cookie"};

void secrets_add(struct secrets *secrets, const char *text)
{
    if (text && strlen(text) >= SECRET_MIN_BYTES)
        *mem_append(&secrets->texts, &secrets->count) = mem_dup(text);
}

static void add_secret(void *context, const char *secret)
{
    secrets_add(context, secret);
}

void secrets_add_auth(struct secrets *secrets, struct auth *auth)
{
    if (auth)
        auth_secrets(auth, add_secret, secrets);
}

void secrets_fini(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->count; i++)
        free(secrets->texts[i]);
    free(secrets->texts);
}

/* The secret that begins soonest in the bytes; NULL when there is none. */
static const char *find_secret(const char *bytes, size_t length, const struct secrets *secrets,
                               size_t *ret_length)
{
    const char *first = NULL;
    for (size_t i = 0; i < secrets->count; i++) {
        size_t secret = strlen(secrets->texts[i]);
        const char *found = memmem(bytes, length, secrets->texts[i], secret);
        if (found && (!first || found < first)) {
            first = found;
            *ret_length = secret;
        }
    }
    return first;
}

/* Bytes with the secrets taken out: owned, NUL behind them. */
static char *redact_bytes(const char *bytes, size_t length, const struct secrets *secrets, size_t *ret_length)
{
    struct buf out;
    buf_init(&out, 2 * length + 16 * sizeof redacted);
    size_t secret;
    for (const char *found; (found = find_secret(bytes, length, secrets, &secret));) {
        buf_append(&out, bytes, (size_t)(found - bytes));
        buf_puts(&out, redacted);
        length -= (size_t)(found - bytes) + secret;
        bytes = found + secret;
    }
    buf_append(&out, bytes, length);
    *ret_length = out.length;
    return buf_take(&out);
}

char *evidence_redact(const char *text, const struct secrets *secrets)
{
    size_t length;
    return text ? redact_bytes(text, strlen(text), secrets, &length) : NULL;
}

bool evidence_is_secret_header(const char *name)
{
    for (size_t i = 0; i < sizeof secret_headers / sizeof *secret_headers; i++) {
        if (strcasecmp(secret_headers[i], name) == 0)
            return true;
    }
    return false;
}

static void take_headers(const struct answer_header *headers, size_t count, const struct secrets *secrets,
                         struct result_message *message)
{
    for (size_t i = 0; i < count; i++) {
        struct result_header *header = mem_append(&message->headers, &message->header_count);
        header->name = mem_dup(headers[i].name);
        header->value = evidence_is_secret_header(headers[i].name)
                            ? mem_dup(redacted)
                            : evidence_redact(headers[i].value, secrets);
    }
}

static void take_body(const char *kept, size_t kept_bytes, uint64_t length, const char *md5,
                      const struct secrets *secrets, struct result_body *body)
{
    body->length_bytes = length;
    memcpy(body->md5, md5, sizeof body->md5);
    if (kept && *md5)
        body->kept = redact_bytes(kept, kept_bytes, secrets, &body->kept_bytes);
}

void evidence_take(const struct subject_exchange *exchange, const struct request *request,
                   const char *purpose, const struct secrets *secrets, struct result_exchange *ret_result)
{
    *ret_result = (struct result_exchange){
        .purpose = mem_dup(purpose),
        .identity = mem_dup(request->identity),
        .method = mem_dup(request->method),
        .url = evidence_redact(request->url, secrets),
        .status = exchange->answer.status,
        .began_us = clock_unix_us() - exchange->time_us, /* it has just ended */
        .time_us = exchange->time_us,
        .outcome = mem_dup(subject_outcome_name(exchange->outcome)),
        .error = evidence_redact(exchange->error, secrets),
    };
    take_headers(exchange->sent_headers, exchange->sent_header_count, secrets, &ret_result->request);
    take_headers(exchange->answer.headers, exchange->answer.header_count, secrets, &ret_result->response);
    take_body(exchange->sent_kept, exchange->sent_kept_bytes, exchange->sent_bytes, exchange->sent_md5,
              secrets, &ret_result->request.body);
    if (request->body)
        ret_result->request.body.generated = mem_dup(body_description(request->body));
    take_body(exchange->answer.body, exchange->answer.body_kept, exchange->answer.body_bytes,
              exchange->answer_md5, secrets, &ret_result->response.body);
}
