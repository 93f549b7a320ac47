/* Any bytes as Keystone's answer: the first line is the header of the token, the rest is the body. What is
 * read can be asked for a project and for services. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "conformance/auth/issued.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct issued *issued)
{
    static char image[] = "image";
    static char region[] = "r";
    static const struct auth_service services[] = {
        {image, NULL, NULL}, {image, region, NULL}, {image, NULL, region}};
    require(issued->token && *issued->token && issued->life_s > 0 && json_is_object(issued->body));
    issued_project(issued);
    free(issued_roles(issued));
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        struct err err = ERR_INIT;
        char *url = issued_endpoint(issued, &services[i], &err);
        require((url != NULL) == (err.code == ERR_NONE));
        require(!url || strncasecmp(url, "http", 4) == 0);
        free(url);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "X-Subject-Token";
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t token = end ? (size_t)(end - data) : 0;
    size_t body = end ? token + 1 : 0;
    char *text = mem_alloc(size + 1);
    memcpy(text, data, size);
    text[token] = '\0';
    struct answer_header header = {name, text};
    struct answer answer = {.status = 201,
                            .headers = &header,
                            .header_count = end != NULL,
                            .body = text + body,
                            .body_kept = size - body,
                            .body_bytes = size - body};
    struct issued issued;
    struct err err = ERR_INIT;
    if (issued_read(&answer, "keystone", &issued, &err)) {
        ask(&issued);
        issued_fini(&issued);
    } else {
        require(err.code != ERR_NONE);
    }
    json_decref(answer.json);
    free(text);
    return 0;
}
