/* The words of status codes (RFC 9110, 15). */
#ifndef MOCK_STATUS_H
#define MOCK_STATUS_H

const char *status_reason(int status);

#endif
