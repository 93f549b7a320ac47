/* The versions of the Images API that this server speaks. */
#ifndef MOCK_VERSIONS_H
#define MOCK_VERSIONS_H

/* The list as JSON, owned; `host` is the header Host of the request, NULL for none. */
char *versions_json(const char *host);

#endif
