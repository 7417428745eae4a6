/* The JSON API of the interviews, /healthz, /readyz and /metrics. */
#include "app.h"
#include "net/http.h"
#include "screening/api.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "api",
		.usage = "usage: api [--env FILE] [--check-config]\n\n"
			 "Answers /api/interviews, /healthz, /readyz and /metrics: as FastCGI when started with\n"
			 "a listening socket as standard input, else one plain CGI request.\n",
		.http = http_curl_new, /* recordings are fetched when somebody wants to hear them */
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &api_pages);
	app_close(&app);
	return code;
}
