#include "conformance/formats/inflate.h"

#define ZLIB_CONST /* what goes in is not written to */
#include <inttypes.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"

#define WINDOW_BYTES 65536 /* what comes out, a part at a time */

struct inflater {
    z_stream zlib;
    bool has_zlib;
    ZSTD_DCtx *zstd; /* NULL before the first frame */
    uint8_t window[WINDOW_BYTES];
};

struct inflater *inflater_new(void)
{
    return mem_alloc(sizeof(struct inflater));
}

void inflater_free(struct inflater *inflater)
{
    if (!inflater)
        return;
    if (inflater->has_zlib)
        inflateEnd(&inflater->zlib);
    ZSTD_freeDCtx(inflater->zstd);
    free(inflater);
}

static bool report_size(uint64_t got, uint64_t wanted, struct err *err)
{
    return err_set(err, ERR_VALUE, "%s than %" PRIu64 " bytes come out of it",
                   got < wanted ? "fewer" : "more", wanted);
}

static bool start_zlib(struct inflater *inflater, enum inflate_form form)
{
    int window_bits = form == INFLATE_RAW ? -MAX_WBITS : MAX_WBITS;
    if (inflater->has_zlib)
        return inflateReset2(&inflater->zlib, window_bits) == Z_OK;
    inflater->has_zlib = inflateInit2(&inflater->zlib, window_bits) == Z_OK;
    return inflater->has_zlib;
}

/* Inflates until the stream ends, the input is used up, or more than `size` bytes came out. */
static bool run_zlib(struct inflater *inflater, uint64_t size, uint64_t *ret_got, bool *ret_ended,
                     struct err *err)
{
    z_stream *stream = &inflater->zlib;
    uint64_t got = 0;
    int status = Z_OK;
    while (status == Z_OK && got <= size) {
        stream->next_out = inflater->window;
        stream->avail_out = WINDOW_BYTES;
        status = inflate(stream, Z_NO_FLUSH);
        got += WINDOW_BYTES - stream->avail_out;
    }
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return err_set(err, ERR_VALUE, "%s", stream->msg ? stream->msg : "is no deflate stream");
    *ret_got = got;
    *ret_ended = status == Z_STREAM_END;
    return true;
}

/* A stream without an end is enough when all of the data came out: qcow2, "Compressed Clusters Descriptor",
 * decompression stops there. With RFC 1950 the checksum at its end must be reached. */
static bool check_zlib(struct inflater *inflater, enum inflate_form form, const uint8_t *packed,
                       size_t length, uint64_t size, struct err *err)
{
    uint64_t got = 0;
    bool ended = false;
    if (!start_zlib(inflater, form))
        return err_set(err, ERR_LIMIT, "no memory to inflate");
    inflater->zlib.next_in = packed;
    inflater->zlib.avail_in = (uInt)length;
    if (!run_zlib(inflater, size, &got, &ended, err))
        return false;
    if (got != size)
        return report_size(got, size, err);
    if (!ended && form == INFLATE_ZLIB)
        return err_set(err, ERR_VALUE, "the stream has no end");
    if (inflater->zlib.avail_in > 0 && form == INFLATE_ZLIB)
        return err_set(err, ERR_VALUE, "%u bytes follow the end of the stream", inflater->zlib.avail_in);
    return true;
}

static bool start_zstd(struct inflater *inflater)
{
    if (!inflater->zstd)
        inflater->zstd = ZSTD_createDCtx();
    return inflater->zstd && !ZSTD_isError(ZSTD_DCtx_reset(inflater->zstd, ZSTD_reset_session_only));
}

static bool check_zstd(struct inflater *inflater, const uint8_t *packed, size_t length, uint64_t size,
                       struct err *err)
{
    ZSTD_inBuffer input = {.src = packed, .size = length};
    ZSTD_outBuffer output;
    uint64_t got = 0;
    size_t status;
    if (!start_zstd(inflater))
        return err_set(err, ERR_LIMIT, "no memory to inflate");
    do {
        output = (ZSTD_outBuffer){.dst = inflater->window, .size = WINDOW_BYTES};
        status = ZSTD_decompressStream(inflater->zstd, &output, &input);
        if (ZSTD_isError(status))
            return err_set(err, ERR_VALUE, "%s", ZSTD_getErrorName(status));
        got += output.pos;
    } while (status != 0 && got <= size && (input.pos < input.size || output.pos == output.size));
    if (got != size)
        return report_size(got, size, err);
    return status == 0 || err_set(err, ERR_VALUE, "the frame has no end");
}

bool inflater_check(struct inflater *inflater, enum inflate_form form, const uint8_t *packed, size_t length,
                    uint64_t size, struct err *err)
{
    if (form == INFLATE_ZSTD)
        return check_zstd(inflater, packed, length, size, err);
    return check_zlib(inflater, form, packed, length, size, err);
}
