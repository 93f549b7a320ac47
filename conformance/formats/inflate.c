#include "conformance/formats/inflate.h"

#define ZLIB_CONST /* what goes in is not written to */
#include <zlib.h>
#include <zstd.h>

#define WINDOW_BYTES 65536 /* what comes out, a part at a time */

static bool report_size(uint64_t got, uint64_t wanted, struct err *err)
{
    return err_set(err, ERR_VALUE, "%s than %llu bytes come out of it", got < wanted ? "fewer" : "more",
                   (unsigned long long)wanted);
}

/* Inflates until the stream ends, `input` is used up, or more than `size` bytes came out. */
static bool run_zlib(z_stream *stream, uint64_t size, uint64_t *ret_got, bool *ret_ended, struct err *err)
{
    uint8_t window[WINDOW_BYTES];
    int status = Z_OK;
    *ret_got = 0;
    while (status == Z_OK && *ret_got <= size) {
        stream->next_out = window;
        stream->avail_out = sizeof window;
        status = inflate(stream, Z_NO_FLUSH);
        *ret_got += sizeof window - stream->avail_out;
    }
    *ret_ended = status == Z_STREAM_END;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return true;
    return err_set(err, ERR_VALUE, "%s", stream->msg ? stream->msg : "is no deflate stream");
}

/* A stream without an end is enough when all of the data came out: qcow2, "Compressed Clusters Descriptor",
 * decompression stops there. With RFC 1950 the checksum at its end must be reached. */
static bool check_zlib(enum inflate_form form, const uint8_t *packed, size_t length, uint64_t size,
                       struct err *err)
{
    z_stream stream = {.next_in = packed, .avail_in = (uInt)length};
    if (inflateInit2(&stream, form == INFLATE_RAW ? -MAX_WBITS : MAX_WBITS) != Z_OK)
        return err_set(err, ERR_LIMIT, "no memory to inflate");
    uint64_t got;
    bool ended;
    bool done = run_zlib(&stream, size, &got, &ended, err);
    size_t rest = stream.avail_in;
    inflateEnd(&stream);
    if (!done)
        return false;
    if (got != size)
        return report_size(got, size, err);
    if (!ended && form == INFLATE_ZLIB)
        return err_set(err, ERR_VALUE, "the stream has no end");
    if (rest > 0 && form == INFLATE_ZLIB)
        return err_set(err, ERR_VALUE, "%zu bytes follow the end of the stream", rest);
    return true;
}

static bool run_zstd(ZSTD_DCtx *context, ZSTD_inBuffer *input, uint64_t size, struct err *err)
{
    uint8_t window[WINDOW_BYTES];
    uint64_t got = 0;
    size_t status;
    ZSTD_outBuffer output;
    do {
        output = (ZSTD_outBuffer){.dst = window, .size = sizeof window};
        status = ZSTD_decompressStream(context, &output, input);
        if (ZSTD_isError(status))
            return err_set(err, ERR_VALUE, "%s", ZSTD_getErrorName(status));
        got += output.pos;
    } while (status != 0 && got <= size && (input->pos < input->size || output.pos == output.size));
    if (got != size)
        return report_size(got, size, err);
    return status == 0 || err_set(err, ERR_VALUE, "the frame has no end");
}

static bool check_zstd(const uint8_t *packed, size_t length, uint64_t size, struct err *err)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ZSTD_inBuffer input = {.src = packed, .size = length};
    bool sound = context ? run_zstd(context, &input, size, err) : err_set(err, ERR_LIMIT, "no memory");
    ZSTD_freeDCtx(context);
    return sound;
}

bool inflate_exactly(enum inflate_form form, const uint8_t *packed, size_t length, uint64_t size,
                     struct err *err)
{
    if (form == INFLATE_ZSTD)
        return check_zstd(packed, length, size, err);
    return check_zlib(form, packed, length, size, err);
}
