/* Answers Twilio's webhooks; FastCGI or plain CGI. */
#include "app.h"
#include "campaign/twilio_webhook.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "twilio",
		.usage = "twilio: the webhooks of Twilio (FastCGI or CGI program)\n",
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &twilio_pages);
	app_close(&app);
	return code;
}
