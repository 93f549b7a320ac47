/* What holds for all calls of the GNS3 API (truth, gns3-compute-v2: "Order of checks"), and what several of
 * them share. */
#ifndef MOCK_GNS3_GENERAL_H
#define MOCK_GNS3_GENERAL_H

#include <jansson.h>

#include "mock/gns3/path.h"
#include "mock/manners.h"

/* The version that is told, and whose behaviour the truth was seen with. */
#define GNS3_VERSION      "2.2.59"
#define GNS3_QEMU_VERSION "7.2.0"

/* The value of the header Authorization for "USER:PASSWORD": Basic (RFC 7617). Owned. */
char *gns3_credentials(const char *user_and_password);

/* Whether no credentials are asked for, or the right ones are given. Who sends a token of the mock's has its
 * project, so that conditions can be switched for one project. */
bool gns3_is_authorised(struct exchange *exchange);
void gns3_ask_for_credentials(struct exchange *exchange); /* 401 */
/* Asks for them where they are missing, unless the rule is broken. */
void gns3_need_credentials(struct exchange *exchange, enum rule rule);
/* The before_token of the calls that no rule is about: both of them. */
void gns3_authorise(struct exchange *exchange);

/* Answers as the server's own handlers give them: with the route, and the connection closed after them. */
void gns3_answer_empty(struct exchange *exchange, int status, const char *route);
void gns3_answer_json(struct exchange *exchange, int status, const char *route, json_t *body); /* takes it */
/* 409 {"exception", "message", "status"}. */
void gns3_answer_conflict(struct exchange *exchange, const char *route, const char *exception,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));
/* 400 for a request whose JSON is `request`, borrowed. Takes the message. */
void gns3_answer_bad_request(struct exchange *exchange, const char *route, json_t *request, char *message);

/* Refuses as the HTTP library under that server does: "404: Not Found". */
extern const struct manners gns3_manners;

/* Whether this server may touch that path; answers 403 if not. `remote_rule`: absolute paths are refused
 * where the server is not in local mode. */
bool gns3_may_touch(struct exchange *exchange, const char *route, const char *text,
                    const struct gns3_path *path, enum rule remote_rule);

/* Whether that path leads to a qemu-img that could be run; never one is. The error is worded as the system's.
 */
bool gns3_qemu_img_usable(const char *path, struct err *err);

/* The file as the body of an answer 200; takes it. */
void gns3_answer_file(struct exchange *exchange, const char *route, struct sink *file);

#endif
