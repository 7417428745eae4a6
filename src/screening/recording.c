/* See recording.h. */
#include "screening/recording.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/crypto.h"
#include "base/file.h"

int recording_store(struct app *app, const char *conversation_id, struct str base64, struct err *err)
{
	const char *dir;
	struct str bytes;

	if (!base64_decode(app->mem, base64, &bytes))
		return err_set(err, ERR_INPUT, "the audio is not base64");
	dir = arena_printf(app->mem, "%s/recordings", app->cfg.state_dir);
	if ((mkdir(dir, 0700) && errno != EEXIST) || file_write(app->mem, dir, arena_join(app->mem, conversation_id, ".mp3"), bytes))
		return err_set(err, ERR_SYSTEM, "the recording cannot be written: errno %d", errno);
	log_event(&app->log, LOG_INFO, "recording.stored", LOG_TEXT("conversation", conversation_id), LOG_NUM("bytes", (int64_t)bytes.len));
	return 0;
}
