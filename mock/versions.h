/* The versions of the Images API that this server speaks. */
#ifndef MOCK_VERSIONS_H
#define MOCK_VERSIONS_H

#include "mock/rules.h"

/* Those of the served `apis` (api.h) as JSON, owned; `host` is the header Host of the request, NULL for none.
 */
char *versions_json(const struct rules *rules, unsigned apis, const char *host);

#endif
