/* The JSON API of the voices. */
#include "app.h"
#include "campaign/voice_api.h"
#include "net/http.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "voice",
		.usage = "usage: voice [--env FILE] [--check-config]\n\n"
			 "Answers /api/voice/*: as FastCGI when started with a listening socket as standard\n"
			 "input, else one plain CGI request.\n",
		.http = http_curl_new,
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &voice_pages);
	app_close(&app);
	return code;
}
