/* The ledger as one page that needs nothing else: matrix.html, and the JSON of it. */
#include <stdlib.h>

#include "conformance/embedded/matrix_html.h"
#include "conformance/embedded/matrix_js.h"
#include "conformance/ledger/ledger.h"
#include "reports/page.h"

static void put_data(const void *ledger, FILE *out)
{
    json_t *document = ledger_json(ledger);
    char *text = page_json(document);
    fputs(text, out);
    free(text);
    json_decref(document);
}

static void put_script(const void *ledger, FILE *out)
{
    (void)ledger;
    fputs(matrix_js, out);
}

void ledger_put_html(const struct ledger *ledger, FILE *out)
{
    static const struct page_part parts[] = {
        {"style", page_put_style},
        {"data", put_data},
        {"elements", page_put_elements},
        {"script", put_script},
        {0},
    };
    page_put(matrix_html, parts, ledger, out);
}
