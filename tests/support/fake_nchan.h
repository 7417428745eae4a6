/* nchan's publisher as the relay meets it: channels that a status empties and events are added
 * to, behind a connection that can be closed and an nginx that can be away or forget.
 *
 * A channel's messages are remembered as words: "s3" a status of seq 3, "4" the event 4.
 */
#ifndef PARLEY_TESTS_SUPPORT_FAKE_NCHAN_H
#define PARLEY_TESTS_SUPPORT_FAKE_NCHAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/http.h"

enum { FAKE_CHANNELS = 16 };

struct fake_channel {
	char campaign[48]; /* for viewers with "viewers/" before it */
	struct buf sent;  /* all that was sent, since the start of the test */
	struct buf kept;  /* what a new reader gets */
	int64_t messages; /* ever, of this nginx */
	bool ended;
};

struct fake_nchan {
	struct http_client base;
	struct fake_channel channels[FAKE_CHANNELS];
	size_t count;
	bool away, refuses, connected;
	int subscribers, viewers, calls, starts;
};

void fake_nchan_init(struct fake_nchan *f);
void fake_nchan_release(struct fake_nchan *f);

void fake_nchan_restart(struct fake_nchan *f); /* nginx forgets everything and closes its connections */
void fake_nchan_close(struct fake_nchan *f);   /* it closes an idle connection */

/* The words, each followed by a blank; "" for a channel that is not there. */
const char *fake_nchan_sent(struct fake_nchan *f, const char *campaign);
const char *fake_nchan_kept(struct fake_nchan *f, const char *campaign);

#endif
