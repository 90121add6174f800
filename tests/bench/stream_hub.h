/* SPDX-License-Identifier: Apache-2.0 */
/* stream_hub.h - a Hub of one list and endless streams, in threads of the benchmark's own process.
 *
 *  /api/models?...    the list; its second page trickles in and never ends
 *  /stream/silent     one line, then nothing
 *  /stream/lines/N    N lines a second
 *  /stream/full       lines as fast as they are read
 *
 * Streams are text/event-stream and last until the hub is stopped or the reader goes. All else is
 * 404. Threads: one a connection; the functions here from one thread.
 */
#ifndef HFTERM_TESTS_BENCH_STREAM_HUB_H
#define HFTERM_TESTS_BENCH_STREAM_HUB_H

struct stream_hub;

/* repos: rows of the list, "owner1/model-000001" and on. With fewer than 100 the list has a second
 * page. Ends the program when there is no port. Owned. */
struct stream_hub *stream_hub_start(int repos);
void stream_hub_stop(struct stream_hub *h);

/* "http://127.0.0.1:PORT". Borrowed. */
const char *stream_hub_url(const struct stream_hub *h);
/* Streams being served now. */
int stream_hub_open(const struct stream_hub *h);
/* Since the start, all streams together. */
unsigned long long stream_hub_lines(const struct stream_hub *h);
unsigned long long stream_hub_bytes(const struct stream_hub *h);

#endif
