/* The ledger as one page that needs nothing else: what is its own of it stands in matrix.*. */
#include <stdlib.h>

#include "conformance/embedded/matrix_css.h"
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

static void put_title(const void *ledger, FILE *out)
{
    (void)ledger;
    fputs("The reference, sentence by sentence", out);
}

void ledger_put_html(const struct ledger *ledger, FILE *out)
{
    static const struct page_part parts[] = {{"title", put_title}, {"data", put_data}, {0}};
    page_put_shell(&(struct html_page){matrix_html, matrix_css, matrix_js, parts}, ledger, out);
}
