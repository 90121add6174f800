/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - the partial file of a download: made, locked, grown, noted, put in place. Private to
 * core/transfer.
 *
 * Its name does not end in ".incomplete": the official client's prune removes those. Links are not
 * followed, and a file of another user, or one with a second name, is not taken for ours.
 */
#ifndef HFTERM_CORE_TRANSFER_PART_H
#define HFTERM_CORE_TRANSFER_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct part {
    char *target, *path, *note_path; /* owned */
    int fd;
    uint64_t size;   /* bytes in it */
    uint64_t on_way; /* of them the system has been asked to write to the disk */
};

/* What a part is a part of. */
struct part_note {
    char *url;  /* owned; of the file, without any token */
    char *etag; /* owned */
    bool has_size;
    uint64_t size; /* of the whole file */
};

/* Opens what is there or makes an empty one, and locks it. ERR_CONFLICT when it is in use, ERR_IO.
 */
bool part_open(struct part *p, const char *target, struct err *e);
/* Closes; the part stays, unless it is empty. */
void part_close(struct part *p);
/* Removes part and note, closes. */
void part_drop(struct part *p);
/* Is there a part beside target? */
bool part_exists(const char *target);
/* Look at the part beside target without opening or locking it: the bytes in it and its note. False
 * when there is none, or none of ours, or it is empty or without a note that makes sense. note needs
 * part_note_done after true. */
bool part_peek(const char *target, uint64_t *bytes, struct part_note *note);

/* False when there is none that makes sense. out needs part_note_done after true. */
bool part_read_note(const struct part *p, struct part_note *out);
bool part_write_note(const struct part *p, const struct part_note *note, struct err *e);
void part_note_done(struct part_note *note);
/* The parser of the note, for part_read_note and its fuzzer. */
bool part_parse_note(const char *bytes, size_t n, struct part_note *out);

/* Append. ERR_IO, in words for a full disk. */
bool part_write(struct part *p, const void *bytes, size_t n, struct err *e);
/* Up to n bytes from offset, 0 at the end, -1 with e set. */
int64_t part_read(const struct part *p, uint64_t offset, void *bytes, size_t n, struct err *e);
/* Keep the first `size` bytes. */
bool part_cut(struct part *p, uint64_t size, struct err *e);

/* Write everything to the disk, set the mode, take the target's name. Closes when it worked. ERR_IO
 * with EEXIST when something has come to lie there meanwhile and may not be replaced. */
bool part_finish(struct part *p, bool may_replace, struct err *e);

#endif
