#include "mock/v1/general.h"

#include <string.h>

#include "mock/wrong_status.h"

bool v1_admits_anonymous(const struct exchange *exchange)
{
    return !exchange_obeys(exchange, RULE_V1_GENERAL_NEEDS_TOKEN);
}

void v1_ask_for_token(struct exchange *exchange)
{
    if (!exchange_header(exchange, "X-Auth-Token") &&
        !exchange_obeys(exchange, RULE_V1_VERSIONS_NEEDS_NO_TOKEN))
        answer_error(exchange, 401, "A token is needed.");
}

static int status_without_route(const struct exchange *exchange, int right)
{
    static const struct wrong_status table[] = {
        {404, 400, RULE_V1_GENERAL_UNKNOWN_RESOURCE_IS_404},
        {405, 404, RULE_V1_GENERAL_WRONG_METHOD_IS_405},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], right);
}

bool v1_tells_methods(const struct exchange *exchange, const char *allow)
{
    static const struct {
        const char *allow;
        enum rule rule;
    } table[] = {
        {"GET, POST", RULE_V1_GENERAL_ALLOW_OF_IMAGES},
        {"GET, HEAD, PUT, DELETE", RULE_V1_GENERAL_ALLOW_OF_IMAGE},
        {"GET, PUT", RULE_V1_GENERAL_ALLOW_OF_MEMBERS},
        {"GET, PUT, DELETE", RULE_V1_GENERAL_ALLOW_OF_MEMBER},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].allow, allow) == 0)
            return exchange_obeys(exchange, table[i].rule);
    }
    return true;
}

static enum error_form error_form(const struct exchange *exchange, enum error_form right)
{
    static const struct {
        enum rule rule;
        enum error_form wrong;
    } table[] = {
        [ERROR_PLAIN] = {RULE_V1_GENERAL_REFUSAL_AS_TEXT, ERROR_HTML},
        [ERROR_HTML] = {RULE_V1_GENERAL_REFUSAL_AS_HTML, ERROR_PLAIN},
        [ERROR_JSON] = {RULE_V1_GENERAL_REFUSAL_AS_JSON, ERROR_PLAIN},
    };
    return exchange_obeys(exchange, table[right].rule) ? right : table[right].wrong;
}

static void error(struct exchange *exchange, int status, const char *message)
{
    manners_error(exchange, error_form(exchange, manners_form(exchange)), status, message);
}

static void no_route(struct exchange *exchange, const char *allow)
{
    int status = status_without_route(exchange, *allow ? 405 : 404);
    manners_no_route(exchange, status, allow, v1_tells_methods(exchange, allow));
}

const struct manners v1_manners = {error, no_route};

bool v1_visible(const struct exchange *exchange, const struct image *image)
{
    bool of_v2 = image_visibility(image) == VISIBILITY_PRIVATE;
    return image_readable(image, &exchange->identity) &&
           (!of_v2 || exchange_obeys(exchange, RULE_V1_BOTH_SHOWS_V2_FIELDS));
}

bool v1_refuse_unknown(const struct exchange *exchange, struct refusal *refusal)
{
    return refuse(refusal, 404, "Image with identifier %.64s not found", exchange->parameter);
}

struct image *v1_find(const struct exchange *exchange, struct refusal *refusal)
{
    struct image *image = store_get(exchange->mock->store, exchange->parameter);
    if (image && v1_visible(exchange, image))
        return image;
    image_unref(image);
    v1_refuse_unknown(exchange, refusal);
    return NULL;
}
