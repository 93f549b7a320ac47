/* The body of an error in the form that the request accepts (../shared/truth/images-v2.md, "Error bodies").
 */
#ifndef MOCK_ERROR_BODY_H
#define MOCK_ERROR_BODY_H

#include "mock/text.h"

/* `accept`: value of the header, NULL when there is none. *ret_type is static. One reference. */
struct text *error_body(const char *accept, int status, const char *message, const char **ret_type);
const char *error_reason(int status); /* "Not Found" */

#endif
