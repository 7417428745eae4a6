/* The operators' console: its pages, signing in, and the JSON API that only the console needs. */
#include "app.h"
#include "console/console.h"
#include "net/http.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "console",
		.usage = "usage: console [--env FILE] [--check-config]\n\n"
			 "Answers /login, /logout, /console/ and the console's part of the JSON API: as FastCGI when\n"
			 "started with a listening socket as standard input, else one plain CGI request.\n",
		.http = http_curl_new,
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &console_pages);
	app_close(&app);
	return code;
}
