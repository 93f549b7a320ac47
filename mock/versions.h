/* The versions of the Images API that this server speaks. */
#ifndef MOCK_VERSIONS_H
#define MOCK_VERSIONS_H

/* Those of the served `apis` (api.h) as JSON, owned; `host` is the header Host of the request, NULL for none.
 */
char *versions_json(unsigned apis, const char *host);

#endif
