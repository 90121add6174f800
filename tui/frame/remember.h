/* SPDX-License-Identifier: Apache-2.0 */
/* remember.h - what one set up and chose, kept for the next start: STATE/remembered.
 *
 * A text file: "hfterm state 1", then "PLACE<tab>KEY<tab>VALUE" lines, PLACE being "-" or the endpoint. A file of a
 * later version is read by nobody and left alone, and so is what cannot be read: a file of another's, a pipe, a
 * device, a folder. A file that is none of ours is put aside as remembered.bad-1 (-2, ...). Each is told. A link to
 * a file stays one: where it leads is read and written. Lines that cannot be read are skipped. Saving merges with
 * what another hfterm wrote meanwhile: only keys that were changed here are written.
 *
 * Screens use app_recall and app_remember of app.h.
 */
#ifndef HFTERM_TUI_FRAME_REMEMBER_H
#define HFTERM_TUI_FRAME_REMEMBER_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct buf;
struct err;
struct remembered;

/* At the start; what is wrong with the file becomes a notice. Owned by the app: remember_end. */
struct remembered *remember_load(struct app *app);
/* Give remembered theme, settings and bindings to the app, a line of the config language each, by run. */
typedef bool remember_run(struct app *app, const char *line, struct err *e);
void remember_apply(struct app *app, remember_run *run);
/* Save when something changed some seconds ago; what cannot be written is told once and tried again later.
 * Milliseconds until that, INT64_MAX when nothing is to be saved. */
int64_t remember_tick(struct app *app, int64_t now_ms);
/* Save what is not saved yet, and free. The terminal is given back already: an error that was not told before goes
 * to stderr. */
void remember_end(struct app *app);

/* A setting was changed by hand: `line` of the config language says it, `key` names what it sets ("theme",
 * "bind global J"). It is remembered; when the config file sets the same thing, which would undo it at
 * the next start, that is said, and ":save" offers to append the line. */
void remember_setting(struct app *app, const char *key, const char *line);
/* The config file sets this. */
void remember_config_sets(struct app *app, const char *key);
/* Show the lines that the config file would undo and the bindings that it has not, then append them when the user
 * agrees. */
void remember_offer_save(struct app *app);

/* The same without an app. *e: what is to be told, ERR_NONE when nothing. Owned: remember_free. */
struct remembered *remember_open(struct err *e);
/* What could not be saved stays to be saved. */
bool remember_save(struct remembered *r, struct err *e);
void remember_free(struct remembered *r);

/* Pure, for tests: the text of a file to entries and back. *version 0: it is none. */
struct remembered *remember_parse(const char *text, unsigned *version);
void remember_write(const struct remembered *r, struct buf *out);
const char *remember_get(const struct remembered *r, const char *place, const char *key);
/* False when there is no more room. */
bool remember_set(struct remembered *r, const char *place, const char *key, const char *value);

#endif
