/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/sse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

enum { FIELD_NAME_MAX = 16 }; /* room for "event: " and its like before a value at the limit */

struct sse {
    struct buf in;    /* fed, not yet parsed */
    size_t in_at;     /* of `in`: start of the line under way */
    size_t in_seen;   /* of `in`: no line end before here */
    size_t max_event_bytes;
    struct buf name, data, id;
    struct buf given_name, given_data, given_id; /* what the last event of sse_next points to */
    bool has_begun;      /* past the place of a byte order mark */
    bool skips_lf;       /* the last line ended in CR: a LF next belongs to it */
    bool is_line_dropped;
    bool is_event_dropped;
    bool keeps_cut;    /* what is too long is cut, not dropped */
    bool is_event_cut; /* data is full: more of this event is let go */
    int64_t retry_ms;
    uint64_t dropped;
};

struct sse *sse_new(size_t max_event_bytes)
{
    struct sse *s = xcalloc(1, sizeof *s);
    s->max_event_bytes = max_event_bytes;
    s->retry_ms = -1;
    return s;
}

void sse_free(struct sse *s)
{
    if (!s) {
        return;
    }
    buf_done(&s->in);
    buf_done(&s->name);
    buf_done(&s->data);
    buf_done(&s->id);
    buf_done(&s->given_name);
    buf_done(&s->given_data);
    buf_done(&s->given_id);
    free(s);
}

void sse_keep_cut(struct sse *s)
{
    s->keeps_cut = true;
}

void sse_feed(struct sse *s, const void *bytes, size_t len)
{
    if (s->in_at > 0) {
        buf_consume(&s->in, s->in_at);
        s->in_seen -= s->in_at;
        s->in_at = 0;
    }
    buf_append(&s->in, bytes, len);
}

static void drop_event(struct sse *s)
{
    s->is_event_dropped = true;
    buf_clear(&s->data);
    buf_clear(&s->name);
}

static void take_data(struct sse *s, const char *value, size_t n)
{
    const size_t room = s->max_event_bytes - s->data.n; /* data.n is never above the limit */
    const bool is_too_long = n >= room;
    if (s->is_event_dropped || s->is_event_cut) {
        return;
    }
    if (is_too_long && !s->keeps_cut) {
        drop_event(s);
        return;
    }
    s->is_event_cut = is_too_long;
    if (room > 0) {
        buf_append(&s->data, value, is_too_long ? room - 1 : n);
        buf_putc(&s->data, '\n');
    }
}

static void take_field(struct sse *s, const char *name, size_t name_len, const char *value,
                       size_t n)
{
    const struct str field = {name, name_len};
    if (str_eq(field, "data")) {
        take_data(s, value, n);
    } else if (str_eq(field, "event")) {
        buf_clear(&s->name);
        buf_append(&s->name, value, n);
    } else if (str_eq(field, "id") && !memchr(value, '\0', n)) {
        buf_clear(&s->id);
        buf_append(&s->id, value, n);
    } else if (str_eq(field, "retry") && n > 0 && n < 16) {
        int64_t ms = 0;
        for (size_t i = 0; i < n; i++) {
            if (!isdigit((unsigned char)value[i])) {
                return;
            }
            ms = ms * 10 + (value[i] - '0');
        }
        s->retry_ms = ms;
    }
}

static void take_line(struct sse *s, const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    if (colon == line) {
        return; /* a comment, often the server's sign of life */
    }
    const size_t name_len = colon ? (size_t)(colon - line) : n;
    size_t value_at = colon ? name_len + 1 : n;
    if (value_at < n && line[value_at] == ' ') {
        value_at++;
    }
    take_field(s, line, name_len, line + value_at, n - value_at);
}

static void give(struct buf *to, struct buf *from)
{
    const struct buf old = *to;
    *to = *from;
    *from = old;
    buf_clear(from);
}

/* A blank line: the event is complete. False when there is nothing to hand out. */
static bool end_event(struct sse *s, struct sse_event *out)
{
    if (s->is_event_dropped) {
        s->is_event_dropped = false;
        s->dropped++;
        buf_clear(&s->name);
        return false;
    }
    out->is_cut = s->is_event_cut;
    s->is_event_cut = false;
    if (s->data.n == 0) {
        buf_clear(&s->name);
        return false;
    }
    s->data.p[--s->data.n] = '\0'; /* the newline after the last data line */
    give(&s->given_data, &s->data);
    give(&s->given_name, &s->name);
    buf_clear(&s->given_id);
    buf_append(&s->given_id, buf_str(&s->id), s->id.n);
    out->name = s->given_name.n ? s->given_name.p : "message";
    out->data = buf_str(&s->given_data);
    out->data_len = s->given_data.n;
    out->id = buf_str(&s->given_id);
    return true;
}

/* False while it is not known yet whether the stream begins with a byte order mark. */
static bool skip_mark(struct sse *s)
{
    static const char MARK[] = "\xef\xbb\xbf";
    const size_t n = s->in.n < 3 ? s->in.n : 3;
    if (n == 0 || (n < 3 && memcmp(s->in.p, MARK, n) == 0)) {
        return false;
    }
    s->has_begun = true;
    if (n == 3 && memcmp(s->in.p, MARK, 3) == 0) {
        s->in_at = s->in_seen = 3;
    }
    return true;
}

/* A line has grown above the limit: it is let go as it comes in. Its beginning is handed out, once,
 * where such lines are to be cut. */
static bool drop_line(struct sse *s, const char **line, size_t *n)
{
    const bool is_first = !s->is_line_dropped;
    s->is_line_dropped = true;
    *line = s->in.p + s->in_at;
    *n = s->max_event_bytes + FIELD_NAME_MAX;
    s->in_at = s->in_seen;
    return is_first && s->keeps_cut;
}

/* The next whole line, without its end; false when none is there. The end of a line that was let go
 * is reported as an empty comment. */
static bool next_line(struct sse *s, const char **line, size_t *n)
{
    if (s->skips_lf && s->in_at < s->in.n) {
        s->skips_lf = false;
        if (s->in.p[s->in_at] == '\n') {
            s->in_at++;
        }
        s->in_seen = s->in_at;
    }
    while (s->in_seen < s->in.n && s->in.p[s->in_seen] != '\n' && s->in.p[s->in_seen] != '\r') {
        s->in_seen++;
    }
    const size_t len = s->in_seen - s->in_at;
    if (len > s->max_event_bytes + FIELD_NAME_MAX && drop_line(s, line, n)) {
        return true;
    }
    if (s->in_seen == s->in.n) {
        return false;
    }
    *line = s->is_line_dropped ? ":" : s->in.p + s->in_at;
    *n = s->is_line_dropped ? 1 : len;
    if (s->is_line_dropped && !s->keeps_cut) {
        drop_event(s);
    }
    s->is_line_dropped = false;
    s->skips_lf = s->in.p[s->in_seen] == '\r';
    s->in_at = ++s->in_seen;
    return true;
}

bool sse_next(struct sse *s, struct sse_event *out)
{
    if (!s->has_begun && !skip_mark(s)) {
        return false;
    }
    const char *line = NULL;
    size_t n = 0;
    while (next_line(s, &line, &n)) {
        if (n > 0) {
            take_line(s, line, n);
        } else if (end_event(s, out)) {
            return true;
        }
    }
    return false;
}

int64_t sse_retry_ms(const struct sse *s)
{
    return s->retry_ms;
}

uint64_t sse_dropped(const struct sse *s)
{
    return s->dropped;
}
