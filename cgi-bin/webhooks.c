/* Answers the webhooks of Linear, ElevenLabs and Resend; FastCGI or plain CGI. */
#include "app.h"
#include "base/event.h"
#include "screening/webhooks.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	const struct app_options options = { .program = "webhooks", .usage = "webhooks: the webhooks of Linear, ElevenLabs and Resend (FastCGI or CGI program)\n" };
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	app.events = event_reader_new(app.settings);
	code = serve(&app, &webhook_pages);
	app_close(&app);
	return code;
}
