/* Answers Twilio's webhooks; FastCGI or plain CGI. */
#include "app.h"
#include "base/limits.h"
#include "campaign/twilio_webhook.h"
#include "net/http.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "twilio",
		.usage = "twilio: the webhooks of Twilio (FastCGI or CGI program)\n",
		.http = http_curl_new,
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	if (!app.http->most_ms || app.http->most_ms > LIMIT_TWIML_SECONDS * 1000)
		app.http->most_ms = LIMIT_TWIML_SECONDS * 1000;
	code = serve(&app, &twilio_pages);
	app_close(&app);
	return code;
}
