/* Which form of an error body a client accepts. */
#ifndef MOCK_ACCEPT_H
#define MOCK_ACCEPT_H

enum error_form {
    ERROR_PLAIN,
    ERROR_HTML,
    ERROR_JSON,
};

/* `accept`: the header, NULL for none. HTML wins a tie; nothing acceptable is plain text. */
enum error_form accept_error_form(const char *accept);

#endif
