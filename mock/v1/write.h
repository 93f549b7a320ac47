/* POST /v1/images and PUT /v1/images/{image_id}: a record that is made or changed, and its data. */
#ifndef MOCK_V1_WRITE_H
#define MOCK_V1_WRITE_H

#include "mock/v1/meta.h"
#include "mock/v1/taking.h"

/* Makes or changes the record; a reference to its revision. NULL: refused. `taking` has the data of a
 * new image, NULL: it has none yet. */
typedef struct image *v1_record_fn(struct exchange *exchange, const struct v1_meta *meta,
                                   const struct v1_taking *taking, struct refusal *refusal);

void v1_write_begin(struct exchange *exchange, enum v1_kind kind, v1_record_fn *record);
void v1_write_data(struct exchange *exchange, const void *bytes, size_t length);
void v1_write_end(struct exchange *exchange);
void v1_write_resume(struct exchange *exchange);
void v1_write_gone(struct exchange *exchange);

/* The members of such a struct call, beside `begin` and `status`. */
#define V1_WRITE_MEMBERS                                                                                     \
    .admits_anonymous = v1_admits_anonymous, .data = v1_write_data, .end = v1_write_end,                     \
    .resume = v1_write_resume, .gone = v1_write_gone

#endif
