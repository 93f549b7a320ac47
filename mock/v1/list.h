/* GET /v1/images and GET /v1/images/detail, which differ in how much they say of an image. */
#ifndef MOCK_V1_LIST_H
#define MOCK_V1_LIST_H

#include "mock/exchange.h"

void v1_answer_list(struct exchange *exchange, bool detailed);
int v1_list_status(const struct exchange *exchange, int answered);
int v1_detail_status(const struct exchange *exchange, int answered);

#endif
